use std::time::Duration;

use article::Feed;
use proptest::prelude::*;

use super::items::{KEPT, NOTE_EVERY, STALE};
use super::*;
use crate::config::Config;

mod cut;
mod identity;

const FEED: &str = "https://a.example/feed";

fn pace() -> Pace {
    Pace::new(&Config::default())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a small number of seconds")
}

/// A feed's memory as the task keeps it, fed poll by poll.
struct Memory {
    state: FeedState,
    seen: Listing,
    now: i64,
}

impl Memory {
    fn new() -> Self {
        let state = FeedState {
            feed: Feed::at(FEED),
            ..FeedState::default()
        };
        Self {
            state,
            seen: Listing::new(),
            now: 1_000,
        }
    }

    fn poll(&mut self, answer: Answer) -> Ingested {
        self.now += 1_000;
        let outcome = Outcome {
            at: at(self.now),
            host: "a.example".into(),
            result: Ok(answer),
        };
        let done = ingest(&pace(), self.state.clone(), &self.seen, outcome);
        self.state = done.state.clone();
        for (key, seen) in &done.seen {
            match seen {
                Some(seen) => _ = self.seen.insert(*key, *seen),
                None => _ = self.seen.remove(key),
            }
        }
        done
    }

    /// Polls a feed with these items; what was discovered, as `identity@revision`.
    fn items(&mut self, items: &str) -> Vec<String> {
        names(&self.poll(ok(&rss(items))))
    }
}

fn names(done: &Ingested) -> Vec<String> {
    let name = |d: &Discovered| format!("{}@{}", d.identity, d.revision);
    done.discovered.iter().map(name).collect()
}

fn rss(items: &str) -> String {
    format!("<rss version='2.0'><channel><title>T</title>{items}</channel></rss>")
}

fn ok(body: &str) -> Answer {
    Answer {
        final_url: FEED.into(),
        status: 200,
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    }
}

fn status(status: u16, headers: &[(&str, &str)]) -> Answer {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Answer {
        final_url: FEED.into(),
        status,
        headers: headers.iter().map(own).collect(),
        ..Answer::default()
    }
}

fn item(guid: &str, title: &str, date: &str) -> String {
    format!(
        "<item><guid>{guid}</guid><link>https://a.example/{guid}</link><title>{title}</title>\
         <pubDate>{date}</pubDate></item>"
    )
}

const MONDAY: &str = "Mon, 05 Oct 2026 10:00:00 GMT";
const MONDAY_AS_INSTANT: &str = "2026-10-05T10:00:00Z";
const TUESDAY: &str = "Tue, 06 Oct 2026 10:00:00 GMT";

#[test]
fn new_edited_unchanged() {
    let mut memory = Memory::new();
    let (one, two) = (item("1", "One", MONDAY), item("2", "Two", MONDAY));
    assert_eq!(memory.items(&one), ["1@1"]);
    assert_eq!(memory.items(&format!("{two}{one}")), ["2@1"]);
    assert_eq!(memory.items(&format!("{one}{two}")), [""; 0]);
    assert_eq!(memory.items(&item("1", "One, corrected", MONDAY)), ["1@2"]);
    assert_eq!(memory.items(&item("1", "One", MONDAY)), ["1@3"]);
    assert_eq!(memory.state.discovered, 2);
}

#[test]
fn a_date_alone_is_no_edit() {
    let mut memory = Memory::new();
    memory.items(&item("1", "One", MONDAY));
    assert_eq!(memory.items(&item("1", "One", TUESDAY)), [""; 0]);
}

#[test]
fn an_identity_listed_twice_counts_once() {
    let mut memory = Memory::new();
    let one = item("1", "One", MONDAY);
    assert_eq!(memory.items(&format!("{one}{one}")), ["1@1"]);
    let twice = "<item><guid>g</guid><title>a</title><link>https://a.example/g</link></item>\
                 <item><guid>g</guid><title>b</title><link>https://a.example/g</link></item>";
    assert_eq!(memory.items(twice), ["g@1"]);
}

