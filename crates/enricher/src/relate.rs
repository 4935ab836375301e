//! What the tie between two articles is, how sure, and what shows it.

use std::collections::{BTreeMap, BTreeSet};

use article::{Origin, OriginHow, Relation, RelationKind};

use crate::candidates::Search;
use crate::compare::{Circumstances, Comparison, Held, Measures, Side, compare, order};
use crate::config::Config;
use crate::evidence::evidence;
use crate::furniture::Furniture;
use crate::sign::{Signature, Sketch};
use crate::weights::judgements;
use crate::window::{Id, Serial};

/// Relations that an article is given at most.
pub(crate) const RELATIONS: usize = 2;

/// How many of a story's newest members an article is held against, and how like them it must be on
/// average to join them.
const STORY_ASKED: usize = 12;
const STORY_COHERENCE: f64 = 0.25;
/// And how like the members of each of two stories that it shows to be one.
const STORY_ALIKE: f64 = 0.8;

/// From here on what two articles of an outlet share is furniture. Of the labelled pairs that were made from one
/// another none comes to .7, of those that share an outlet's furniture one in four does.
const ALL_FOREIGN: f64 = 0.8;

/// How sure it is that a text which was made from another tells of the same event: what an outlet prints under
/// all its reports may be taken for one.
const OF_ONE_EVENT: f64 = 0.9;

/// A tie to an earlier article in the window.
pub(crate) struct Tie {
    pub to: Serial,
    pub relation: Relation,
}

/// What the article at hand has to do with those before it.
pub(crate) struct Related {
    /// Its strongest ties, strongest first.
    pub ties: Vec<Tie>,
    /// Stories that it is like as a whole, so much that they are one where there are several.
    pub alike: Vec<Id>,
}

/// A compared pair with its scores.
pub(crate) struct Judged {
    pub comparison: Comparison,
    /// Share of shared rare terms in the same order, where they have to do with each other.
    pub order: f64,
    pub derived: f64,
    pub same_event: f64,
    /// `None` where the articles have nothing to do with each other.
    pub kind: Option<RelationKind>,
}

/// The article at hand with what is known of it beside its text.
pub(crate) struct This<'s> {
    pub sketch: &'s Sketch<'s>,
    pub held: Held,
    /// The origin that it states.
    pub origin: Option<&'s Origin>,
    /// Event time in milliseconds.
    pub seen: i64,
}

impl<'s> This<'s> {
    pub(crate) fn new(
        sketch: &'s Sketch<'s>,
        origin: Option<&'s Origin>,
        seen: i64,
        search: &Search<'_>,
    ) -> Self {
        let vocabulary = &search.window.index.vocabulary;
        Self {
            sketch,
            held: Held::of(sketch.reading.clone(), vocabulary),
            origin,
            seen,
        }
    }

    /// Holds the article against an earlier one.
    pub(crate) fn judge(
        &self,
        earlier: &Signature,
        seen: i64,
        origin: Option<&Origin>,
        search: &Search<'_>,
        furniture: &mut Furniture,
    ) -> Judged {
        let vocabulary = &search.window.index.vocabulary;
        let signature = &self.sketch.signature;
        let identical = signature.body == earlier.body && signature.words > 0;
        let same_outlet = signature.outlet == earlier.outlet;
        let circumstances = Circumstances {
            days: (self.seen - seen).unsigned_abs() as f64 / 86_400_000.0,
            agree: agree(self.origin, origin),
            same_outlet,
        };
        let furnished = furniture.passages(self.sketch, earlier.outlet, search);
        let side = Side::of(earlier.reading.unpack(), vocabulary);
        let comparison = compare(&self.held, &side, &furnished, circumstances);
        let values = comparison.measures.values();
        let judgements = judgements();
        let derived = judgements.derived.score(&values);
        let derived = match comparison.measures.foreign {
            _ if identical => 1.0,
            // However much else speaks for it: all of that stands in the block.
            foreign if foreign >= ALL_FOREIGN => derived.min(1.0 - foreign),
            _ => derived,
        };
        let same_event = judgements.same_event.score(&values);
        let same_event = same_event.max(derived * OF_ONE_EVENT);
        let kind = if identical {
            Some(RelationKind::Copy)
        } else {
            kind(&comparison, same_outlet, derived, same_event, search.config)
        };
        Judged {
            order: kind.map_or(0.0, |_| order(&self.held, &side)),
            comparison,
            derived,
            same_event,
            kind,
        }
    }
}

fn agree(a: Option<&Origin>, b: Option<&Origin>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a.source == b.source)
}

