//! Feeds in the dialects that outlets speak.

use std::fmt::Write as _; // to a String: cannot fail, so the results are of no interest

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;

use crate::archive::{Dated, Item};
use crate::escape::{self, escaped};
use crate::outlet::{Dialect, Outlet};

/// An article in a feed.
#[derive(Debug)]
pub(crate) struct Listed {
    pub index: usize,
    pub published_at: Timestamp,
    pub item: Item,
}

impl Listed {
    /// The date that the feed gives.
    fn date(&self) -> Option<Timestamp> {
        match self.item.dated {
            Dated::Publication => Some(self.published_at),
            Dated::At(date) => Some(date),
            Dated::Untold => None,
        }
    }

    /// The address without scheme and host.
    fn path(&self) -> &str {
        let rest = self.item.url.strip_prefix("http://").unwrap_or_default();
        rest.find('/').map_or("/", |slash| &rest[slash..])
    }
}

/// The media type of a dialect.
pub(crate) fn media(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Rss | Dialect::RssFull | Dialect::RssGuid | Dialect::RssRelative => {
            "application/rss+xml"
        }
        Dialect::Atom => "application/atom+xml",
        Dialect::Rdf => "application/rdf+xml",
        Dialect::Json => "application/feed+json",
    }
}

/// The outlet's feed and its media type. `changed`: when the newest article came out.
pub(crate) fn render(
    outlet: &Outlet,
    items: &[Listed],
    changed: Option<Timestamp>,
) -> (&'static str, String) {
    let text = match outlet.dialect {
        Dialect::Rss | Dialect::RssFull | Dialect::RssGuid | Dialect::RssRelative => {
            rss(outlet, items, changed)
        }
        Dialect::Atom => atom(outlet, items, changed),
        Dialect::Rdf => rdf(outlet, items),
        Dialect::Json => json_feed(outlet, items),
    };
    (media(outlet.dialect), text)
}

fn element(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    escape::push(out, text);
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

fn element_of(out: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        element(out, name, text);
    }
}

/// `Sun, 01 Mar 2026 10:00:00 GMT`.
fn rss_date(date: Timestamp) -> String {
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&date)
        .unwrap_or_default()
}