#[test]
fn a_guid_that_all_items_share_is_no_name() {
    let mut memory = Memory::new();
    let items = [1, 2, 3]
        .map(|n| format!("<item><guid>same</guid><link>https://a.example/{n}</link></item>"))
        .concat();
    let expected = [
        "http://a.example/1@1",
        "http://a.example/2@1",
        "http://a.example/3@1",
    ];
    assert_eq!(memory.items(&items), expected);
}

#[test]
fn without_a_guid_the_link_is_the_name_and_the_title_never() {
    let mut memory = Memory::new();
    let item =
        |title| format!("<item><link>https://a.example/x</link><title>{title}</title></item>");
    assert_eq!(memory.items(&item("One")), ["http://a.example/x@1"]);
    assert_eq!(memory.items(&item("Other")), ["http://a.example/x@2"]);
}

#[test]
fn the_same_link_under_two_names_is_discovered_twice() {
    let mut memory = Memory::new();
    let items = "<item><guid>1</guid><link>https://a.example/x</link></item>\
                 <item><guid>2</guid><link>https://a.example/x</link></item>";
    let done = memory.poll(ok(&rss(items)));
    assert_eq!(names(&done), ["1@1", "2@1"]);
    assert_eq!(done.discovered[0].id, done.discovered[1].id);
}

#[test]
fn a_date_after_the_poll_becomes_the_polls() {
    let mut memory = Memory::new();
    let done = memory.poll(ok(&rss(&item("1", "One", MONDAY))));
    let [found] = done.discovered.as_slice() else {
        panic!("{:?}", done.discovered)
    };
    // These polls are in 1970.
    assert_eq!(found.published, Some(found.polled_at));
    let monday = MONDAY_AS_INSTANT.parse().expect("an instant");
    assert_eq!(found.published_as_given, Some(monday));
    memory.now = monday.as_second();
    let done = memory.poll(ok(&rss(&item("2", "Two", MONDAY))));
    let [found] = done.discovered.as_slice() else {
        panic!("{:?}", done.discovered)
    };
    assert_eq!(
        (found.published, found.published_as_given),
        (Some(monday), None)
    );
}

#[test]
fn what_names_no_page_is_buried_once() {
    let mut memory = Memory::new();
    let items = "<item><guid isPermaLink='false'>x1</guid><title>No link</title></item>\
                 <item><link>mailto:news@a.example</link></item>\
                 <item><guid>https://a.example/by-guid</guid></item>";
    let done = memory.poll(ok(&rss(items)));
    assert_eq!(names(&done), ["http://a.example/by-guid@1"]);
    assert_eq!(done.dead.len(), 2);
    assert_eq!(memory.state.unfetchable, 2);
    let again = memory.poll(ok(&rss(&format!("{items}<item/>"))));
    // The empty item is a new one without an address; the others were told of.
    assert_eq!(again.dead.len(), 1);
}

#[test]
fn relative_links_lead_from_the_address_that_answered() {
    let mut memory = Memory::new();
    let mut answer = ok(&rss("<item><link>/news/1</link></item>"));
    answer.final_url = "https://www.b.example/feeds/all.xml".into();
    let done = memory.poll(answer);
    assert_eq!(done.discovered[0].url, "https://www.b.example/news/1");
}

#[test]
fn bytes_are_written_when_they_changed() {
    let mut memory = Memory::new();
    let body = rss(&item("1", "One", MONDAY));
    let first = memory.poll(ok(&body));
    let polled = first.polled.expect("the first bytes are new");
    assert_eq!(polled.body.as_slice(), body.as_bytes());
    assert_eq!(polled.fetched_at, at(memory.now));
    let same = memory.poll(ok(&body));
    assert_eq!((same.polled, same.state.last), (None, Kind::Unchanged));
    let dated = memory.poll(ok(&rss(&item("1", "One", TUESDAY))));
    assert!(dated.polled.is_some() && dated.discovered.is_empty());
    // Nothing was sent that it could be compared with.
    let unasked = memory.poll(status(304, &[]));
    assert_eq!((unasked.polled, unasked.state.last), (None, Kind::Broken));
    assert_eq!((unasked.state.polls, unasked.state.failures), (3, 1));
}

