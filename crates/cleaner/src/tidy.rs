//! Page text to small, balanced HTML: what no reader sees is dropped before the parse.
//!
//! The pass exists for two reasons. Scripts, styles, drawings and most attributes make up the greater
//! part of a page and of the parser's work. And a tree builder that follows the HTML standard is
//! quadratic, or worse, in tags that somebody nests or leaves open by the thousand, and in attributes
//! of one tag; after this pass nesting is at most [`MAX_DEPTH`], every element is closed where its
//! parent ends, and a tag carries a handful of attributes. It reads each byte a bounded number of
//! times.

mod attributes;
mod seek;
mod tags;

pub(crate) use tags::{hides, is_image};

use article::Limit;
use memchr::memchr;

use crate::fold;
use attributes::{Attributes, Holds};
use tags::{Kind, kind_of};

/// How deep elements nest at most; deeper ones are unwrapped, their text stays. Browsers stop at 512.
const MAX_DEPTH: usize = 256;

/// How many elements a page may have; what follows is cut off. News pages have a few thousand.
const MAX_ELEMENTS: usize = 200_000;

/// How many bytes of JSON-LD are kept for all scripts together.
const MAX_LINKED_DATA: usize = 1024 * 1024;

/// How many pictures of one `noscript` are kept.
const MAX_PICTURES: usize = 4;

/// How many bytes of other data are kept for all scripts together.
const MAX_PAYLOAD: usize = 4 * 1024 * 1024;

/// The page for the parser, and what was lifted out of it.
#[derive(Debug, Default)]
pub(crate) struct Tidied<'a> {
    /// Balanced HTML.
    pub(crate) html: String,
    /// The bodies of the JSON-LD scripts, in order.
    pub(crate) linked_data: Vec<&'a str>,
    /// The bodies of scripts that carry data for the page's own scripts, in order.
    pub(crate) payloads: Vec<&'a str>,
    /// The limits that struck, each once.
    pub(crate) limits: Vec<Limit>,
}

/// What of a page is not read where a limit strikes, as a part of a sentence.
pub fn unread(limit: Limit) -> String {
    match limit {
        Limit::Elements => format!("what follows its first {MAX_ELEMENTS} elements"),
        Limit::Depth => format!("elements nested deeper than {MAX_DEPTH}"),
        Limit::LinkedData => format!("JSON-LD beyond {} MiB", MAX_LINKED_DATA >> 20),
        Limit::Payload => format!("data of scripts beyond {} MiB", MAX_PAYLOAD >> 20),
    }
}

/// Drops scripts, styles, drawings, comments and unneeded attributes, and balances the tags.
pub(crate) fn tidy(source: &str) -> Tidied<'_> {
    let mut pass = Pass {
        source,
        at: 0,
        open: Vec::new(),
        unwrapped: 0,
        elements: 0,
        next_end: Vec::new(),
        linked_data_bytes: 0,
        payload_bytes: 0,
        out: Tidied::default(),
    };
    pass.out.html.reserve(source.len() / 2);
    pass.run();
    pass.out
}

struct Open<'a> {
    name: &'a str,
    kind: Kind,
}

struct Pass<'a> {
    source: &'a str,
    at: usize,
    open: Vec<Open<'a>>,
    /// Start tags left out because of the depth, whose end tags are still to come.
    unwrapped: usize,
    elements: usize,
    /// Where the next end tag of a dropped element stands, or that there is none: searched for once,
    /// not once per start tag.
    next_end: Vec<(&'static str, Option<usize>)>,
    linked_data_bytes: usize,
    payload_bytes: usize,
    out: Tidied<'a>,
}

