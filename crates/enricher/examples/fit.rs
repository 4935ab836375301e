//! Fits the judgements of a pair to labelled pairs and prints them as `data/judgements.txt` holds them.
//! What was fitted and what cross-validation says of it goes to standard error.
//!
//! ```text
//! arrivals.py > docs.jsonl
//! cargo run --release --example fit -- docs.jsonl gold_pairs.jsonl gold_clusters.jsonl > crates/enricher/data/judgements.txt
//! ```
//!
//! Each judgement is a logistic regression. Its signs are held to what they must mean: more in common
//! never makes a tie less sure. Each set weighs the same whatever its size, and so do both classes.
//! Folds never part articles that labelled pairs tie to each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::error::Error;

use article::{ArticleId, Cleaned, Feed};
use enricher::{Enrich, Remembered, Scored, Window};
use jiff::Timestamp;
use pipeline::{Record, Stage};
use serde_json::Value;

/// Strength of the pull towards zero.
const RIDGE: f64 = 0.02;
const FOLDS: usize = 10;
/// Days of news that an article of a labelled story is told apart from, and how many pairs of it.
const DAYS: i64 = 14;
const OTHER_NEWS: usize = 4;
/// Steps of the descent.
const STEPS: usize = 3_000;
/// Cross-validation is repeated with other folds so often.
const ROUNDS: u64 = 2;

/// A judgement: its name, the measures that it weighs with their signs, the relations that count as
/// yes, those that are left out, and what each set weighs.
struct Task {
    name: &'static str,
    measures: &'static [(&'static str, f64)],
    yes: &'static [&'static str],
    unused: &'static [&'static str],
    sets: &'static [(&'static str, f64)],
    /// The sets over which the threshold is chosen, each weighing the same.
    judged_on: &'static [&'static str],
}

const TASKS: &[Task] = &[
    Task {
        name: "derived",
        measures: &[
            ("bag", 1.0),
            ("retold", 1.0),
            ("unspoken", 1.0),
            ("spread", 1.0),
            ("names", 1.0),
            ("lede", 1.0),
            ("agree", 1.0),
            ("days", -1.0),
            ("quotation", -1.0),
            ("foreign", -1.0),
        ],
        yes: &["copy", "near", "rewrite"],
        unused: &[],
        sets: &[
            ("wire_real", 1.0),
            ("wiregen", 1.0),
            ("hand", 1.0),
            ("seeds", 0.5),
        ],
        judged_on: &["wire_real", "wiregen", "hand", "seeds"],
    },
    Task {
        name: "same_event",
        measures: &[
            ("event_names", 1.0),
            ("event_lede", 1.0),
            ("event_covered", 1.0),
            ("days", -1.0),
        ],
        yes: &["copy", "near", "rewrite", "same_event"],
        unused: &["related_auto", "boilerplate"],
        sets: &[
            ("basil", 1.0),
            ("wire_real", 0.3),
            ("wiregen", 0.1),
            ("hand", 0.1),
            ("seeds", 0.1),
            ("se8_en", 2.0),
            ("se8_multi", 1.0),
            ("tg_en", 0.1),
            ("tg_ru", 1.0),
        ],
        judged_on: &["basil"],
    },
];

/// A labelled pair with its measures.
struct Pair {
    set: String,
    relation: String,
    /// The group of articles that it belongs to.
    group: String,
    measures: BTreeMap<&'static str, f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: fit DOCS.jsonl GOLD_PAIRS.jsonl GOLD_CLUSTERS.jsonl";
    let documents = std::fs::read_to_string(arguments.next().ok_or(usage)?)?;
    let labels = std::fs::read_to_string(arguments.next().ok_or(usage)?)?;
    let clusters = std::fs::read_to_string(arguments.next().ok_or(usage)?)?;
    let pairs = measured(&documents, &labels, &stories(&clusters)?)?;
    println!(
        "# Written by `cargo run --release --example fit` over the labelled pairs and stories of dedup: see there."
    );
    println!(
        "# Not to be edited. Ridge {RIDGE}; each set weighs the same, and both classes; signs are held."
    );
    for task in TASKS {
        let rows = Rows::of(&pairs, task);
        let mut model = rows.fit(|_| true);
        let fitted: Vec<f64> = rows.x.iter().map(|x| model.score(x)).collect();
        let validated = rows.validated();
        let threshold = rows.threshold(&fitted);
        let told = [("fitted", &fitted), ("cross-validated", &validated)];
        println!(
            "\n# {} pairs; AP and F1 fitted, then cross-validated in {FOLDS} folds, {ROUNDS} times:",
            rows.y.len()
        );
        for (how, scores) in told {
            println!(
                "# {how}: {}",
                rows.report(how, scores, threshold).join("; ")
            );
        }
        // One half is where a pair counts as tied.
        model.bias -= logit(threshold);
        println!("[{}]\nbias {:.3}", task.name, model.bias);
        for ((name, _), weight) in task.measures.iter().zip(&model.weights) {
            println!("{name} {weight:.3}");
        }
    }
    Ok(())
}

