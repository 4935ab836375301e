//! Feeds as OPML, both ways.
//!
//! An `outline` with an `xmlUrl` is a feed, however deep it is nested. Beside the usual `title` and
//! `text` there are attributes of our own: `publisher`, `country`, `language`, `kind`,
//! `intervalSeconds`, `unverified` and `paused`; other readers ignore them.
//!
//! What it takes to ask for a feed has attributes too: `user`, `passwordFile`, `proxy`, `proxyUser`,
//! `proxyPasswordFile`, and for each header field `header-NAME` or `headerFile-NAME`. A list from a
//! stranger must not send our secrets to addresses of the stranger's, nor choose our proxy, and a list
//! that is handed on need not tell where secrets lie: so these are read and written only where
//! [`Scope::Access`] says so.

use std::collections::BTreeMap;
use std::io::Write;

use article::{Access, Feed, HeaderField, Login, Proxy};
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer as Xml};

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not OPML at byte {at}: {reason}")]
pub struct OpmlError {
    at: u64,
    reason: String,
}

/// What of a feed is read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// What it is, and how often it is polled.
    #[default]
    Facts,
    /// What goes with the requests for it as well.
    Access,
}

/// What a document has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlines {
    /// Its feeds, in its order.
    pub feeds: Vec<Feed>,
    /// How many of them say more of how they are asked for than the scope lets be read.
    pub withheld: usize,
}

/// The feeds of a document.
///
/// # Errors
/// Where it is no XML, or no OPML.
pub fn parse(text: &str, scope: Scope) -> Result<Outlines, OpmlError> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut outlines = Outlines::default();
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
                    outlines
                        .feeds
                        .extend(feed(&tag, scope, &mut outlines.withheld));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if is_opml {
        Ok(outlines)
    } else {
        Err(OpmlError {
            at: 0,
            reason: "there is no opml element".to_owned(),
        })
    }
}

fn feed(tag: &BytesStart<'_>, scope: Scope, withheld: &mut usize) -> Option<Feed> {
    let attributes = attributes(tag);
    let get = |name: &str| {
        attributes
            .get(name)
            .cloned()
            .filter(|value| !value.is_empty())
    };
    let url = get("xmlurl")?.trim().to_owned();
    let text = get("text").filter(|text| *text != url);
    let access = access(&attributes).filter(|_| {
        *withheld += usize::from(scope == Scope::Facts);
        scope == Scope::Access
    });
    Some(Feed {
        title: get("title").or(text),
        publisher: get("publisher"),
        country: get("country"),
        language: get("language"),
        kind: get("kind"),
        interval_seconds: get("intervalseconds").and_then(|seconds| seconds.parse().ok()),
        full_text: get("fulltext").is_some_and(|value| value == "true"),
        unverified: get("unverified").is_some_and(|value| value == "true"),
        paused: get("paused").is_some_and(|value| value == "true"),
        wanted_at: None,
        access: access.map(Box::new),
        url,
    })
}

fn access(attributes: &BTreeMap<String, String>) -> Option<Access> {
    let get = |name: &str| {
        let value = attributes.get(name).filter(|value| !value.is_empty());
        value.cloned()
    };
    let login = |user: &str, file: &str| {
        let (user, file) = (get(user), get(file));
        // Half of it is wrong, and whoever checks the feed says so.
        (user.is_some() || file.is_some()).then(|| Login {
            user: user.unwrap_or_default(),
            password_file: file.unwrap_or_default(),
        })
    };
    let fields = attributes.iter().filter_map(|(name, value)| {
        let (kind, name) = name.split_once('-')?;
        let (value, value_file) = match kind {
            "header" => (Some(value.clone()), None),
            "headerfile" => (None, Some(value.clone())),
            _ => return None,
        };
        Some(HeaderField {
            name: name.to_owned(),
            value,
            value_file,
        })
    });
    let access = Access {
        headers: fields.collect(),
        login: login("user", "passwordfile"),
        proxy: get("proxy").map(|url| Proxy {
            url,
            login: login("proxyuser", "proxypasswordfile"),
        }),
    };
    (!access.is_empty()).then_some(access)
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

/// Writes the feeds as a document, a group for each kind of outlet.
///
/// # Errors
/// Those of `out`.
pub fn write<'a>(
    feeds: impl IntoIterator<Item = &'a Feed>,
    scope: Scope,
    mut out: impl Write,
) -> std::io::Result<()> {
    let mut groups: BTreeMap<Option<&str>, Vec<&Feed>> = BTreeMap::new();
    for feed in feeds {
        groups.entry(feed.kind.as_deref()).or_default().push(feed);
    }
    let mut writer = Xml::new_with_indent(&mut out, b' ', 2);
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
            writer.write_event(Event::Empty(outline(feed, scope)))?;
        }
        if kind.is_some() {
            writer.write_event(Event::End(BytesEnd::new("outline")))?;
        }
    }
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))?;
    writeln!(out)
}

