use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let found = read(text).map(|moment| moment.instant.to_string());
    assert_eq!(found.as_deref(), Some(expected), "{text:?}");
}

#[track_caller]
fn check_said(text: &str, precision: Precision, hours: Option<i8>) {
    let found = read(text).map(|moment| (moment.precision, moment.offset));
    assert_eq!(
        found,
        Some((precision, hours.map(Offset::constant))),
        "{text:?}"
    );
}

#[test]
fn standards() {
    check("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z");
    check("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z");
    check("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z");
    check("6 Nov 1994 08:49 -0500", "1994-11-06T13:49:00Z");
    check("1994-11-06T08:49:37.25+01:00", "1994-11-06T07:49:37.25Z");
    check("19941106T084937Z", "1994-11-06T08:49:37Z");
    check("19941106T0849-0500", "1994-11-06T13:49:00Z");
    check("1994-11-06T08Z", "1994-11-06T08:00:00Z");
    check("1994-W44-7", "1994-11-06T00:00:00Z");
    check("1994W447T08:49", "1994-11-06T08:49:00Z");
    check("1994-310", "1994-11-06T00:00:00Z");
    check("1994310", "1994-11-06T00:00:00Z");
    check("19941106084937", "1994-11-06T08:49:37Z");
    check("1994-11-06 08:49:37,5 UTC", "1994-11-06T08:49:37.5Z");
    check("1994-11-06T08:49:37 +01:00", "1994-11-06T07:49:37Z");
}

#[test]
fn odd_but_clear() {
    check("Sun,6 Nov 1994,8:49 a.m. EST", "1994-11-06T13:49:00Z");
    check("06 Nov 94 0849 GMT", "1994-11-06T08:49:00Z");
    check("Sun, 6 Nov., 1994 at 12:05 am", "1994-11-06T00:05:00Z");
    check("Nov 6, 1994 12:05pm", "1994-11-06T12:05:00Z");
    check("Nov 6, 1994 3pm PST", "1994-11-06T23:00:00Z");
    check(
        "Sun Nov 06 1994 08:49:37 GMT+0100 (Central European Standard Time)",
        "1994-11-06T07:49:37Z",
    );
    check(
        "Sun, 06 Nov 1994 08:49:37 +0100 (CET)",
        "1994-11-06T07:49:37Z",
    );
    check("Sun, 06 Nov 1994 08:49:37 (MSK)", "1994-11-06T05:49:37Z");
    check("Sun Nov 6 08:49:37 1994 +0100", "1994-11-06T07:49:37Z");
    check("Sun Nov 6 08:49:37 CET 1994", "1994-11-06T07:49:37Z");
    check("1994-11-06T24:00:00Z", "1994-11-07T00:00:00Z");
    check("1994-12-31T23:59:60Z", "1994-12-31T23:59:59Z");
    check("6/11/1994 08:49", "1994-06-11T08:49:00Z");
    check("Sun, 6/11/1994 08:49", "1994-11-06T08:49:00Z");
    check("6.11.1994 08:49", "1994-11-06T08:49:00Z");
    check("6.11.1994 8.49", "1994-11-06T08:49:00Z");
    check("6 Nov 94", "1994-11-06T00:00:00Z");
    check("6 Nov '04 10:00", "2004-11-06T10:00:00Z");
    check("6 Nov 104 10:00", "2004-11-06T10:00:00Z");
    check("Sun, 06 Nov 1994 08:49:37 XYZ", "1994-11-06T08:49:37Z");
    check(
        "\u{feff} 1994\u{2011}11\u{2011}06\u{a0}08:49 ",
        "1994-11-06T08:49:00Z",
    );
}

#[test]
fn the_worlds_newsrooms() {
    check("6 ноября 1994 г., 08:49 MSK", "1994-11-06T05:49:00Z");
    check("6 de noviembre de 1994", "1994-11-06T00:00:00Z");
    check(
        "Domingo, 6 de Novembro de 1994 às 08h49",
        "1994-11-06T08:49:00Z",
    );
    check("dimanche 6 novembre 1994 à 8 h 49", "1994-11-06T08:49:00Z");
    check(
        "Sonntag, den 6. November 1994 um 08:49 Uhr",
        "1994-11-06T08:49:00Z",
    );
    check("am 6. November 1994 um 12:30", "1994-11-06T12:30:00Z");
    check("1er décembre 1994", "1994-12-01T00:00:00Z");
    check("1994. november 6., 8:49", "1994-11-06T08:49:00Z");
    check(
        "Κυριακή, 6 Νοεμβρίου 1994 8:49 π.μ.",
        "1994-11-06T08:49:00Z",
    );
    check("6 listopada 1994", "1994-11-06T00:00:00Z");
    check("nedjelja, 6 listopada 1994", "1994-11-06T00:00:00Z");
    check("četvrtak, 6 listopada 1994", "1994-10-06T00:00:00Z");
    check("mar 1 mar 1994", "1994-03-01T00:00:00Z");
    check("الأحد 6 نوفمبر 1994 08:49", "1994-11-06T08:49:00Z");
    check("6 تشرين الثاني 1994", "1994-11-06T00:00:00Z");
    check("٦ نوفمبر ١٩٩٤", "1994-11-06T00:00:00Z");
    check("6 नवंबर 1994", "1994-11-06T00:00:00Z");
    check("6 พ.ย. 2537", "1994-11-06T00:00:00Z");
    check("Chủ Nhật, ngày 6 tháng 11 năm 1994", "1994-11-06T00:00:00Z");
    check("Thứ sáu, 11/6/2020 08:49 (GMT+7)", "2020-11-06T01:49:00Z");
    check("6 Kasım 1994 Pazar, 08:49", "1994-11-06T08:49:00Z");
}

