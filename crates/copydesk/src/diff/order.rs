//! What the order of arrival decides, and where two sides had another one.
//!
//! The live generation reads its partitions as they come, a replay reads them by time, so that articles
//! may arrive in another order though all else is the same. Who came first decides who opens a story or
//! a family and who was made from whom. So what differs in these fields alone, among articles that are
//! tied to each other in one side or the other and did not arrive in the same order, is put down to it.
//!
//! Where code and configuration of both sides are the same, the order explains more: how rare a word is,
//! and what is an outlet's furniture, is known from all articles before, so each that comes after the
//! first change of order may differ in its ties. With other code or another configuration that would
//! explain everything away, and the narrower rule stands.

use std::collections::BTreeSet;

use pipeline::Waker;
use pipeline::headers;
use pipeline::log::{Limits, Log, Reader as _};
use pipeline::topics::Topic;
use serde::Deserialize;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::fields::Field;
use super::join::{named, walk};
use super::survey::{Key, Seen, Survey, key};
use crate::patience::patiently;

/// The fields that the order of arrival decides, of articles and of where they stand: ties, and what is told of
/// words by how rare they were, and of agencies by what feeds had made known, when the article came.
const TIES: [&str; 8] = [
    "/story",
    "/family",
    "/relations",
    "/origin",
    "/revision",
    "/keywords",
    "/names",
    "/attributions",
];

/// Whether the order of arrival decides anything in a topic.
pub(super) fn matters(base: &str) -> bool {
    matches!(base, "articles.enriched" | "articles.lineage" | "stories")
}

/// Which articles are tied to some that arrived in another order.
#[derive(Debug)]
pub(super) struct Order {
    /// Every article of either side, ascending.
    articles: Vec<Key>,
    /// By article, the first of those that it is tied to.
    first: Vec<u32>,
    /// By article that is the first, whether the articles tied to it arrived in another order.
    reordered: Vec<bool>,
    /// By article, whether other articles had come before it, or in another order.
    otherwise: Vec<bool>,
    /// Version and configuration of all that was read.
    makers: BTreeSet<[Option<String>; 2]>,
}

/// What ties an article.
#[derive(Deserialize)]
struct Ties {
    story: String,
    family: String,
    #[serde(default)]
    relations: Vec<Tie>,
}

#[derive(Deserialize)]
struct Tie {
    of: String,
}

/// An article's place on both sides, behind the first of those that it is tied to.
type Arrival = (u32, (u16, u64), (u16, u64));

/// An article's place on the first side, that on the second, and the article.
type Came = ((u16, u64), (u16, u64), u32);

impl Order {
    /// Learns it from the enriched articles of both sides.
    pub(super) fn learn<L: Log>(
        log: &L,
        topics: &[Topic; 2],
        surveys: [Survey; 2],
    ) -> anyhow::Result<Self> {
        let [one, other] = surveys.map(|survey| survey.seen);
        let mut articles: Vec<Key> = one.iter().chain(&other).map(|seen| seen.key).collect();
        articles.sort_unstable();
        articles.dedup();
        let mut order = Self {
            first: (0..articles.len() as u32).collect(),
            reordered: vec![false; articles.len()],
            otherwise: vec![false; articles.len()],
            makers: BTreeSet::new(),
            articles,
        };
        for topic in topics {
            order.tie(log, topic)?;
        }
        for article in 0..order.first.len() as u32 {
            order.first[article as usize] = order.find(article);
        }
        order.compare(&named(one, false), &named(other, false));
        Ok(order)
    }

    /// Ties the articles of one side that share a story, a family or a relation.
    fn tie<L: Log>(&mut self, log: &L, topic: &Topic) -> anyhow::Result<()> {
        let mut shared: Vec<(u64, u32)> = Vec::new();
        for partition in 0..topic.partitions {
            let bounds = patiently(|| log.bounds(&topic.name, partition))?;
            let mut reader =
                patiently(|| log.reader(&topic.name, partition, bounds.start, Waker::default()))?;
            while reader.position() < bounds.end {
                let records = patiently(|| reader.read(Limits::default()))?;
                if records.is_empty() {
                    break;
                }
                for record in &records {
                    let maker = [headers::VERSION, headers::CONFIG];
                    let maker = maker.map(|name| record.headers.text(name).map(str::to_owned));
                    self.makers.insert(maker);
                    let article = self.number(&key(record.key.as_deref().unwrap_or_default()));
                    let ties = record.value.as_deref().map(serde_json::from_slice::<Ties>);
                    if let (Some(article), Some(Ok(ties))) = (article, ties) {
                        self.take(article, &ties, &mut shared);
                    }
                }
            }
        }
        shared.sort_unstable();
        for pair in shared.windows(2) {
            if pair[0].0 == pair[1].0 {
                self.unite(pair[0].1, pair[1].1);
            }
        }
        Ok(())
    }

