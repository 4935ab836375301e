//! When two stories become one and when one becomes two: what is told then, and that it is always the same.

use std::collections::{BTreeMap, BTreeSet};

use article::{ArticleId, Cleaned, Lineage, Outgoing, Story, StoryId};
use enricher::Output;
use proptest::prelude::*;

use crate::newsdesk::{Desk, Stored, article, commit, restore};

/// Words of an event: a prime number, so that each step through them meets all.
const WORDS: usize = 31;

/// What article `number` says of an event: some of its words, in an order that no other number has, and every third of
/// its own, so that nobody takes it for made from another.
fn words_of(event: char, number: usize) -> Vec<String> {
    let step = number % (WORDS - 1) + 1;
    let words = (0..WORDS).map(|at| {
        let place = (at * step + number) % WORDS;
        let begin = ["or", "ka", "mi"][place % 3];
        let word = if at % 3 == 2 {
            format!("{begin}{}{event}{}", syllables(number % 36), syllables(at))
        } else {
            format!("{begin}{event}{}", syllables(place))
        };
        if place.is_multiple_of(2) {
            return word;
        }
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

fn syllables(place: usize) -> String {
    let part = |number: usize| ["ba", "du", "fel", "gir", "hon", "juk"][number % 6];
    format!("{}{}", part(place), part(place / 6))
}

/// An article of its own outlet that tells of `events`, of each in turn, sentence by sentence.
fn telling(events: &str, number: usize) -> Cleaned {
    let told: Vec<Vec<String>> = events
        .chars()
        .map(|event| words_of(event, number))
        .collect();
    let mut sentences = Vec::new();
    for at in (0..WORDS).step_by(7) {
        for words in &told {
            let words = &words[at..WORDS.min(at + 7)];
            sentences.push(format!("In {}.", words.join(" ")));
        }
    }
    let name = format!("{events}{number}");
    let hours = number as i64;
    article(
        &format!("Outlet {name}"),
        &name,
        hours,
        "",
        &sentences.join(" "),
    )
}

/// What a consumer of `stories` and `articles.lineage` knows.
#[derive(Debug, Default)]
struct Reader {
    stories: BTreeMap<StoryId, Story>,
    lineages: BTreeMap<ArticleId, Lineage>,
}

impl Reader {
    fn read(&mut self, outputs: Vec<Output>) {
        let mut told = BTreeSet::new();
        for output in outputs {
            match output {
                Output::Enriched(_) => {}
                Output::Lineage(lineage) => {
                    assert!(told.insert(lineage.id.clone()), "told of once by a record");
                    let before = self.lineages.insert(lineage.id.clone(), *lineage.clone());
                    let revision = before.map_or(0, |before| before.revision);
                    assert_eq!(lineage.revision, revision + 1, "no revision is left out");
                }
                Output::Story(story) => _ = self.stories.insert(story.id.clone(), *story),
            }
        }
    }

    fn story(&self, article: &Cleaned) -> &Story {
        &self.stories[&self.lineages[&article.id].story]
    }

    /// Stories and lineages tell the same: each article is a member of the story that its lineage names, and of
    /// no other.
    fn check(&self) {
        let mut members = BTreeMap::new();
        for story in self
            .stories
            .values()
            .filter(|story| story.merged_into.is_none())
        {
            assert_eq!(story.size as usize, story.members.len(), "{story:?}");
            assert_eq!(story.by_outlet.values().sum::<u32>(), story.size);
            for member in &story.members {
                let other = members.insert(member.article.clone(), story.id.clone());
                assert_eq!(other, None, "in one story only");
            }
        }
        for lineage in self.lineages.values() {
            assert_eq!(members.get(&lineage.id), Some(&lineage.story));
        }
        for story in self.stories.values() {
            for other in story.merged_into.iter().chain(&story.split_from) {
                assert!(self.stories.contains_key(other), "{other} is told of");
            }
        }
    }
}

fn read(articles: &[Cleaned]) -> Reader {
    let mut desk = Desk::default();
    let mut reader = Reader::default();
    for article in articles {
        let outputs = desk.apply(article);
        desk.keep();
        reader.read(outputs);
        reader.check();
    }
    reader
}

fn stories_of(reader: &Reader, articles: &[&Cleaned]) -> usize {
    let stories = articles.iter().map(|article| &reader.story(article).id);
    stories.collect::<BTreeSet<_>>().len()
}

#[test]
fn an_article_about_two_stories_joins_one_and_merges_none() {
    let (a, b) = (
        [telling("q", 1), telling("q", 2), telling("q", 3)],
        [telling("v", 4), telling("v", 5), telling("v", 6)],
    );
    let digest = telling("qv", 7);
    let all: Vec<Cleaned> = a.iter().chain(&b).chain([&digest]).cloned().collect();
    let reader = read(&all);
    assert_eq!(stories_of(&reader, &[&a[0], &a[1], &a[2]]), 1);
    assert_eq!(stories_of(&reader, &[&b[0], &b[1], &b[2]]), 1);
    assert_eq!(stories_of(&reader, &[&a[0], &b[0]]), 2);
    assert_eq!(
        stories_of(&reader, &[&a[0], &b[0], &digest]),
        2,
        "in one of both"
    );
}

#[test]
fn two_stories_are_merged_when_more_than_one_article_tells_of_both() {
    let (a, b) = (telling("q", 1), telling("v", 2));
    let both = [telling("qv", 3), telling("qv", 4), telling("qv", 5)];
    let one = read(&[a.clone(), b.clone(), both[0].clone()]);
    assert_eq!(stories_of(&one, &[&a, &b]), 2);
    let mut all = vec![a.clone(), b.clone()];
    all.extend(both.iter().cloned());
    let reader = read(&all);
    assert_eq!(
        stories_of(&reader, &[&a, &b, &both[0], &both[1], &both[2]]),
        1
    );
    let gone = reader
        .stories
        .values()
        .find(|story| story.merged_into.is_some());
    let gone = gone.expect("one has gone");
    assert_eq!(gone.merged_into.as_ref(), Some(&reader.story(&a).id));
    assert_eq!(reader.lineages[&b.id].revision, 2);
}

#[test]
fn a_story_of_two_groups_that_an_article_about_both_began_is_split_when_both_have_grown() {
    let digest = telling("qv", 1);
    let (a, b) = (
        [telling("q", 2), telling("q", 4)],
        [telling("v", 3), telling("v", 5), telling("v", 6)],
    );
    let order = [&digest, &a[0], &b[0], &a[1], &b[1], &b[2]];
    let all: Vec<Cleaned> = order.into_iter().cloned().collect();
    let reader = read(&all);
    assert_eq!(stories_of(&reader, &[&a[0], &a[1]]), 1);
    assert_eq!(stories_of(&reader, &[&b[0], &b[1], &b[2]]), 1);
    assert_eq!(stories_of(&reader, &[&a[0], &b[0]]), 2, "{reader:#?}");
    let new = reader
        .stories
        .values()
        .find(|story| story.split_from.is_some());
    let new = new.expect("one was split off");
    let old = new.split_from.clone().expect("it says from which");
    assert_eq!(old, reader.story(&digest).id);
    // Who has changed story is told of again.
    let revisions = new
        .members
        .iter()
        .map(|member| reader.lineages[&member.article].revision);
    assert_eq!(revisions.collect::<Vec<_>>(), [2, 2]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever comes in whatever order: what is told agrees, and is the same after any restart.
    #[test]
    fn merges_and_splits_are_told_alike_whatever_restarts(
        kinds in prop::collection::vec((0..6usize, any::<bool>()), 4..32),
    ) {
        let (mut straight, mut other) = (Desk::default(), Desk::default());
        let (mut reader, mut stored) = (Reader::default(), Stored::default());
        for (number, (kind, restarts)) in kinds.into_iter().enumerate() {
            let events = ["q", "v", "qv", "q", "v", "z"][kind];
            let article = telling(events, number);
            let outputs = straight.apply(&article);
            straight.keep();
            let again = other.apply(&article);
            other.keep();
            let encode = |outputs: &[Output]| -> Vec<Outgoing> {
                outputs.iter().cloned().map(Outgoing::from).collect()
            };
            prop_assert_eq!(encode(&outputs), encode(&again));
            reader.read(outputs);
            reader.check();
            if restarts {
                commit(&mut other, &mut stored);
                other.window = restore(&stored);
            }
        }
    }
}
