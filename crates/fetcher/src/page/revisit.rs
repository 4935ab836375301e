//! Looking again at pages that were fetched: publishers edit without a word in their feeds. Pure.

use std::time::Duration;

use article::{Discovered, Fetched};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::marks::marks;
use super::visible::fingerprint;
use crate::outcome::{Answer, Outcome};
use crate::settle::{Done, Effect, Known, Settled, Version};

/// When pages are looked at again, counted from when they were fetched for the sake of their feed. In
/// ascending order; empty where they are not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Revisits(Vec<Duration>);

/// A look that a page is due for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Revisit {
    /// What the feed said of the article: it stands in every version.
    pub(crate) discovered: Discovered,
    /// When the page was fetched for the sake of its feed.
    since: Timestamp,
    /// Not before this.
    pub(crate) due: Timestamp,
}

impl Revisit {
    /// How many bytes of text the feed sent along: most of its memory.
    pub(crate) fn weight(&self) -> usize {
        let Discovered {
            summary, content, ..
        } = &self.discovered;
        [summary, content]
            .into_iter()
            .flatten()
            .map(String::len)
            .sum()
    }

    /// Leaves the page alone until `due`.
    pub(crate) fn put_off(&mut self, due: Timestamp) {
        self.due = self.due.max(due);
    }
}

impl Revisits {
    pub(crate) fn new(seconds: &[u64]) -> Self {
        Self(seconds.iter().map(|s| Duration::from_secs(*s)).collect())
    }

    /// The first look at a page that was fetched at `at`.
    pub(crate) fn plan(&self, discovered: &Discovered, at: Timestamp) -> Option<Box<Revisit>> {
        Some(Box::new(Revisit {
            due: at + *self.0.first()?,
            discovered: discovered.clone(),
            since: at,
        }))
    }

    /// The next look after one at `at`. Those that should have been by then are left out.
    fn next(&self, mut revisit: Box<Revisit>, at: Timestamp) -> Option<Box<Revisit>> {
        let due = |after: &Duration| revisit.since + *after;
        revisit.due = self.0.iter().map(due).find(|due| *due > at)?;
        Some(revisit)
    }

    /// What the outcome of looking again at a page leads to. The page is in the log already, so failures
    /// are no dead letters; what does not answer is looked at when it is due next, and a page that is
    /// gone never.
    pub(crate) fn settle(&self, mut done: Done, outcome: Outcome) -> Settled {
        let revisit = done.revisit.take();
        let Outcome { at, result, .. } = outcome;
        let is_over = match &result {
            Ok(answer) => matches!(answer.status, 400..=499) && !is_passing(answer.status),
            Err(_) => false,
        };
        done.touched = done.touched.max(at);
        let seen = match result {
            Ok(answer) if answer.is_success() || answer.status == 304 => Some(answer),
            _ => None,
        };
        let mut effect = Effect::Nothing;
        if let (Some(answer), Some(revisit)) = (seen, &revisit) {
            effect = look(&mut done, revisit, answer, at);
        }
        if !is_over {
            done.revisit = revisit.and_then(|revisit| self.next(revisit, at));
        }
        Settled {
            known: Known::Done(done),
            effect,
        }
    }
}

/// Timeout, too early, too many: the server says "later".
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429)
}

