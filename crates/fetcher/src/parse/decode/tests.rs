use super::*;

#[track_caller]
fn check_repaired(bytes: &[u8], content_type: Option<&str>, expected: &str, repairs: &[Repair]) {
    let mut report = Report::default();
    assert_eq!(decode(bytes, content_type, &mut report), expected);
    let found: Vec<Repair> = report.repairs.into_keys().collect();
    assert_eq!(found, repairs);
}

#[track_caller]
fn check(bytes: &[u8], content_type: Option<&str>, expected: &str) {
    check_repaired(bytes, content_type, expected, &[]);
}

fn utf16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn valid_utf8_wins_over_a_wrong_label() {
    let text = "<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>";
    let content_type = Some("text/xml; charset=windows-1251");
    check_repaired(
        text.as_bytes(),
        content_type,
        "<a>é</a>",
        &[Repair::Charset],
    );
    check(
        b"<?xml version='1.0' encoding='iso-8859-1'?><a/>",
        None,
        "<a/>",
    );
}

#[test]
fn labels_in_their_order() {
    let latin = b"<?xml version=\"1.0\" encoding=\"iso-8859-2\"?><a>\xb1</a>";
    check(latin, None, "<a>ą</a>");
    check(latin, Some("text/xml"), "<a>ą</a>");
    check(
        latin,
        Some("application/xml; Charset=\"windows-1251\""),
        "<a>±</a>",
    );
    let korean = b"<?xml version='1.0' encoding='euc-kr'?><a>\xb3\xe2</a>";
    check(korean, Some("text/xml; charset=utf-8"), "<a>년</a>");
}

#[test]
fn without_a_label_the_bytes_tell() {
    let charset = &[Repair::Charset];
    check_repaired(
        b"<a>\x93x\x94 \xe9t\xe9</a>",
        None,
        "<a>“x” été</a>",
        charset,
    );
    let russian = b"<a>\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0? \xcd\xee\xe2\xee\xf1\xf2\xe8</a>";
    check_repaired(russian, None, "<a>Привет, как дела? Новости</a>", charset);
}

#[test]
fn windows_1252_within_utf8() {
    let mixed = &[Repair::MixedCharset];
    let bytes = [
        b"<a>".as_slice(),
        "naïve café".as_bytes(),
        b" \x93x\x94 don\x92t</a>",
    ]
    .concat();
    check_repaired(
        &bytes,
        Some("text/xml; charset=utf-8"),
        "<a>naïve café “x” don’t</a>",
        mixed,
    );
    check_repaired(
        b"<a>\xe9</a>",
        Some("text/xml; charset=utf-8"),
        "<a>é</a>",
        mixed,
    );
}

#[test]
fn utf16_and_utf32_with_and_without_a_mark() {
    let text = "<?xml version='1.0' encoding='UTF-16'?><a>日本</a>";
    let charset = &[Repair::Charset];
    check_repaired(&utf16(text, u16::to_be_bytes), None, "<a>日本</a>", charset);
    check_repaired(&utf16(text, u16::to_le_bytes), None, "<a>日本</a>", charset);
    let marked = format!("\u{feff}{text}");
    check(
        &utf16(&marked, u16::to_be_bytes),
        Some("text/xml; charset=utf-8"),
        "<a>日本</a>",
    );
    check(&utf16(&marked, u16::to_le_bytes), None, "<a>日本</a>");
    let wide: Vec<u8> = text
        .chars()
        .flat_map(|c| u32::from(c).to_be_bytes())
        .collect();
    check(&wide, None, "<a>日本</a>");
    let wide: Vec<u8> = marked
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    check(&wide, None, "<a>日本</a>");
}

#[test]
fn a_japanese_escape_is_ascii() {
    let bytes = b"<?xml version='1.0' encoding='iso-2022-jp'?><a>\x1b$B$\"\x1b(B</a>";
    check(bytes, None, "<a>あ</a>");
}

#[test]
fn what_stands_before_the_root_goes() {
    check(b"\xef\xbb\xbf\n <?xml version='1.0'?>\n<a/>", None, "<a/>");
    check(
        b"<?xml-stylesheet href='x'?><a/>",
        None,
        "<?xml-stylesheet href='x'?><a/>",
    );
    check(b"<?xml version='1.0'", None, "<?xml version='1.0'");
    check(b"", None, "");
    check_repaired(
        b"<a>x\x08y\x00</a>",
        None,
        "<a>xy</a>",
        &[Repair::ControlCharacters],
    );
}
