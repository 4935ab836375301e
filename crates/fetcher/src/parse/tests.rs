use jiff::Timestamp;

use super::*;

const URL: &str = "https://a.example/feeds/news.xml";

fn parsed(document: impl AsRef<[u8]>) -> ParsedFeed {
    match parse(document.as_ref(), &[], URL) {
        Ok(feed) => feed,
        Err(error) => panic!("{error}"),
    }
}

/// What a document tells of its items: identity, link and title.
#[track_caller]
fn check(document: &str, dialect: Dialect, expected: &[(&str, &str, &str)]) {
    let feed = parsed(document);
    assert_eq!(feed.dialect, dialect);
    let items: Vec<_> = feed
        .items
        .iter()
        .map(|item| {
            let link = item.link.as_deref().unwrap_or("-");
            (
                item.identity.as_str(),
                link,
                item.title.as_deref().unwrap_or("-"),
            )
        })
        .collect();
    assert_eq!(items, expected);
}

#[test]
fn rss_2() {
    let document = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Harbour &amp; Quay</title><link>https://a.example/</link><language>en-GB</language>
<item><title>Ferries &lt;b&gt;resume&lt;/b&gt;</title><link> https://a.example/ferries </link>
<guid isPermaLink="false">ferries-7</guid><pubDate>Mon, 05 Oct 2026 10:00:00 +0200</pubDate>
<description>&lt;p&gt;They sail.&lt;/p&gt;</description><content:encoded><![CDATA[<p>They sail again.</p>]]></content:encoded>
<dc:creator>Ada Finch</dc:creator><category>Transport</category></item>
<item><title>No guid</title><link>/tides</link></item>
</channel></rss>"#;
    let expected = [
        ("ferries-7", "https://a.example/ferries", "Ferries resume"),
        (
            "https://a.example/tides",
            "https://a.example/tides",
            "No guid",
        ),
    ];
    check(document, Dialect::Rss2, &expected);
    let feed = parsed(document);
    assert_eq!(feed.title.as_deref(), Some("Harbour & Quay"));
    assert_eq!(feed.language.as_deref(), Some("en-gb"));
    let item = &feed.items[0];
    assert_eq!(item.summary.as_deref(), Some("<p>They sail.</p>"));
    assert_eq!(item.content.as_deref(), Some("<p>They sail again.</p>"));
    assert_eq!(item.authors, ["Ada Finch"]);
    assert_eq!(item.categories, ["Transport"]);
    let published: Timestamp = "2026-10-05T08:00:00Z".parse().expect("a time");
    assert_eq!(item.published, Some(published));
}

#[test]
fn rss_0_91() {
    let document = "<rss version='0.91'><channel><title>T</title>\
        <item><title>One</title><link>https://a.example/1</link></item></channel></rss>";
    let expected = [("https://a.example/1", "https://a.example/1", "One")];
    check(document, Dialect::Rss0, &expected);
}

#[test]
fn rdf() {
    let document = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://a.example/"><title>T</title></channel>
<item rdf:about="https://a.example/1"><title>Eins</title><link>https://a.example/1</link></item></rdf:RDF>"#;
    let expected = [("https://a.example/1", "https://a.example/1", "Eins")];
    check(document, Dialect::Rdf, &expected);
}

#[test]
fn atom() {
    let document = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/section/" xml:lang="es">
<title>T</title><id>urn:feed</id><updated>2026-10-05T08:00:00Z</updated>
<entry><id>tag:b.example,2026:1</id><title type="html">Uno &amp;amp; &lt;i&gt;dos&lt;/i&gt;</title>
<link rel="self" href="https://b.example/api/1"/><link rel="enclosure" href="https://b.example/1.mp3"/>
<link rel="alternate" type="application/pdf" href="1.pdf"/><link rel="alternate" type="text/html" href="1"/>
<updated>2026-10-05T08:00:00Z</updated><content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry>
<entry><id>tag:b.example,2026:2</id><title type="text">a &lt;b&gt; c</title><link href="https://b.example/2"/>
<updated>2026-10-05T08:00:00Z</updated></entry></feed>"#;
    let expected = [
        (
            "tag:b.example,2026:1",
            "https://b.example/section/1",
            "Uno & dos",
        ),
        ("tag:b.example,2026:2", "https://b.example/2", "a <b> c"),
    ];
    check(document, Dialect::Atom, &expected);
}

#[test]
fn json_feed() {
    let document = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "T", "language": "de",
"items": [{"id": "j-1", "url": "/eins", "title": "Eins <b>", "content_html": "<p>x</p>", "tags": ["Stadt"],
"date_published": "2026-10-05T08:00:00Z", "attachments": [{"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg"}]}]}"#;
    check(
        document,
        Dialect::Json,
        &[("j-1", "https://a.example/eins", "Eins <b>")],
    );
    assert_eq!(parsed(document).language.as_deref(), Some("de"));
}

#[test]
fn without_guid_and_link_the_text_is_the_name() {
    let item = |title, text| {
        let item = format!("<item><title>{title}</title><description>{text}</description></item>");
        let document = format!("<rss version='2.0'><channel>{item}</channel></rss>");
        parsed(document).items[0].identity.clone()
    };
    assert_eq!(item("One", "text"), item("Edited", "text"));
    assert_ne!(item("One", "text"), item("One", "other"));
    assert_ne!(item("One", ""), item("Two", ""));
    assert_eq!(item("One", ""), item("One", ""));
}