/// Compares a page with what is known of it.
fn look(done: &mut Done, revisit: &Revisit, answer: Answer, at: Timestamp) -> Effect {
    let before = &done.version;
    if answer.status == 304 {
        done.version = Version {
            fetched_at: at,
            validators: before.validators.clone().updated_by(&answer.validators),
            ..before.clone()
        };
        return Effect::Nothing;
    }
    let text = fingerprint(&answer.body);
    let marks = marks(&revisit.discovered.url, &answer);
    // What a wall shows is no version of the article.
    if marks.wall.is_some_and(article::Wall::hides_everything) {
        return Effect::Nothing;
    }
    if text == before.text {
        done.version = Version {
            fetched_at: at,
            validators: answer.validators,
            ..before.clone()
        };
        return Effect::Nothing;
    }
    let hash = xxh3_128(&answer.body);
    done.version = Version {
        number: before.number + 1,
        hash: [(hash >> 64) as u64, hash as u64],
        text,
        fetched_at: at,
        validators: answer.validators,
    };
    Effect::Fetched(Box::new(Fetched {
        id: revisit.discovered.id.clone(),
        discovered: revisit.discovered.clone(),
        listings: done.listings.clone(),
        fetched_at: at,
        version: done.version.number,
        final_url: answer.final_url,
        status: answer.status,
        headers: answer.headers,
        page: answer.body.into(),
        marks,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Trouble, Validators};
    use article::{Bytes, Listing};

    const URL: &str = "https://a.example/1";
    const HOUR: i64 = 3_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a small number of seconds")
    }

    fn revisits() -> Revisits {
        Revisits::new(&[3_600, 6 * 3_600, 24 * 3_600])
    }

    /// A page of `text` that was fetched at 0.
    fn fetched(text: &str) -> Done {
        let discovered = super::super::tests::found(URL, 1, 10);
        Done {
            version: Version {
                number: 1,
                hash: [0; 2],
                text: fingerprint(text.as_bytes()),
                fetched_at: at(0),
                validators: Validators::default(),
            },
            touched: at(0),
            listings: vec![Listing::of(&discovered)],
            revisit: revisits().plan(&discovered, at(0)),
        }
    }

    fn came(second: i64, result: Result<Answer, Trouble>) -> Outcome {
        Outcome {
            at: at(second),
            host: "a.example".into(),
            result,
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "as requests have it")]
    fn answer(status: u16, body: &str) -> Result<Answer, Trouble> {
        Ok(Answer {
            final_url: URL.into(),
            status,
            body: body.into(),
            ..Answer::default()
        })
    }

    fn done(settled: Settled) -> (Done, Effect) {
        match settled.known {
            Known::Done(done) => (done, settled.effect),
            known => panic!("{known:?}"),
        }
    }

    fn due(done: &Done) -> Option<i64> {
        Some(done.revisit.as_ref()?.due.as_second())
    }

    #[test]
    fn looks_come_less_and_less_often_and_end() {
        let mut page = fetched("<p>a");
        for next in [Some(6 * HOUR), Some(24 * HOUR), None] {
            let now = due(&page).expect("another look");
            (page, _) = done(revisits().settle(page, came(now, answer(200, "<p>a"))));
            assert_eq!(due(&page), next);
        }
        // One that came late stands for those that it came after.
        let late = came(7 * HOUR, answer(200, "<p>a"));
        let (page, _) = done(revisits().settle(fetched("<p>a"), late));
        assert_eq!(due(&page), Some(24 * HOUR));
        assert!(
            Revisits::new(&[])
                .plan(&super::super::tests::found(URL, 1, 0), at(0))
                .is_none()
        );
    }

    #[test]
    fn only_what_is_seen_makes_a_version() {
        let page = fetched("<p>late");
        let same = came(HOUR, answer(200, "<p id=2>late<script>2</script>"));
        let (page, effect) = done(revisits().settle(page, same));
        assert_eq!((page.version.number, effect), (1, Effect::Nothing));
        let other = came(6 * HOUR, answer(200, "<p>later"));
        let (page, effect) = done(revisits().settle(page, other));
        let Effect::Fetched(fetched) = effect else {
            panic!("{effect:?}");
        };
        assert_eq!((fetched.version, page.version.number), (2, 2));
        assert_eq!(fetched.page, Bytes(b"<p>later".to_vec()));
        assert_eq!(fetched.listings, page.listings);
        assert_eq!(fetched.fetched_at, at(6 * HOUR));
    }

    #[test]
    fn a_wall_is_no_version() {
        let mut wall = answer(200, "<p>May we set cookies?").expect("an answer");
        wall.final_url = "https://consent.a.example/".into();
        let looked = revisits().settle(fetched("<p>a"), came(HOUR, Ok(wall)));
        let (page, effect) = done(looked);
        assert_eq!((page.version.number, effect), (1, Effect::Nothing));
        assert_eq!(due(&page), Some(6 * HOUR));
    }

    #[test]
    fn an_unchanged_page_gives_its_new_validators() {
        let mut unchanged = answer(304, "").expect("an answer");
        unchanged.validators.etag = Some(Bytes(b"\"2\"".to_vec()));
        let validators = unchanged.validators.clone();
        let looked = revisits().settle(fetched("<p>a"), came(HOUR, Ok(unchanged)));
        let (page, effect) = done(looked);
        assert_eq!(effect, Effect::Nothing);
        assert_eq!(page.version.validators, validators);
        assert_eq!(page.version.fetched_at, at(HOUR));
    }

    #[test]
    fn what_fails_is_looked_at_when_it_is_due_next_and_what_is_gone_never() {
        for (result, expected) in [
            (answer(503, ""), Some(6 * HOUR)),
            (answer(429, ""), Some(6 * HOUR)),
            (Err(Trouble::Timeout("header")), Some(6 * HOUR)),
            (answer(404, ""), None),
            (answer(410, ""), None),
        ] {
            let looked = revisits().settle(fetched("<p>a"), came(HOUR, result));
            let (page, effect) = done(looked);
            assert_eq!((due(&page), effect), (expected, Effect::Nothing));
            assert_eq!(page.version, fetched("<p>a").version);
        }
    }
}
