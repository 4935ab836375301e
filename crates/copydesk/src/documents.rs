//! Documents of a user's own, a JSON object a line, as the enricher reads articles.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, bail};
use article::{ArticleId, Cleaned, Feed, Layout, Metadata, TextLanguage};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use language::Prior;
use serde::{Deserialize, Serialize};

/// So many lines that cannot be read are told of one by one.
const TOLD: u64 = 10;
/// How often a declared language is right: people who label a corpus know it.
const DECLARED: f32 = 0.9;
/// How much of a text is looked at for its language, in bytes.
const READ_FOR_LANGUAGE: usize = 4096;

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

/// A line. Fields that are not needed are ignored.
#[derive(Deserialize)]
struct Line {
    id: Name,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    lang: Option<String>,
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
    number: u64,
    unread: u64,
    /// Lines with an id that a line before them has.
    again: u64,
    /// Lines that the window was past already.
    late: u64,
    /// Event time of the preceding line.
    at: Timestamp,
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
            unread: 0,
            again: 0,
            late: 0,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    /// The next document; `None` at the end.
    ///
    /// # Errors
    /// Where the file breaks off.
    pub fn read(&mut self) -> anyhow::Result<Option<Document>> {
        loop {
            self.line.clear();
            let read = self.input.read_until(b'\n', &mut self.line);
            if read.with_context(|| format!("{} cannot be read", self.name))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let line = std::mem::take(&mut self.line);
            let bytes = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
            let document = if bytes.trim_ascii().is_empty() {
                None
            } else {
                match self.document(bytes) {
                    Ok(document) => Some(document),
                    Err(reason) => {
                        self.refuse(&reason);
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

    /// Tells that the last line has no answer, and why.
    pub fn refuse(&mut self, reason: &str) {
        self.unread += 1;
        if self.unread <= TOLD {
            let Self { name, number, .. } = self;
            eprintln!("warning: line {number} of {name} has no answer: {reason}");
        }
    }

    /// Tells that the last line has an id that a line before it has, within the window.
    pub fn repeat(&mut self, id: &Name) {
        self.again += 1;
        if self.again <= TOLD {
            let Self { name, number, .. } = self;
            eprintln!(
                "warning: line {number} of {name} has the id {id} again: it counts as a new version of that document"
            );
        }
    }

    /// Tells that the last line is older than what the window still holds.
    pub fn late(&mut self, id: &Name) {
        self.late += 1;
        if self.late <= TOLD {
            let Self { name, number, .. } = self;
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
        // An array would be read as the object's fields in their order.
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err("it is no JSON object".to_owned());
        }
        let line: Line = serde_json::from_slice(line).map_err(|error| match error.to_string() {
            // What serde says of an enum without tags names our type, not the user's field.
            said if said.contains("untagged enum") => {
                "its id must be a string or a whole number".to_owned()
            }
            said => said,
        })?;
        let said = |field: Option<String>| field.filter(|said| !said.trim().is_empty());
        if let Some(date) = said(line.date) {
            self.at = moment(&date)
                .ok_or_else(|| format!("its date is {date:?}; it must be a day or a time"))?;
        }
        let name = line.id;
        let shown = match &name {
            Name::Text(text) => text.clone(),
            Name::Number(number) => number.to_string(),
        };
        let url = said(line.url).unwrap_or_default();
        let text = line.text.unwrap_or_default();
        let title = line.title.unwrap_or_default();
        let lang = said(line.lang).map(|lang| lang.to_lowercase());
        let text_language = Some(language_of(&title, &text, lang.as_deref()));
        let article = Cleaned {
            id: article_of(&name),
            version: 1,
            fetched_at: self.at,
            canonical_url: url.clone(),
            url,
            feed: Feed::default(),
            listings: Vec::new(),
            // An unknown source is never the same as another unknown one.
            outlet: said(line.source).unwrap_or_else(|| format!("unknown source of {shown}")),
            title,
            authors: Vec::new(),
            published: None,
            language: lang,
            summary: None,
            text,
            layout: Layout::default(),
            metadata: Metadata {
                text_language,
                ..Metadata::default()
            },
        };
        Ok(Document { name, article })
    }
}

/// The article that a document's name stands for.
///
/// Written in digits: a name may hold what makes no difference in an address.
pub fn article_of(name: &Name) -> ArticleId {
    use std::fmt::Write as _;
    let (kind, bytes) = match name {
        Name::Text(text) => ("text", text.clone().into_bytes()),
        Name::Number(number) => ("number", number.to_string().into_bytes()),
    };
    let mut address = format!("document:{kind}:");
    for byte in bytes {
        // Writing to a string never fails.
        _ = write!(address, "{byte:02x}");
    }
    ArticleId::of_url(&address)
}

/// A day, which stands for its midnight in UTC, or a time, in UTC where it names no zone.
fn moment(date: &str) -> Option<Timestamp> {
    let date = date.trim();
    let utc = |local: DateTime| Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp());
    if let Ok(time) = date.parse() {
        return Some(time);
    }
    if let Ok(local) = date.parse::<DateTime>() {
        return utc(local);
    }
    if let Ok(day) = date.parse::<Date>() {
        return utc(day.to_datetime(jiff::civil::Time::midnight()));
    }
    // As feeds write dates, which is in every way there is.
    fetcher::parse::date::read(date).map(|moment| moment.instant)
}

fn language_of(title: &str, text: &str, declared: Option<&str>) -> TextLanguage {
    let read = &text[..text.floor_char_boundary(READ_FOR_LANGUAGE)];
    let said = format!("{title}\n{read}");
    let priors: Vec<Prior<'_>> = declared
        .map(|tag| Prior {
            tag,
            trust: DECLARED,
        })
        .into_iter()
        .collect();
    let found = language::detect_with(&said, &priors);
    TextLanguage {
        code: found.language.to_owned(),
        confidence: (found.confidence * 100.0).round() as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &'static str) -> (Vec<Document>, Documents) {
        let mut documents = Documents::of("test".to_owned(), Box::new(lines.as_bytes()));
        let mut all = Vec::new();
        while let Some(document) = documents.read().expect("memory does not break off") {
            all.push(document);
        }
        (all, documents)
    }

    #[track_caller]
    fn check_moment(date: &str, expected: Option<&str>) {
        let expected = expected.map(|time| time.parse().expect("a time"));
        assert_eq!(moment(date), expected, "{date}");
    }

    #[test]
    fn days_and_times_are_read() {
        check_moment("2026-03-01", Some("2026-03-01T00:00:00Z"));
        check_moment("2026-03-01T06:30", Some("2026-03-01T06:30:00Z"));
        check_moment("2026-03-01 06:30:05", Some("2026-03-01T06:30:05Z"));
        check_moment("2026-03-01T06:30:00+02:00", Some("2026-03-01T04:30:00Z"));
        check_moment(
            "Sun, 01 Mar 2026 06:30:00 +0000",
            Some("2026-03-01T06:30:00Z"),
        );
        check_moment("2026-02-30", None);
        check_moment("yesterday", None);
    }

    #[test]
    fn a_line_without_a_date_has_that_of_the_line_before() {
        let (all, _) = read(
            "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2, \"date\": \"2026-03-01\"}\n{\"id\": \"3\", \"date\": null}\n",
        );
        let days: Vec<String> = all
            .iter()
            .map(|document| document.article.fetched_at.to_string())
            .collect();
        let day = "2026-03-01T00:00:00Z";
        assert_eq!(days, ["1970-01-01T00:00:00Z", day, day]);
    }

    #[test]
    fn unknown_sources_differ_and_names_are_told_apart_to_the_letter() {
        let (all, documents) = read(
            "{\"id\": \"a/\"}\n{\"id\": \"a\"}\n{\"id\": 7}\n{\"id\": \"7\", \"source\": \" \"}\n",
        );
        let outlets: std::collections::BTreeSet<_> =
            all.iter().map(|document| &document.article.id).collect();
        assert_eq!(outlets.len(), 4);
        assert_ne!(all[0].article.outlet, all[1].article.outlet);
        assert!(documents.end().is_ok());
    }

    #[test]
    fn lines_that_cannot_be_read_are_counted() {
        let (all, documents) = read(
            "no JSON\n{\"id\": null}\n\n{\"id\": 1, \"date\": \"soon\"}\n[1, \"text\"]\n{\"id\": 2}\n",
        );
        assert_eq!(all.len(), 1);
        let message = documents.end().expect_err("four lines").to_string();
        assert!(message.starts_with("4 of 6 lines of test"), "{message}");
    }
}
