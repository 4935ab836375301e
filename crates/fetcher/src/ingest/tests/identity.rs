//! Names that do not hold: renamed, moved, shared and never-changing.

use super::*;

/// Items of a feed that names and addresses them as told, each with a text and a date of its own.
fn many(numbers: std::ops::Range<u32>, guid: &str, link: &str) -> String {
    let item = |n: u32| {
        let (guid, link) = (
            guid.replace('#', &n.to_string()),
            link.replace('#', &n.to_string()),
        );
        let guid = if guid.is_empty() {
            String::new()
        } else {
            format!("<guid isPermaLink='false'>{guid}</guid>")
        };
        format!(
            "<item>{guid}<link>{link}</link><title>Title {n}</title>\
             <description>Text {n}</description>\
             <pubDate>Mon, 05 Oct 2026 10:00:{n:02} GMT</pubDate></item>"
        )
    };
    numbers.map(item).collect()
}

/// A feed that lists items in one way and then in another: what of the second listing is discovered.
#[track_caller]
fn check_change(before: (&str, &str), after: (&str, &str), expected: &[&str]) {
    for undated in [false, true] {
        let mut memory = Memory::new();
        let mut items = |numbers, (guid, link)| {
            let items = many(numbers, guid, link);
            let items = if undated {
                items.replace("pubDate", "x")
            } else {
                items
            };
            memory.items(&items)
        };
        assert_eq!(items(0..10, before).len(), 10);
        assert_eq!(items(1..11, after), expected, "undated: {undated}");
        assert_eq!(items(1..11, after), [""; 0], "undated: {undated}");
    }
}

#[test]
fn a_feed_that_renames_all_its_items_floods_nobody() {
    let link = "https://a.example/story-#";
    check_change(("old-#", link), ("new-#", link), &["new-10@1"]);
    check_change(
        ("old-#", link),
        ("", link),
        &["http://a.example/story-10@1"],
    );
    check_change(("", link), ("new-#", link), &["new-10@1"]);
}

#[test]
fn a_feed_that_moves_floods_nobody() {
    let (old, new) = ("https://a.example/story-#", "https://news.b.example/2026/#");
    check_change(("g#", old), ("g#", new), &["g10@1"]);
    check_change(("g#", old), ("n#", new), &["n10@1"]);
    check_change(("", old), ("", new), &["http://news.b.example/2026/10@1"]);
}

#[test]
fn spellings_of_a_link_are_one_name() {
    check_change(
        ("", "http://www.a.example/story-#"),
        (
            "",
            "https://a.example/story-#/?utm_source=rss&amp;utm_campaign=#",
        ),
        &["http://a.example/story-10@1"],
    );
}

#[test]
fn a_guid_whose_words_change_with_the_title_is_the_same_items() {
    let mut memory = Memory::new();
    let item = |words: &str, n: u32| {
        format!(
            "<item><guid>https://a.example/{words}-58620{n}</guid><title>{words}</title></item>"
        )
    };
    let first = format!("{}{}", item("ferry-late", 167), item("dam-safe", 168));
    assert_eq!(memory.items(&first).len(), 2);
    let second = format!("{}{}", item("ferry-very-late", 167), item("dam-safe", 168));
    assert_eq!(
        memory.items(&second),
        ["http://a.example/ferry-very-late-58620167@2"]
    );
}

#[test]
fn a_number_that_all_links_share_names_no_item() {
    let mut memory = Memory::new();
    let link = "https://a.example/800123/story-#";
    for n in 0..20 {
        let found = memory.items(&many(n..n + 1, "g#", link));
        assert_eq!(found, [format!("g{n}@1")], "a new item, no edit of another");
    }
}

#[test]
fn an_item_listed_twice_is_recognised_when_it_is_renamed() {
    let mut memory = Memory::new();
    let link = "https://a.example/story-#";
    memory.items(&many(0..10, "old-#", link));
    let renamed = many(0..10, "new-#", link);
    let again = many(3..4, "new-#", link);
    assert_eq!(memory.items(&format!("{renamed}{again}")), [""; 0]);
}

#[test]
fn guids_that_never_hold_are_believed_no_more() {
    let mut memory = Memory::new();
    let link = "https://a.example/story-#";
    assert_eq!(memory.items(&many(0..10, "0-#", link)).len(), 10);
    for poll in 1..6 {
        let guid = format!("{poll}-#");
        let found = memory.items(&many(poll..10 + poll, &guid, link));
        assert_eq!(found.len(), 1, "poll {poll}: {found:?}");
    }
    assert_eq!(memory.state.naming.by, By::Link);
    let found = memory.items(&many(6..16, "6-#", link));
    assert_eq!(found, ["http://a.example/story-15@1"]);
    assert_eq!(memory.seen.len(), 16, "renamed, not doubled");
}