    fn take(&mut self, article: u32, ties: &Ties, shared: &mut Vec<(u64, u32)>) {
        let named = |kind: u64, id: &str| xxh3_64_with_seed(id.as_bytes(), kind);
        shared.push((named(1, &ties.story), article));
        shared.push((named(2, &ties.family), article));
        for tie in &ties.relations {
            if let Some(other) = self.number(&key(tie.of.as_bytes())) {
                self.unite(article, other);
            }
        }
    }

    fn number(&self, article: &Key) -> Option<u32> {
        let found = self.articles.binary_search(article).ok()?;
        Some(found as u32)
    }

    fn find(&mut self, mut article: u32) -> u32 {
        while self.first[article as usize] != article {
            // Halves the way for whoever comes next.
            let next = self.first[article as usize];
            self.first[article as usize] = self.first[next as usize];
            article = self.first[article as usize];
        }
        article
    }

    fn unite(&mut self, one: u32, other: u32) {
        let (one, other) = (self.find(one), self.find(other));
        // The smaller number stays the first.
        let (first, later) = (one.min(other), one.max(other));
        self.first[later as usize] = first;
    }

    /// Notes where articles that both sides have arrived in another order.
    fn compare(&mut self, one: &[Seen], other: &[Seen]) {
        let mut arrivals: Vec<Arrival> = Vec::new();
        let mut all: Vec<Came> = Vec::new();
        walk(one, other, false, |a, b| {
            if let (Some(a), Some(b)) = (a, b)
                && let Some(article) = self.number(&a.key)
            {
                let first = self.first[article as usize];
                arrivals.push((first, (a.partition, a.offset), (b.partition, b.offset)));
                all.push(((a.partition, a.offset), (b.partition, b.offset), article));
            }
        });
        self.note_otherwise(all);
        arrivals.sort_unstable();
        for pair in arrivals.windows(2) {
            if pair[0].0 == pair[1].0 && pair[0].2 > pair[1].2 {
                self.reordered[pair[0].0 as usize] = true;
            }
        }
    }

    /// Notes the articles that come after the first place where the sides have another article. Only what
    /// both have counts: one that began later or ended earlier has no other order for that.
    fn note_otherwise(&mut self, mut arrivals: Vec<Came>) {
        arrivals.sort_unstable_by_key(|came| came.0);
        let mut others = arrivals.clone();
        others.sort_unstable_by_key(|came| came.1);
        let both = arrivals.iter().zip(&others);
        let same = both.take_while(|(a, b)| a == b).count();
        for (_, _, article) in &arrivals[same..] {
            self.otherwise[*article as usize] = true;
        }
    }

    fn is_reordered(&self, article: &str) -> bool {
        let number = self.number(&key(article.as_bytes()));
        number.is_some_and(|number| {
            let is_alike = self.makers.len() <= 1;
            is_alike && self.otherwise[number as usize]
                || self.reordered[self.first[number as usize] as usize]
        })
    }

    /// Whether a difference comes of the order alone. `values` are of the same record on both sides.
    pub(super) fn explains(
        &self,
        base: &str,
        id: &str,
        values: [Option<&Value>; 2],
        fields: &[Field],
    ) -> bool {
        if base == "stories" {
            let mut members = values.into_iter().flatten().flat_map(members);
            return members.any(|article| self.is_reordered(article));
        }
        let is_tie = |field: &Field| {
            let mut ties = TIES.iter().filter_map(|tie| field.path.strip_prefix(tie));
            ties.any(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        values.iter().all(Option::is_some) && fields.iter().all(is_tie) && self.is_reordered(id)
    }
}

/// The articles of a story's record.
fn members(story: &Value) -> impl Iterator<Item = &str> {
    let members = story.get("members").and_then(Value::as_array);
    members
        .into_iter()
        .flatten()
        .filter_map(|member| member.get("article")?.as_str())
}
