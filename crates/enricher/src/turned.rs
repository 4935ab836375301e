//! Ties that point the other way: the copy arrived first.
//!
//! A fetcher may see a copy before its source. Where both publishers' times say so, the earlier arrival
//! was made from the later one, and its lineage is told again. Nothing else rests on a publisher's time.

use std::collections::BTreeSet;

use article::{ArticleId, Cleaned, Evidence, Origin, Relation};

use crate::attribute;
use crate::relate::{RELATIONS, Tie, strength};
use crate::window::{Id, Kept, Serial, Standing, Window};

/// Midnight stands for a day without a time, which orders nothing within it.
const DAY: i64 = 86_400_000;

/// An earlier arrival with the tie that it has to the article at hand.
pub(crate) struct Turned {
    pub article: Serial,
    pub relation: Relation,
}

/// The publisher's time in milliseconds where it can order articles: it has a time of day, and is not
/// after the page was fetched.
pub(crate) fn trusted(article: &Cleaned) -> Option<i64> {
    let published = article.published?.as_millisecond();
    let seen = article.fetched_at.as_millisecond();
    (published <= seen && published.rem_euclid(DAY) != 0).then_some(published)
}

/// Parts the ties of a new article into those that it has, and those that earlier arrivals have to it.
///
/// All of its derivations turn, or none: an article that both was made from one and is the source of
/// another might be its own source in the end. So a new article only has sources or only is one, and
/// derivations never make a circle.
pub(crate) fn apart(article: &Cleaned, ties: Vec<Tie>, window: &Window) -> (Vec<Tie>, Vec<Turned>) {
    let published = trusted(article);
    let is_derived = |tie: &Tie| tie.relation.relation.is_derived();
    let is_later = |tie: &Tie| {
        let standing = window.standing(tie.to);
        let other = standing.and_then(Standing::published);
        published
            .zip(other)
            .is_some_and(|(this, other)| this < other)
    };
    if !ties.iter().filter(|tie| is_derived(tie)).all(is_later) {
        return (ties, Vec::new());
    }
    let (later, own): (Vec<Tie>, Vec<Tie>) = ties.into_iter().partition(is_derived);
    let turned = later
        .into_iter()
        .map(|tie| Turned {
            article: tie.to,
            relation: turned(tie.relation, &article.id),
        })
        .collect();
    (own, turned)
}

/// The ties of `article` to articles that are not made from it, directly or by way of others: an earlier version
/// of it may be their source.
pub(crate) fn without_circles(article: Id, ties: Vec<Tie>, window: &Window) -> Vec<Tie> {
    // What leads nowhere for one tie does not for the next.
    let mut clear: BTreeSet<Id> = BTreeSet::new();
    let mut is_free = |tie: &Tie| {
        let standing = window.standing(tie.to);
        let is_derived = tie.relation.relation.is_derived();
        let mut comes = |standing| comes_from(standing, article, &mut clear, window);
        !is_derived || standing.is_none_or(|standing| !comes(standing))
    };
    ties.into_iter().filter(|tie| is_free(tie)).collect()
}

/// Whether what `standing` is made from leads to `source`. Nothing in `clear` does; what was looked at joins it only
/// where nothing led there: what lies on a way to the source is on other ties' ways too.
fn comes_from(standing: &Standing, source: Id, clear: &mut BTreeSet<Id>, window: &Window) -> bool {
    let mut seen: BTreeSet<Id> = BTreeSet::new();
    let mut next = vec![standing];
    while let Some(standing) = next.pop() {
        for tie in standing.ties().iter().filter(|tie| tie.is_derived()) {
            if tie.0 == source {
                return true;
            }
            let is_new = !clear.contains(&tie.0) && seen.insert(tie.0);
            let serial = window.serial_of(tie.0).filter(|_| is_new);
            next.extend(serial.and_then(|serial| window.standing(serial)));
        }
    }
    clear.append(&mut seen);
    false
}

/// The same tie as the other article has it.
fn turned(relation: Relation, of: &ArticleId) -> Relation {
    let Evidence {
        contained,
        contains,
        ..
    } = relation.evidence;
    Relation {
        of: of.clone(),
        evidence: Evidence {
            contained: contains,
            contains: contained,
            // Passages are in the other's words now, and its places are not known.
            spans: Vec::new(),
            ..relation.evidence
        },
        ..relation
    }
}

/// Adds to a new version's relations those that its first one got from later arrivals, which it was
/// not held against, and keeps the strongest.
pub(crate) fn carried(
    mut relations: Vec<Relation>,
    before: &[Kept],
    serial: Serial,
    window: &Window,
) -> Vec<Relation> {
    let arrived_later = |tie: &&Kept| window.serial_of(tie.0) > Some(serial);
    relations.extend(before.iter().filter(arrived_later).map(Kept::relation));
    relations.sort_by_cached_key(|relation| {
        let to = window.serial_of(Id::from(&relation.of));
        let measured = (relation.score, relation.evidence.contained);
        strength(relation.relation.is_derived(), measured, to, window)
    });
    relations.truncate(RELATIONS);
    relations
}

impl Turned {
    /// Gives the earlier arrival its tie, and the origin that comes with it.
    pub(crate) fn settle(&self, source: Option<&Origin>, window: &mut Window) {
        let linked = source.and_then(attribute::linked);
        let Some(standing) = window.standing(self.article) else {
            return;
        };
        let mut ties = standing.ties().to_vec();
        let tie = Kept::of(&self.relation);
        // One to an earlier version of it, which the window has forgotten.
        ties.retain(|other| other.0 != tie.0);
        ties.push(tie);
        ties.sort_by_cached_key(|tie| {
            let to = window.serial_of(tie.0);
            strength(tie.is_derived(), tie.measured(), to, window)
        });
        ties.truncate(RELATIONS);
        window.standings.update(&self.article, |standing| {
            let known = standing.origin().cloned();
            let learned = linked.filter(|_| attribute::may_learn(known.as_ref()));
            standing.relate(ties, learned.or(known));
        });
    }
}
