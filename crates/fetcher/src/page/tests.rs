use article::Feed;

use super::*;

fn found(url: &str, revision: u32, content: usize) -> Discovered {
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
        (state.waiting_bytes, state.has_room(&config)),
        (bytes, has_room)
    );
    state.rebuild();
    assert_eq!(
        (state.waiting_bytes, state.has_room(&config)),
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
    assert!(state.take_waiting(&ArticleId::of_url(two)).is_some());
    check(&mut state, 10, true);
    for n in 3..6 {
        state.add(found(&format!("http://c.example/{n}"), 1, 0), None, now);
    }
    check(&mut state, 10, false);
}