impl<'a> Pass<'a> {
    fn run(&mut self) {
        while let Some(offset) = memchr(b'<', &self.source.as_bytes()[self.at..]) {
            let text = &self.source[self.at..self.at + offset];
            self.out.html.push_str(text);
            self.at += offset;
            let rest = &self.source.as_bytes()[self.at..];
            match (rest.get(1), rest.get(2)) {
                (Some(b), _) if b.is_ascii_alphabetic() => self.start_tag(),
                (Some(b'/'), Some(b)) if b.is_ascii_alphabetic() => self.end_tag(),
                (Some(b'!'), _) if rest.starts_with(b"<!--") => self.comment(),
                (Some(b'!' | b'?' | b'/'), _) => self.skip_to(b'>'),
                _ => {
                    // Escaped, or what follows in the output could make a tag of it.
                    self.out.html.push_str("&lt;");
                    self.at += 1;
                }
            }
            if self.elements > MAX_ELEMENTS {
                self.strike(Limit::Elements);
                self.at = self.source.len();
            }
        }
        self.out.html.push_str(&self.source[self.at..]);
        self.close_to(0);
        let has_empty_lines = || self.source.contains("\n\n") || self.source.contains("\n\r\n");
        if self.elements == 0 && has_empty_lines() {
            // A text without markup is shown as it was written.
            self.out.html.insert_str(0, "<pre>");
        }
    }

    fn strike(&mut self, limit: Limit) {
        if !self.out.limits.contains(&limit) {
            self.out.limits.push(limit);
        }
    }

    fn skip_to(&mut self, end: u8) {
        self.at = match memchr(end, &self.source.as_bytes()[self.at..]) {
            Some(offset) => self.at + offset + 1,
            None => self.source.len(),
        };
    }

    fn comment(&mut self) {
        // From the dashes on, so that `<!-->` ends itself.
        self.at = seek::comment_end(self.source, self.at + 2);
    }