/// The strongest ties of the article at hand to `candidates`, strongest first.
pub(crate) fn relate(
    this: &This<'_>,
    candidates: &[Serial],
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> Related {
    let mut judged: Vec<(Serial, Judged)> = Vec::new();
    let mut compared: BTreeMap<Serial, f64> = BTreeMap::new();
    for &to in candidates {
        let standing = search.window.standings.get(&to);
        let signature = search.window.signature(to);
        let (Some(standing), Some(signature)) = (standing, signature) else {
            continue;
        };
        // Only what it states itself: what it has from a tie must not speak for another.
        let origin = standing.origin.as_ref();
        let origin = origin.filter(|origin| origin.how == OriginHow::Stated);
        let pair = this.judge(&signature, standing.seen, origin, search, furniture);
        compared.insert(to, pair.same_event);
        judged.push((to, pair));
    }
    judged.retain(|(to, judged)| {
        let kind = judged.kind;
        kind.is_some_and(|kind| kind.is_derived() || coheres(*to, &compared, search))
    });
    // Derived before same event, then by score; of equals the earliest, which is the source.
    let is_derived = |judged: &Judged| judged.kind.is_some_and(RelationKind::is_derived);
    judged.sort_by(|(to_a, a), (to_b, b)| {
        let derived = is_derived(b).cmp(&is_derived(a));
        derived
            .then(b.score().total_cmp(&a.score()))
            .then(to_a.cmp(to_b))
    });
    judged.truncate(RELATIONS);
    let ties = judged.into_iter();
    Related {
        ties: ties
            .filter_map(|(to, judged)| tie(this.sketch, to, &judged, search))
            .collect(),
        alike: alike(&compared, search),
    }
}

/// The stories of which the newest members are, on average, as like the article as `STORY_ALIKE` asks.
fn alike(compared: &BTreeMap<Serial, f64>, search: &Search<'_>) -> Vec<Id> {
    let likely = compared.iter().filter(|&(_, &score)| score >= STORY_ALIKE);
    let standings = likely.filter_map(|(serial, _)| search.window.standings.get(serial));
    let stories: BTreeSet<Id> = standings.map(|standing| standing.story).collect();
    let stories = stories.into_iter();
    stories
        .filter(|&story| likeness(story, compared, search) >= STORY_ALIKE)
        .collect()
}

/// Whether the article is like the story of `to` and not like that one article of it alone. Without
/// this, each article that touches two events would chain their stories to one.
fn coheres(to: Serial, compared: &BTreeMap<Serial, f64>, search: &Search<'_>) -> bool {
    let standing = search.window.standings.get(&to);
    standing.is_some_and(|standing| likeness(standing.story, compared, search) >= STORY_COHERENCE)
}

/// How like the newest members of a story the article is on average, those that it was not even
/// compared with included.
fn likeness(story: Id, compared: &BTreeMap<Serial, f64>, search: &Search<'_>) -> f64 {
    let story = search.window.story(story).rev();
    let members: Vec<Serial> = story
        .filter(|&member| member < search.before)
        .take(STORY_ASKED)
        .collect();
    let scores = members.iter().filter_map(|member| compared.get(member));
    scores.sum::<f64>() / members.len().max(1) as f64
}

impl Judged {
    /// The score of its kind.
    pub(crate) fn score(&self) -> f64 {
        match self.kind {
            Some(kind) if kind.is_derived() => self.derived,
            _ => self.same_event,
        }
    }
}

/// The kind of tie.
fn kind(
    comparison: &Comparison,
    same_outlet: bool,
    derived: f64,
    same_event: f64,
    config: &Config,
) -> Option<RelationKind> {
    let Measures { part, whole, .. } = comparison.measures;
    if derived >= config.derived {
        let kind = if same_outlet {
            RelationKind::Update
        } else if whole >= config.copy {
            RelationKind::Copy
        } else if part >= config.near {
            RelationKind::Near
        } else {
            RelationKind::Rewrite
        };
        return Some(kind);
    }
    (same_event >= config.same_event).then_some(RelationKind::SameEvent)
}

fn tie(sketch: &Sketch<'_>, to: Serial, judged: &Judged, search: &Search<'_>) -> Option<Tie> {
    let signature = search.window.signature(to)?;
    let standing = search.window.standings.get(&to)?;
    Some(Tie {
        to,
        relation: Relation {
            relation: judged.kind?,
            of: standing.article.article(),
            score: rounded(judged.score()),
            evidence: evidence(sketch, &judged.comparison, judged.order, &signature),
        },
    })
}

/// Three decimals: what is past them says nothing, and differs between machines.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