#[test]
fn a_304_changes_nothing_but_when() {
    let mut memory = Memory::new();
    let mut answer = ok(&rss(&item("1", "One", MONDAY)));
    answer.validators = validators("\"1\"");
    memory.poll(answer);
    let not_modified = memory.poll(status(304, &[]));
    assert_eq!(
        (not_modified.polled, not_modified.state.last),
        (None, Kind::NotModified)
    );
    assert_eq!(not_modified.state.polls, 2);
    assert_eq!(not_modified.state.validators, validators("\"1\""));
}

fn validators(etag: &str) -> Validators {
    Validators {
        etag: Some(etag.as_bytes().to_vec().into()),
        last_modified: None,
    }
}

fn with_validators(mut answer: Answer, etag: &str) -> Answer {
    answer.validators = validators(etag);
    answer
}

#[test]
fn validators_follow_the_items() {
    let mut memory = Memory::new();
    let unasked = memory.poll(with_validators(status(304, &[]), "\"0\""));
    assert_eq!(unasked.state.validators, Validators::default());
    let body = rss(&item("1", "One", MONDAY));
    memory.poll(with_validators(ok(&body), "\"1\""));
    assert_eq!(memory.state.validators, validators("\"1\""));
    memory.poll(status(304, &[]));
    assert_eq!(memory.state.validators, validators("\"1\""));
    memory.poll(with_validators(status(304, &[]), "W/\"2\""));
    assert_eq!(memory.state.validators, validators("W/\"2\""));
    memory.poll(with_validators(status(500, &[]), "\"bad\""));
    assert_eq!(memory.state.validators, validators("W/\"2\""));
    memory.poll(ok(&body));
    assert_eq!(memory.state.validators, Validators::default());
    memory.poll(with_validators(ok("<html>log in</html>"), "\"3\""));
    assert_eq!(memory.state.validators, Validators::default());
}

#[test]
fn an_unreadable_feed_is_buried_when_it_becomes_so() {
    let mut memory = Memory::new();
    let page = |n: u32| {
        ok(&format!(
            "<!DOCTYPE html><html><p>maintenance {n}</p></html>"
        ))
    };
    let first = memory.poll(page(1));
    assert!(first.polled.is_some());
    assert!(
        matches!(first.dead[..], [Dead::NotAFeed(_)]),
        "{:?}",
        first.dead
    );
    assert_eq!(first.state.last, Kind::NotAFeed);
    let second = memory.poll(page(2));
    assert!(second.polled.is_some() && second.dead.is_empty());
    let same = memory.poll(page(2));
    assert_eq!((same.polled, same.state.last), (None, Kind::NotAFeed));
    assert_eq!(memory.items(&item("1", "One", MONDAY)), ["1@1"]);
    assert_eq!(memory.poll(page(3)).dead.len(), 1);
}

#[test]
fn what_a_newer_version_can_read_is_read_although_it_did_not_change() {
    let mut memory = Memory::new();
    let one = item("1", "One", MONDAY);
    memory.items(&one);
    // As a version leaves it that cannot read this body.
    memory.seen.clear();
    memory.state.unreadable = true;
    let again = memory.poll(ok(&rss(&one)));
    assert_eq!(names(&again), ["1@1"]);
    assert!(
        again.polled.is_some(),
        "so that a replay lists it here, too"
    );
    assert_eq!(memory.items(&one), [""; 0]);
}

#[test]
fn the_sitemaps_of_an_index_are_read_and_a_replay_finds_the_same() {
    let mut memory = Memory::new();
    let index =
        "<sitemapindex><sitemap><loc>https://a.example/s1.xml</loc></sitemap></sitemapindex>";
    let done = memory.poll(ok(index));
    assert!(done.discovered.is_empty());
    assert_eq!((done.state.last, done.state.failures), (Kind::Read, 0));
    assert_eq!(memory.state.asks_for(), "https://a.example/s1.xml");
    let sitemap = "<urlset><url><loc>https://a.example/1</loc></url></urlset>";
    let done = memory.poll(ok(sitemap));
    assert_eq!(names(&done), ["http://a.example/1@1"]);
    assert_eq!(memory.state.asks_for(), FEED);
    let polled = done.polled.expect("it is written");
    assert!(polled.part);
    let before = FeedState {
        feed: Feed::at(FEED),
        ..FeedState::default()
    };
    let again = crate::replay::again(&pace(), before, &Listing::new(), polled);
    assert_eq!(again.discovered, done.discovered);
}

