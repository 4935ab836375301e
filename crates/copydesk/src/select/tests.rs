use pipeline::headers::Headers;
use serde_json::{Value, json};

use super::*;

fn record(value: &Value) -> Stored {
    Stored {
        offset: 0,
        written_at: jiff::Timestamp::UNIX_EPOCH,
        key: None,
        value: Some(value.to_string().into_bytes()),
        headers: Headers::new(),
    }
}

fn story(digits: &str) -> String {
    format!("{digits:0<32}")
}

#[track_caller]
fn check_outlet(pattern: &str, name: &str, expected: bool) {
    let read: OutletPattern = pattern.parse().expect("a pattern");
    assert_eq!(read.matches(name), expected, "{pattern:?} and {name:?}");
}

#[test]
fn an_outlet_goes_by_its_name_whatever_the_case() {
    check_outlet("The Tarn Post", "the  tarn\tPOST ", true);
    check_outlet("Tarn Post", "The Tarn Post", false);
    check_outlet("ÉCHO", "écho", true);
    check_outlet("* tarn *", "The Tarn Post", true);
    check_outlet("the*", "The Tarn Post", true);
    check_outlet("the*", "Meridian, the Agency", false);
    check_outlet("*post", "The Tarn Post", true);
    check_outlet("*post", "The Post Today", false);
    check_outlet("*", "anybody", true);
    // What stands before a star and after it are two things.
    check_outlet("ab*ba", "aba", false);
    check_outlet("a*b*c", "a1b2c", true);
    check_outlet("a*b*c", "a1c2b", false);
    assert!("  ".parse::<OutletPattern>().is_err());
}

#[track_caller]
fn check_story(prefix: &str, expected: Option<bool>) {
    let read = prefix.parse::<StoryPrefix>().ok();
    let matched = read.map(|prefix| prefix.matches(&story("c49c41cc")));
    assert_eq!(matched, expected, "{prefix}");
}

#[test]
fn a_story_goes_by_its_id_or_the_beginning() {
    check_story("c49c41", Some(true));
    check_story(" C49C41CC", Some(true));
    check_story(&story("c49c41cc"), Some(true));
    check_story("c49c42", Some(false));
    check_story("c49c4", None);
    check_story("c49c4g", None);
    check_story(&story("c49c41cc").repeat(2), None);
}

/// Whether a record of `topic` is taken with these flags; `None` where the topic does not know them.
#[track_caller]
fn check(topic: &str, stories: &[&str], outlets: &[&str], value: &Value, expected: Option<bool>) {
    let select = Select {
        stories: stories
            .iter()
            .map(|text| text.parse().expect("a story"))
            .collect(),
        outlets: outlets
            .iter()
            .map(|text| text.parse().expect("an outlet"))
            .collect(),
        one_per: None,
    };
    let selector = Selector::new(select, topic).ok();
    let taken = selector.map(|mut selector| selector.takes(&record(value)));
    assert_eq!(taken, expected, "{topic} {stories:?} {outlets:?} {value}");
}

#[test]
fn every_topic_is_asked_where_it_says_so() {
    let a = ["the a"];
    let feed = json!({ "publisher": "The A" });
    check("feeds", &[], &a, &feed, Some(true));
    check(
        "feeds.polled",
        &[],
        &a,
        &json!({ "feed": feed }),
        Some(true),
    );
    check(
        "articles.discovered",
        &[],
        &a,
        &json!({ "feed": feed }),
        Some(true),
    );
    let discovered = json!({ "discovered": { "feed": feed } });
    check("articles.fetched", &[], &a, &discovered, Some(true));
    check("articles.fetched.g4", &[], &a, &discovered, Some(true));
    // The outlet of a cleaned article is what the page says, whoever publishes the feed.
    let cleaned = json!({ "outlet": "The B", "feed": feed });
    check("articles.cleaned", &[], &a, &cleaned, Some(false));
    check(
        "articles.cleaned",
        &[],
        &["The C", "The B"],
        &cleaned,
        Some(true),
    );
}

#[test]
fn what_has_a_story_is_asked_for_it() {
    let a = ["the a"];
    let members =
        json!({ "id": story("c49c41"), "members": [{ "outlet": "B" }, { "outlet": "The A" }] });
    check("stories", &["c49c41"], &a, &members, Some(true));
    check("stories", &["c49c42"], &a, &members, Some(false));
    let enriched = json!({ "id": story("aaaaaa"), "outlet": "The A", "story": story("c49c41") });
    check("articles.enriched", &["c49c41"], &a, &enriched, Some(true));
    check("articles.enriched", &["aaaaaa"], &a, &enriched, Some(false));
    check(
        "articles.lineage",
        &["c49c41", "bbbbbb"],
        &[],
        &enriched,
        Some(true),
    );
    check("articles.lineage", &[], &a, &enriched, None);
    check("articles.cleaned", &["c49c41"], &[], &enriched, None);
    check("articles.dead", &[], &a, &enriched, None);
    check("articles.dead", &[], &[], &enriched, Some(true));
    check(
        "articles.cleaned",
        &[],
        &a,
        &json!("no article"),
        Some(false),
    );
}

#[test]
fn a_topic_that_does_not_know_says_which_do() {
    let select = Select {
        stories: vec!["c49c41".parse().expect("a story")],
        ..Select::default()
    };
    let error = select
        .shape("articles.fetched")
        .expect_err("no story there");
    assert_eq!(
        error.to_string(),
        "records of articles.fetched name no story; --story works on articles.enriched, articles.lineage, stories"
    );
}

#[test]
fn the_first_of_each_group_stands_for_it() {
    #[track_caller]
    fn check(one_per: Group, expected: [bool; 4]) {
        let select = Select {
            one_per: Some(one_per),
            ..Select::default()
        };
        let mut selector = Selector::new(select, "articles.enriched").expect("it has groups");
        let taken = [("1", "1"), ("1", "2"), ("1", "1"), ("2", "3")].map(|(story, family)| {
            selector.takes(&record(&json!({ "story": story, "family": family })))
        });
        assert_eq!(taken, expected, "{one_per:?}");
    }
    check(Group::Story, [true, false, false, true]);
    check(Group::Family, [true, true, false, true]);
}

#[test]
fn what_was_seen_is_forgotten_at_last() {
    let mut seen = Seen::default();
    assert!(seen.is_new("the first"));
    for number in 1..=REMEMBERED {
        assert!(seen.is_new(&number.to_string()));
        assert!(!seen.is_new(&number.to_string()));
    }
    assert_eq!(seen.known.len(), REMEMBERED);
    assert!(seen.is_new("the first"), "forgotten, oldest first");
}
