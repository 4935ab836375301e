//! Tying pages that were fetched to the articles as they were found again.

use std::collections::BTreeMap;

use article::{ArticleId, Discovered, Fetched, Message as _, Outgoing};
use pipeline::dead::Coordinates;
use pipeline::log::Stored;
use pipeline::replay::{Applied, Replayed};
use pipeline::staged::decode;
use pipeline::{Reject, State};

use crate::outcome::Validators;
use crate::settle::{Done, Known, Version, accept};

/// Gives each page the facts that its feed is read to tell now. A page whose poll is no longer in the
/// log keeps the facts that it was fetched with.
///
/// Which listing of an article a page was fetched for is decided as fetching decides it, by the order
/// of polls and fetches in time. In memory is what was found and not fetched: the text that feeds
/// sent along with it, mostly.
#[derive(Debug)]
pub struct Pair;

/// What was found so far.
#[derive(Debug, Default)]
pub struct Found {
    pages: BTreeMap<ArticleId, Known>,
}

impl State for Found {}

impl Replayed for Pair {
    const NAME: &'static str = "pair";
    const INPUT: &'static str = Fetched::TOPIC;
    const READS_FOREBEAR: bool = true;
    const BESIDE: Option<&'static str> = Some(Discovered::TOPIC);
    type State = Found;

    fn apply(
        &self,
        record: &Stored,
        _: &Coordinates,
        found: &mut Found,
    ) -> Result<Applied, Reject> {
        let mut fetched = decode::<Fetched>(record)?;
        let known = found.pages.remove(&fetched.id);
        if let Some(Known::Waiting(waiting)) = known {
            fetched.discovered = waiting.discovered;
            fetched.listings = waiting.listings;
        }
        let done = Known::Done(Done {
            touched: fetched.fetched_at,
            listings: fetched.listings.clone(),
            version: Version {
                number: fetched.version,
                // Only asked for by fetching.
                hash: [0; 2],
                fetched_at: fetched.fetched_at,
                validators: Validators::default(),
            },
        });
        found.pages.insert(fetched.id.clone(), done);
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
