//! Tying pages that were fetched to the articles as they were found again.

use std::collections::{BTreeMap, VecDeque};

use article::{ArticleId, Discovered, Fetched, Message as _, Outgoing};
use jiff::{SignedDuration, Timestamp};
use pipeline::dead::Coordinates;
use pipeline::log::Stored;
use pipeline::replay::{Applied, Replayed};
use pipeline::staged::decode;
use pipeline::{Reject, State};

use crate::outcome::Validators;
use crate::page::Revisits;
use crate::settle::{Done, Known, Version, accept};

/// Gives each page the facts that its feed is read to tell now. A page whose poll is no longer in the
/// log keeps the facts that it was fetched with.
///
/// Which listing of an article a page was fetched for is decided as fetching decides it, by the order
/// of polls and fetches in time. In memory is what was found and not fetched, and what feeds said of pages
/// for as long as these are looked at again: the text that feeds sent along, mostly. Of every other page
/// a few hundred bytes stay, as they do in fetching: they tell what is found again from what is new.
#[derive(Debug)]
pub struct Pair;

/// For how long what a feed said is kept for further versions of a page: as long as pages are looked at
/// again, at the usual setting.
const REVISITED: SignedDuration = SignedDuration::from_hours(4 * 24);

/// What was found so far.
#[derive(Debug)]
pub struct Found {
    pages: BTreeMap<ArticleId, Known>,
    revisits: Revisits,
    /// The pages whose feeds' words are kept, by when they were fetched.
    fetched: VecDeque<(Timestamp, ArticleId)>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            pages: BTreeMap::new(),
            revisits: Revisits::new(&[REVISITED.unsigned_abs().as_secs()]),
            fetched: VecDeque::new(),
        }
    }
}

impl Found {
    /// Keeps what is known of a page that was fetched, and forgets what feeds said of those that will
    /// not be looked at again.
    fn keep(&mut self, id: ArticleId, done: Known, at: Timestamp) {
        self.pages.insert(id.clone(), done);
        self.fetched.push_back((at, id));
        while let Some((before, id)) = self.fetched.front()
            // The difference: a sum may leave the calendar, whatever a page says of its time.
            && at.duration_since(*before) > REVISITED
        {
            if let Some(Known::Done(done)) = self.pages.get_mut(id)
                && done.version.fetched_at == *before
            {
                done.revisit = None;
            }
            self.fetched.pop_front();
        }
    }
}

impl State for Found {}

impl Replayed for Pair {
    const NAME: &'static str = "pair";
    const INPUT: &'static str = Fetched::TOPIC;
    const READS_FOREBEAR: bool = true;
    const BESIDE: Option<&'static str> = Some(Discovered::TOPIC);
    type State = Found;
    type Read = Fetched;

    fn read(&self, record: &Stored, _: &Coordinates) -> Result<Fetched, Reject> {
        decode(record)
    }

    fn decide(
        &self,
        mut fetched: Fetched,
        _: (&Stored, &Coordinates),
        found: &mut Found,
    ) -> Result<Applied, Reject> {
        let known = found.pages.remove(&fetched.id);
        match known {
            Some(Known::Waiting(waiting)) => {
                fetched.discovered = waiting.discovered;
                fetched.listings = waiting.listings;
            }
            // Looked at again without a word of its feed.
            Some(Known::Done(Done {
                revisit: Some(revisit),
                listings,
                ..
            })) => {
                fetched.discovered = revisit.discovered;
                fetched.listings = listings;
            }
            _ => {}
        }
        let done = Known::Done(Done {
            touched: fetched.fetched_at,
            listings: fetched.listings.clone(),
            version: Version {
                number: fetched.version,
                // Only asked for by fetching.
                hash: [0; 2],
                text: 0,
                fetched_at: fetched.fetched_at,
                validators: Validators::default(),
            },
            revisit: found.revisits.plan(&fetched.discovered, fetched.fetched_at),
        });
        found.keep(fetched.id.clone(), done, fetched.fetched_at);
        Ok(Applied {
            outgoing: vec![Outgoing::of(&fetched)],
            dead: Vec::new(),
        })
    }

    fn fold(&self, record: Stored, found: &mut Found) {
        // This generation has just written it; what cannot be read ties nothing.
        let Ok(discovered) = decode::<Discovered>(&record) else {
            return;
        };
        let (id, at) = (discovered.id.clone(), discovered.polled_at);
        if let Some(known) = accept(found.pages.get(&id), discovered, None, at) {
            found.pages.insert(id, known);
        }
    }
}
