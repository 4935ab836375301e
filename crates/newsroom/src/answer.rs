//! What goes back: status, validators, bytes.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use xxhash_rust::xxh3::xxh3_64;

/// An answer before it meets the network.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Bytes,
    /// `None` where a client must not come back with one: errors, and bytes spoilt on purpose, which
    /// a later 304 would make last for ever.
    pub validators: Option<Validators>,
    /// Whether it is sent to those who have it as well: a recorded poll is given once in any case.
    pub unconditional: bool,
    /// `Location` or `Retry-After`.
    pub extra: Option<(header::HeaderName, String)>,
}

/// What a client gets to ask "is it still this one?".
#[derive(Clone, Debug)]
pub(crate) struct Validators {
    pub etag: String,
    pub modified: Option<Timestamp>,
}

impl Validators {
    /// An entity tag made of the bytes, and the last change.
    pub(crate) fn of(body: &[u8], modified: Option<Timestamp>) -> Self {
        Self {
            etag: format!("\"{:016x}\"", xxh3_64(body)),
            modified,
        }
    }

    /// The Last-Modified header. Left out within the second of the change: the header knows seconds
    /// only, and a client that came back with it would miss what changes later in that second.
    pub(crate) fn last_modified(&self) -> Option<String> {
        let modified = self.modified?;
        if Timestamp::now().as_second() <= modified.as_second() {
            return None;
        }
        DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&modified)
            .ok()
    }
}

impl Answer {
    /// A document with validators.
    pub(crate) fn document(
        content_type: String,
        body: Vec<u8>,
        modified: Option<Timestamp>,
    ) -> Self {
        let validators = Some(Validators::of(&body, modified));
        Self {
            status: 200,
            content_type,
            body: body.into(),
            validators,
            unconditional: false,
            extra: None,
        }
    }

    /// A status with a line of text.
    pub(crate) fn status(status: u16, text: &'static str) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8".to_owned(),
            body: Bytes::from_static(text.as_bytes()),
            validators: None,
            unconditional: false,
            extra: None,
        }
    }

    /// The same with a header of its own.
    pub(crate) fn with(mut self, name: header::HeaderName, value: String) -> Self {
        self.extra = Some((name, value));
        self
    }

    /// 304 where the client has these very bytes.
    pub(crate) fn unless_known(mut self, conditions: &Conditions) -> Self {
        if self.status == 200
            && !self.unconditional
            && let Some(validators) = &self.validators
            && conditions.hold(validators)
        {
            self.status = 304;
            self.body = Bytes::new();
        }
        self
    }
}

/// The validators that a client came back with.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    none_match: Option<String>,
    modified_since: Option<Timestamp>,
}

impl Conditions {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            none_match: text(header::IF_NONE_MATCH).map(str::to_owned),
            modified_since: text(header::IF_MODIFIED_SINCE)
                .and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()),
        }
    }

    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.none_match.is_some() || self.modified_since.is_some()
    }

    /// Entity tags go before dates, which count whole seconds only (RFC 9110, 13.2.2).
    fn hold(&self, validators: &Validators) -> bool {
        if let Some(tags) = &self.none_match {
            return tags.split(',').any(|tag| {
                let tag = tag.trim();
                tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == validators.etag
            });
        }
        match (self.modified_since, validators.modified) {
            (Some(since), Some(modified)) => modified.as_second() <= since.as_second(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[track_caller]
    fn check(none_match: Option<&str>, modified_since: Option<&str>, expected: u16) {
        let modified = Some(stamp("2026-03-01T10:00:00.7Z"));
        let answer = Answer {
            validators: Some(Validators {
                etag: "\"a\"".to_owned(),
                modified,
            }),
            ..Answer::document(String::new(), b"x".to_vec(), modified)
        };
        let conditions = Conditions {
            none_match: none_match.map(str::to_owned),
            modified_since: modified_since.map(stamp),
        };
        let answer = answer.unless_known(&conditions);
        assert_eq!(answer.status, expected);
        assert_eq!(answer.body.is_empty(), expected == 304);
    }

    #[test]
    fn a_known_document_is_not_sent_again() {
        check(None, None, 200);
        check(Some("\"a\""), None, 304);
        check(Some("W/\"b\", W/\"a\""), None, 304);
        check(Some("*"), None, 304);
        check(None, Some("2026-03-01T10:00:00Z"), 304);
        check(None, Some("2026-03-01T09:59:59Z"), 200);
    }

    #[test]
    fn a_tag_goes_before_a_date() {
        check(Some("\"b\""), Some("2026-03-01T11:00:00Z"), 200);
    }

    #[test]
    fn a_change_within_this_second_has_no_date_yet() {
        let fresh = Validators::of(b"x", Some(Timestamp::now()));
        let old = Validators::of(b"x", Some(stamp("2026-03-01T10:00:00Z")));
        assert_eq!(fresh.last_modified(), None);
        assert_eq!(
            old.last_modified().as_deref(),
            Some("Sun, 01 Mar 2026 10:00:00 GMT")
        );
    }
}
