//! Documents of a user's own, a JSON object a line, as the enricher reads articles.

mod date;
mod line;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, bail};
use article::Cleaned;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::line::Line;

/// So many things that are wrong are told of one by one.
pub(crate) const TOLD: u64 = 10;
/// Lines within which the first date stands for those before it.
const AWAITED: u64 = 1_000;
/// The most bytes of text that are held back for it.
const AWAITED_BYTES: usize = 64 << 20;

/// What a document is called in its file: a string or a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Name {
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// A document with the article that the enricher reads for it.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it is called.
    pub name: Name,
    /// The document as an article. Documents of one name are versions of one article.
    pub article: Cleaned,
}

/// Documents as a file has them, in order. Lines that cannot be read are told of on standard error and
/// passed over.
pub struct Documents {
    name: String,
    input: Box<dyn BufRead>,
    line: Vec<u8>,
    /// Lines that were read.
    number: u64,
    /// The line of the last document that was given.
    given: u64,
    unread: u64,
    /// Lines with an id that a line before them has.
    again: u64,
    /// Lines that the window was past already.
    late: u64,
    /// Event time of the preceding line, once any had one.
    at: Option<Timestamp>,
    /// Documents before the first date, with their lines, while it is awaited.
    held: VecDeque<(u64, Document)>,
    awaits: bool,
    /// Documents that were given before any had a date.
    undated: u64,
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Documents({}, line {})", self.name, self.number)
    }
}

impl Documents {
    /// Reads a file, or standard input where none is named.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn open(file: Option<&Path>) -> anyhow::Result<Self> {
        let (name, input): (String, Box<dyn BufRead>) = match file {
            Some(path) => {
                let name = path.display().to_string();
                let file = File::open(path).with_context(|| format!("{name} cannot be read"))?;
                (name, Box::new(BufReader::with_capacity(1 << 18, file)))
            }
            None => (
                "standard input".to_owned(),
                Box::new(BufReader::with_capacity(1 << 18, std::io::stdin())),
            ),
        };
        Ok(Self::of(name, input))
    }

    /// Reads `input`, which messages call `name`.
    pub fn of(name: String, input: Box<dyn BufRead>) -> Self {
        Self {
            name,
            input,
            line: Vec::new(),
            number: 0,
            given: 0,
            unread: 0,
            again: 0,
            late: 0,
            at: None,
            held: VecDeque::new(),
            awaits: true,
            undated: 0,
        }
    }

    /// Gives each document before the next is read: whoever sends them one by one waits for the answers, and no date
    /// is awaited.
    #[must_use]
    pub fn at_once(self) -> Self {
        Self {
            awaits: false,
            ..self
        }
    }

    /// The next document; `None` at the end.
    ///
    /// # Errors
    /// Where the file breaks off.
    pub fn read(&mut self) -> anyhow::Result<Option<Document>> {
        if std::mem::take(&mut self.awaits) {
            self.await_date()?;
        }
        let next = match self.held.pop_front() {
            Some(held) => Some(held),
            None => self.read_on()?.map(|document| (self.number, document)),
        };
        Ok(next.map(|(number, document)| {
            self.given = number;
            self.undated += u64::from(self.at.is_none());
            document
        }))
    }

    /// Reads up to the first date, and gives it to the documents before it: in 1970 the window would be past them
    /// when it comes.
    fn await_date(&mut self) -> anyhow::Result<()> {
        let mut bytes = 0;
        while self.at.is_none() && self.number < AWAITED && bytes < AWAITED_BYTES {
            let Some(document) = self.read_on()? else {
                break;
            };
            bytes += document.article.text.len();
            self.held.push_back((self.number, document));
        }
        if let Some(at) = self.at {
            for (_, document) in &mut self.held {
                document.article.fetched_at = at;
            }
        }
        Ok(())
    }

    fn read_on(&mut self) -> anyhow::Result<Option<Document>> {
        loop {
            self.line.clear();
            let read = self.input.read_until(b'\n', &mut self.line);
            if read.with_context(|| format!("{} cannot be read", self.name))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.number == 1
                && self.line.starts_with(b"\xff\xfe") | self.line.starts_with(b"\xfe\xff")
            {
                bail!("{} is UTF-16; lines must be UTF-8", self.name);
            }
            let line = std::mem::take(&mut self.line);
            let bytes = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
            let document = if bytes.trim_ascii().is_empty() {
                None
            } else {
                match self.document(bytes) {
                    Ok(document) => Some(document),
                    Err(reason) => {
                        self.refuse_line(self.number, &reason);
                        None
                    }
                }
            };
            self.line = line;
            if document.is_some() {
                return Ok(document);
            }
        }
    }

    fn refuse_line(&mut self, number: u64, reason: &str) {
        self.unread += 1;
        if self.unread <= TOLD {
            let Self { name, .. } = self;
            eprintln!("warning: line {number} of {name} has no answer: {reason}");
        }
    }

    /// Tells that the last document has no answer, and why.
    pub fn refuse(&mut self, reason: &str) {
        self.refuse_line(self.given, reason);
    }

    /// Tells that the last document has an id that a line before it has, within the window.
    pub fn repeat(&mut self, id: &Name) {
        self.again += 1;
        if self.again <= TOLD {
            let Self {
                name,
                given: number,
                ..
            } = self;
            eprintln!(
                "warning: line {number} of {name} has the id {id} again: it counts as a new version of that document"
            );
        }
    }

    /// Tells that the last document is older than what the window still holds.
    pub fn late(&mut self, id: &Name) {
        self.late += 1;
        if self.late <= TOLD {
            let Self {
                name,
                given: number,
                ..
            } = self;
            eprintln!(
                "warning: line {number} of {name}, {id}, is dated before the window: it is held against nothing, and nothing against it"
            );
        }
    }

    /// Tells on standard error how many lines had an id that was there before, and how many came too late.
    ///
    /// # Errors
    /// Where any line had no answer.
    pub fn end(&self) -> anyhow::Result<()> {
        let Self {
            name,
            number,
            unread,
            again,
            late,
            ..
        } = self;
        if *late > 0 {
            eprintln!(
                "warning: {late} of {number} lines of {name} are dated before the window that the lines before them had reached; sort the lines by date, or set enricher.window_days"
            );
        }
        if *again > 0 {
            eprintln!(
                "warning: {again} of {number} lines of {name} have an id that a line before them has; give different documents different ids"
            );
        }
        if *unread > 0 {
            bail!(
                "{unread} of {number} lines of {name} have no answer; each must be a JSON object with an id, and a date only where one can be read"
            );
        }
        Ok(())
    }

    fn document(&mut self, line: &[u8]) -> Result<Document, String> {
        let line = Line::read(line)?;
        if let Some(at) = line.date()? {
            if self.at.is_none() && self.undated > 0 {
                self.date_late();
            }
            self.at = Some(at);
        }
        Ok(Document {
            name: line.id.clone(),
            article: line.article(self.at.unwrap_or(Timestamp::UNIX_EPOCH)),
        })
    }

    /// Tells that the first date came too late for the documents before it.
    fn date_late(&self) {
        let Self {
            name,
            number,
            undated,
            ..
        } = self;
        eprintln!(
            "warning: line {number} of {name} has the first date: what stands before it ({undated} documents) is of 1970, and what comes now is held against none of that; give the first line a date"
        );
    }
}

#[cfg(test)]
mod tests;
