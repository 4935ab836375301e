//! What a recorded feed lists: just enough reading to make a page for every item.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

/// A feed as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scanned {
    pub title: Option<String>,
    pub language: Option<String>,
    pub items: Vec<ScannedItem>,
}

/// An item that has a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScannedItem {
    pub link: String,
    pub title: String,
    /// The description without markup.
    pub text: String,
}

/// Reads RSS or Atom as far as it is well-formed.
pub(crate) fn scan(feed: &str) -> Scanned {
    let mut scan = Scan::default();
    let mut reader = Reader::from_str(feed);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => scan.open(&start),
            Ok(Event::Empty(start)) => {
                scan.open(&start);
                scan.close();
            }
            Ok(Event::End(_)) => scan.close(),
            Ok(Event::Text(text)) => scan.text.push_str(&text.decode().unwrap_or_default()),
            Ok(Event::CData(text)) => scan.text.push_str(&text.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(name)) => {
                let letter = name.resolve_char_ref().ok().flatten();
                scan.text.push(letter.unwrap_or_else(|| named(&name)));
            }
            Ok(Event::Eof) | Err(_) => return scan.scanned,
            Ok(_) => {}
        }
    }
}

fn named(name: &[u8]) -> char {
    match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        _ => ' ',
    }
}

#[derive(Default)]
struct Scan {
    scanned: Scanned,
    /// The elements that are open, outermost first.
    path: Vec<Vec<u8>>,
    item: Option<ScannedItem>,
    text: String,
}

impl Scan {
    fn open(&mut self, start: &BytesStart<'_>) {
        let name = start.name().as_ref().to_vec();
        self.text.clear();
        if matches!(name.as_slice(), b"item" | b"entry") {
            self.item = Some(ScannedItem::default());
        }
        if name == b"link"
            && let Some(item) = &mut self.item
            && let Ok(Some(address)) = start.try_get_attribute("href")
        {
            let rel = start.try_get_attribute("rel").ok().flatten();
            if rel.is_none_or(|rel| rel.value.as_ref() == b"alternate") {
                item.link = address.unescape_value().unwrap_or_default().into_owned();
            }
        }
        self.path.push(name);
    }

    fn close(&mut self) {
        let Some(name) = self.path.pop() else {
            return;
        };
        let parent = self.path.last().map(Vec::as_slice).unwrap_or_default();
        let text = self.text.trim().to_owned();
        match (parent, name.as_slice(), &mut self.item) {
            (_, b"item" | b"entry", _) => {
                let finished = self.item.take().filter(|item| !item.link.is_empty());
                self.scanned.items.extend(finished);
            }
            (b"item" | b"entry", b"link", Some(item)) if !text.is_empty() => item.link = text,
            (b"item", b"guid", Some(item)) if item.link.is_empty() && text.starts_with("http") => {
                item.link = text;
            }
            (b"item" | b"entry", b"title", Some(item)) => item.title = plain(&text),
            (b"item", b"description", Some(item)) | (b"entry", b"summary", Some(item)) => {
                item.text = plain(&text);
            }
            (b"channel" | b"feed", b"title", None) => self.scanned.title = Some(plain(&text)),
            (b"channel", b"language", None) => self.scanned.language = Some(text),
            _ => {}
        }
        self.text.clear();
    }
}

/// Text without markup, white space squeezed.
fn plain(html: &str) -> String {
    let mut bare = String::with_capacity(html.len());
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                bare.push(' ');
            }
            _ if inside => {}
            _ => bare.push(letter),
        }
    }
    let bare = bare.replace("&nbsp;", " ");
    let text = unescape(&bare).map_or_else(|_| bare.clone(), std::borrow::Cow::into_owned);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(link: &str, title: &str, text: &str) -> ScannedItem {
        ScannedItem {
            link: link.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn rss_items_read() {
        let scanned = scan(
            "<rss><channel><title>T</title><language>en-gb</language>\
             <image><title>no</title><link>http://no.example/</link></image>\
             <item><media:title>no</media:title><title><![CDATA[A & B]]></title>\
             <link>http://a.example/?x=1&amp;y=2</link>\
             <description>&lt;p&gt;One &amp;amp; two&lt;/p&gt; three</description></item>\
             <item><guid>http://a.example/2</guid></item><item><title>no link</title></item>",
        );
        assert_eq!(scanned.title.as_deref(), Some("T"));
        assert_eq!(scanned.language.as_deref(), Some("en-gb"));
        let expected = [
            item("http://a.example/?x=1&y=2", "A & B", "One & two three"),
            item("http://a.example/2", "", ""),
        ];
        assert_eq!(scanned.items, expected);
    }

    #[test]
    fn atom_entries_read() {
        let scanned = scan(
            "<feed><title>T</title><entry><title>E</title><link rel=\"self\" href=\"http://no/\"/>\
             <link href=\"http://a.example/?a&amp;b\"/><summary>S</summary></entry></feed>",
        );
        assert_eq!(scanned.items, [item("http://a.example/?a&b", "E", "S")]);
    }
}
