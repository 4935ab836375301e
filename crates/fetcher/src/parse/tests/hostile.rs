//! Documents that mean harm, or look as if they did.

use std::fmt::Write as _;

use super::*;

fn item(inner: &str) -> String {
    format!(
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>\
         <item>{inner}</item><item><title>Next</title></item></channel></rss>"
    )
}

#[test]
fn an_author_of_many_bytes_beside_an_address() {
    for author in [
        "joe@example.com（山田）",
        "Name “joe@example.com”",
        "（joe@example.com）山田",
    ] {
        let feed = parsed(item(&format!("<author>{author}</author>")));
        assert_eq!(
            feed.items[0].authors[0].email.as_deref(),
            Some("joe@example.com"),
            "{author}"
        );
    }
}

#[test]
fn numbers_too_long_for_anything() {
    let digits = "9".repeat(23);
    let feed = parsed(item(&format!(
        "<itunes:duration>{digits}</itunes:duration><pubDate>{digits}</pubDate><enclosure url='/x' length='{digits}'/>"
    )));
    assert_eq!(feed.items.len(), 2);
    assert_eq!(
        feed.items[0].enclosures[0].length.as_deref(),
        Some(digits.as_str())
    );
    assert_eq!(losses(&feed), [(Loss::Date, 1)]);
    let ttl = format!("<rss version='2.0'><channel><ttl>{digits}</ttl></channel></rss>");
    assert_eq!(parsed(ttl).channel.ttl, None);
}

#[test]
fn utf16_of_both_ends() {
    let text = "<?xml version='1.0' encoding='UTF-16'?><rss version='2.0'><channel>\
        <item><title>日本語</title><link>https://a.example/1</link></item></channel></rss>";
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [big, little] {
        assert_eq!(title(&parsed(&bytes).items[0]), "日本語");
    }
}

/// Depth costs the item in which it stands, no other, and never the stack.
#[test]
fn depth_beyond_all_reason() {
    for name in ["itunes:category", "a", "media:group"] {
        let opened = format!("<{name} text='x'>").repeat(200_000);
        for document in [item(&opened), item(&opened).replacen("</item>", "", 1)] {
            let feed = parsed(document);
            let titles: Vec<String> = feed.items.iter().map(title).collect();
            assert_eq!(titles, ["-", "Next"], "{name}");
            assert!(feed.report.losses[&Loss::TooDeep].count > 199_000, "{name}");
        }
    }
    for name in ["item", "description"] {
        let feed = parsed(item(&format!("<{name}>").repeat(200_000)));
        assert!(
            feed.report.repairs[&Repair::UnclosedElement] > 199_000,
            "{name}"
        );
    }
    let escaped = "&lt;b&gt;".repeat(200_000);
    let feed = parsed(item(&format!("<description>{escaped}</description>")));
    let text = feed.items[0].summary.as_ref().expect("a summary");
    assert_eq!(text.plain(), "");
}

#[test]
fn json_of_any_depth_ends_in_an_error() {
    let (open, closed) = ("[".repeat(200_000), "]".repeat(200_000));
    for json in [
        format!("{{\"items\":{open}{closed}}}"),
        format!("{{\"unknown\":{open}{closed},\"items\":[]}}"),
        format!("{{\"items\":{open}"),
    ] {
        let refused = parse(json.as_bytes(), &[], URL);
        assert!(matches!(refused, Err(ParseError::Json(_))), "{refused:?}");
    }
}

#[test]
fn entities_are_not_expanded_twice_nor_fetched() {
    let bomb = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\
        <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>\
        <rss version='2.0'><channel><title>&a; &c; &x;</title></channel></rss>";
    let title = parsed(bomb).channel.title.expect("a title");
    assert_eq!(title.value, "ha &b;&b;&b;&b;&b;&b;&b;&b; &x;");
    let value = "x".repeat(100_000);
    let wide = format!(
        "<!DOCTYPE r [<!ENTITY a '{value}'>]><rss version='2.0'><channel><title>{}</title></channel></rss>",
        "&a;".repeat(100_000)
    );
    let feed = parsed(wide);
    assert!(feed.channel.title.expect("a title").value.len() < 2_000_000);
    assert!(feed.report.losses.contains_key(&Loss::Entity));
}

#[test]
fn a_description_of_60_megabytes() {
    let text = "x ".repeat(30 << 20);
    let feed = parsed(item(&format!("<description>{text}</description>")));
    assert_eq!(
        feed.items[0]
            .summary
            .as_ref()
            .expect("a summary")
            .value
            .len(),
        text.trim_end().len()
    );
    assert_eq!(feed.items.len(), 2);
}

