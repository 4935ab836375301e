use article::Feed;
use pipeline::State as _;

use super::*;
use crate::robots::{Cache, Cached};

pub(super) fn found(url: &str, revision: u32, content: usize) -> Discovered {
    let feed = Feed::at("http://a.example/feed");
    Discovered {
        revision,
        summary: Some("x".repeat(content / 2)),
        content: Some("x".repeat(content - content / 2)),
        ..Discovered::at(url, feed, Timestamp::UNIX_EPOCH)
    }
}

#[track_caller]
fn check(state: &mut PageState, bytes: usize, has_room: bool) {
    let config = Config {
        max_waiting_mib: 1,
        max_waiting: 3,
        ..Config::default()
    };
    assert_eq!(
        (state.waiting_bytes(), state.has_room(&config)),
        (bytes, has_room)
    );
    state.rebuild();
    assert_eq!(
        (state.waiting_bytes(), state.has_room(&config)),
        (bytes, has_room)
    );
}

#[test]
fn what_waits_is_bounded_in_bytes_and_in_number() {
    const MIB: usize = 1 << 20;
    let (one, two) = ("http://a.example/1", "http://b.example/2");
    let now = Timestamp::UNIX_EPOCH;
    let mut state = PageState::default();
    state.add(found(one, 1, MIB - 100), None, now);
    check(&mut state, MIB - 100, true);
    state.add(found(two, 1, 101), None, now);
    check(&mut state, MIB + 1, false);
    // An edit before the fetch takes the place of what it edits; another listing changes nothing.
    state.add(found(one, 2, 10), None, now);
    state.add(found(one, 1, 7), None, now);
    check(&mut state, 111, true);
    assert!(state.take_idle(&ArticleId::of_url(two)).is_some());
    check(&mut state, 10, true);
    for n in 3..6 {
        state.add(found(&format!("http://c.example/{n}"), 1, 0), None, now);
    }
    check(&mut state, 10, false);
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a small number of seconds")
}

#[test]
fn the_page_that_may_have_been_under_way_rests_and_no_other() {
    let (first, second, other) = (
        "http://a.example/1",
        "http://a.example/2",
        "http://b.example/9",
    );
    let mut state = PageState::default();
    for (url, second) in [(first, 1), (second, 2), (other, 50)] {
        state.add(found(url, 1, 0), None, at(second));
    }
    state.rebuild();
    state.rest(at(10), at(40));
    let id = ArticleId::of_url;
    assert_eq!(state.frontier.pick(at(10)), Some(id(second)));
    assert_eq!(state.frontier.pick(at(10)), None);
    state.frontier.finish(&id(second), at(10));
    assert_eq!(state.frontier.pick(at(39)), None);
    assert_eq!(state.frontier.pick(at(40)), Some(id(first)));
    assert_eq!(state.frontier.pick(at(50)), Some(id(other)));
}

#[test]
fn a_page_that_was_crowded_out_does_not_pass_for_the_one_under_way() {
    let (crowded, flown) = ("http://a.example/1", "http://a.example/2");
    let mut state = PageState::default();
    state.add(found(crowded, 1, 0), None, at(1));
    state.add(found(flown, 1, 0), None, at(2));
    state.put_off(&ArticleId::of_url(crowded), at(90));
    state.rebuild();
    let heads = state.frontier.heads();
    assert_eq!(heads[0].0, ArticleId::of_url(flown));
}

#[test]
fn what_is_learnt_of_a_site_is_kept_and_told() {
    let outcome = |second, status| Outcome {
        at: at(second),
        host: "a.example".into(),
        result: Ok(Answer {
            status,
            body: b"User-agent: *\nCrawl-delay: 5\n".to_vec(),
            ..Answer::default()
        }),
    };
    let cache = || Cache::new("copydesk", Duration::from_secs(60));
    let origin = "http://a.example";
    let (learnt, told) = (cache(), cache());
    let first = Cached::after(None, &outcome(1, 200), "copydesk");
    learnt.put(origin, Arc::new(first));
    let mut state = PageState::default();
    state.learn(&learnt, "http://a.example/1?x");
    state.learn(&learnt, "no address");
    state.tell(&told);
    assert_eq!(told.delay(origin), Duration::from_secs(5));
    assert_eq!(told.get(origin), learnt.get(origin));
    assert!(told.get("http://b.example").is_none());
}

#[test]
fn what_is_kept_to_be_looked_at_again_holds_up_no_input() {
    let config = Config {
        max_waiting_mib: 1,
        ..Config::default()
    };
    let mut state = PageState::default();
    let page = found("http://a.example/1", 1, 1 << 20);
    let revisits = Revisits::new(&[60]);
    state.add(page.clone(), None, at(0));
    let waiting = state.take_idle(&page.id).expect("it waits");
    let answer = Answer {
        status: 200,
        ..Answer::default()
    };
    let (mut known, _) = crate::settle::fetched(*waiting, answer, at(1));
    if let Known::Done(done) = &mut known {
        done.revisit = revisits.plan(&page, at(1));
    }
    state.keep(page.id.clone(), "a.example", known);
    for _ in 0..2 {
        assert!(state.has_room(&config) && !state.has_room_to_revisit(&config));
        assert_eq!(state.frontier.wake_at(), Some(at(61)));
        state.rebuild();
    }
    state.take(&page.id);
    assert!(state.has_room_to_revisit(&config));
}
