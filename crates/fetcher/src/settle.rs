//! What a page's outcome means: the record to write and what to remember. Pure.

mod known;

use std::time::Duration;

use article::{Discovered, Fetched, Listing};
use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_128;

use crate::outcome::{Answer, Kind, Outcome, Trouble};
use crate::page::{fingerprint, marks};
use crate::schedule::Pace;
pub(crate) use known::{Done, Failed, Found, Known, Version, Waiting};

/// How many more times than other failures "too many requests" is borne: it says nothing against the
/// page.
const PATIENCE: u32 = 4;

/// For how long after its feed has listed it a page that is "not found" may be there yet: feeds and the servers
/// of pages learn of an article one after the other.
const NEW: Duration = Duration::from_secs(60 * 60);

/// What an outcome leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) known: Known,
    pub(crate) effect: Effect,
}

/// What is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    Fetched(Box<Fetched>),
    /// A dead letter of the discovered article.
    Unfetchable(Box<Discovered>, String),
    /// A dead letter of the page: the answer with as much of it as was read.
    TooLarge(Box<Discovered>, Box<Answer>, usize),
}

/// How persistently pages are fetched.
#[derive(Clone, Debug)]
pub(crate) struct Persistence {
    pub(crate) pace: Pace,
    pub(crate) attempts: u32,
}

/// Whether the page of `discovered` is to be fetched, given what is known of it: what is then known;
/// `None` where nothing changes. `found` is where the record of the discovery stands, where that is asked
/// for.
pub(crate) fn accept(
    known: Option<&Known>,
    discovered: Discovered,
    found: Option<Found>,
    now: Timestamp,
) -> Option<Known> {
    let wait = |discovered: Discovered, found, listings: &[Listing], previous: Option<&Version>| {
        let listings = with(listings, &discovered).unwrap_or_else(|| listings.to_vec());
        Some(Known::Waiting(Box::new(Waiting {
            discovered,
            listings,
            due: now,
            attempts: 0,
            previous: previous.cloned(),
            found,
        })))
    };
    match known {
        None => wait(discovered, found, &[], None),
        Some(Known::Waiting(waiting)) => merge(waiting, discovered, found),
        Some(Known::Done(done)) => {
            let is_edited =
                discovered.revision > 1 && discovered.polled_at > done.version.fetched_at;
            if is_edited {
                return wait(discovered, found, &done.listings, Some(&done.version));
            }
            // The page is there, or is younger than the edit; that this feed lists it, too, is kept for
            // the page's next version.
            let listings = with(&done.listings, &discovered)?;
            Some(Known::Done(Done {
                listings,
                touched: done.touched.max(discovered.polled_at),
                version: done.version.clone(),
                revisit: done.revisit.clone(),
            }))
        }
        // A dead letter that was sent back, or another feed that lists it: a new chance.
        Some(Known::Failed(failed)) => wait(
            discovered,
            found,
            &failed.listings,
            failed.previous.as_ref(),
        ),
    }
}

/// Found again before its fetch: one fetch serves both, told in the newer words of the feed that it waits
/// for.
fn merge(waiting: &Waiting, discovered: Discovered, found: Option<Found>) -> Option<Known> {
    let is_newer = discovered.feed.url == waiting.discovered.feed.url
        && discovered.identity == waiting.discovered.identity
        && discovered.revision > waiting.discovered.revision;
    // Found by the generation before as well: this one has words of its own for it.
    let is_of_another = match (&waiting.found, &found) {
        (Some(before), Some(now)) => before.topic() != now.topic(),
        _ => false,
    };
    let is_retold = is_newer || is_of_another;
    let listings = with(&waiting.listings, &discovered);
    if !is_retold && listings.is_none() {
        return None;
    }
    let mut waiting = waiting.clone();
    if let Some(listings) = listings {
        waiting.listings = listings;
    }
    if is_retold {
        waiting.discovered = discovered;
        waiting.found = found;
    }
    Some(Known::Waiting(Box::new(waiting)))
}

/// The listings and that of `discovered`, where its feed is not among them: a feed may list a page many
/// times, under a name for each of its parts.
fn with(listings: &[Listing], discovered: &Discovered) -> Option<Vec<Listing>> {
    if listings
        .iter()
        .any(|listing| listing.feed == discovered.feed.url)
    {
        return None;
    }
    let mut all = listings.to_vec();
    all.push(Listing::of(discovered));
    Some(all)
}

/// What `outcome` leads to for a page that waited for it. `pause` is until when its host is left alone,
/// where that follows from the outcome.
pub(crate) fn settle(
    rules: &Persistence,
    waiting: Waiting,
    outcome: Outcome,
    pause: Option<Timestamp>,
) -> Settled {
    let kind = outcome.kind();
    if let (Ok(answer), Some(previous)) = (&outcome.result, &waiting.previous)
        && answer.status == 304
    {
        return unchanged(previous, &waiting.listings, answer, outcome.at);
    }
    let (known, effect) = match outcome {
        Outcome {
            at,
            result: Ok(answer),
            ..
        } if answer.is_success() => fetched(waiting, answer, at),
        Outcome {
            at,
            result: Err(Trouble::TooBig { limit, answer }),
            ..
        } => {
            let (known, discovered) = give_up(waiting, kind, at);
            (known, Effect::TooLarge(discovered, answer, limit))
        }
        outcome => failed(rules, waiting, kind, pause, &outcome),
    };
    Settled { known, effect }
}

