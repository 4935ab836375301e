//! The central invariant: restarts, undone records and the size of batches change no output.

use std::collections::{BTreeMap, BTreeSet};

use crate::newsdesk::{Desk, Stored, article, commit, restore};
use article::{ArticleId, Cleaned, Outgoing};
use enricher::{Config, Output};
use jiff::SignedDuration;
use pipeline::State;
use proptest::prelude::*;

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
    /// How many hours before it was fetched it was published, where that is known.
    published: Option<u8>,
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
        prop::option::of(0..40u8),
    )
        .prop_map(
            |(outlet, page, hours, own, from, quoted, credit, published)| Recipe {
                outlet,
                page,
                hours,
                own,
                from,
                quoted,
                credit,
                published,
            },
        )
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
        let before = |hours: u8| SignedDuration::from_mins(i64::from(hours) * 60 + 1);
        cooked.published = recipe
            .published
            .map(|hours| cooked.fetched_at - before(hours));
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

    /// Whatever the publishers' times say, and whatever the window has forgotten.
    #[test]
    fn no_article_is_made_from_itself_by_way_of_others(
        recipes in prop::collection::vec(recipe(), 1..60),
    ) {
        let mut desk = desk();
        let mut sources: BTreeMap<ArticleId, BTreeSet<ArticleId>> = BTreeMap::new();
        for article in cook(&recipes) {
            let told = desk.read(&article);
            let own = (told.enriched.article.id, told.enriched.relations);
            let others = told.lineages.into_iter().map(|told| (told.id, told.relations));
            for (id, relations) in std::iter::once(own).chain(others) {
                let derived = relations.into_iter().filter(|tie| tie.relation.is_derived());
                sources.insert(id, derived.map(|tie| tie.of).collect());
            }
            sources.retain(|id, _| desk.window.remembers(id));
            for start in sources.keys() {
                let mut reached = BTreeSet::new();
                let mut next = vec![start];
                while let Some(id) = next.pop() {
                    let fresh = sources.get(id).into_iter().flatten();
                    next.extend(fresh.filter(|source| reached.insert(*source)));
                }
                prop_assert!(!reached.contains(start), "{:?} of {:#?}", start, sources);
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
                article.fetched_at += SignedDuration::from_hours(24 * 365);
                article.url.push_str("/again");
                article.id = ArticleId::of_url(&article.url);
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
            empty.fetched_at += SignedDuration::from_hours(24 * 365);
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