fn outline(feed: &Feed, scope: Scope) -> BytesStart<'static> {
    let interval = feed.interval_seconds.map(|seconds| seconds.to_string());
    let facts = [
        ("text", Some(feed.title.as_deref().unwrap_or(&feed.url))),
        ("title", feed.title.as_deref()),
        ("xmlUrl", Some(feed.url.as_str())),
        ("publisher", feed.publisher.as_deref()),
        ("country", feed.country.as_deref()),
        ("language", feed.language.as_deref()),
        ("kind", feed.kind.as_deref()),
        ("intervalSeconds", interval.as_deref()),
        ("fullText", feed.full_text.then_some("true")),
        ("unverified", feed.unverified.then_some("true")),
        ("paused", feed.paused.then_some("true")),
    ];
    let mut outline = BytesStart::new("outline");
    outline.push_attribute(("type", "rss"));
    let mut push = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            outline.push_attribute((name, visible(value).as_str()));
        }
    };
    for (name, value) in facts {
        push(name, value);
    }
    let Some(access) = feed.access.as_ref().filter(|_| scope == Scope::Access) else {
        return outline;
    };
    let mut push_login = |user: &str, file: &str, login: Option<&Login>| {
        push(user, login.map(|login| login.user.as_str()));
        push(file, login.map(|login| login.password_file.as_str()));
    };
    let proxy = access.proxy.as_ref();
    push_login("user", "passwordFile", access.login.as_ref());
    let proxy_login = proxy.and_then(|proxy| proxy.login.as_ref());
    push_login("proxyUser", "proxyPasswordFile", proxy_login);
    push("proxy", proxy.map(|proxy| proxy.url.as_str()));
    for field in &access.headers {
        let name = &field.name;
        push(&format!("header-{name}"), field.value.as_deref());
        push(&format!("headerFile-{name}"), field.value_file.as_deref());
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
            full_text in any::<bool>(),
            unverified in any::<bool>(),
            paused in any::<bool>(),
            access in prop::option::of(access()),
        ) -> Feed {
            let url = format!("https://a.example/{path}");
            let access = access.map(Box::new);
            Feed { url, title, publisher, country, language, kind, interval_seconds, full_text, unverified, paused, wanted_at: None, access }
        }
    }

    prop_compose! {
        fn login()(user in "[a-z]{1,8}", password_file in "[a-z/.]{1,8}") -> Login {
            Login { user, password_file }
        }
    }

    prop_compose! {
        /// Never empty, and its fields in order of name: an outline has no other.
        fn access()(
            names in prop::collection::btree_map("[a-z][a-z0-9-]{0,8}", any::<bool>(), 1..4),
            text in "[a-z=;,]{1,8}",
            login in prop::option::of(login()),
            proxy in prop::option::of(prop::option::of(login())),
        ) -> Access {
            let (plain, secret): (Vec<_>, Vec<_>) = names.into_iter().partition(|(_, is_plain)| *is_plain);
            let plain = plain.into_iter().map(|(name, _)| HeaderField { name, value: Some(text.clone()), value_file: None });
            let secret = secret.into_iter().map(|(name, _)| HeaderField { name, value: None, value_file: Some(text.clone()) });
            let proxy = proxy.map(|login| Proxy { url: "http://proxy.example:1".into(), login });
            Access { headers: plain.chain(secret).collect(), login, proxy }
        }
    }

    fn written<'a>(feeds: impl IntoIterator<Item = &'a Feed>, scope: Scope) -> String {
        let mut out = Vec::new();
        write(feeds, scope, &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("UTF-8")
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
            let text = written(feeds.values(), Scope::Access);
            let read = parse(&text, Scope::Access).expect("our own OPML reads");
            prop_assert_eq!(read.withheld, 0);
            prop_assert_eq!(by_url(read.feeds), feeds, "{}", text);
        }

        #[test]
        fn access_is_neither_handed_on_nor_taken_unasked(feeds in prop::collection::vec(feed(), 0..8)) {
            let feeds = by_url(feeds);
            let bare: BTreeMap<String, Feed> = feeds.iter().map(|(url, feed)| (url.clone(), Feed { access: None, ..feed.clone() })).collect();
            let text = written(feeds.values(), Scope::Facts);
            prop_assert_eq!(&by_url(parse(&text, Scope::Access).expect("OPML").feeds), &bare, "{}", text);
            let read = parse(&written(feeds.values(), Scope::Access), Scope::Facts).expect("OPML");
            prop_assert_eq!(read.withheld, feeds.values().filter(|feed| feed.access.is_some()).count());
            prop_assert_eq!(by_url(read.feeds), bare);
        }
    }

    #[test]
    fn feeds_are_found_at_any_depth_and_in_any_spelling() {
        let text = "\u{feff}<?xml version='1.0'?><OPML><body><outline text='a group'>\
            <outline text='deeper'><Outline xmlurl=' https://a.example/rss?a=1&b=2 ' text='A &amp; B'/></outline>\
            </outline><outline text='no feed'/><outline xmlUrl='https://b.example/' text='https://b.example/'/></body></OPML>";
        let read = parse(text, Scope::Facts).expect("the wild's OPML reads");
        assert_eq!(
            read.feeds,
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
        let error = parse(text, Scope::Facts)
            .expect_err("it is refused")
            .to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn what_is_no_opml_is_refused() {
        check_refused("<rss><channel/></rss>", "there is no opml element");
        check_refused("<opml><body></opml>", "at byte");
        check_refused("plain text", "there is no opml element");
    }
}