/// What a page that was read leads to.
pub(crate) fn fetched(waiting: Waiting, answer: Answer, at: Timestamp) -> (Known, Effect) {
    let hash = xxh3_128(&answer.body);
    let hash = [(hash >> 64) as u64, hash as u64];
    let text = fingerprint(&answer.body);
    let marks = marks(&waiting.discovered.url, &answer);
    let previous = waiting.previous;
    if let Some(previous) = &previous
        && marks.wall.is_some_and(article::Wall::hides_everything)
    {
        // What a wall shows is no version of an article that was had.
        let settled = unchanged(previous, &waiting.listings, &answer, at);
        return (settled.known, settled.effect);
    }
    // As where a page is looked at again for itself: what nobody sees has changed for nobody.
    let is_same = previous
        .as_ref()
        .is_some_and(|previous| previous.hash == hash || previous.text == text);
    let number = previous.map_or(0, |previous| previous.number) + u32::from(!is_same);
    // Noted by a version that kept no listings.
    let listings = match waiting.listings {
        listings if listings.is_empty() => vec![Listing::of(&waiting.discovered)],
        listings => listings,
    };
    let known = Known::Done(Done {
        touched: at,
        listings: listings.clone(),
        version: Version {
            number,
            hash,
            text,
            fetched_at: at,
            validators: answer.validators.clone(),
        },
        revisit: None,
    });
    if is_same {
        return (known, Effect::Nothing);
    }
    let fetched = Fetched {
        id: waiting.discovered.id.clone(),
        discovered: waiting.discovered,
        listings,
        fetched_at: at,
        version: number,
        final_url: answer.final_url,
        status: answer.status,
        headers: answer.headers,
        page: answer.body.into(),
        marks,
    };
    (known, Effect::Fetched(Box::new(fetched)))
}

fn unchanged(previous: &Version, listings: &[Listing], answer: &Answer, at: Timestamp) -> Settled {
    let version = Version {
        number: previous.number,
        hash: previous.hash,
        text: previous.text,
        fetched_at: at,
        validators: previous.validators.clone().updated_by(&answer.validators),
    };
    let known = Known::Done(Done {
        version,
        touched: at,
        listings: listings.to_vec(),
        revisit: None,
    });
    Settled {
        known,
        effect: Effect::Nothing,
    }
}

fn failed(
    rules: &Persistence,
    mut waiting: Waiting,
    kind: Kind,
    pause: Option<Timestamp>,
    outcome: &Outcome,
) -> (Known, Effect) {
    let at = outcome.at;
    waiting.attempts += 1;
    let most = match kind {
        Kind::Throttled => rules.attempts.saturating_mul(PATIENCE),
        _ => rules.attempts,
    };
    if (is_final(outcome, kind) && !may_come(&waiting, outcome)) || waiting.attempts >= most {
        let why = format!("{} at attempt {}", outcome.detail(), waiting.attempts);
        let (known, discovered) = give_up(waiting, kind, at);
        return (known, Effect::Unfetchable(discovered, why));
    }
    let url = &waiting.discovered.url;
    let again = rules.pace.page_again(url, waiting.attempts, at);
    waiting.due = match (kind, pause) {
        // Nothing is wrong with the page.
        (Kind::Throttled, Some(pause)) => pause,
        (Kind::RobotsUnreachable, _) => match outcome.result {
            Err(Trouble::RobotsUnreachable { until, .. }) => again.max(until),
            _ => again,
        },
        (_, pause) => pause.map_or(again, |pause| pause.max(again)),
    };
    (Known::Waiting(Box::new(waiting)), Effect::Nothing)
}

/// Whether a page that is not found may be there yet: it was never had, and was listed a short while ago.
fn may_come(waiting: &Waiting, outcome: &Outcome) -> bool {
    let is_not_found = matches!(&outcome.result, Ok(answer) if answer.status == 404);
    let is_new = waiting.previous.is_none() && outcome.at < waiting.discovered.polled_at + NEW;
    is_not_found && is_new
}

/// Whether asking again cannot help.
fn is_final(outcome: &Outcome, kind: Kind) -> bool {
    match &outcome.result {
        Ok(answer) => match answer.status {
            // Timeout, too early, too many: the server itself says "later". A 304 that nobody asked
            // for is its slip.
            304 | 408 | 425 | 429 => false,
            status => status < 500,
        },
        Err(_) => matches!(
            kind,
            Kind::Redirect | Kind::Address | Kind::Refused | Kind::Disallowed
        ),
    }
}

fn give_up(waiting: Waiting, kind: Kind, at: Timestamp) -> (Known, Box<Discovered>) {
    let failed = Failed {
        kind,
        touched: at,
        previous: waiting.previous,
        listings: waiting.listings,
    };
    (Known::Failed(failed), Box::new(waiting.discovered))
}

#[cfg(test)]
mod tests;
