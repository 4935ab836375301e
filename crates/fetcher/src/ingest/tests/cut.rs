//! Documents that end before their end, and such as no record takes.

use super::*;

fn cut(body: &str, at: usize, etag: &str) -> Answer {
    with_validators(ok(&body[..at]), etag)
}

#[test]
fn what_is_known_to_be_cut_is_asked_for_whole() {
    let items: String = (0..10).map(|n| item(&n.to_string(), "x", MONDAY)).collect();
    let whole = rss(&items);
    let mut memory = Memory::new();
    let first = memory.poll(cut(&whole, whole.len() * 3 / 5, "\"full\""));
    assert!((1..10).contains(&first.discovered.len()));
    assert!(memory.state.cut && !memory.state.conditions().any());
    // The same again is no more believed.
    memory.poll(cut(&whole, whole.len() * 3 / 5, "\"full\""));
    assert_eq!(memory.state.last, Kind::Unchanged);
    assert!(!memory.state.conditions().any());
    let rest = memory.poll(with_validators(ok(&whole), "\"full\""));
    assert_eq!(first.discovered.len() + rest.discovered.len(), 10);
    assert!(!memory.state.cut);
    assert_eq!(memory.state.validators, validators("\"full\""));
    memory.poll(with_validators(ok(&whole), "\"full\""));
    assert_eq!(memory.state.conditions(), validators("\"full\""));
}

#[test]
fn a_sitemap_that_was_cut_is_read_again() {
    let mut memory = Memory::new();
    let index = "<sitemapindex><sitemap><loc>https://a.example/s.xml</loc>\
        <lastmod>1970-01-01T00:10:00Z</lastmod></sitemap></sitemapindex>";
    let url = |n: u32| format!("<url><loc>https://a.example/{n}</loc></url>");
    let whole = format!("<urlset>{}{}</urlset>", url(1), url(2));
    memory.poll(ok(index));
    let half = whole.rfind("<url>").expect("it is there") + 3;
    let first = memory.poll(ok(&whole[..half]));
    assert_eq!(names(&first), ["http://a.example/1@1"]);
    // As it was, and yet.
    memory.poll(ok(&format!("{index}\n")));
    assert_eq!(memory.state.asks_for(), "https://a.example/s.xml");
    let second = memory.poll(ok(&whole));
    assert_eq!(names(&second), ["http://a.example/2@1"]);
    memory.poll(ok(index));
    assert_eq!(memory.state.asks_for(), FEED, "it was had whole");
}

#[test]
fn what_no_record_takes_is_not_read() {
    let mut memory = Memory::new();
    memory.poll(with_validators(ok(&rss("")), "\"1\""));
    let one = item("1", "One", MONDAY);
    // Bytes that are no UTF-8 are written in base64.
    let mut large = with_validators(ok(&rss(&one)), "\"2\"");
    large.body.extend(vec![0xe4; 6 << 20]);
    let done = memory.poll(large);
    assert_eq!((done.polled, done.discovered.len()), (None, 0));
    assert_eq!(done.state.last, Kind::TooBig);
    let why = done.state.detail.expect("a reason");
    assert!(why.contains("in a record"), "{why}");
    assert_eq!(done.state.validators, validators("\"1\""));
    assert_eq!(memory.items(&one), ["1@1"]);
}
