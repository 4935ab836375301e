//! Feeds as OPML, both ways.
//!
//! An `outline` with an `xmlUrl` is a feed, however deep it is nested. Beside the usual `title` and
//! `text` there are attributes of our own: `publisher`, `country`, `language`, `kind`,
//! `intervalSeconds` and `unverified`; other readers ignore them.

use std::collections::BTreeMap;

use article::Feed;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not OPML at byte {at}: {reason}")]
pub struct OpmlError {
    at: u64,
    reason: String,
}

/// The feeds of a document, in its order.
///
/// # Errors
/// Where it is no XML, or no OPML.
pub fn parse(text: &str) -> Result<Vec<Feed>, OpmlError> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut feeds = Vec::new();
    let mut is_opml = false;
    loop {
        let event = reader.read_event().map_err(|error| OpmlError {
            at: reader.error_position(),
            reason: error.to_string(),
        })?;
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_ascii_lowercase();
                is_opml |= name == b"opml";
                if name == b"outline" {
                    feeds.extend(feed(&tag));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if is_opml {
        Ok(feeds)
    } else {
        Err(OpmlError {
            at: 0,
            reason: "there is no opml element".to_owned(),
        })
    }
}

fn feed(tag: &BytesStart<'_>) -> Option<Feed> {
    let attributes = attributes(tag);
    let get = |name: &str| {
        attributes
            .get(name)
            .cloned()
            .filter(|value| !value.is_empty())
    };
    let url = get("xmlurl")?.trim().to_owned();
    let text = get("text").filter(|text| *text != url);
    Some(Feed {
        title: get("title").or(text),
        publisher: get("publisher"),
        country: get("country"),
        language: get("language"),
        kind: get("kind"),
        interval_seconds: get("intervalseconds").and_then(|seconds| seconds.parse().ok()),
        unverified: get("unverified").is_some_and(|value| value == "true"),
        url,
    })
}

/// Names in lower case: the wild writes `xmlurl` and `xmlUrl`.
fn attributes(tag: &BytesStart<'_>) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    for attribute in tag.attributes().with_checks(false).flatten() {
        let name = String::from_utf8_lossy(attribute.key.as_ref()).to_ascii_lowercase();
        let value = match attribute.unescape_value() {
            Ok(value) => value.into_owned(),
            // An entity of HTML or a bare ampersand, frequent in addresses: taken as it stands.
            Err(_) => String::from_utf8_lossy(&attribute.value).into_owned(),
        };
        attributes.insert(name, value);
    }
    attributes
}

/// The feeds as a document, a group for each kind of outlet.
///
/// # Errors
/// None that writing to memory has.
pub fn write<'a>(feeds: impl IntoIterator<Item = &'a Feed>) -> std::io::Result<String> {
    let mut groups: BTreeMap<Option<&str>, Vec<&Feed>> = BTreeMap::new();
    for feed in feeds {
        groups.entry(feed.kind.as_deref()).or_default().push(feed);
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(
        BytesStart::new("opml").with_attributes([("version", "2.0")]),
    ))?;
    writer
        .create_element("head")
        .write_inner_content(|writer| {
            writer
                .create_element("title")
                .write_text_content(BytesText::new("copydesk feeds"))?;
            Ok(())
        })?;
    writer.write_event(Event::Start(BytesStart::new("body")))?;
    for (kind, feeds) in groups {
        if let Some(kind) = kind {
            let mut group = BytesStart::new("outline");
            group.push_attribute(("text", visible(kind).as_str()));
            writer.write_event(Event::Start(group))?;
        }
        for feed in feeds {
            writer.write_event(Event::Empty(outline(feed)))?;
        }
        if kind.is_some() {
            writer.write_event(Event::End(BytesEnd::new("outline")))?;
        }
    }
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(std::io::Error::other)?;
    text.push('\n');
    Ok(text)
}

fn outline(feed: &Feed) -> BytesStart<'static> {
    let interval = feed.interval_seconds.map(|seconds| seconds.to_string());
    let attributes = [
        ("text", Some(feed.title.as_deref().unwrap_or(&feed.url))),
        ("title", feed.title.as_deref()),
        ("xmlUrl", Some(feed.url.as_str())),
        ("publisher", feed.publisher.as_deref()),
        ("country", feed.country.as_deref()),
        ("language", feed.language.as_deref()),
        ("kind", feed.kind.as_deref()),
        ("intervalSeconds", interval.as_deref()),
        ("unverified", feed.unverified.then_some("true")),
    ];
    let mut outline = BytesStart::new("outline");
    outline.push_attribute(("type", "rss"));
    for (name, value) in attributes {
        if let Some(value) = value {
            outline.push_attribute((name, visible(value).as_str()));
        }
    }
    outline
}

/// XML has no way to write most control characters, and a line break in an attribute reads back as a
/// space.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Text that XML can carry, without what an attribute's reader may normalise.
    fn text() -> impl Strategy<Value = Option<String>> {
        prop::option::of("[^\\p{C}\\p{Z}][^\\p{C}]{0,12}")
    }

    prop_compose! {
        fn feed()(
            path in "[a-z0-9&?=%<>\"']{0,12}",
            title in text(),
            publisher in text(),
            country in prop::option::of("[A-Z]{2}"),
            language in prop::option::of("[a-z]{2}"),
            kind in text(),
            interval_seconds in prop::option::of(1u64..100_000),
            unverified in any::<bool>(),
        ) -> Feed {
            let url = format!("https://a.example/{path}");
            Feed { url, title, publisher, country, language, kind, interval_seconds, unverified }
        }
    }

    fn by_url(feeds: Vec<Feed>) -> BTreeMap<String, Feed> {
        feeds
            .into_iter()
            .map(|feed| (feed.url.clone(), feed))
            .collect()
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(feeds in prop::collection::vec(feed(), 0..8)) {
            let feeds = by_url(feeds);
            let text = write(feeds.values()).expect("memory takes everything");
            prop_assert_eq!(by_url(parse(&text).expect("our own OPML reads")), feeds, "{}", text);
        }
    }

    #[test]
    fn feeds_are_found_at_any_depth_and_in_any_spelling() {
        let text = "\u{feff}<?xml version='1.0'?><OPML><body><outline text='a group'>\
            <outline text='deeper'><Outline xmlurl=' https://a.example/rss?a=1&b=2 ' text='A &amp; B'/></outline>\
            </outline><outline text='no feed'/><outline xmlUrl='https://b.example/' text='https://b.example/'/></body></OPML>";
        let feeds = parse(text).expect("the wild's OPML reads");
        assert_eq!(
            feeds,
            [
                Feed {
                    title: Some("A & B".into()),
                    ..Feed::at("https://a.example/rss?a=1&b=2")
                },
                Feed::at("https://b.example/"),
            ]
        );
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let error = parse(text).expect_err("it is refused").to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn what_is_no_opml_is_refused() {
        check_refused("<rss><channel/></rss>", "there is no opml element");
        check_refused("<opml><body></opml>", "at byte");
        check_refused("plain text", "there is no opml element");
    }
}
