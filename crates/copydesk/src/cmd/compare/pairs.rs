//! Many pairs, each with the state that its later document met.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use article::Evidence;
use enricher::Remembered;
use serde::{Deserialize, Serialize};

use super::{measures, relation_name};
use crate::cmd::enrich::Desk;
use crate::config::Config;
use crate::documents::{Documents, Name, TOLD};

/// A line of the pairs. Fields that are not needed are ignored.
#[derive(Deserialize)]
struct Pair {
    a: Name,
    b: Name,
}

/// What is printed of a pair.
#[derive(Serialize)]
struct Line<'a> {
    a: &'a Name,
    b: &'a Name,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

/// How a pair came out.
#[derive(Clone, Serialize)]
struct Outcome {
    score: f64,
    relation: &'static str,
    story_score: f64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    shown: Option<Box<Shown>>,
}

/// What shows it, where that is asked for.
#[derive(Clone, Serialize)]
struct Shown {
    evidence: Evidence,
    measures: BTreeMap<&'static str, f64>,
    /// Whether `enrich` would hold one against the other, and how many it would hold the later one against; not
    /// there where the window has forgotten the earlier one by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<usize>,
}

/// The pairs and what is known of their documents so far.
struct Asked {
    pairs: Vec<Pair>,
    outcomes: Vec<Option<Outcome>>,
    /// The pairs in which a document stands.
    of: BTreeMap<Name, Vec<usize>>,
    /// The documents of pairs that have come: the window may have forgotten them.
    remembered: BTreeMap<Name, Remembered>,
    evidence: bool,
}

pub(super) fn score(
    config: &Config,
    pairs: &Path,
    docs: &Path,
    evidence: bool,
) -> anyhow::Result<()> {
    let mut asked = read(pairs, evidence)?;
    let mut documents = Documents::open(Some(docs))?;
    let mut desk = Desk::new(config);
    while let Some(document) = documents.read()? {
        if asked.of.contains_key(&document.name) {
            asked.meet(&document.name, &document.article, &desk);
        }
        if let Err(reject) = desk.enrich(document.article) {
            documents.refuse(&reject.detail);
        }
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut missing = 0;
    for (pair, outcome) in asked.pairs.iter().zip(&asked.outcomes) {
        let Some(outcome) = outcome else {
            missing += 1;
            if missing <= TOLD {
                let Pair { a, b } = pair;
                let reason = asked.reason(pair, docs);
                eprintln!("warning: the pair of {a} and {b} has no answer: {reason}");
            }
            continue;
        };
        let line = Line {
            a: &pair.a,
            b: &pair.b,
            outcome,
        };
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    documents.end()?;
    if missing > 0 {
        let all = asked.pairs.len();
        bail!(
            "{missing} of {all} pairs of {} have no answer; both must be documents of {} with different ids",
            pairs.display(),
            docs.display()
        );
    }
    Ok(())
}

fn read(path: &Path, evidence: bool) -> anyhow::Result<Asked> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("{name} cannot be read"))?;
    let mut pairs: Vec<Pair> = Vec::new();
    for (line, number) in BufReader::new(file).lines().zip(1..) {
        let line = line.with_context(|| format!("{name} cannot be read"))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        // An array would be read as the object's fields in their order.
        if !line.starts_with('{') {
            bail!("line {number} of {name} is no pair {{\"a\": ID, \"b\": ID}}");
        }
        let pair = serde_json::from_str(line)
            .with_context(|| format!("line {number} of {name} is no pair {{a, b}}"))?;
        pairs.push(pair);
    }
    let mut of: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
    for (at, pair) in pairs.iter().enumerate() {
        let ends = BTreeSet::from([&pair.a, &pair.b]);
        for end in ends {
            of.entry(end.clone()).or_default().push(at);
        }
    }
    Ok(Asked {
        outcomes: vec![None; pairs.len()],
        pairs,
        of,
        remembered: BTreeMap::new(),
        evidence,
    })
}

impl Asked {
    /// Holds a document that is about to be enriched against those of its pairs that have come.
    fn meet(&mut self, name: &Name, article: &article::Cleaned, desk: &Desk) {
        let other = |at: usize| {
            let Pair { a, b } = &self.pairs[at];
            if a == name { b } else { a }
        };
        let known: Vec<(usize, &Remembered)> = self.of[name]
            .iter()
            .filter(|&&at| other(at) != name)
            .filter_map(|&at| Some((at, self.remembered.get(other(at))?)))
            .collect();
        let others: Vec<&Remembered> = known.iter().map(|&(_, remembered)| remembered).collect();
        let (remembered, scored) = desk.stage.hold(article, &others, &desk.window);
        for (&(at, _), scored) in known.iter().zip(scored) {
            self.outcomes[at] = Some(Outcome {
                score: scored.derived,
                relation: relation_name(scored.relation),
                story_score: scored.same_event,
                shown: self.evidence.then(|| {
                    Box::new(Shown {
                        measures: measures(&scored),
                        candidate: scored.candidate.map(|(is, _)| is),
                        candidates: scored.candidate.map(|(_, many)| many),
                        evidence: scored.evidence,
                    })
                }),
            });
        }
        self.remembered.insert(name.clone(), remembered);
    }

    /// Why a pair has no answer, when all documents of `docs` have come.
    fn reason(&self, pair: &Pair, docs: &Path) -> String {
        let Pair { a, b } = pair;
        let docs = docs.display();
        let is_missing = |name: &Name| !self.remembered.contains_key(name);
        match (is_missing(a), is_missing(b)) {
            (true, true) if a != b => format!("{docs} has no document of either id"),
            (true, _) => format!("{docs} has no document with the id {a}"),
            (_, true) => format!("{docs} has no document with the id {b}"),
            _ => "a document is no pair with itself".to_owned(),
        }
    }
}
