//! Which story and family an article joins, and what a story's record says.

use std::collections::BTreeMap;

use article::{
    ArticleId, Cleaned, FamilyId, Lineage, Member, Origin, OriginHow, Relation, Story, StoryId,
};
use jiff::Timestamp;

use crate::relate::{Tie, rounded};
use crate::window::{Id, Serial, Standing, Thread, Window};

/// Members that a story's record lists: the newest.
const LISTED: usize = 50;
/// Members that it counts by relation and outlet.
const COUNTED: usize = 500;
/// A title is kept in the window up to so many bytes, and one made of a text without a title.
const TITLE_BYTES: usize = 200;
const HEADLINE_BYTES: usize = 120;

/// The story and the family that an article belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub story: Id,
    pub family: Id,
}

/// Share of an article at the most that stands in one which it was put together from, with others.
const DIGEST: f64 = 0.6;
/// Members of a family that are asked whether they were made from it: the newest.
const ASKED: usize = 64;

/// Finds the place of an article with its ties, strongest first.
///
/// An article belongs to the family of its strongest source alone: one that was made of two reports
/// does not join their families to each other, whichever comes first.
pub(crate) fn place(article: &ArticleId, ties: &[Tie], window: &Window) -> Place {
    let strongest = ties.iter().find(|tie| !is_of_a_digest(tie, ties, window));
    let standing = strongest.and_then(|tie| window.standing(tie.to));
    let derived = strongest.is_some_and(|tie| tie.relation.relation.is_derived());
    let family = standing.filter(|_| derived);
    Place {
        story: standing.map_or_else(
            || Id::from(&StoryId::opened_by(article)),
            |standing| standing.story,
        ),
        family: family.map_or_else(
            || Id::from(&FamilyId::opened_by(article)),
            |standing| standing.family,
        ),
    }
}

/// Whether the article stands in a longer one with what is of another event: articles of its family were made
/// from that too, and this one is tied to none of them. Of a report's cuttings each shares its beginning with others.
fn is_of_a_digest(tie: &Tie, ties: &[Tie], window: &Window) -> bool {
    let evidence = &tie.relation.evidence;
    let is_part = tie.relation.relation.is_derived()
        && evidence.contained > evidence.contains
        && evidence.contains <= DIGEST;
    let Some(longer) = window.standing(tie.to).filter(|_| is_part) else {
        return false;
    };
    let is_tied = ties.iter().any(|other| {
        let standing = window.standing(other.to);
        other.to != tie.to && standing.is_some_and(|standing| standing.family == longer.family)
    });
    let is_made_of_it = |other: Serial| {
        window.standing(other).is_some_and(|standing| {
            let mut sources = standing.ties().iter().filter(|tie| tie.is_derived());
            sources.any(|source| source.0 == longer.article)
        })
    };
    let mut newest = window.family(longer.family).rev().take(ASKED);
    !is_tied && newest.any(is_made_of_it)
}

/// The thread of a story after an article joined it.
pub(crate) fn joined(thread: Thread, article: &Standing) -> Thread {
    let by_agency = article.is_agencys();
    let replaces = by_agency && !thread.by_agency;
    Thread {
        headline: if replaces {
            article.title().into()
        } else {
            thread.headline
        },
        by_agency: thread.by_agency || by_agency,
        first_seen: thread.first_seen.min(article.seen),
        last_seen: thread.last_seen.max(article.seen),
        size: thread.size.saturating_add(1),
        split_from: thread.split_from,
    }
}

/// The thread of a story that took in a newer one.
pub(crate) fn united(older: Thread, newer: &Thread) -> Thread {
    let replaces = newer.by_agency && !older.by_agency;
    Thread {
        headline: if replaces {
            newer.headline.clone()
        } else {
            older.headline
        },
        by_agency: older.by_agency || newer.by_agency,
        first_seen: older.first_seen.min(newer.first_seen),
        last_seen: older.last_seen.max(newer.last_seen),
        size: older.size.saturating_add(newer.size),
        split_from: older.split_from,
    }
}

/// The member of a story that opened it, where the window still has it there.
pub(crate) fn opener(story: Id, window: &Window) -> Option<Serial> {
    window.story(story).find(|serial| {
        let standing = window.standing(*serial);
        standing.is_some_and(|standing| opened_by(standing) == story)
    })
}

/// The name that a story of `members` gets: that of the first of them whose name no story has. `None` where
/// there are no members.
pub(crate) fn name(members: &[Serial], window: &Window) -> Option<Id> {
    let standings = members.iter();
    let standings = standings.filter_map(|serial| window.standing(*serial));
    let mut names = standings.map(opened_by);
    names.find(|&name| window.thread(name).is_none())
}

fn opened_by(standing: &Standing) -> Id {
    Id::from(&StoryId::opened_by(&standing.article.article()))
}

