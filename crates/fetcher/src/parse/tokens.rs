//! A tokeniser that takes whatever comes: every document is a row of tokens, well-formed or not.
//!
//! Nothing is copied and nothing recurses. Where a construct does not end, it ends where it does the
//! least harm, and the report says so.

use memchr::{memchr, memmem};

use super::report::{Loss, Repair, Report};

/// A piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Start(Tag<'a>),
    /// The name in an end tag.
    End(&'a str),
    /// Text with references in it.
    Text(&'a str),
    /// What a CDATA section holds.
    Cdata(&'a str),
    /// What stands between `<!DOCTYPE` and its `>`.
    Doctype(&'a str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name with its prefix.
    pub(super) name: &'a str,
    /// What follows the name.
    pub(super) attributes: &'a str,
    /// Whether it is an end tag too.
    pub(super) is_empty: bool,
}

#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Openings of items in comments, processing instructions and CDATA sections.
    pub(super) hidden: u64,
    comment_end: Sought,
    instruction_end: Sought,
    cdata_end: Sought,
    has_doctype: bool,
}

/// Where a terminator stands next. Kept, because a document of nothing but openings would be searched
/// to its end for each of them otherwise.
#[derive(Clone, Copy, Debug)]
enum Sought {
    Unknown,
    At(usize),
    Nowhere,
}

impl Sought {
    fn next(&mut self, needle: &str, text: &str, from: usize) -> Option<usize> {
        match *self {
            Self::At(at) if at >= from => return Some(at),
            Self::Nowhere => return None,
            Self::At(_) | Self::Unknown => {}
        }
        let found = memmem::find(&text.as_bytes()[from..], needle.as_bytes());
        *self = found.map_or(Self::Nowhere, |at| Self::At(from + at));
        found.map(|at| from + at)
    }
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            hidden: 0,
            comment_end: Sought::Unknown,
            instruction_end: Sought::Unknown,
            cdata_end: Sought::Unknown,
            has_doctype: false,
        }
    }

    /// The next token. `open` is the name of the innermost element, for the case that a CDATA section
    /// does not end.
    pub(super) fn next(&mut self, open: &str, report: &mut Report) -> Option<Token<'a>> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            if !rest.starts_with('<') {
                return Some(self.text_token(rest, 0));
            }
            match rest.as_bytes().get(1) {
                Some(b'!') => {
                    if let Some(token) = self.declaration(rest, open, report) {
                        return Some(token);
                    }
                }
                Some(b'?') => {
                    let end = self.instruction_end.next("?>", self.text, self.at + 2);
                    self.skip_to(end, "<?", "?>", report);
                }
                Some(b'/') => {
                    if let Some(token) = self.end(rest, report) {
                        return Some(token);
                    }
                }
                Some(byte) if is_name_start(*byte) => match self.start(rest, report) {
                    Some(tag) => return Some(Token::Start(tag)),
                    None => return None,
                },
                Some(_) => {
                    report.repaired(Repair::BareLessThan);
                    return Some(self.text_token(rest, 1));
                }
                None => {
                    self.cut(report);
                    return None;
                }
            }
        }
    }

    /// Text up to the next `<` that stands after `from`.
    fn text_token(&mut self, rest: &'a str, from: usize) -> Token<'a> {
        let length = memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |at| at + from);
        self.at += length;
        Token::Text(&rest[..length])
    }

    /// The document ends in the middle of something.
    fn cut(&mut self, report: &mut Report) {
        self.at = self.text.len();
        report.lost(Loss::Cut, 1);
    }

    fn declaration(&mut self, rest: &'a str, open: &str, report: &mut Report) -> Option<Token<'a>> {
        if rest.starts_with("<!--") {
            let end = self.comment_end.next("-->", self.text, self.at + 4);
            self.skip_to(end, "<!--", "-->", report);
            return None;
        }
        if let Some(content) = rest.strip_prefix("<![CDATA[") {
            return Some(self.cdata(content, open, report));
        }
        let is_doctype = rest
            .get(..9)
            .is_some_and(|head| head.eq_ignore_ascii_case("<!DOCTYPE"));
        if is_doctype
            && !self.has_doctype
            && let Some(length) = doctype(&rest[9..])
        {
            self.has_doctype = true;
            self.at += 9 + length + 1;
            return Some(Token::Doctype(&rest[9..9 + length]));
        }
        match memchr(b'>', rest.as_bytes()) {
            Some(at) => self.at += at + 1,
            None => self.cut(report),
        }
        None
    }

    /// Goes past what stands up to `end`. Where there is none, the opening alone is left out, so that
    /// nothing is swallowed.
    fn skip_to(&mut self, end: Option<usize>, opening: &str, closing: &str, report: &mut Report) {
        let from = self.at + opening.len();
        if let Some(end) = end {
            self.hidden += openings(&self.text[from..end]);
            self.at = end + closing.len();
        } else {
            report.repaired(Repair::OpenComment);
            self.at = from;
        }
    }

    fn cdata(&mut self, content: &'a str, open: &str, report: &mut Report) -> Token<'a> {
        let opening = "<![CDATA[".len();
        let from = self.at + opening;
        let end = self
            .cdata_end
            .next("]]>", self.text, from)
            .map(|end| end - from);
        let inside = &content[..end.unwrap_or(content.len())];
        // A section that holds the beginning of another one, after its element has ended, has lost its
        // own end.
        let is_open = end.is_none() || memmem::find(inside.as_bytes(), b"<![CDATA[").is_some();
        if is_open && let Some(at) = end_tag(inside, open) {
            report.repaired(Repair::OpenCdata);
            self.at += opening + at;
            // A broken end of the section is no part of its text.
            let text = content[..at].trim_end();
            let text = text
                .strip_suffix("]]&gt;")
                .or_else(|| text.strip_suffix("]]"));
            return Token::Cdata(text.unwrap_or(&content[..at]));
        }
        if let Some(end) = end {
            self.hidden += openings(inside);
            self.at += opening + end + 3;
        } else {
            report.repaired(Repair::OpenCdata);
            self.cut(report);
        }
        Token::Cdata(inside)
    }

    fn end(&mut self, rest: &'a str, report: &mut Report) -> Option<Token<'a>> {
        let bytes = rest.as_bytes();
        let length = 2 + bytes[2..]
            .iter()
            .position(|byte| matches!(byte, b'>' | b'<'))
            .unwrap_or(bytes.len() - 2);
        let name = rest[2..length].trim_ascii();
        match bytes.get(length) {
            Some(b'>') => self.at += length + 1,
            Some(_) => {
                report.repaired(Repair::Tag);
                self.at += length;
            }
            None => {
                self.cut(report);
                return None;
            }
        }
        if name.is_empty() {
            report.repaired(Repair::Tag);
            return None;
        }
        Some(Token::End(name))
    }

    fn start(&mut self, rest: &'a str, report: &mut Report) -> Option<Tag<'a>> {
        let bytes = rest.as_bytes();
        let name_end = 1 + bytes[1..]
            .iter()
            .position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/' | b'<'))
            .unwrap_or(bytes.len() - 1);
        let Some(end) = tag_end(bytes, name_end) else {
            self.cut(report);
            return None;
        };
        if bytes[end] == b'>' {
            self.at += end + 1;
        } else {
            // The next tag begins inside this one.
            report.repaired(Repair::Tag);
            self.at += end;
        }
        let is_empty = end > name_end && bytes[end - 1] == b'/';
        let attributes_end = if is_empty { end - 1 } else { end };
        Some(Tag {
            name: &rest[1..name_end],
            attributes: &rest[name_end..attributes_end],
            is_empty,
        })
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b':' || byte >= 0x80
}

/// Where a start tag ends: its `>`, or a `<` outside of quotes.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match *bytes.get(at)? {
            b'>' | b'<' => return Some(at),
            quote @ (b'"' | b'\'') if is_value(bytes, at) => at = value_end(bytes, at, quote)?,
            _ => at += 1,
        }
    }
}

/// Whether the quote at `at` begins a value: a stray one does not.
fn is_value(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].trim_ascii_end();
    before.last() == Some(&b'=')
}

