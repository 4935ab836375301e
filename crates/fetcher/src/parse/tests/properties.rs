use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Pieces from which documents grow that are nearly feeds.
const PIECES: &[&str] = &[
    "<rss version='2.0'>",
    "</rss>",
    "<channel>",
    "</channel>",
    "<item>",
    "</item>",
    "<entry>",
    "</entry>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>",
    "</feed>",
    "<title>",
    "</title>",
    "<title type='xhtml'>",
    "<description>",
    "</description>",
    "<content type='application/octet-stream'>",
    "</content>",
    "<link>https://a.example/1</link>",
    "<link href='/2'/>",
    "<guid isPermaLink='false'>g</guid>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x",
    "?>",
    "<!DOCTYPE r [<!ENTITY e 'x'>]>",
    "&e;",
    "&amp;",
    "&",
    "&#x41;",
    "<div>",
    "</div>",
    "<br>",
    "<b",
    ">",
    "text",
    "日本",
    "<pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate>",
    "'",
    "\"",
    "\0",
    "<author>a@b.example (x)</author>",
    "<author><name>",
    "</name></author>",
    "<x:y xmlns:x='u' xml:base='/z/'>",
    "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[",
    "{\"id\":1}",
    "]}",
];

fn documents() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// How many items open in a document, as far as one can count without reading it.
fn openings(document: &str) -> u64 {
    (document.matches("<item>").count() + document.matches("<entry>").count()) as u64
}

proptest! {
    #[test]
    fn bytes_end_in_a_feed_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let read = parse(&bytes, &[], URL);
        prop_assert!(!matches!(read, Err(ParseError::Panicked(_))), "{read:?}");
        prop_assert_eq!(parse(&bytes, &[], URL), read);
    }

    #[test]
    fn no_item_is_lost_without_a_word(document in documents()) {
        let read = parse(document.as_bytes(), &[], URL);
        prop_assert!(!matches!(read, Err(ParseError::Panicked(_))), "{read:?}");
        let Ok(feed) = read else { return Ok(()) };
        if feed.dialect == Dialect::Json {
            return Ok(());
        }
        let lost: u64 = feed.report.losses.values().map(|lost| lost.count).sum();
        let swallowed = feed.report.repairs.keys().any(|repair| {
            matches!(repair, Repair::OpenComment | Repair::OpenCdata | Repair::Tag)
        });
        prop_assert!(
            feed.items.len() as u64 + lost >= openings(&document) || swallowed,
            "{} items, {:?} of {document:?}", feed.items.len(), feed.report
        );
    }

    #[test]
    fn a_cut_loses_no_whole_item(cut in 0usize..10_000) {
        let mut document = "<rss version='2.0'><channel><title>T</title>".to_owned();
        let mut ends = Vec::new();
        for number in 0..20 {
            let _ = writeln!(document, "<item><title>é &amp; {number}</title><link href=\"/{number}\"/><description><![CDATA[<p>{number}</p>]]></description></item>");
            ends.push(document.len());
        }
        document.push_str("</channel></rss>");
        let cut = cut % document.len();
        let whole = ends.iter().filter(|end| **end <= cut).count();
        let Ok(feed) = parse(&document.as_bytes()[..cut], &[], URL) else {
            prop_assert_eq!(whole, 0);
            return Ok(());
        };
        prop_assert!(feed.items.len() >= whole, "{} of {whole}", feed.items.len());
        let all = parsed(&document);
        prop_assert_eq!(&feed.items[..whole], &all.items[..whole]);
        prop_assert!(feed.report.losses.contains_key(&Loss::Cut));
    }

    #[test]
    fn a_cut_of_json_loses_no_whole_item(cut in 0usize..2_000) {
        let items: Vec<String> = (0..20).map(|number| format!("{{\"id\":\"{number}\",\"tags\":[\"]}}\"]}}")).collect();
        let document = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}]}}", items.join(","));
        let cut = cut % document.len();
        let read = parse(&document.as_bytes()[..cut], &[], URL);
        let whole = document[..cut].matches("}\"]}").count();
        let found = read.map_or(0, |feed| feed.items.len());
        prop_assert_eq!(found, whole);
    }
}
