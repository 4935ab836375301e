//! What the tie between two articles is, how sure, and what shows it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use article::{Origin, Relation, RelationKind};

use crate::candidates::Search;
use crate::centroid::{self, Outline};
use crate::compare::{Circumstances, Comparison, DAY, Held, Known, Measures, Side, compare, order};
use crate::config::Config;
use crate::evidence::evidence;
use crate::furniture::Furniture;
use crate::sign::{Signature, Sketch};
use crate::weights::judgements;
use crate::window::{Id, Serial, Standing, Window};

/// Relations that an article has at most. Of those that it is given when it comes the second is the next strongest,
/// and those after it are sources of families that none before it is of, and what it brings up to date.
pub(crate) const RELATIONS: usize = 4;
const STRONGEST: usize = 2;

/// Scores of derivation that say the same: what makes one of two reprints score a hundredth more is no sign that
/// it is the source.
const STEP: f64 = 0.05;
/// And so do shares of an article that stand in its sources.
const FIFTHS: f64 = 5.0;

/// How many of a story's newest members an article is held against, and how like them it must be on
/// average to join them.
const STORY_ASKED: usize = 12;
const STORY_COHERENCE: f64 = 0.25;
/// And how like the members of each of two stories that it shows to be one.
const STORY_ALIKE: f64 = 0.8;

/// How sure it must be that it tells of what a story of several tells as a whole, to join it without being like any
/// one of them, or many: and how like one of them it must be for that to be asked.
const STORY_WHOLE: f64 = 0.6;
const HINTED: f64 = 0.2;
/// Stories that are asked so.
const WHOLES: usize = 3;

/// What a form filled with other names takes from all that speaks for a tie: a third of it leaves nothing.
const REFILLED: f64 = 3.0;

/// How sure it is that a text which was made from another tells of the same event: what an outlet prints under
/// all its reports may be taken for one.
const OF_ONE_EVENT: f64 = 0.9;

/// Share of the shorter text's terms, by the square of their rarity, that another must have to be held against it.
const SHARED: f64 = 0.15;

/// A tie to an earlier article in the window.
pub(crate) struct Tie {
    pub to: Serial,
    pub relation: Relation,
}

/// What the article at hand has to do with those before it.
pub(crate) struct Related {
    /// Its strongest ties, strongest first.
    pub ties: Vec<Tie>,
    /// Stories that it is like as a whole: where there are several, they may be one.
    pub alike: Vec<Id>,
    /// How sure it is of each article compared that both tell of one event.
    pub compared: BTreeMap<Serial, f64>,
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
    /// Sum of the squares of its terms' rarity.
    tells: f64,
    /// The origin that it states.
    pub origin: Option<&'s Origin>,
    /// Event time in milliseconds.
    pub seen: i64,
}

impl<'s> This<'s> {
    pub(crate) fn new(
        sketch: &'s Sketch<'s>,
        origin: Option<&'s Origin>,
        search: &Search<'_>,
    ) -> Self {
        let vocabulary = &search.window.index.vocabulary;
        let held = Held::of(sketch.reading.clone(), vocabulary);
        Self {
            sketch,
            tells: held.side.rarity.iter().map(|rarity| rarity.powi(2)).sum(),
            held,
            origin,
            seen: search.seen,
        }
    }

    /// Whether enough of what the shorter of both says stands in the other for anything to tie them, terms counting by
    /// the square of their rarity. Reading an article's terms takes a tenth of what it takes to hold it against another.
    pub(crate) fn may_be_tied(&self, earlier: &Signature<'_>) -> bool {
        let ours = &self.held.side.reading.terms;
        let (mut at, mut count, mut shared) = (0, 0usize, 0.0);
        earlier.each_term(|term| {
            count += 1;
            while at < ours.len() && ours[at] < term {
                at += 1;
            }
            if ours.get(at) == Some(&term) {
                shared += self.held.side.rarity[at].powi(2);
            }
        });
        // The other's rarity is not looked up: of as many terms it is about the same.
        let shorter = self.tells * count.min(ours.len()) as f64 / ours.len().max(1) as f64;
        shared >= SHARED * shorter
    }