/// `2026-03-01T10:00:00Z`.
pub(crate) fn iso_date(date: Timestamp) -> String {
    date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn declaration(outlet: &Outlet) -> String {
    let charset = outlet.charset.label();
    format!("<?xml version=\"1.0\" encoding=\"{charset}\"?>\n")
}

fn rss(outlet: &Outlet, items: &[Listed], changed: Option<Timestamp>) -> String {
    let mut out = declaration(outlet);
    out.push_str(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n",
    );
    element(&mut out, "title", &outlet.name);
    element(&mut out, "link", &format!("http://{}/", outlet.host));
    element(&mut out, "description", &outlet.name);
    element_of(&mut out, "language", outlet.language.as_deref());
    element_of(&mut out, "lastBuildDate", changed.map(rss_date).as_deref());
    for listed in items {
        out.push_str("<item>\n");
        rss_item(&mut out, outlet, listed);
        out.push_str("</item>\n");
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn rss_item(out: &mut String, outlet: &Outlet, listed: &Listed) {
    let item = &listed.item;
    element_of(out, "title", item.title.as_deref());
    match outlet.dialect {
        Dialect::RssRelative => element(out, "link", listed.path()),
        _ => element(out, "link", &item.url),
    }
    match outlet.dialect {
        Dialect::RssGuid => {
            let guid = format!("{}-{:06}", outlet.host, listed.index);
            let _ = writeln!(out, "<guid isPermaLink=\"false\">{}</guid>", escaped(&guid));
        }
        // A relative link cannot be the guid, whose default is "this is a permanent address".
        _ => element(out, "guid", &item.url),
    }
    element_of(out, "dc:creator", item.author.as_deref());
    element_of(out, "pubDate", listed.date().map(rss_date).as_deref());
    element_of(out, "description", item.summary.as_deref());
    if outlet.dialect == Dialect::RssFull {
        element(out, "content:encoded", &html_of(&item.paragraphs));
    }
}

/// The paragraphs as HTML; escaped once more, it becomes the content of an element.
fn html_of(paragraphs: &[String]) -> String {
    let mut html = String::new();
    for paragraph in paragraphs {
        html.push_str("<p>");
        escape::push(&mut html, paragraph);
        html.push_str("</p>\n");
    }
    html
}

fn atom(outlet: &Outlet, items: &[Listed], changed: Option<Timestamp>) -> String {
    let mut out = declaration(outlet);
    out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    if let Some(language) = &outlet.language {
        let _ = write!(out, " xml:lang=\"{}\"", escaped(language));
    }
    out.push_str(">\n");
    let host = escaped(&outlet.host);
    element(&mut out, "title", &outlet.name);
    element(&mut out, "id", &format!("tag:{},2026:feed", outlet.host));
    let _ = write!(
        out,
        "<link rel=\"self\" href=\"http://{host}{}\"/>\n<link href=\"http://{host}/\"/>\n",
        escaped(&outlet.feed_path)
    );
    // The element is required; a feed that lists nothing has not changed since it was thought up.
    let changed = changed.unwrap_or(Timestamp::UNIX_EPOCH);
    element(&mut out, "updated", &iso_date(changed));
    for listed in items {
        let item = &listed.item;
        out.push_str("<entry>\n");
        let title = item.title.as_deref().unwrap_or_default();
        element(&mut out, "title", title);
        let id = format!("tag:{},2026:{}", outlet.host, listed.index);
        element(&mut out, "id", &id);
        let url = escaped(&item.url);
        let _ = writeln!(
            out,
            "<link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>"
        );
        let date = iso_date(listed.date().unwrap_or(listed.published_at));
        element(&mut out, "published", &date);
        element(&mut out, "updated", &date);
        if let Some(author) = &item.author {
            let _ = writeln!(out, "<author><name>{}</name></author>", escaped(author));
        }
        element_of(&mut out, "summary", item.summary.as_deref());
        out.push_str("</entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

fn rdf(outlet: &Outlet, items: &[Listed]) -> String {
    let mut out = declaration(outlet);
    out.push_str(
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n",
    );
    let host = escaped(&outlet.host);
    let path = escaped(&outlet.feed_path);
    let _ = writeln!(out, "<channel rdf:about=\"http://{host}{path}\">");
    element(&mut out, "title", &outlet.name);
    element(&mut out, "link", &format!("http://{}/", outlet.host));
    element(&mut out, "description", &outlet.name);
    element_of(&mut out, "dc:language", outlet.language.as_deref());
    out.push_str("<items><rdf:Seq>\n");
    for listed in items {
        let url = escaped(&listed.item.url);
        let _ = writeln!(out, "<rdf:li rdf:resource=\"{url}\"/>");
    }
    out.push_str("</rdf:Seq></items>\n</channel>\n");
    for listed in items {
        let item = &listed.item;
        let _ = writeln!(out, "<item rdf:about=\"{}\">", escaped(&item.url));
        element_of(&mut out, "title", item.title.as_deref());
        element(&mut out, "link", &item.url);
        element_of(&mut out, "description", item.summary.as_deref());
        element_of(&mut out, "dc:creator", item.author.as_deref());
        element_of(&mut out, "dc:date", listed.date().map(iso_date).as_deref());
        out.push_str("</item>\n");
    }
    out.push_str("</rdf:RDF>\n");
    out
}

fn json_feed(outlet: &Outlet, items: &[Listed]) -> String {
    let items: Vec<_> = items
        .iter()
        .map(|listed| {
            let item = &listed.item;
            let mut entry = json!({"id": item.url, "url": item.url});
            let fields = [
                ("title", item.title.clone()),
                ("summary", item.summary.clone()),
                ("date_published", listed.date().map(iso_date)),
            ];
            for (name, value) in fields {
                if let Some(value) = value {
                    entry[name] = value.into();
                }
            }
            if let Some(author) = &item.author {
                entry["authors"] = json!([{ "name": author }]);
            }
            entry
        })
        .collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": format!("http://{}/", outlet.host),
        "feed_url": format!("http://{}{}", outlet.host, outlet.feed_path),
        "items": items,
    });
    if let Some(language) = &outlet.language {
        feed["language"] = language.as_str().into();
    }
    feed.to_string()
}

/// All feeds as a subscription list.
pub(crate) fn opml(outlets: &[Outlet]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n\
         <head><title>The newsroom</title></head>\n<body>\n",
    );
    for outlet in outlets {
        let url = format!("http://{}{}", outlet.host, outlet.feed_path);
        let publisher = outlet.named.then_some(outlet.name.as_str());
        out.push_str("<outline type=\"rss\"");
        for (name, value) in [
            ("text", Some(outlet.name.as_str())),
            ("title", Some(outlet.name.as_str())),
            ("xmlUrl", Some(url.as_str())),
            ("publisher", publisher),
            ("country", outlet.country.as_deref()),
            ("language", outlet.language.as_deref()),
            ("kind", outlet.kind.as_deref()),
        ] {
            if let Some(value) = value {
                let _ = write!(out, " {name}=\"{}\"", escaped(value));
            }
        }
        out.push_str("/>\n");
    }
    out.push_str("</body>\n</opml>\n");
    out
}
