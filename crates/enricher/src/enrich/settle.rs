//! What an article changes: its place in the window and its story, and what others learn of it.

use std::collections::BTreeSet;

use article::{Cleaned, Origin, OriginHow};

use super::{Changes, Findings};
use crate::attribute::{self, VOTERS};
use crate::config::Config;
use crate::groups;
use crate::stories;
use crate::turned;
use crate::window::{Id, Kept, Serial, Standing, Thread, Window};

/// Members that a story has at most to be taken in by another: each of them is told of again.
const MOVED: usize = 64;

/// Puts the article into the window and its story, and returns that.
pub(super) fn settle(
    article: &Cleaned,
    findings: Findings,
    window: &mut Window,
    changed: &mut Changes,
) -> Id {
    let Findings {
        serial,
        signature,
        fingerprints,
        relations,
        turned,
        mut place,
        merged,
        doubtful: _,
        origin,
        before,
        content: _,
        attributions: _,
    } = findings;
    changed.standings.insert(serial, relations.clone());
    for other in merged {
        place.story = merge(place.story, other, window, changed);
    }
    let seen = article.fetched_at.as_millisecond();
    let mut standing = Standing::new(
        Id::from(&article.id),
        &article.outlet,
        &stories::headline(article),
        (place.story, place.family),
    );
    standing.seen = before.as_ref().map_or(seen, |before| before.seen.max(seen));
    standing.publish(turned::trusted(article));
    standing.revision = before.as_ref().map_or(1, |before| before.revision + 1);
    standing.relate(relations.iter().map(Kept::of).collect(), origin);
    let thread = window.thread(place.story);
    match (&before, thread) {
        // The first article of its story: what it says is said by its standing.
        (None, None) => _ = changed.stories.insert(place.story),
        (None, Some(thread)) => {
            let thread = stories::joined(thread, &standing);
            window.stories.insert(place.story, thread);
            changed.stories.insert(place.story);
        }
        (Some(before), thread) => {
            let changes = !shows_the_same(before, &standing);
            let mut thread = thread.unwrap_or_else(|| Thread::of(before));
            if changes {
                thread.last_seen = thread.last_seen.max(seen);
                changed.stories.insert(place.story);
            }
            // Kept of a single article, too: when its first version came stands nowhere else.
            if window.stories.get(&place.story) != Some(&thread) {
                window.stories.insert(place.story, thread);
            }
        }
    }
    let origin = standing.origin().cloned();
    // Before the ties to it are ranked: an agency's own report goes before others that say the same.
    window.remember(serial, (&signature, &fingerprints), standing);
    for turned in turned {
        turned.settle(origin.as_ref(), window);
        let story = window.standing(turned.article);
        changed.stories.extend(story.map(|standing| standing.story));
        changed.retell(turned.article, vec![turned.relation], window);
    }
    place.story
}

/// Makes one story of two, under the name of the one that is older, and returns that. Where the newer
/// one has more members than are told of at once, nothing changes.
fn merge(a: Id, b: Id, window: &mut Window, changed: &mut Changes) -> Id {
    let (Some(first), Some(second)) = (window.thread(a), window.thread(b)) else {
        return a;
    };
    let a_is_older = (first.first_seen, a) <= (second.first_seen, b);
    let (into, older, from, newer) = if a_is_older {
        (a, first, b, second)
    } else {
        (b, second, a, first)
    };
    let moved: Vec<Serial> = window.story(from).take(MOVED + 1).collect();
    if moved.len() > MOVED {
        return a;
    }
    for serial in moved {
        window.move_to(serial, into);
        changed.retell(serial, Vec::new(), window);
    }
    window.stories.remove(&from);
    window.stories.insert(into, stories::united(older, &newer));
    changed.stories.remove(&from);
    changed.stories.insert(into);
    changed.merged.push((from, newer, into));
    into
}

/// Makes two stories of one where its articles show that they tell of two events: those that came later, and of
/// another than the first, are a story of their own from now on.
pub(super) fn part(story: Id, window: &mut Window, config: &Config, changed: &mut Changes) {
    let opener = stories::opener(story, window);
    let leaving = groups::apart(story, opener, window, config);
    let (Some(thread), Some(new)) = (window.thread(story), stories::name(&leaving, window)) else {
        return;
    };
    for &serial in &leaving {
        window.move_to(serial, new);
        changed.retell(serial, Vec::new(), window);
    }
    let (stays, leaves) = stories::parted(thread, story, new, window);
    window.stories.insert(story, stays);
    window.stories.insert(new, leaves);
    changed.stories.extend([story, new]);
}

/// Whether a story's record shows two versions of an article alike.
fn shows_the_same(a: &Standing, b: &Standing) -> bool {
    let strongest = |standing: &Standing| standing.ties().first().map(|tie| (tie.1, tie.0));
    a.outlet() == b.outlet()
        && a.title() == b.title()
        && a.origin() == b.origin()
        && strongest(a) == strongest(b)
}

/// Tells the article that this one was made from, where it knows of no origin, the one that this one
/// states: of two that tell the same report, the credit may come with the second. Where the agency's own copy comes
/// last, all of its family learn from it whose report they tell, and be they its copies by the publishers' times.
pub(super) fn link_back(serial: Serial, window: &mut Window, changed: &mut Changes) {
    let Some(this) = window.standing(serial) else {
        return;
    };
    let Some(origin) = this.origin().and_then(attribute::linked_back) else {
        return;
    };
    let source = this.ties().first().filter(|tie| tie.is_derived());
    let source = source.and_then(|tie| window.serial_of(tie.0));
    let is_of_family = |source: &Serial| {
        let standing = window.standing(*source);
        standing.is_some_and(|standing| standing.family == this.family)
    };
    let source = source.filter(is_of_family);
    let mut learners: BTreeSet<Serial> = source.into_iter().collect();
    if this.is_agencys() {
        learners.extend(window.family(this.family).rev().take(VOTERS));
    }
    for learner in learners {
        let standing = window.standing(learner);
        if standing.is_some_and(|standing| attribute::may_learn(standing.origin())) {
            learn(learner, origin.clone(), window, changed);
        }
    }
}

/// Gives an earlier article its origin: its lineage and its story are told again.
fn learn(serial: Serial, origin: Origin, window: &mut Window, changed: &mut Changes) {
    window.standings.update(&serial, |standing| {
        standing.relate(standing.ties().to_vec(), Some(origin));
    });
    changed.retell(serial, Vec::new(), window);
    let standing = window.standing(serial);
    changed
        .stories
        .extend(standing.map(|standing| standing.story));
}

/// Asks the article's family for its origin, and tells those that know of none.
///
/// A vote stands until another agency wins one: that a family grows past it takes nothing back.
pub(super) fn vote(serial: Serial, window: &mut Window, changed: &mut Changes) {
    let family = window.standing(serial).map(|this| this.family);
    let Some(family) = family else { return };
    let members: Vec<Serial> = window.family(family).rev().take(VOTERS).collect();
    if members.len() < 2 {
        return;
    }
    let Some(vote) = attribute::voted(&members, window) else {
        return;
    };
    for member in members {
        let learns = window.standing(member).is_some_and(|standing| {
            let origin = standing.origin();
            origin.is_none_or(|known| known.how == OriginHow::Voted && known.source != vote.source)
        });
        if learns {
            learn(member, vote.clone(), window, changed);
        }
    }
}
