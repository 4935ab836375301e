//! The central invariant: restarts, undone records and the size of batches change no output.

use std::collections::BTreeMap;

use crate::newsdesk::{Desk, article};
use article::{Cleaned, Outgoing};
use enricher::{Config, Output, Window};
use pipeline::State;
use proptest::prelude::*;

/// What state a restart finds, by table and key.
type Stored = BTreeMap<(&'static str, Vec<u8>), Vec<u8>>;

fn commit(desk: &mut Desk, stored: &mut Stored) {
    for table in desk.window.tables() {
        for change in table.take_changes(usize::MAX) {
            let key = (change.table, change.key);
            match change.value {
                Some(value) => stored.insert(key, value),
                None => stored.remove(&key),
            };
        }
    }
}

fn restore(stored: &Stored) -> Window {
    let mut window = Window::default();
    for table in window.tables() {
        for ((name, key), value) in stored {
            if *name == table.name() {
                table
                    .restore(key, Some(value))
                    .expect("our own entry reads");
            }
        }
    }
    window.rebuild();
    window
}

/// How an article comes about.
#[derive(Clone, Debug)]
struct Recipe {
    outlet: u8,
    page: u8,
    hours: u8,
    /// Words that open it, as numbers of a small vocabulary.
    own: Vec<u16>,
    /// How many words of which earlier article follow.
    from: (u8, u8),
    quoted: bool,
    credit: u8,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    (
        0..4u8,
        0..12u8,
        0..60u8,
        prop::collection::vec(0..400u16, 0..60),
        (any::<u8>(), 0..80u8),
        any::<bool>(),
        0..8u8,
    )
        .prop_map(|(outlet, page, hours, own, from, quoted, credit)| Recipe {
            outlet,
            page,
            hours,
            own,
            from,
            quoted,
            credit,
        })
}

fn cook(recipes: &[Recipe]) -> Vec<Cleaned> {
    let mut articles: Vec<Cleaned> = Vec::new();
    let mut hours = 0;
    for recipe in recipes {
        // Mostly forwards, now and then back.
        hours += i64::from(recipe.hours) - 10;
        let mut words: Vec<String> = recipe.own.iter().map(|&number| word(number)).collect();
        if let Some(source) = articles.get(usize::from(recipe.from.0) % (articles.len() + 1)) {
            let taken = source
                .text
                .split_whitespace()
                .take(usize::from(recipe.from.1));
            words.extend(taken.map(str::to_owned));
        }
        let mut text = words.join(" ");
        if recipe.quoted {
            text = format!("Words came first. “{text}” And words came last");
        }
        match recipe.credit {
            0 => text.push_str("\n\n(Reuters)"),
            1 => text = format!("TOWN (Ostwind Presse) - {text}"),
            _ => {}
        }
        let outlet = format!("Outlet {}", recipe.outlet);
        let mut cooked = article(&outlet, &recipe.page.to_string(), hours, "A title", &text);
        if recipe.credit == 2 {
            cooked.feed.kind = Some("agency".to_owned());
            cooked.feed.publisher = Some("Ostwind Presse".to_owned());
        }
        articles.push(cooked);
    }
    articles
}

fn word(number: u16) -> String {
    let capital = number.is_multiple_of(7);
    format!(
        "{}{}",
        if capital { "Ka" } else { "mo" },
        ["ri", "ta", "lus"][usize::from(number % 3)]
    ) + &format!("{number:x}")
}

/// The records as they would stand in the topics.
fn encoded(outputs: Vec<Output>) -> Vec<Outgoing> {
    outputs.into_iter().map(Outgoing::from).collect()
}

fn desk() -> Desk {
    Desk::with(Config {
        window_days: 3,
        ..Config::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn restarts_and_undone_records_change_no_output(
        recipes in prop::collection::vec(recipe(), 1..50),
        events in prop::collection::vec(0..6u8, 50),
    ) {
        let articles = cook(&recipes);
        let mut straight = desk();
        let mut restarted = desk();
        let mut stored = Stored::new();
        for (article, event) in articles.iter().zip(events) {
            let expected = encoded(straight.apply(article));
            straight.keep();
            if event == 0 {
                // The record is rejected after all, and read again.
                restarted.apply(article);
                let mut any = false;
                for table in restarted.window.tables() {
                    any |= table.undo();
                }
                prop_assert!(any);
                restarted.window.rebuild();
            }
            let outputs = encoded(restarted.apply(article));
            restarted.keep();
            prop_assert_eq!(outputs, expected);
            if event == 1 || event == 2 {
                commit(&mut restarted, &mut stored);
            }
            if event == 2 {
                restarted.window = restore(&stored);
            }
        }
    }

    /// A window that everything has left is as good as new, whatever went through it.
    #[test]
    fn what_leaves_the_window_leaves_nothing(recipes in prop::collection::vec(recipe(), 1..40)) {
        let mut used = desk();
        for article in cook(&recipes) {
            used.read(&article);
        }
        let later = cook(&recipes)
            .into_iter()
            .filter(|article| article.feed.kind.is_none())
            .map(|mut article| {
                // The same days again, long after, at other addresses.
                article.fetched_at += jiff::SignedDuration::from_hours(24 * 365);
                article.url.push_str("/again");
                article.id = article::ArticleId::of_url(&article.url);
                article
            });
        let mut fresh = desk();
        // An agency once known stays known: that is no matter of the window.
        for mut agency in cook(&recipes) {
            if agency.feed.kind.is_some() {
                agency.text.clear();
                fresh.read(&agency);
            }
        }
        // As many as it takes to move event time past all that was.
        for number in 0..8 {
            let mut empty = article("Outlet 9", &format!("later-{number}"), 0, "", "");
            empty.fetched_at += jiff::SignedDuration::from_hours(24 * 365);
            used.read(&empty);
            fresh.read(&empty);
        }
        for article in later {
            let (a, b) = (used.read(&article), fresh.read(&article));
            prop_assert_eq!(a.enriched, b.enriched);
            prop_assert_eq!(a.lineages, b.lineages);
            prop_assert_eq!(a.stories, b.stories);
        }
    }
}