/// What follows the quoted value at `at`. Where its quote seems to be missing, since the tag's end and
/// another tag lie before it, that tag's end.
fn value_end(bytes: &[u8], at: usize, quote: u8) -> Option<usize> {
    let value = &bytes[at + 1..];
    let close = memchr(quote, value);
    let inside = &value[..close.unwrap_or(value.len())];
    let end = memchr(b'>', inside);
    match (close, end) {
        (None, None) => None,
        (None, Some(end)) => Some(at + 1 + end),
        (Some(_), Some(end)) if memchr(b'<', &inside[end..]).is_some() => Some(at + 1 + end),
        (Some(close), _) => Some(at + 1 + close + 1),
    }
}

/// Where the end tag of `name` stands.
fn end_tag(text: &str, name: &str) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    memmem::find_iter(text.as_bytes(), b"</").find(|at| {
        let after = &text.as_bytes()[at + 2..];
        let is_named =
            after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes());
        let behind = after.get(name.len());
        is_named && behind.is_none_or(|c| matches!(c, b'>' | b'/') || c.is_ascii_whitespace())
    })
}

/// How many items open in a text that is not read as markup.
fn openings(text: &str) -> u64 {
    let count = |name: &str| {
        memmem::find_iter(text.as_bytes(), name.as_bytes())
            .filter(|at| {
                let after = text.as_bytes().get(at + name.len());
                matches!(after, Some(b'>' | b' ' | b'\t' | b'\r' | b'\n'))
            })
            .count() as u64
    };
    count("<item") + count("<entry")
}

/// The length of a document type declaration up to its `>`, past its internal subset.
fn doctype(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = memchr(b'>', bytes)?;
    let Some(subset) = memchr(b'[', &bytes[..end]) else {
        return Some(end);
    };
    let close = memmem::find_iter(&bytes[subset..], b"]").find_map(|at| {
        let after = &bytes[subset + at + 1..];
        let blank = after.len() - after.trim_ascii_start().len();
        (after.get(blank) == Some(&b'>')).then_some(subset + at + 1 + blank)
    });
    Some(close.unwrap_or(end))
}

#[cfg(test)]
mod tests;