#[test]
fn of_300_000_items_the_newest_stay() {
    let mut document = "<rss version='2.0'><channel>".to_owned();
    for number in 0..300_000 {
        document.push_str("<item><guid>");
        document.push_str(&number.to_string());
        document.push_str("</guid></item>");
    }
    let feed = parsed(&document);
    assert_eq!(feed.items.len(), items::MAX_ITEMS);
    assert_eq!(feed.items[0].identity, "0");
    assert_eq!(
        losses(&feed),
        [(Loss::Cut, 1), (Loss::TooManyItems, 250_000)]
    );
    let mut sitemap = "<urlset>".to_owned();
    for number in 0..60_000 {
        let (day, hour) = (number % 28 + 1, number / 28 % 24);
        let month = if number < 50_000 { 1 } else { 2 };
        let _ = write!(
            sitemap,
            "<url><loc>https://a.example/{number}</loc><lastmod>2026-0{month}-{day:02}T{hour:02}:00:00Z</lastmod></url>"
        );
    }
    let feed = parsed(sitemap + "</urlset>");
    let last = feed.items.last().expect("an item");
    assert_eq!(
        (feed.items.len(), last.identity.as_str()),
        (items::MAX_ITEMS, "https://a.example/59999")
    );
}

#[test]
fn parts_without_number() {
    let many = "<category>x</category><enclosure url='/x'/><author>a</author>".repeat(50_000);
    let feed = parsed(item(&many));
    assert_eq!(feed.items[0].enclosures.len(), 1_000);
    assert!(feed.report.losses.contains_key(&Loss::TooManyParts));
}

#[test]
fn a_text_of_too_many_pieces_is_cut() {
    let feed = parsed(item(&format!(
        "<description>{}</description>",
        "<b>x</b> ".repeat(50_000)
    )));
    let summary = value(feed.items[0].summary.as_ref()).len();
    assert!((140_000..160_000).contains(&summary), "{summary}");
    assert_eq!(feed.items.len(), 2);
    assert!(feed.report.losses.contains_key(&Loss::TooManyParts));
}

#[test]
fn a_very_long_guid_is_named_by_its_hash() {
    let feed = parsed(item(&format!("<guid>{}</guid>", "x".repeat(100_000))));
    assert!(feed.items[0].identity.len() < 64);
}

/// Texts that a careless loop would search again and again.
#[test]
fn openings_without_ends_are_soon_read() {
    for piece in [
        "<",
        "&",
        "&#",
        "<!--",
        "<![CDATA[",
        "<a b='",
        "@",
        "&lt;",
        "&lt;b ",
        "<p",
        "(",
        "\"<",
    ] {
        let feed = parsed(item(&format!("<title>{}</title>", piece.repeat(200_000))));
        let _ = feed.items.iter().map(title).count();
    }
}

#[test]
fn declarations_and_attributes_without_number() {
    let declared = " xmlns:p='x'".repeat(200_000);
    let elements = "<q:y/>".repeat(200_000);
    let feed = parsed(format!(
        "<rss version='2.0'{declared}><channel>{elements}<item><title>T</title></item></channel></rss>"
    ));
    assert_eq!(feed.items.len(), 1);
    let attributes = " a='b'".repeat(200_000);
    let guids = "<guid>".repeat(200_000);
    let feed = parsed(item(&format!(
        "<description{attributes} type='x/xml'>{guids}</description>"
    )));
    assert_eq!(feed.items.len(), 2);
}

/// The tree of a text is built in time with the square of its depth.
#[test]
fn a_text_of_deep_markup_is_shown_in_time() {
    let deep = "<div><a href=\"x\">".repeat(100_000);
    let document = format!(
        "<rss version='2.0'><channel><item><title>t</title><description><![CDATA[{deep}word]]></description></item></channel></rss>"
    );
    let feed = parse(document.as_bytes(), &[], URL).expect("a feed");
    let text = feed.items[0].summary.as_ref().expect("a summary");
    let started = std::time::Instant::now();
    let shown = crate::parse::markup::Sanitiser::default().shown(text, None);
    assert!(
        shown.contains("word") && !shown.contains('<'),
        "{} bytes",
        shown.len()
    );
    assert!(started.elapsed() < std::time::Duration::from_secs(10));
}