#[test]
fn guids_that_count_places_are_no_names() {
    let mut memory = Memory::new();
    let link = "https://a.example/story-#";
    let numbered = |first: u32| -> String {
        let item = |place: u32| many(first - place..first - place + 1, &place.to_string(), link);
        (0..10).map(item).collect()
    };
    assert_eq!(memory.items(&numbered(20)).len(), 10);
    assert_eq!(memory.items(&numbered(21)), ["http://a.example/story-21@1"]);
    assert_eq!(memory.items(&numbered(22)), ["http://a.example/story-22@1"]);
}

#[test]
fn a_guid_that_never_changes_hides_nothing() {
    let mut memory = Memory::new();
    for n in 1..5 {
        let done = memory.poll(ok(&rss(&many(
            n..n + 1,
            "same",
            "https://a.example/story-#",
        ))));
        let urls: Vec<&str> = done.discovered.iter().map(|d| d.url.as_str()).collect();
        assert_eq!(urls, [format!("https://a.example/story-{n}")]);
    }
}

#[test]
fn the_same_words_under_another_name_are_another_item() {
    let mut memory = Memory::new();
    let weather = |day: u32| {
        format!(
            "<item><guid>w{day}</guid><link>https://a.example/w{day}</link><title>Weather</title>\
             <description>Rain</description>\
             <pubDate>0{day} Oct 2026 10:00:00 GMT</pubDate></item>"
        )
    };
    assert_eq!(memory.items(&weather(5)), ["w5@1"]);
    assert_eq!(memory.items(&weather(6)), ["w6@1"]);
    // All of a document, too, where the dates differ.
    let all = |day: u32| -> String {
        (0..5)
            .map(|n| {
                weather(day)
                    .replace("Weather", &format!("At {n}"))
                    .replace("/w", &format!("/{n}w"))
                    .replace(">w", &format!(">{n}w"))
            })
            .collect()
    };
    assert_eq!(memory.items(&all(7)).len(), 5);
    assert_eq!(memory.items(&all(8)).len(), 5);
}

#[test]
fn a_link_that_all_items_share_names_none() {
    let mut memory = Memory::new();
    let items = many(0..4, "", "https://a.example/live/all?utm_id=#");
    assert_eq!(memory.items(&items).len(), 4);
    assert_eq!(memory.items(&items), [""; 0]);
    let homepage = many(4..6, "", "https://a.example/?utm_id=#");
    assert_eq!(memory.items(&homepage).len(), 2);
    assert_eq!(
        memory
            .items(&many(6..7, "", "https://a.example/?utm_id=#"))
            .len(),
        1
    );
}

#[test]
fn an_edited_link_is_an_edit() {
    let mut memory = Memory::new();
    let link = "https://a.example/story-#";
    memory.items(&many(0..10, "g#", link));
    let moved = many(0..1, "g#", "https://a.example/corrected-#");
    assert_eq!(
        memory.items(&format!("{moved}{}", many(1..10, "g#", link))),
        ["g0@2"]
    );
}

/// What was noted by a version that knew of no other evidence than the name.
#[test]
fn old_notes_are_taken_up_and_flood_nobody() {
    #[derive(Serialize)]
    struct Old {
        fingerprint: u64,
        revision: u32,
        listed: u64,
    }
    let old = Old {
        fingerprint: 7,
        revision: 3,
        listed: 1,
    };
    let bytes = rmp_serde::to_vec_named(&old).expect("it is plain");
    let old: Seen = rmp_serde::from_slice(&bytes).expect("a note of old");
    let mut memory = Memory::new();
    memory.seen.insert(identity_key("g1"), old);
    memory
        .seen
        .insert(identity_key("https://a.example/story-2"), old);
    let link = "https://a.example/story-#";
    let items = format!("{}{}", many(1..2, "g#", link), many(2..3, "", link));
    assert_eq!(memory.items(&items), [""; 0]);
    assert_eq!(memory.seen.len(), 2);
    assert!(memory.seen.values().all(|seen| seen.form == Seen::FORM));
    let edited = items.replace("Text", "Other text");
    assert_eq!(
        memory.items(&edited),
        ["g1@4", "http://a.example/story-2@4"]
    );
}

#[test]
fn notes_are_small() {
    let mut memory = Memory::new();
    memory.items(&many(0..1, "g#", "https://a.example/story-1234567#"));
    let note = memory.seen.values().next().expect("there is one");
    let bytes = rmp_serde::to_vec_named(note).expect("it is plain");
    assert!(bytes.len() < 110, "{} bytes", bytes.len());
}