fn logit(score: f64) -> f64 {
    (score / (1.0 - score)).ln()
}

/// What a task learns from.
struct Rows<'p> {
    task: &'p Task,
    pairs: Vec<&'p Pair>,
    x: Vec<Vec<f64>>,
    y: Vec<bool>,
}

struct Model {
    bias: f64,
    weights: Vec<f64>,
}

impl Model {
    fn score(&self, x: &[f64]) -> f64 {
        let sum = self
            .weights
            .iter()
            .zip(x)
            .fold(self.bias, |sum, (w, x)| sum + w * x);
        1.0 / (1.0 + (-sum).exp())
    }
}

impl<'p> Rows<'p> {
    fn of(pairs: &'p [Pair], task: &'p Task) -> Self {
        let used = |pair: &&Pair| {
            let known = task.sets.iter().any(|(set, _)| *set == pair.set);
            known && !task.unused.contains(&pair.relation.as_str())
        };
        let pairs: Vec<&Pair> = pairs.iter().filter(used).collect();
        let row = |pair: &&Pair| {
            task.measures
                .iter()
                .map(|(name, _)| pair.measures[name])
                .collect()
        };
        Self {
            x: pairs.iter().map(row).collect(),
            y: pairs
                .iter()
                .map(|pair| task.yes.contains(&pair.relation.as_str()))
                .collect(),
            pairs,
            task,
        }
    }

    /// Weights of the rows in `wanted`: each set as the task says, both classes the same in each.
    fn weights(&self, wanted: &[usize]) -> Vec<f64> {
        let mut counts: BTreeMap<(&str, bool), f64> = BTreeMap::new();
        for &at in wanted {
            *counts.entry((&self.pairs[at].set, self.y[at])).or_default() += 1.0;
        }
        let of_set = |set: &str| {
            self.task
                .sets
                .iter()
                .find(|(name, _)| *name == set)
                .map_or(0.0, |set| set.1)
        };
        wanted
            .iter()
            .map(|&at| {
                of_set(&self.pairs[at].set) / counts[&(self.pairs[at].set.as_str(), self.y[at])]
            })
            .collect()
    }