#[test]
fn east_asia_leaves_its_zone_out() {
    check("1994년 11월 6일 (일) 오후 8:49", "1994-11-06T11:49:00Z");
    check("1994年11月6日 午後8時49分", "1994-11-06T11:49:00Z");
    check("1994年11月6日(日) 20:49", "1994-11-06T12:49:00Z");
    check("1994年11月6日 星期日 下午8:49", "1994-11-06T12:49:00Z");
    check("1994年11月6日 20:49 +0000", "1994-11-06T20:49:00Z");
    check("令和2年11月6日", "2020-11-05T15:00:00Z");
    check("民國109年11月6日", "2020-11-05T16:00:00Z");
    check_said("1994年11月6日 20:49", Precision::Minute, None);
}

#[test]
fn zones() {
    check("Fri, 01 Jul 1994 12:00 ET", "1994-07-01T16:00:00Z");
    check("Fri, 01 Jul 1994 12:00 EST", "1994-07-01T17:00:00Z");
    check("1994-07-01 12:00 Europe/Paris", "1994-07-01T10:00:00Z");
    check("1994-07-01 12:00 Nowhere/Atall", "1994-07-01T12:00:00Z");
    check("1994-07-01 12:00 UTC+5:30", "1994-07-01T06:30:00Z");
    check("1994-07-01 12:00 IST", "1994-07-01T06:30:00Z");
    check("1994-07-01T12:00-03", "1994-07-01T15:00:00Z");
    check_said("1994-07-01T12:00:00-03:00", Precision::Second, Some(-3));
    check_said("1994-07-01T12:00:00.5", Precision::Subsecond, None);
    check_said("1994-07-01T12:00+19:00", Precision::Minute, None);
    check_said("July 1994", Precision::Month, None);
    check_said("1994", Precision::Year, None);
}

#[test]
fn counts_since_1970() {
    check("784111777", "1994-11-06T08:49:37Z");
    check("1784111777", "2026-07-15T10:36:17Z");
    check("1784111777.25", "2026-07-15T10:36:17Z");
    check("1784111777250", "2026-07-15T10:36:17.25Z");
    check("2026071510", "2026-07-15T10:00:00Z");
}

#[test]
fn what_is_no_date() {
    for text in [
        "",
        " ",
        "yesterday",
        "soon",
        "0000-00-00T00:00:00Z",
        "0000-W04",
        "0001-01-01T00:00:00+14:00",
        "31 Feb 2020",
        "2020-13-45",
        "29 Feb 2019",
        "12:30",
        "12",
        "1234",
        "6 Nov",
        "Nov 6 1994 25:00",
        "6 Nov 1994 10:61",
        "1.2.3.4",
        "v1.2.3",
        "$5.00",
        "Nov 6 1994 Dec 7 1995",
        "6 Nov 1994 7 8",
        "Version 2020-01-01",
        "1994-W60-1",
        "1994-366",
        "99999999999999999999999999",
        "-",
        "+",
        ":",
        "T",
        "6 Nov 99999 10:00",
        "<b>6 Nov 1994</b>",
        "2020-01-01/2021-01-01",
    ] {
        assert_eq!(read(text), None, "{text:?}");
    }
    assert_eq!(read(&"1 ".repeat(100_000)), None);
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(text in "\\PC{0,60}") {
        read(&text);
    }

    #[test]
    fn no_heap_of_pieces_makes_it_panic(pieces in prop::collection::vec(
        prop::sample::select(vec!["0", "1", "12", "31", "60", "99", "2020", "0312", "99999999", " ", "-", "/", ".", ":",
            "+", ",", "T", "Z", "W", "mar", "nov", "sun", "GMT", "ET", "年", "月", "日", "時", "오후", "令和", "'", "(", ")", "pm",
            "Europe/Paris", "h", "พ.ย.", "\\n", "18446744073709551615", "١"]), 0..14)) {
        read(&pieces.concat());
    }

    /// What other programs print is read as they meant it.
    #[test]
    fn what_is_printed_is_read_back(second in -2_000_000_000i64..4_000_000_000, hours in -12i8..=14, form in 0usize..6) {
        let forms = ["%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%:z", "%A, %d. %B %Y, %I:%M:%S %p %z", "%a %b %e %H:%M:%S %z %Y",
            "%Y%m%dT%H%M%S%z", "%a, %m/%d/%Y - %H:%M:%S GMT%:z"];
        let instant = Timestamp::from_second(second).expect("it is in range");
        let zoned = instant.to_zoned(jiff::tz::TimeZone::fixed(Offset::constant(hours)));
        let text = zoned.strftime(forms[form]).to_string();
        let moment = read(&text);
        prop_assert_eq!(moment.map(|moment| moment.instant), Some(instant), "{}", text);
    }
}

/// Recorded dates, where the data is there.
#[test]
fn recorded_dates() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/feeds/dates.jsonl");
    let Ok(lines) = std::fs::read_to_string(path) else {
        println!("skipped: no recorded dates");
        return;
    };
    let (mut right, mut of) = (0, 0);
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row a line");
        let text = row["text"].as_str().expect("a text");
        let found = read(text);
        let is_right = match row["expected"].as_str() {
            // The scale has years without leading zeros.
            Some(expected) => found.is_some_and(|moment| {
                let printed = moment.instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                printed.trim_start_matches('0') == expected.trim_start_matches('0')
            }),
            None => found.is_some() == row["valid"],
        };
        (right, of) = (right + usize::from(is_right), of + 1);
        if !is_right {
            println!("{row}: {found:?}");
        }
    }
    println!("{right} of {of} recorded dates");
    assert_eq!(right, of);
}