/// The threads of a story and of the one that was parted from it, after its members moved to that.
pub(crate) fn parted(thread: Thread, story: Id, new: Id, window: &Window) -> (Thread, Thread) {
    let of = |story: Id| {
        let members = window.story(story);
        let mut standings = members.filter_map(|serial| window.standing(serial));
        let first = standings.next().map(Thread::of);
        first.map(|first| standings.fold(first, joined))
    };
    let (Some(stays), Some(leaves)) = (of(story), of(new)) else {
        return (thread.clone(), thread);
    };
    // What the window has forgotten of the story stays with it: a headline, when it began, how many there were.
    let forgotten = thread.size.saturating_sub(stays.size + leaves.size);
    let left = leaves.headline == thread.headline && stays.headline != thread.headline;
    let stays = Thread {
        headline: if forgotten > 0 && !left {
            thread.headline
        } else {
            stays.headline
        },
        by_agency: stays.by_agency || (forgotten > 0 && !left && thread.by_agency),
        first_seen: if forgotten > 0 {
            thread.first_seen
        } else {
            stays.first_seen
        },
        size: stays.size + forgotten,
        split_from: thread.split_from,
        ..stays
    };
    let leaves = Thread {
        split_from: Some(story),
        ..leaves
    };
    (stays, leaves)
}

/// The last record of a story that another took in.
pub(crate) fn merged(story: Id, thread: &Thread, into: Id) -> Story {
    Story {
        id: story.story(),
        headline: thread.headline.to_string(),
        first_seen: moment(thread.first_seen),
        last_seen: moment(thread.last_seen),
        members: Vec::new(),
        size: thread.size,
        by_relation: BTreeMap::new(),
        by_outlet: BTreeMap::new(),
        origin: None,
        merged_into: Some(into.story()),
        split_from: None,
    }
}

/// The article's title, or the beginning of its text where it has none.
pub(crate) fn headline(article: &Cleaned) -> Box<str> {
    let title = article.title.trim();
    if !title.is_empty() {
        return prefix(title, TITLE_BYTES).into();
    }
    let first = article.text.trim().lines().next().unwrap_or_default();
    if first.len() <= HEADLINE_BYTES {
        return first.into();
    }
    let begin = prefix(first, HEADLINE_BYTES);
    let whole_words = begin.rfind(' ').unwrap_or(begin.len());
    format!("{}…", &begin[..whole_words]).into()
}

fn prefix(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The record of a story as the window has it now. `None` where the story has gone.
pub(crate) fn record(id: Id, window: &Window) -> Option<Story> {
    let thread = window.thread(id)?;
    let mut newest: Vec<Serial> = window.story(id).rev().take(COUNTED).collect();
    newest.reverse();
    let standings: Vec<&Standing> = newest
        .iter()
        .filter_map(|serial| window.standing(*serial))
        .collect();
    let mut by_relation: BTreeMap<String, u32> = BTreeMap::new();
    let mut by_outlet: BTreeMap<String, u32> = BTreeMap::new();
    for standing in &standings {
        let strongest = standing.ties().first();
        let relation = strongest.map_or("original", |tie| tie.1.as_str());
        for (counts, name) in [
            (&mut by_relation, relation),
            (&mut by_outlet, standing.outlet()),
        ] {
            match counts.get_mut(name) {
                Some(count) => *count += 1,
                None => _ = counts.insert(name.to_owned(), 1),
            }
        }
    }
    let listed = &standings[standings.len().saturating_sub(LISTED)..];
    Some(Story {
        id: id.story(),
        headline: thread.headline.into(),
        first_seen: moment(thread.first_seen),
        last_seen: moment(thread.last_seen),
        members: listed.iter().map(|standing| member(standing)).collect(),
        size: thread.size,
        by_relation,
        by_outlet,
        origin: prevailing(&standings),
        merged_into: None,
        split_from: thread.split_from.map(Id::story),
    })
}

/// Event times in the window come from timestamps, so they are in range.
fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn member(standing: &Standing) -> Member {
    let strongest = standing.ties().first();
    Member {
        article: standing.article.article(),
        outlet: standing.outlet().to_owned(),
        title: standing.title().to_owned(),
        family: standing.family.family(),
        relation: strongest.map(|tie| tie.1),
        of: strongest.map(|tie| tie.0.article()),
    }
}

/// The origin that at least half of the members have, known as the first of them knows it, as sure as those that
/// have it are on average, by their share of all.
fn prevailing(members: &[&Standing]) -> Option<Origin> {
    let mut counts: BTreeMap<&str, (usize, f64, OriginHow)> = BTreeMap::new();
    for origin in members.iter().filter_map(|member| member.origin()) {
        let count = counts.entry(&origin.source);
        let count = count.or_insert((0, 0.0, origin.how));
        count.0 += 1;
        count.1 += origin.confidence;
    }
    let counted = counts.into_iter();
    let (source, (count, sure, how)) = counted.max_by_key(|&(_, (count, ..))| count)?;
    (count * 2 >= members.len()).then(|| Origin {
        source: source.to_owned(),
        how,
        confidence: rounded(sure / members.len() as f64),
    })
}

/// The record of where an article stands, with `shown` in place of those of its relations that are
/// known with all their evidence.
pub(crate) fn lineage(standing: &Standing, shown: &[Relation]) -> Lineage {
    let full = |relation: Relation| {
        let same =
            |other: &&Relation| other.of == relation.of && other.relation == relation.relation;
        shown.iter().find(same).cloned().unwrap_or(relation)
    };
    Lineage {
        id: standing.article.article(),
        revision: standing.revision,
        story: standing.story.story(),
        family: standing.family.family(),
        relations: standing.relations().into_iter().map(full).collect(),
        origin: standing.origin().cloned(),
    }
}