    /// Fits the rows that `pick` picks by accelerated projected gradient descent.
    fn fit(&self, pick: impl Fn(usize) -> bool) -> Model {
        let wanted: Vec<usize> = (0..self.pairs.len()).filter(|&at| pick(at)).collect();
        let weights = self.weights(&wanted);
        let signs: Vec<f64> = self.task.measures.iter().map(|(_, sign)| *sign).collect();
        let count = wanted.len() as f64;
        let columns = 0..signs.len();
        let mean: Vec<f64> = columns
            .clone()
            .map(|c| wanted.iter().map(|&at| self.x[at][c]).sum::<f64>() / count)
            .collect();
        let spread: Vec<f64> = columns
            .clone()
            .map(|c| {
                (wanted
                    .iter()
                    .map(|&at| (self.x[at][c] - mean[c]).powi(2))
                    .sum::<f64>()
                    / count)
                    .sqrt()
                    .max(1e-6)
            })
            .collect();
        let rows: Vec<Vec<f64>> = wanted
            .iter()
            .map(|&at| {
                columns
                    .clone()
                    .map(|c| (self.x[at][c] - mean[c]) / spread[c])
                    .chain([1.0])
                    .collect()
            })
            .collect();
        // A bound of the curvature: the trace of the weighed rows, a quarter of it.
        let bound = rows
            .iter()
            .zip(&weights)
            .map(|(row, weight)| weight * row.iter().map(|x| x * x).sum::<f64>() / 4.0)
            .sum::<f64>();
        let step = 1.0 / (bound + 2.0 * RIDGE);
        let size = signs.len() + 1;
        let (mut now, mut ahead, mut pace) = (vec![0.0; size], vec![0.0; size], 1.0f64);
        for _ in 0..STEPS {
            let mut slope: Vec<f64> = ahead.iter().map(|w| 2.0 * RIDGE * w).collect();
            slope[size - 1] = 0.0;
            for ((row, weight), &at) in rows.iter().zip(&weights).zip(&wanted) {
                let sum: f64 = row.iter().zip(&ahead).map(|(x, w)| x * w).sum();
                let error = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(self.y[at]));
                for (slope, x) in slope.iter_mut().zip(row) {
                    *slope += weight * error * x;
                }
            }
            let mut next: Vec<f64> = ahead
                .iter()
                .zip(&slope)
                .map(|(w, slope)| w - step * slope)
                .collect();
            for (w, sign) in next.iter_mut().zip(&signs) {
                *w = if *w * sign > 0.0 { *w } else { 0.0 };
            }
            let faster = f64::midpoint(1.0, (1.0 + 4.0 * pace * pace).sqrt());
            ahead = next
                .iter()
                .zip(&now)
                .map(|(next, now)| next + (pace - 1.0) / faster * (next - now))
                .collect();
            (now, pace) = (next, faster);
        }
        let weights: Vec<f64> = columns.clone().map(|c| now[c] / spread[c]).collect();
        let bias = now[size - 1] - weights.iter().zip(&mean).map(|(w, m)| w * m).sum::<f64>();
        Model { bias, weights }
    }

    /// Scores of rows by models that saw nothing of their groups.
    fn validated(&self) -> Vec<f64> {
        let groups: BTreeSet<&str> = self.pairs.iter().map(|pair| pair.group.as_str()).collect();
        let mut scores = vec![0.0; self.pairs.len()];
        for round in 0..ROUNDS {
            let mut order: Vec<(u64, &str)> = groups
                .iter()
                .map(|group| (shuffled(group, round), *group))
                .collect();
            order.sort_unstable();
            let fold: BTreeMap<&str, usize> = order
                .iter()
                .enumerate()
                .map(|(at, &(_, group))| (group, at % FOLDS))
                .collect();
            for out in 0..FOLDS {
                let is_out = |at: usize| fold[self.pairs[at].group.as_str()] == out;
                let model = self.fit(|at| !is_out(at));
                for at in (0..self.pairs.len()).filter(|&at| is_out(at)) {
                    scores[at] += model.score(&self.x[at]) / ROUNDS as f64;
                }
            }
        }
        scores
    }

    fn of_set(&self, set: &str) -> Vec<usize> {
        (0..self.pairs.len())
            .filter(|&at| self.pairs[at].set == set)
            .collect()
    }

    fn f1(&self, scores: &[f64], set: &str, threshold: f64) -> f64 {
        let rows = self.of_set(set);
        let (mut hit, mut said, mut is) = (0.0, 0.0, 0.0);
        for at in rows {
            let over = scores[at] >= threshold;
            hit += f64::from(u8::from(over && self.y[at]));
            said += f64::from(u8::from(over));
            is += f64::from(u8::from(self.y[at]));
        }
        2.0 * hit / (said + is)
    }

    /// The middle of the thresholds with the best mean F1.
    fn threshold(&self, scores: &[f64]) -> f64 {
        let mean = |step: i32| {
            let threshold = f64::from(step) / 1_000.0;
            let sets = self.task.judged_on;
            sets.iter()
                .map(|set| self.f1(scores, set, threshold))
                .sum::<f64>()
                / sets.len() as f64
        };
        let means: Vec<(i32, f64)> = (20..980).map(|step| (step, mean(step))).collect();
        let best = means.iter().map(|&(_, mean)| mean).fold(0.0, f64::max);
        let steps: Vec<i32> = means
            .iter()
            .filter(|(_, mean)| *mean > best - 1e-9)
            .map(|(step, _)| *step)
            .collect();
        f64::from(steps[steps.len() / 2]) / 1_000.0
    }

    /// Average precision; equal scores share a rank.
    fn precision(&self, scores: &[f64], set: &str) -> f64 {
        let mut rows = self.of_set(set);
        rows.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let all = rows.iter().filter(|&&at| self.y[at]).count() as f64;
        let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
        for tied in rows.chunk_by(|&a, &b| scores[a].total_cmp(&scores[b]).is_eq()) {
            let found = tied.iter().filter(|&&at| self.y[at]).count() as f64;
            seen += tied.len() as f64;
            hits += found;
            sum += found * hits / seen;
        }
        sum / all
    }

    /// Tells how right the scores are; figures of each set for the data file.
    fn report(&self, how: &str, scores: &[f64], threshold: f64) -> Vec<String> {
        let mut figures = Vec::new();
        eprintln!("{} {how}, threshold {threshold:.3}", self.task.name);
        for (set, _) in self.task.sets {
            let rows = self.of_set(set);
            let mut hits: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
            for &at in &rows {
                let hit = hits.entry(&self.pairs[at].relation).or_default();
                hit.0 += usize::from(scores[at] >= threshold);
                hit.1 += 1;
            }
            let precision = self.precision(scores, set);
            let f1 = self.f1(scores, set, threshold);
            eprintln!("  {set}: AP {precision:.4}, F1 {f1:.4}, said yes {hits:?}");
            figures.push(format!("{set} {precision:.3} {f1:.3}"));
        }
        figures
    }
}

