//! The stage: a fetched page in, a cleaned article out.

use article::{Cleaned, Fetched};
use pipeline::{Reason, Record, Reject, Stage};

use crate::decode::decode;
use crate::extract;
use crate::facts::{self, Facts, linked_data};
use crate::page;
use crate::tidy::tidy;

/// Turns a fetched page into the article's text and facts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clean;

impl Stage for Clean {
    const NAME: &'static str = "clean";
    type In = Fetched;
    type Out = Cleaned;
    type State = ();

    fn apply(&self, record: Record<Fetched>, (): &mut ()) -> Result<Vec<Cleaned>, Reject> {
        clean(&record.value).map(|cleaned| vec![cleaned])
    }
}

/// What a page says: its facts and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The encoding that the bytes were in, by its WHATWG name.
    pub encoding: &'static str,
    /// The facts.
    pub facts: Facts,
    /// The running text, paragraphs parted by an empty line; empty where the page has none.
    pub text: String,
}

/// Cleans a page. Where the page has no text of its own, what the feed carries in full stands in.
///
/// # Errors
/// [`Reason::Unprocessable`] for a page that is no HTML; [`Reason::Empty`] where neither page nor
/// feed carries any text.
pub fn clean(fetched: &Fetched) -> Result<Cleaned, Reject> {
    refuse_other_types(fetched)?;
    let Read { facts, text, .. } = read(fetched);
    let text = if text.is_empty() {
        from_feed(fetched)?
    } else {
        text
    };
    Ok(Cleaned {
        id: fetched.id.clone(),
        version: fetched.version,
        fetched_at: fetched.fetched_at,
        url: fetched.discovered.url.clone(),
        canonical_url: facts.canonical_url,
        feed: fetched.discovered.feed.clone(),
        listings: fetched.listings.clone(),
        outlet: facts.outlet,
        title: facts.title,
        authors: facts.authors,
        published: facts.published.map(|moment| moment.instant),
        language: facts.language,
        summary: facts.summary,
        text,
    })
}

/// Reads a page as HTML, whatever it is.
pub fn read(fetched: &Fetched) -> Read {
    let host = article::host_of(&fetched.final_url);
    let content_type = fetched.header("content-type");
    let decoded = decode(fetched.page.as_slice(), content_type, &host);
    let tidied = tidy(&decoded.text);
    let linked = linked_data::read(&tidied.linked_data);
    let mut page = page::read(&tidied);
    let facts = facts::gather(fetched, &page, &linked);
    let text = extract::text(&mut page, &linked, &facts.title);
    Read {
        encoding: decoded.encoding,
        facts,
        text,
    }
}

fn from_feed(fetched: &Fetched) -> Result<String, Reject> {
    let content = fetched.discovered.content.as_deref().unwrap_or_default();
    let text = crate::plain(content);
    if text.is_empty() {
        let detail = format!(
            "no text on the page of {} (status {}, {} bytes) and none in its feed",
            fetched.final_url,
            fetched.status,
            fetched.page.len()
        );
        return Err(Reject::new(Reason::Empty, detail));
    }
    Ok(text)
}

/// Refuses what says, or shows by its first bytes, that it is no HTML.
fn refuse_other_types(fetched: &Fetched) -> Result<(), Reject> {
    let declared = fetched.header("content-type").unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let is_html = matches!(
        essence.as_str(),
        "" | "text/html"
            | "application/xhtml+xml"
            | "text/xml"
            | "application/xml"
            | "text/plain"
            | "application/octet-stream"
            | "unknown/unknown"
    );
    let found = if is_html {
        signature(fetched.page.as_slice())
    } else {
        Some(essence.as_str())
    };
    match found {
        None => Ok(()),
        Some(kind) => Err(Reject::new(
            Reason::Unprocessable,
            format!("{} is {kind}, not a web page", fetched.final_url),
        )),
    }
}

/// The type of a file that is often served under a wrong one, by its first bytes.
fn signature(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 8] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
        (b"{\"", "application/json"),
        (b"[{", "application/json"),
    ];
    let start = bytes.trim_ascii_start();
    SIGNATURES
        .iter()
        .find(|(signature, _)| start.starts_with(signature))
        .map(|(_, kind)| *kind)
}
