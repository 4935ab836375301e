//! When what a record tells of happened.

use jiff::Timestamp;
use serde::Deserialize;

/// What the values of the topics call their event time.
#[derive(Deserialize)]
struct Moment {
    fetched_at: Option<Timestamp>,
    polled_at: Option<Timestamp>,
    last_seen: Option<Timestamp>,
}

/// The event time that the value of any topic tells: when the page was fetched, the feed polled, or the
/// youngest article of the story fetched. `None` where it tells none.
///
/// It reads the one field and nothing else of the value, whatever its form.
pub fn event_time(value: &[u8]) -> Option<Timestamp> {
    let moment: Moment = serde_json::from_slice(value).ok()?;
    moment.fetched_at.or(moment.polled_at).or(moment.last_seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<&str>) {
        let expected = expected.map(|text| text.parse().expect("a moment"));
        assert_eq!(event_time(value.as_bytes()), expected, "{value}");
    }

    #[test]
    fn a_value_tells_its_event_time() {
        let page = r#"{"discovered":{"polled_at":"2026-01-01T00:00:00Z"},"fetched_at":"2026-01-02T00:00:00Z"}"#;
        check(page, Some("2026-01-02T00:00:00Z"));
        let found = r#"{"polled_at":"2026-01-01T00:00:00Z","title":"x"}"#;
        check(found, Some("2026-01-01T00:00:00Z"));
        let story = r#"{"first_seen":"2026-01-01T00:00:00Z","last_seen":"2026-01-03T00:00:00Z"}"#;
        check(story, Some("2026-01-03T00:00:00Z"));
        check(r#"{"title":"x"}"#, None);
        check("no json", None);
    }
}
