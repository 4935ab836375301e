//! The labelled pairs, measured by the stage.

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;

use article::{ArticleId, Cleaned, Feed};
use enricher::{Enrich, Remembered, Scored, Window};
use jiff::Timestamp;
use pipeline::{Record, Stage};
use serde_json::Value;

/// Days of news that an article of a labelled story is told apart from, and how many pairs of it.
const DAYS: i64 = 14;
const OTHER_NEWS: usize = 4;

/// A labelled pair with its measures.
pub(crate) struct Pair {
    pub(crate) set: String,
    pub(crate) relation: String,
    /// The group of articles that it belongs to.
    pub(crate) group: String,
    pub(crate) measures: BTreeMap<&'static str, f64>,
}

/// The labelled pairs, measured as the later article of each would be when it arrives.
pub(crate) fn measured(
    documents: &str,
    labels: &str,
    stories: &BTreeMap<String, String>,
) -> Result<Vec<Pair>, Box<dyn Error>> {
    let labels: Vec<Value> = labels
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let partners = partners(&labels);
    let stage = Enrich::default();
    let mut window = Window::default();
    let mut marks: BTreeMap<String, Remembered> = BTreeMap::new();
    let mut recent = Recent::default();
    let mut pairs = Vec::new();
    for (offset, line) in (0u64..).zip(documents.lines()) {
        let document: Value = serde_json::from_str(line)?;
        let id = field(&document, "id");
        let value = cleaned(&document)?;
        if let Some(partners) = partners.get(&id) {
            let known: Vec<(&Value, &Remembered)> = partners
                .iter()
                .filter_map(|(label, other)| Some((*label, marks.get(other)?)))
                .collect();
            let others: Vec<&Remembered> = known.iter().map(|&(_, mark)| mark).collect();
            let (mark, scored) = stage.hold(&value, &others, &window);
            for (&(label, _), scored) in known.iter().zip(scored) {
                pairs.push(Pair {
                    set: field(label, "dataset"),
                    relation: field(label, "rel"),
                    group: field(label, "a"),
                    measures: scored.measures.into_iter().collect(),
                });
            }
            marks.insert(id.clone(), mark);
        }
        recent.forget(value.fetched_at.as_second());
        let others = recent.others(stories.contains_key(&id));
        let (mark, scored) = stage.hold(&value, &others, &window);
        pairs.extend(told_apart(&id, recent.names().zip(scored), stories));
        recent.keep(value.fetched_at.as_second(), id, mark);
        let record = Record {
            topic: "articles.cleaned".to_owned(),
            partition: 0,
            offset,
            written_at: value.fetched_at,
            value,
        };
        stage.apply(record, &mut window)?;
    }
    group(&mut pairs, &labels);
    Ok(pairs)
}

/// By article the labels that name it, each with the other article of the pair.
fn partners(labels: &[Value]) -> BTreeMap<String, Vec<(&Value, String)>> {
    let mut partners: BTreeMap<String, Vec<(&Value, String)>> = BTreeMap::new();
    for label in labels {
        let (a, b) = (field(label, "a"), field(label, "b"));
        partners
            .entry(a.clone())
            .or_default()
            .push((label, b.clone()));
        partners.entry(b).or_default().push((label, a));
    }
    partners
}

fn field(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_default().to_owned()
}

/// Articles of the last days, by which those of a labelled story are told from other news.
#[derive(Default)]
struct Recent(VecDeque<(i64, String, Remembered)>);

impl Recent {
    fn forget(&mut self, now: i64) {
        while self
            .0
            .front()
            .is_some_and(|(at, ..)| now - at > DAYS * 86_400)
        {
            self.0.pop_front();
        }
    }

    /// All of them where they are wanted.
    fn others(&self, wanted: bool) -> Vec<&Remembered> {
        let wanted = if wanted { self.0.len() } else { 0 };
        self.0.iter().take(wanted).map(|(.., mark)| mark).collect()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, other, _)| other.as_str())
    }

    fn keep(&mut self, now: i64, id: String, mark: Remembered) {
        self.0.push_back((now, id, mark));
    }
}

/// The stories of `basil`, by article.
pub(crate) fn stories(clusters: &str) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut stories = BTreeMap::new();
    for line in clusters.lines() {
        let line: Value = serde_json::from_str(line)?;
        if field(&line, "dataset") == "basil" {
            stories.insert(field(&line, "id"), field(&line, "cluster"));
        }
    }
    Ok(stories)
}

/// The pairs of an article of a labelled story: its own, and of other news the most similar.
fn told_apart<'a>(
    id: &str,
    others: impl Iterator<Item = (&'a str, Scored)>,
    stories: &BTreeMap<String, String>,
) -> Vec<Pair> {
    let Some(story) = stories.get(id) else {
        return Vec::new();
    };
    let pairs = others.map(|(other, scored)| Pair {
        set: "basil".to_owned(),
        relation: if stories.get(other) == Some(story) {
            "same_event"
        } else {
            "different"
        }
        .to_owned(),
        group: story.clone(),
        measures: scored.measures.into_iter().collect(),
    });
    let (own, mut others): (Vec<Pair>, Vec<Pair>) =
        pairs.partition(|pair| pair.relation == "same_event");
    others.sort_by(|a, b| b.measures["similarity"].total_cmp(&a.measures["similarity"]));
    others.truncate(OTHER_NEWS);
    own.into_iter().chain(others).collect()
}

/// Names the group of each pair: articles that labels tie to each other.
fn group(pairs: &mut [Pair], labels: &[Value]) {
    let mut leader: BTreeMap<String, String> = BTreeMap::new();
    for label in labels {
        let ends = ["a", "b"].map(|side| find(&leader, label[side].as_str().unwrap_or_default()));
        let [a, b] = ends;
        if a != b {
            leader.insert(a, b);
        }
    }
    for pair in pairs {
        pair.group = find(&leader, &pair.group);
    }
}

fn cleaned(document: &Value) -> Result<Cleaned, Box<dyn Error>> {
    let field = |name: &str| field(document, name);
    let day = field("date");
    let day = day.get(..10).ok_or("a document has no day")?;
    let id = field("id");
    let url = format!("doc:{id}");
    let known = Some(field("source")).filter(|source| !source.is_empty());
    Ok(Cleaned {
        id: ArticleId::of_url(&url),
        version: 1,
        fetched_at: format!("{day}T00:00:00Z").parse::<Timestamp>()?,
        canonical_url: url.clone(),
        url,
        feed: Feed::default(),
        listings: Vec::new(),
        outlet: known.unwrap_or_else(|| format!("unknown of {id}")),
        title: field("title"),
        authors: Vec::new(),
        published: None,
        language: document["lang"].as_str().map(str::to_owned),
        summary: None,
        text: field("text"),
        layout: article::Layout::default(),
        metadata: article::Metadata::default(),
    })
}

/// Who stands for the group of `name`.
fn find(leader: &BTreeMap<String, String>, name: &str) -> String {
    let mut at = name.to_owned();
    while let Some(next) = leader.get(&at) {
        at.clone_from(next);
    }
    at
}