#[test]
fn failures_back_off_and_are_forgotten_on_success() {
    let mut memory = Memory::new();
    let mut waits = Vec::new();
    for code in [500, 502, 404] {
        let done = memory.poll(status(code, &[]));
        waits.push(done.state.next_due.duration_since(at(memory.now)).as_secs());
    }
    assert!(
        waits[0] >= 900 && waits[1] >= 1_800 && waits[2] >= 3_600,
        "{waits:?}"
    );
    assert_eq!(
        (memory.state.failures, memory.state.last),
        (3, Kind::Http4xx)
    );
    memory.items("");
    assert_eq!((memory.state.failures, memory.state.last), (0, Kind::Read));
}

#[test]
fn what_cannot_be_fetched_is_told_without_its_secrets() {
    for url in ["http://a.example/", " https://a.example/x?y=user:pw@z "] {
        assert_eq!(unfetchable(url), None, "{url}");
    }
    for url in [
        "",
        "mailto:desk@a.example",
        "file:///x",
        "/relative",
        "http://",
    ] {
        assert!(unfetchable(url).is_some(), "{url}");
    }
    for url in [
        "https://user:sesame@a.example/x",
        "https://sesame@a.example/x",
        "https://:sesame@a.example/x",
    ] {
        let why = unfetchable(url).expect("it is refused");
        assert!(
            why.contains("\"https://a.example/x\" has credentials"),
            "{why}"
        );
        assert!(!why.contains("sesame") && !why.contains("user"), "{why}");
    }
}

#[test]
fn a_feed_that_is_gone_is_asked_rarely() {
    let mut memory = Memory::new();
    let done = memory.poll(status(410, &[]));
    assert_eq!(done.state.last, Kind::Gone);
    let day = Duration::from_secs(24 * 60 * 60);
    assert!(done.state.next_due >= at(memory.now) + day);
    let done = memory.poll(status(410, &[]));
    assert!(done.state.next_due >= at(memory.now) + 7 * day);
}

#[test]
fn what_is_listed_is_never_forgotten_and_the_rest_in_bounds() {
    let mut memory = Memory::new();
    let always = item("always", "Always", MONDAY);
    for poll in 0..400 {
        let fresh: String = (0..10)
            .map(|n| item(&format!("{poll}-{n}"), "x", MONDAY))
            .collect();
        let expected = 10 + usize::from(poll == 0);
        let found = memory.items(&format!("{fresh}{always}"));
        assert_eq!(found.len(), expected, "poll {poll}");
    }
    let most = KEPT + 10 * (STALE + 2 * NOTE_EVERY) as usize;
    assert!(
        memory.seen.len() < most,
        "{} are remembered",
        memory.seen.len()
    );
    assert!(memory.seen.len() > KEPT);
    // Recent items that come back are known.
    assert_eq!(memory.items(&item("390-3", "x", MONDAY)), [""; 0]);
}

proptest! {
    /// Whatever a feed lists in whatever order: an identity is discovered once for each revision,
    /// revisions count from 1 without a gap, and a replay finds the same.
    #[test]
    fn no_revision_is_discovered_twice(polls in prop::collection::vec(prop::collection::vec((0..6u8, 0..3u8, 0..3u8), 0..8), 1..40)) {
        let mut memory = Memory::new();
        let mut replay = Memory::new();
        let mut revisions: BTreeMap<String, u32> = BTreeMap::new();
        for poll in polls {
            let items: String = poll
                .iter()
                .map(|(guid, title, day)| item(&guid.to_string(), &title.to_string(), &format!("Mon, 0{} Oct 2026 10:00:00 GMT", day + 1)))
                .collect();
            let done = memory.poll(ok(&rss(&items)));
            prop_assert_eq!(&done, &replay.poll(ok(&rss(&items))));
            for discovered in done.discovered {
                let last = revisions.entry(discovered.identity).or_default();
                prop_assert_eq!(discovered.revision, *last + 1);
                *last += 1;
            }
        }
    }
}