    /// Holds the article against an earlier one.
    pub(crate) fn judge(
        &self,
        earlier: &Signature<'_>,
        seen: i64,
        origin: Option<&Origin>,
        search: &Search<'_>,
        furniture: &mut Furniture,
    ) -> Judged {
        let vocabulary = &search.window.index.vocabulary;
        let circumstances = Circumstances::of(
            Known::of(&self.sketch.signature, self.seen, self.origin),
            Known::of(earlier, seen, origin),
            search.config.span(),
        );
        let furnished = furniture.passages(self.sketch, earlier.outlet, search);
        let side = Side::of(earlier.reading(), vocabulary);
        let comparison = compare(&self.held, &side, &furnished, circumstances);
        let (derived, same_event) = sureness(&comparison);
        let same_outlet = circumstances.same_outlet;
        let kind = if comparison.identical && derived >= 1.0 {
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

/// How sure it is that one of a pair was made from the other, and that both tell of one event.
pub(crate) fn sureness(comparison: &Comparison) -> (f64, f64) {
    if comparison.stub {
        return (0.0, 0.0);
    }
    let values = comparison.measures.values();
    let judgements = judgements();
    let filled = (1.0 - REFILLED * comparison.measures.refilled).max(0.0);
    let derived = if comparison.identical {
        1.0
    } else {
        judgements.derived.score(&values) * filled
    };
    let same_event = judgements.same_event.score(&values) * filled;
    (derived, same_event.max(derived * OF_ONE_EVENT))
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
        let standing = search.window.standing(to);
        let signature = search.window.signature(to);
        let (Some(standing), Some(signature)) = (standing, signature) else {
            continue;
        };
        if !this.may_be_tied(&signature) {
            continue;
        }
        let origin = standing.stated();
        let pair = this.judge(&signature, standing.seen, origin, search, furniture);
        compared.insert(to, pair.same_event);
        judged.push((to, pair));
    }
    let mut wholes = Wholes::default();
    for (to, judged) in &mut judged {
        if judged.kind.is_none() && judged.same_event >= HINTED {
            let whole = wholes.likeness(*to, this, search);
            if whole >= STORY_WHOLE {
                judged.kind = Some(RelationKind::SameEvent);
                judged.same_event = whole;
            }
        }
    }
    judged.retain(|(to, judged)| {
        let kind = judged.kind;
        kind.is_some_and(|kind| {
            kind.is_derived()
                || coheres(*to, &compared, search)
                || wholes.likeness(*to, this, search) >= STORY_WHOLE
        })
    });
    judged.sort_by_key(|(to, judged)| {
        let derived = judged.kind.is_some_and(RelationKind::is_derived);
        let measured = (judged.score(), judged.comparison.contained);
        strength(derived, measured, Some(*to), search.window)
    });
    let judged = sources(judged, search);
    let ties = judged.into_iter();
    Related {
        ties: ties
            .filter_map(|(to, judged)| tie(this.sketch, to, &judged, search))
            .collect(),
        alike: alike(&compared, search),
        compared,
    }
}

/// By what ties of one article are put in order, the strongest first: derived before same event, then by score; of
/// those that say the same the one with more of the article's narration, by fifths, then an agency's own report, then the
/// earliest, which is the source. What the window has forgotten comes last.
pub(crate) fn strength(
    derived: bool,
    (score, contained): (f64, f64),
    to: Option<Serial>,
    window: &Window,
) -> (Reverse<(bool, u32, u32, bool)>, Serial) {
    let score = rounded(score);
    let score = if derived { score / STEP } else { score * 1e3 };
    let fifths = if derived {
        (rounded(contained) * FIFTHS + 1e-3) as u32
    } else {
        0
    };
    let standing = to.and_then(|to| window.standing(to));
    let agencys = derived && standing.is_some_and(Standing::is_agencys);
    (
        // A thousandth of a step, against what a division leaves.
        Reverse((derived, (score + 1e-3) as u32, fifths, agencys)),
        to.unwrap_or(Serial::MAX),
    )
}

/// The strongest, and of the other derivations the strongest of each family that is not among them yet. The report of
/// its own outlet that it brings up to date is always among them: its copies may be like it as much.
fn sources(judged: Vec<(Serial, Judged)>, search: &Search<'_>) -> Vec<(Serial, Judged)> {
    let mut families: BTreeSet<Id> = BTreeSet::new();
    let mut chosen: Vec<(Serial, Judged)> = Vec::new();
    let is_update = |(_, judged): &&(Serial, Judged)| judged.kind == Some(RelationKind::Update);
    let mut update = judged.iter().find(is_update).map(|&(to, _)| to);
    for (to, judged) in judged {
        let family = search.window.standing(to).map(|standing| standing.family);
        let is_new = family.is_some_and(|family| families.insert(family));
        let derived = judged.kind.is_some_and(RelationKind::is_derived);
        let is_update = update.take_if(|update| *update == to).is_some();
        let has_room = chosen.len() < RELATIONS - usize::from(update.is_some());
        if chosen.len() < STRONGEST || (derived && is_new && has_room) || is_update {
            chosen.push((to, judged));
        }
    }
    chosen
}

/// How like the article is to stories as wholes, as far as they were asked.
#[derive(Default)]
struct Wholes {
    outline: Option<Outline>,
    asked: BTreeMap<Id, f64>,
}

impl Wholes {
    /// How sure it is that the article tells of what the newest members of the story of `to` tell together; 0 where
    /// it is alone.
    fn likeness(&mut self, to: Serial, this: &This<'_>, search: &Search<'_>) -> f64 {
        let window = search.window;
        let Some(story) = window.standing(to).map(|standing| standing.story) else {
            return 0.0;
        };
        if let Some(&likeness) = self.asked.get(&story) {
            return likeness;
        }
        let newest: Vec<Serial> = newest(story, search);
        if newest.len() < 2 || self.asked.len() == WHOLES {
            return 0.0;
        }
        let vocabulary = &window.index.vocabulary;
        let outline = self
            .outline
            .get_or_insert_with(|| Outline::of(&this.held.side.reading, vocabulary));
        let members: Vec<Outline> = newest
            .iter()
            .filter_map(|&member| window.signature(member))
            .map(|signature| Outline::of(&signature.reading(), vocabulary))
            .collect();
        let seen = newest.iter().filter_map(|&member| window.standing(member));
        let seen = seen
            .map(|standing| standing.seen)
            .max()
            .unwrap_or(this.seen);
        let days = this.seen.abs_diff(seen) as f64 / DAY;
        let likeness = centroid::likeness(outline, &members, days);
        self.asked.insert(story, likeness);
        likeness
    }
}

/// The newest members of a story, the newest first.
fn newest(story: Id, search: &Search<'_>) -> Vec<Serial> {
    let story = search.window.story(story).rev();
    let story = story.filter(|&member| member < search.before);
    story.take(STORY_ASKED).collect()
}

/// The stories of which the newest members are, on average, as like the article as `STORY_ALIKE` asks.
fn alike(compared: &BTreeMap<Serial, f64>, search: &Search<'_>) -> Vec<Id> {
    let likely = compared.iter().filter(|&(_, &score)| score >= STORY_ALIKE);
    let standings = likely.filter_map(|(serial, _)| search.window.standing(*serial));
    let stories: BTreeSet<Id> = standings.map(|standing| standing.story).collect();
    let stories = stories.into_iter();
    stories
        .filter(|&story| likeness(story, compared, search) >= STORY_ALIKE)
        .collect()
}

/// Whether the article is like the story of `to` and not like that one article of it alone. Without
/// this, each article that touches two events would chain their stories to one.
fn coheres(to: Serial, compared: &BTreeMap<Serial, f64>, search: &Search<'_>) -> bool {
    let standing = search.window.standing(to);
    standing.is_some_and(|standing| likeness(standing.story, compared, search) >= STORY_COHERENCE)
}

/// How like the newest members of a story the article is on average, those that it was not even
/// compared with included.
fn likeness(story: Id, compared: &BTreeMap<Serial, f64>, search: &Search<'_>) -> f64 {
    let members = newest(story, search);
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
    let standing = search.window.standing(to)?;
    Some(Tie {
        to,
        relation: Relation {
            relation: judged.kind?,
            of: standing.article.article(),
            score: rounded(judged.score()),
            evidence: evidence(sketch, &judged.comparison, judged.order, &signature, None),
        },
    })
}

/// Three decimals: what is past them says nothing, and differs between machines.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