/// A number of a name and a round that looks drawn.
fn shuffled(name: &str, round: u64) -> u64 {
    name.bytes().fold(
        round.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xcbf2_9ce4_8422_2325,
        |hash, byte| {
            let hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            hash ^ hash >> 29
        },
    )
}

/// The labelled pairs, measured as the later article of each would be when it arrives.
fn measured(
    documents: &str,
    labels: &str,
    stories: &BTreeMap<String, String>,
) -> Result<Vec<Pair>, Box<dyn Error>> {
    let labels: Vec<Value> = labels
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let side = |label: &Value, side: &str| label[side].as_str().unwrap_or_default().to_owned();
    let mut partners: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, label) in labels.iter().enumerate() {
        for key in ["a", "b"] {
            partners.entry(side(label, key)).or_default().push(at);
        }
    }
    let stage = Enrich::default();
    let mut window = Window::default();
    let mut marks: BTreeMap<String, Remembered> = BTreeMap::new();
    let mut pairs = Vec::new();
    // Articles of the last days, by which those of a labelled story are told from other news.
    let mut recent: VecDeque<(i64, String, Remembered)> = VecDeque::new();
    for (offset, line) in (0u64..).zip(documents.lines()) {
        let document: Value = serde_json::from_str(line)?;
        let id = side(&document, "id");
        let value = cleaned(&document)?;
        if let Some(partners) = partners.get(&id) {
            let other = |at: usize| {
                let (a, b) = (side(&labels[at], "a"), side(&labels[at], "b"));
                if a == id { b } else { a }
            };
            let known: Vec<(usize, &Remembered)> = partners
                .iter()
                .filter_map(|&at| Some((at, marks.get(&other(at))?)))
                .collect();
            let others: Vec<&Remembered> = known.iter().map(|&(_, mark)| mark).collect();
            let (mark, scored) = stage.hold(&value, &others, &window);
            for (&(at, _), scored) in known.iter().zip(scored) {
                pairs.push(Pair {
                    set: side(&labels[at], "dataset"),
                    relation: side(&labels[at], "rel"),
                    group: side(&labels[at], "a"),
                    measures: scored.measures.into_iter().collect(),
                });
            }
            marks.insert(id.clone(), mark);
        }
        let now = value.fetched_at.as_second();
        while recent
            .front()
            .is_some_and(|(at, ..)| now - at > DAYS * 86_400)
        {
            recent.pop_front();
        }
        let others: Vec<&Remembered> = if stories.contains_key(&id) {
            recent.iter().map(|(.., mark)| mark).collect()
        } else {
            Vec::new()
        };
        let (mark, scored) = stage.hold(&value, &others, &window);
        let others = recent.iter().map(|(_, other, _)| other.as_str());
        pairs.extend(told_apart(&id, others.zip(scored), stories));
        recent.push_back((now, id, mark));
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

/// The stories of `basil`, by article.
fn stories(clusters: &str) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut stories = BTreeMap::new();
    for line in clusters.lines() {
        let line: Value = serde_json::from_str(line)?;
        let field = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        if field("dataset") == "basil" {
            stories.insert(field("id"), field("cluster"));
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
    let field = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
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
