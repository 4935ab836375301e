//! Whether the articles of two stories tell of one event, and whether those of one story tell of two.
//!
//! What is asked here is the articles themselves, each held against each, and not the one that made somebody
//! ask: an article about two events is like both, and they are two events all the same.

use std::collections::BTreeMap;

use crate::compare::{Circumstances, Held, Known, compare};
use crate::config::Config;
use crate::relate::sureness;
use crate::window::{Id, Serial, Window};

/// Members of each of two stories that are held against the other's: the newest.
const ASKED: usize = 6;
/// Stories of at most so many articles in the window are asked whether they are one. What two dozen articles
/// were like each other for stays together; a new one must be like the newest dozen to join them.
pub(crate) const EXAMINED: usize = 24;
/// From so many articles on: two groups of two.
const SMALLEST: usize = 2;

/// An article of the window, ready to be held against others.
struct Member<'w> {
    held: Held,
    family: Id,
    known: Known<'w>,
}

impl<'w> Member<'w> {
    fn of(serial: Serial, window: &'w Window) -> Option<Self> {
        let signature = window.signature(serial)?;
        let standing = window.standing(serial)?;
        Some(Self {
            held: Held::of(signature.reading(), &window.index.vocabulary),
            family: standing.family,
            known: Known::of(&signature, standing.seen, standing.stated()),
        })
    }

    /// Whether this article and an earlier one tell of one event.
    fn is_like(&self, earlier: &Self, config: &Config) -> bool {
        if self.family == earlier.family {
            return true;
        }
        let circumstances = Circumstances::of(self.known, earlier.known, config.span());
        let comparison = compare(&self.held, &earlier.held.side, &[], circumstances);
        sureness(&comparison).1 >= config.same_event
    }
}

fn members<'w>(serials: &[Serial], window: &'w Window) -> Vec<Member<'w>> {
    let members = serials.iter();
    members
        .filter_map(|&serial| Member::of(serial, window))
        .collect()
}

/// How many of `members` an article that was compared as `compared` says tells of one event with.
fn alike_of(members: &[Serial], compared: &BTreeMap<Serial, f64>, config: &Config) -> usize {
    let scores = members.iter().filter_map(|serial| compared.get(serial));
    scores.filter(|&&score| score >= config.same_event).count()
}

/// Whether `a`, which an article that was compared as `compared` says joins now, and `b` are one story: more
/// than half of the pairs of their newest members tell of one event, those of that article included. So it
/// takes more than one article that is like both where nothing else is.
pub(crate) fn are_one(
    a: Id,
    b: Id,
    compared: &BTreeMap<Serial, f64>,
    window: &Window,
    config: &Config,
) -> bool {
    let newest = |story: Id| -> Vec<Serial> { window.story(story).rev().take(ASKED).collect() };
    let (ours, theirs) = (newest(a), newest(b));
    let pairs = (ours.len() + 1) * theirs.len();
    let mut alike = alike_of(&theirs, compared, config);
    let (ours, theirs) = (members(&ours, window), members(&theirs, window));
    for our in &ours {
        let like = |their: &&Member| our.is_like(their, config);
        alike += theirs.iter().filter(like).count();
    }
    alike * 2 > pairs
}

/// Whether an article that joined `story` gives reason to ask whether it is one: it is like some of it, and
/// unlike a good part.
pub(crate) fn is_doubtful(
    story: Id,
    compared: &BTreeMap<Serial, f64>,
    window: &Window,
    config: &Config,
) -> bool {
    let members: Vec<Serial> = window.story(story).take(EXAMINED).collect();
    let alike = alike_of(&members, compared, config);
    (SMALLEST * 2 - 1..EXAMINED).contains(&members.len()) && alike * 4 < members.len() * 3
}

/// The members of `story` that tell of another event than those that it began with; none where it is one.
///
/// Groups grow by the pair of groups that is most alike, as long as more than a third of the pairs between
/// both are. A group leaves that holds most of its pairs together, and so must the one that stays. Families
/// are never parted.
pub(crate) fn apart(
    story: Id,
    first: Option<Serial>,
    window: &Window,
    config: &Config,
) -> Vec<Serial> {
    let serials: Vec<Serial> = window.story(story).take(EXAMINED + 1).collect();
    if serials.len() > EXAMINED || serials.len() < 2 * SMALLEST {
        return Vec::new();
    }
    let links = Links::between(&members(&serials, window), config);
    let groups = links.groups();
    let holds = |at: usize| first.is_none_or(|first| serials[at] == first);
    let stays = groups
        .iter()
        .position(|group| group.iter().any(|&at| holds(at)))
        .unwrap_or(0);
    let is_group = |group: &[usize]| group.len() >= SMALLEST && links.hold_together(group);
    if !is_group(&groups[stays]) {
        return Vec::new();
    }
    let others = groups.iter().enumerate().filter(|&(at, _)| at != stays);
    let leaves = others.map(|(_, group)| group).find(|group| is_group(group));
    let leaves = leaves.into_iter().flatten();
    leaves.map(|&at| serials[at]).collect()
}

/// Which of a story's articles tell of one event, pair by pair, as squares of a table.
struct Links {
    alike: Vec<Vec<bool>>,
    families: Vec<Id>,
}

impl Links {
    fn between(members: &[Member<'_>], config: &Config) -> Self {
        let mut alike = vec![vec![true; members.len()]; members.len()];
        for later in 0..members.len() {
            for earlier in 0..later {
                let like = members[later].is_like(&members[earlier], config);
                alike[later][earlier] = like;
                alike[earlier][later] = like;
            }
        }
        Self {
            alike,
            families: members.iter().map(|member| member.family).collect(),
        }
    }

    /// Pairs between two groups that are alike, and how many there are.
    fn between_groups(&self, a: &[usize], b: &[usize]) -> (usize, usize) {
        let alike = a
            .iter()
            .flat_map(|&one| b.iter().map(move |&other| self.alike[one][other]));
        (alike.filter(|&alike| alike).count(), a.len() * b.len())
    }

    /// The groups, each in order of arrival, and by their first articles.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut by_family: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        for (at, &family) in self.families.iter().enumerate() {
            by_family.entry(family).or_default().push(at);
        }
        let mut groups: Vec<Vec<usize>> = by_family.into_values().collect();
        groups.sort_unstable();
        while let Some((a, b)) = self.most_alike(&groups) {
            let joined = groups.remove(b);
            groups[a].extend(joined);
            groups[a].sort_unstable();
        }
        groups
    }

    /// The two groups that are most alike, if more than a third of their pairs are; of equals the first.
    fn most_alike(&self, groups: &[Vec<usize>]) -> Option<(usize, usize)> {
        let mut best: Option<((usize, usize), (usize, usize))> = None;
        for b in 1..groups.len() {
            for a in 0..b {
                let (alike, pairs) = self.between_groups(&groups[a], &groups[b]);
                let is_more = best.is_none_or(|((most, of), _)| alike * of > most * pairs);
                if alike * 3 > pairs && is_more {
                    best = Some(((alike, pairs), (a, b)));
                }
            }
        }
        best.map(|(_, places)| places)
    }

    /// Whether at least half of a group's pairs are alike.
    fn hold_together(&self, group: &[usize]) -> bool {
        // Each article is like itself, and each pair counts twice.
        let (alike, pairs) = self.between_groups(group, group);
        (alike - group.len()) * 2 >= pairs - group.len()
    }
}