#[test]
fn a_very_long_guid_is_named_by_its_hash() {
    let document = format!(
        "<rss version='2.0'><channel><item><guid>{}</guid></item></channel></rss>",
        "x".repeat(100_000)
    );
    assert!(parsed(document).items[0].identity.len() < 64);
}

#[test]
fn utf16_is_read() {
    let text = "<?xml version='1.0' encoding='UTF-16'?><rss version='2.0'><channel>\
        <item><title>日本語</title><link>https://a.example/1</link></item></channel></rss>";
    for bytes in [
        text.encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<u8>>(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ] {
        assert_eq!(parsed(&bytes).items[0].title.as_deref(), Some("日本語"));
    }
}

#[test]
fn the_label_of_http_is_used() {
    let bytes =
        b"<rss version='2.0'><channel><title>\xcd\xee\xe2\xee\xf1\xf2\xe8</title></channel></rss>";
    let headers = [(
        "content-type".to_owned(),
        "text/xml; charset=windows-1251".to_owned(),
    )];
    let feed = parse(bytes, &headers, URL).expect("a feed");
    assert_eq!(feed.title.as_deref(), Some("Новости"));
}

#[track_caller]
fn check_refused(document: &[u8], is_expected: impl Fn(&ParseError) -> bool) {
    let error = parse(document, &[], URL).expect_err("no feed");
    assert!(is_expected(&error), "{error:?}");
}

#[test]
fn what_is_no_feed_is_named() {
    check_refused(b"", |e| *e == ParseError::Empty);
    check_refused(b" \n\t ", |e| *e == ParseError::Empty);
    check_refused(b"<!DOCTYPE html><html><body>hello</body></html>", |e| {
        *e == ParseError::Html
    });
    check_refused(b"just text", |e| matches!(e, ParseError::Malformed(_)));
    check_refused(b"{\"version\": \"https://jsonfeed.org/version/1\"", |e| {
        matches!(e, ParseError::Malformed(_))
    });
    check_refused(b"<rss version='2.0'><channel><item><title>cut", |e| {
        matches!(e, ParseError::Malformed(_))
    });
    check_refused(b"<rss version='2.0'><channel></item></rss>", |e| {
        matches!(e, ParseError::Malformed(_))
    });
    check_refused(b"\x00\x01\x02\xff", |e| {
        matches!(e, ParseError::Malformed(_))
    });
}

#[test]
fn hostile_documents_end_in_an_error() {
    let nested = format!(
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>{}",
        "<itunes:category text='x'>".repeat(200_000)
    );
    check_refused(nested.as_bytes(), |e| matches!(e, ParseError::TooDeep(_)));
    let deep_json = format!("{{\"version\":{}", "[".repeat(200_000));
    check_refused(deep_json.as_bytes(), |e| {
        matches!(e, ParseError::Malformed(_))
    });
    let author = "<rss version='2.0'><channel><item>\
        <author>joe@example.com（山田）</author></item></channel></rss>";
    check_refused(author.as_bytes(), |e| matches!(e, ParseError::Panicked(_)));
    let many = format!("<rss version='2.0'><channel>{}", "<item/>".repeat(60_000));
    check_refused(many.as_bytes(), |e| {
        matches!(e, ParseError::TooManyItems(_))
    });
}

#[test]
fn entities_are_not_expanded() {
    let bomb = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\
        <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>\
        <rss version='2.0'><channel><title>&c;&x;</title></channel></rss>";
    let title = parsed(bomb).title.unwrap_or_default();
    assert!(title.len() < 20, "{title}");
}

#[test]
fn a_base_that_is_no_address_is_no_obstacle() {
    let document = b"<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>";
    let feed = parse(document, &[], "not an address").expect("a feed");
    assert_eq!(feed.items[0].link.as_deref(), Some("/1"));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_give_the_same_result_twice(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert_eq!(parse(&bytes, &[], URL), parse(&bytes, &[], URL));
        }

        /// A feed cut off, with bytes overwritten, never harms more than itself.
        #[test]
        fn damage_is_survived(cut in 0..600usize, damage in prop::collection::vec((0..600usize, any::<u8>()), 0..6)) {
            let items = "<item><guid>1</guid><author>a@b.example (Ann)</author><link>/1</link></item>".repeat(6);
            let mut bytes = format!("<rss version='2.0'><channel>{items}</channel></rss>").into_bytes();
            for (position, byte) in damage {
                if let Some(place) = bytes.get_mut(position) {
                    *place = byte;
                }
            }
            bytes.truncate(cut);
            let _ = parse(&bytes, &[], URL);
        }
    }
}

/// The parser descends by recursion: whatever comes through the guard must not end the process.
#[track_caller]
fn check_survived(document: &str) {
    let refused = parse(document.as_bytes(), &[], URL);
    assert!(
        refused.is_err(),
        "{} items",
        refused.map_or(0, |f| f.items.len())
    );
}

#[test]
fn depth_ends_no_process_whatever_stands_before_it() {
    let groups = "<media:group>".repeat(200_000);
    check_survived(&format!(
        "x<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item>{groups}"
    ));
    check_survived(&format!(
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item>{groups}"
    ));
    let open = "[".repeat(200_000);
    let closed = "]".repeat(200_000);
    let version = "https://jsonfeed.org/version/1";
    check_survived(&format!(
        "{{\"version\":\"{version}\",\"items\":{open}{closed}}}"
    ));
    check_survived(&format!(
        "{{\"version\":\"{version}\",\"unknown\":{open}{closed}}}"
    ));
    check_survived(&format!("x{{\"items\":{open}"));
}
