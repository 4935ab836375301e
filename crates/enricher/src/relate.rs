//! What the tie between two articles is, how sure, and what shows it.

use std::collections::BTreeMap;

use article::{Evidence, Origin, Relation, RelationKind};

use crate::candidates::Search;
use crate::compare::{Comparison, compare};
use crate::evidence::{names, passages};
use crate::furniture::Furniture;
use crate::sign::Sketch;
use crate::weights::{RETOLD, REUSED, SAME_EVENT, Weights};
use crate::window::Serial;

/// Relations that an article is given at most.
pub(crate) const RELATIONS: usize = 2;

/// How many of a story's newest members an article is held against, and how like them it must be on
/// average, those that it was not even compared with included.
const STORY_ASKED: usize = 12;
const STORY_COHERENCE: f64 = 0.25;

/// A tie to an earlier article in the window.
pub(crate) struct Tie {
    pub to: Serial,
    pub relation: Relation,
}

/// A compared pair with its scores.
struct Judged {
    to: Serial,
    comparison: Comparison,
    kind: RelationKind,
    score: f64,
}

/// The strongest ties of the article at hand to `candidates`, strongest first.
pub(crate) fn relate(
    sketch: &Sketch<'_>,
    origin: Option<&Origin>,
    seen: i64,
    candidates: &[Serial],
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> Vec<Tie> {
    let mut judged: Vec<Judged> = Vec::new();
    let mut compared: BTreeMap<Serial, f64> = BTreeMap::new();
    for &to in candidates {
        let standing = search.window.standings.get(&to);
        let signature = search.window.signatures.get(&to);
        let (Some(standing), Some(signature)) = (standing, signature) else {
            continue;
        };
        let comparison = compare(sketch, signature, search, furniture);
        let circumstances = Circumstances {
            days: (seen - standing.seen).unsigned_abs() as f64 / 86_400_000.0,
            agency: agreement(origin, standing.origin.as_ref()),
        };
        let scores = scores(&comparison, circumstances);
        compared.insert(to, scores.same_event.max(scores.derived));
        if let Some((kind, score)) = judge(&comparison, &scores, search) {
            judged.push(Judged {
                to,
                comparison,
                kind,
                score,
            });
        }
    }
    judged.retain(|judged| judged.kind.is_derived() || coheres(judged.to, &compared, search));
    // Derived before same event, then by score; of equals the earliest, which is the source.
    judged.sort_by(|a, b| {
        let derived = b.kind.is_derived().cmp(&a.kind.is_derived());
        derived
            .then(b.score.total_cmp(&a.score))
            .then(a.to.cmp(&b.to))
    });
    judged.truncate(RELATIONS);
    judged
        .into_iter()
        .map(|judged| tie(sketch, judged, search))
        .collect()
}

/// Whether the article is like the story of `to` and not like that one article of it alone. Without
/// this, each article that touches two events would chain their stories to one.
fn coheres(to: Serial, compared: &BTreeMap<Serial, f64>, search: &Search<'_>) -> bool {
    let Some(standing) = search.window.standings.get(&to) else {
        return false;
    };
    let story = search.window.story(standing.story).rev();
    let members: Vec<Serial> = story
        .filter(|&member| member < search.before)
        .take(STORY_ASKED)
        .collect();
    let scores = members.iter().filter_map(|member| compared.get(member));
    let sum: f64 = scores.sum();
    sum >= STORY_COHERENCE * members.len() as f64
}

/// What is known of a pair beside the texts.
#[derive(Clone, Copy)]
struct Circumstances {
    /// Days between both, as event time goes.
    days: f64,
    /// 1 where both are known to be of one origin, -1 where of two, 0 where one is unknown.
    agency: f64,
}

fn agreement(a: Option<&Origin>, b: Option<&Origin>) -> f64 {
    match (a, b) {
        (Some(a), Some(b)) if a.source == b.source => 1.0,
        (Some(_), Some(_)) => -1.0,
        _ => 0.0,
    }
}

struct Scores {
    derived: f64,
    same_event: f64,
}

/// The measures as the models weigh them, in the order of [`Weights`].
fn measures(comparison: &Comparison, circumstances: Circumstances) -> [f64; Weights::COUNT] {
    let Comparison {
        contained,
        contains,
        ..
    } = *comparison;
    [
        contained.max(contains).sqrt(),
        contained.min(contains).sqrt(),
        comparison.spread,
        comparison.quoted,
        comparison.similarity,
        comparison.lede,
        comparison.covered,
        comparison.keys,
        comparison.in_order as f64 / 10.0,
        comparison.in_order as f64 / comparison.shared_keys.max(1) as f64,
        comparison.length,
        f64::from(u8::from(comparison.same_outlet)),
        circumstances.agency,
        (circumstances.days / 3.0).min(3.0),
    ]
}

fn scores(comparison: &Comparison, circumstances: Circumstances) -> Scores {
    let measures = measures(comparison, circumstances);
    let scores = Scores {
        derived: REUSED.score(&measures).max(RETOLD.score(&measures)),
        same_event: SAME_EVENT.score(&measures),
    };
    tracing::trace!(?measures, scores.derived, scores.same_event, "compared");
    scores
}

/// The kind of tie and its score; `None` where the articles have nothing to do with each other.
fn judge(
    comparison: &Comparison,
    scores: &Scores,
    search: &Search<'_>,
) -> Option<(RelationKind, f64)> {
    let config = search.config;
    let whole = comparison.contained.min(comparison.contains);
    let part = comparison.contained.max(comparison.contains);
    let derived = scores.derived >= config.derived;
    let furniture = is_furniture(comparison);
    if comparison.identical {
        return Some((RelationKind::Copy, 1.0));
    }
    if comparison.same_outlet && derived && !furniture {
        return Some((RelationKind::Update, scores.derived));
    }
    if !comparison.same_outlet && whole >= config.copy {
        return Some((RelationKind::Copy, scores.derived.max(whole)));
    }
    if derived && !furniture {
        let near = part >= config.near;
        let kind = if near {
            RelationKind::Near
        } else {
            RelationKind::Rewrite
        };
        return Some((kind, scores.derived));
    }
    if furniture && tells_of_other(comparison) {
        return None;
    }
    let same_event = scores.same_event;
    (same_event >= config.same_event).then_some((RelationKind::SameEvent, same_event))
}

/// Whether what two articles of one outlet share is the outlet's: background and teasers that it
/// prints under different news. At a first meeting no counter knows them yet; ledes and names tell.
fn is_furniture(comparison: &Comparison) -> bool {
    let Comparison {
        similarity, lede, ..
    } = *comparison;
    let other_news = similarity < 0.55 || similarity < 0.72 && lede < 0.15;
    let one_block = comparison.outside < 0.25 && is_one_block(&comparison.places);
    comparison.same_outlet && comparison.runs > 0 && (other_news || one_block)
}

/// Whether ledes and names, or all but the shared block, have too little in common for one event.
fn tells_of_other(comparison: &Comparison) -> bool {
    comparison.outside < 0.25 || comparison.lede < 0.25 && comparison.keys < 0.25
}

/// Whether the shared fingerprints follow each other without a gap in the earlier text.
fn is_one_block(places: &[(u32, u32)]) -> bool {
    let steps = places.windows(2);
    let gaps = steps.filter(|pair| pair[1].1 - pair[0].1 > 2).count();
    gaps == 0
}

fn tie(sketch: &Sketch<'_>, judged: Judged, search: &Search<'_>) -> Tie {
    let Judged {
        to,
        comparison,
        kind,
        score,
    } = judged;
    let keys = search.window.signatures.get(&to).map(|other| &other.keys);
    let standing = search.window.standings.get(&to);
    let of = standing.map(|standing| standing.article.article());
    Tie {
        to,
        relation: Relation {
            relation: kind,
            of: of.expect("only articles in the window are compared"),
            score: rounded(score),
            evidence: Evidence {
                contained: rounded(comparison.contained),
                contains: rounded(comparison.contains),
                similarity: rounded(comparison.similarity),
                passages: passages(sketch, &comparison.places),
                names: keys.map_or_else(Vec::new, |keys| names(sketch, keys)),
            },
        },
    }
}

/// Three decimals: what is past them says nothing, and differs between machines.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