    /// Reads the tag's name and leaves `at` behind it.
    fn name(&mut self, from: usize) -> &'a str {
        let rest = &self.source[from..];
        let length = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
            .unwrap_or(rest.len());
        self.at = from + length;
        &rest[..length]
    }

    fn end_tag(&mut self) {
        let name = self.name(self.at + 2);
        self.skip_to(b'>');
        let kind = kind_of(name);
        match kind {
            Kind::Void if name.eq_ignore_ascii_case("br") => self.out.html.push_str("<br>"),
            Kind::Void
            | Kind::Meta
            | Kind::Base
            | Kind::Picture
            | Kind::Root
            | Kind::Ignored
            | Kind::Dropped(..) => {}
            _ if self.unwrapped > 0 && !kind.closes_itself() => self.unwrapped -= 1,
            _ => {
                if let Some(index) = self.matching(name, kind) {
                    self.close_to(index);
                }
            }
        }
    }

    /// The open element that an end tag closes.
    fn matching(&self, name: &str, kind: Kind) -> Option<usize> {
        for (index, open) in self.open.iter().enumerate().rev() {
            if open.name.eq_ignore_ascii_case(name) {
                return Some(index);
            }
            if kind.end_stops_at(open.kind) {
                return None;
            }
        }
        None
    }

    /// Closes open elements until `count` are left.
    fn close_to(&mut self, count: usize) {
        while self.open.len() > count {
            if let Some(open) = self.open.pop() {
                self.out.html.push_str("</");
                self.out.html.push_str(open.name);
                self.out.html.push('>');
            }
        }
    }

    fn start_tag(&mut self) {
        let name = self.name(self.at + 1);
        let kind = kind_of(name);
        let mark = self.out.html.len();
        self.out.html.push('<');
        self.out.html.push_str(name);
        let attributes = self.attributes(kind);
        self.out.html.push('>');
        match kind {
            Kind::Dropped(static_name, limit) => {
                self.out.html.truncate(mark);
                self.drop_element(static_name, limit, &attributes);
            }
            Kind::Ignored => self.out.html.truncate(mark),
            Kind::Meta if !attributes.says_something => self.out.html.truncate(mark),
            Kind::Title => self.title(mark),
            Kind::Root | Kind::Meta | Kind::Base | Kind::Picture => self.elements += 1,
            Kind::Void => {
                self.elements += 1;
                if name.eq_ignore_ascii_case("hr") {
                    self.before(mark, Kind::Block);
                }
            }
            _ => self.open_element(name, kind, mark),
        }
    }

    /// Closes what the element about to open ends by itself. Its tag, already written from `mark`
    /// on, moves behind the end tags; returns where it begins then.
    fn before(&mut self, mark: usize, kind: Kind) -> usize {
        let keep = kind.implied_end(self.open.iter().map(|open| open.kind));
        if keep == self.open.len() {
            return mark;
        }
        let tag = self.out.html.split_off(mark);
        self.close_to(keep);
        let moved = self.out.html.len();
        self.out.html.push_str(&tag);
        moved
    }

    fn open_element(&mut self, name: &'a str, kind: Kind, mark: usize) {
        let mark = self.before(mark, kind);
        if self.open.len() >= MAX_DEPTH {
            self.strike(Limit::Depth);
            self.out.html.truncate(mark);
            self.out.html.push(' ');
            self.unwrapped += usize::from(!kind.closes_itself());
            return;
        }
        self.elements += 1;
        self.open.push(Open { name, kind });
    }

    fn title(&mut self, mark: usize) {
        let Some(end) = self.find_end("title") else {
            self.out.html.truncate(mark);
            return;
        };
        self.out.html.push_str(&self.source[self.at..end]);
        self.out.html.push_str("</title>");
        self.at = end;
        self.skip_to(b'>');
        self.elements += 1;
    }

    /// Skips an element up to its end tag, or only its start tag where there is none within `limit`
    /// bytes. Scripts and styles without an end reach to that of the page.
    fn drop_element(&mut self, name: &'static str, limit: usize, attributes: &Attributes<'_>) {
        if attributes.is_shown {
            return;
        }
        let Some(end) = self.find_end(name) else {
            // Browsers take all that follows for the script: it is shown to nobody.
            if matches!(name, "script" | "style") {
                self.at = self.source.len();
            }
            return;
        };
        if end - self.at > limit {
            return;
        }
        let body = &self.source[self.at..end];
        let is_data = name == "script"
            && (attributes.holds == Holds::Data || fold::prefix(body, 64).contains("__next_f"));
        if attributes.holds == Holds::LinkedData {
            if self.linked_data_bytes + body.len() <= MAX_LINKED_DATA {
                self.linked_data_bytes += body.len();
                self.out.linked_data.push(body);
            } else {
                self.strike(Limit::LinkedData);
            }
        } else if is_data {
            if self.payload_bytes + body.len() <= MAX_PAYLOAD {
                self.payload_bytes += body.len();
                self.out.payloads.push(body);
            } else {
                self.strike(Limit::Payload);
            }
        } else if name == "noscript" && !self.open.is_empty() {
            self.pictures(body);
        } else if let Some(poster) = attributes.poster
            && name == "video"
            && !self.open.is_empty()
        {
            self.poster(poster);
        }
        self.at = end;
        self.skip_to(b'>');
    }

    /// Keeps the pictures of an element that goes with its content: a `noscript` shows what the page's scripts
    /// load late. Expects `at` at the beginning of `body`.
    fn pictures(&mut self, body: &str) {
        let start = self.at;
        for (offset, _) in body.match_indices("<img").take(MAX_PICTURES) {
            self.at = start + offset;
            self.start_tag();
        }
    }

    /// Keeps the picture that a film shows before it runs.
    fn poster(&mut self, address: &str) {
        self.out.html.push_str("<img");
        self.write_attribute("src", address);
        self.out.html.push('>');
        self.elements += 1;
    }

    /// Where the next end tag of that name begins.
    fn find_end(&mut self, name: &'static str) -> Option<usize> {
        let known = self.next_end.iter().position(|(known, _)| *known == name);
        if let Some(index) = known {
            match self.next_end[index].1 {
                Some(passed) if passed < self.at => self.next_end.swap_remove(index),
                answer => return answer,
            };
        }
        let found = seek::end_tag(self.source, self.at, name);
        self.next_end.push((name, found));
        found
    }
}

#[cfg(test)]
mod tests;
