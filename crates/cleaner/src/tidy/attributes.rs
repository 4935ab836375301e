//! The attributes of a start tag: those that later steps read are copied.

use memchr::memchr;

use super::Pass;
use super::tags::{self, Kind};
use crate::fold;

/// How long an attribute's value may be, in bytes.
const MAX_VALUE: usize = 8 * 1024;

/// What a script's type says that it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Holds {
    #[default]
    Program,
    LinkedData,
    /// Data for the page's own programs.
    Data,
}

/// What a start tag's attributes say to this pass.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    /// The picture that a film shows before it runs.
    pub(super) poster: Option<&'a str>,
    pub(super) holds: Holds,
    /// Whether a template is shown nevertheless, as the inside of the element around it.
    pub(super) is_shown: bool,
    pub(super) says_something: bool,
}

impl<'a> Pass<'a> {
    /// Copies the attributes that later steps read, and leaves `at` behind the tag.
    pub(super) fn attributes(&mut self, kind: Kind) -> Attributes<'a> {
        let mut found = Attributes::default();
        let mut seen = 0u32;
        loop {
            self.skip_while(|b| b.is_ascii_whitespace() || b == b'/');
            match self.source.as_bytes().get(self.at) {
                None => return found,
                Some(b'>') => {
                    self.at += 1;
                    return found;
                }
                Some(_) => {}
            }
            let (name, value) = self.attribute();
            let Some(bit) = tags::attribute(name, value, kind) else {
                if name.eq_ignore_ascii_case("type") && value.contains("ld+json") {
                    found.holds = Holds::LinkedData;
                } else if name.eq_ignore_ascii_case("type") && value.contains("application/json") {
                    found.holds = Holds::Data;
                } else if name.eq_ignore_ascii_case("poster") {
                    found.poster = Some(value);
                } else if name.eq_ignore_ascii_case("shadowrootmode") {
                    found.is_shown = true;
                }
                continue;
            };
            if seen & bit != 0 {
                continue;
            }
            seen |= bit;
            found.says_something |= tags::is_worth_a_tag(name, value);
            self.write_attribute(name, value);
        }
    }

    fn skip_while(&mut self, test: impl Fn(u8) -> bool) {
        let rest = &self.source.as_bytes()[self.at..];
        self.at += rest.iter().position(|b| !test(*b)).unwrap_or(rest.len());
    }

    /// One attribute's name and raw value; at least one byte is consumed.
    fn attribute(&mut self) -> (&'a str, &'a str) {
        let start = self.at;
        // A leading `=` belongs to the name, by the standard.
        self.at += self.source[start..]
            .chars()
            .next()
            .map_or(1, char::len_utf8);
        self.skip_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>' | b'='));
        let name = &self.source[start..self.at];
        let behind_name = self.at;
        self.skip_while(|b| b.is_ascii_whitespace());
        if self.source.as_bytes().get(self.at) != Some(&b'=') {
            self.at = behind_name;
            return (name, "");
        }
        self.at += 1;
        self.skip_while(|b| b.is_ascii_whitespace());
        let value = if let Some(quote @ (b'"' | b'\'')) = self.source.as_bytes().get(self.at) {
            let from = self.at + 1;
            let length = memchr(*quote, &self.source.as_bytes()[from..]);
            let end = length.map_or(self.source.len(), |length| from + length);
            self.at = (end + 1).min(self.source.len());
            &self.source[from..end]
        } else {
            let from = self.at;
            self.skip_while(|b| !b.is_ascii_whitespace() && b != b'>');
            &self.source[from..self.at]
        };
        (name, value)
    }

    pub(super) fn write_attribute(&mut self, name: &str, value: &str) {
        let value = fold::prefix(value, MAX_VALUE);
        let html = &mut self.out.html;
        html.push(' ');
        html.push_str(name);
        html.push_str("=\"");
        if value.contains('"') {
            html.push_str(&value.replace('"', "&quot;"));
        } else {
            html.push_str(value);
        }
        html.push('"');
    }
}
