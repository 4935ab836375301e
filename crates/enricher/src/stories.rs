//! Which story and family an article joins, and what a story's record says.

use std::collections::BTreeMap;

use article::{ArticleId, Cleaned, FamilyId, Lineage, Member, Origin, OriginHow, Story, StoryId};
use jiff::Timestamp;

use crate::relate::Tie;
use crate::window::{Serial, Standing, Thread, Window};

/// Members that a story's record lists: the newest.
const LISTED: usize = 50;
/// A headline made of a text without a title ends after so many bytes.
const HEADLINE_BYTES: usize = 120;

/// The story and the family that an article belongs to.
pub(crate) struct Place {
    pub story: StoryId,
    pub family: FamilyId,
}

/// Finds the place of an article with its ties, strongest first.
///
/// An article belongs to the family of its strongest source alone: one that was made of two reports
/// does not join their families to each other. So do stories not merge through an article.
pub(crate) fn place(article: &ArticleId, ties: &[Tie], window: &Window) -> Place {
    let strongest = ties.first();
    let standing = strongest.and_then(|tie| window.standings.get(&tie.to));
    let derived = strongest.is_some_and(|tie| tie.relation.relation.is_derived());
    let family = standing.filter(|_| derived);
    Place {
        story: standing.map_or_else(
            || StoryId::opened_by(article),
            |standing| standing.story.clone(),
        ),
        family: family.map_or_else(
            || FamilyId::opened_by(article),
            |standing| standing.family.clone(),
        ),
    }
}

/// The thread of a story after an article joined it or, where there is none, opened it.
pub(crate) fn joined(
    thread: Option<&Thread>,
    article: &Cleaned,
    origin: Option<&Origin>,
) -> Thread {
    let by_agency =
        origin.is_some_and(|origin| origin.how == OriginHow::Stated && origin.confidence >= 1.0);
    let Some(thread) = thread else {
        return Thread {
            headline: headline(article),
            by_agency,
            first_seen: article.fetched_at,
            last_seen: article.fetched_at,
            size: 1,
        };
    };
    let replaces = by_agency && !thread.by_agency;
    Thread {
        headline: if replaces {
            headline(article)
        } else {
            thread.headline.clone()
        },
        by_agency: thread.by_agency || by_agency,
        first_seen: thread.first_seen.min(article.fetched_at),
        last_seen: thread.last_seen.max(article.fetched_at),
        size: thread.size.saturating_add(1),
    }
}

/// The article's title, or the beginning of its text where it has none.
fn headline(article: &Cleaned) -> String {
    let title = article.title.trim();
    if !title.is_empty() {
        return title.to_owned();
    }
    let first = article.text.trim().lines().next().unwrap_or_default();
    if first.len() <= HEADLINE_BYTES {
        return first.to_owned();
    }
    let mut end = HEADLINE_BYTES;
    while !first.is_char_boundary(end) {
        end -= 1;
    }
    let whole_words = first[..end].rfind(' ').unwrap_or(end);
    format!("{}…", &first[..whole_words])
}

/// The record of a story as the window has it now. `None` where the story has gone.
pub(crate) fn record(id: &StoryId, window: &Window) -> Option<Story> {
    let thread = window.stories.get(id)?;
    let mut newest: Vec<Serial> = window.story(id).rev().take(LISTED).collect();
    newest.reverse();
    let standings: Vec<&Standing> = newest
        .iter()
        .filter_map(|serial| window.standings.get(serial))
        .collect();
    Some(Story {
        id: id.clone(),
        headline: thread.headline.clone(),
        first_seen: thread.first_seen,
        last_seen: thread.last_seen,
        members: standings.iter().map(|standing| member(standing)).collect(),
        size: thread.size,
        origin: prevailing(&standings),
        merged_into: None,
    })
}

fn member(standing: &Standing) -> Member {
    let strongest = standing.relations.first();
    Member {
        article: standing.article.clone(),
        outlet: standing.outlet.clone(),
        title: standing.title.clone(),
        family: standing.family.clone(),
        relation: strongest.map(|relation| relation.relation),
        of: strongest.map(|relation| relation.of.clone()),
    }
}

/// The origin that at least half of the members have, known as the first of them knows it, as sure
/// as their share.
fn prevailing(members: &[&Standing]) -> Option<Origin> {
    let mut counts: BTreeMap<&str, (usize, OriginHow)> = BTreeMap::new();
    for origin in members.iter().filter_map(|member| member.origin.as_ref()) {
        let count = counts.entry(&origin.source).or_insert((0, origin.how));
        count.0 += 1;
    }
    let (source, (count, how)) = counts.into_iter().max_by_key(|&(_, (count, _))| count)?;
    (count * 2 >= members.len()).then(|| Origin {
        source: source.to_owned(),
        how,
        confidence: (count as f64 / members.len() as f64 * 1_000.0).round() / 1_000.0,
    })
}

/// The record of where an article stands.
pub(crate) fn lineage(standing: &Standing) -> Lineage {
    Lineage {
        id: standing.article.clone(),
        revision: standing.revision,
        story: standing.story.clone(),
        family: standing.family.clone(),
        relations: standing.relations.clone(),
        origin: standing.origin.clone(),
    }
}

/// A thread that changed again at `at` without a new member.
pub(crate) fn touched(thread: &Thread, at: Timestamp) -> Thread {
    Thread {
        last_seen: thread.last_seen.max(at),
        ..thread.clone()
    }
}
