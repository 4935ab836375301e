//! Asking robots.txt before a page.

use std::sync::{Arc, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use url::Url;

use super::{Budget, Http, Request};
use crate::outcome::{Outcome, Trouble, Validators};
use crate::resolve::bare;
use crate::robots::{self, Cache, Cached, Ruling};
use crate::tally::Tally;
use crate::visit::Hops;

const ACCEPT: &str = "text/plain, */*;q=0.1";

impl Http {
    /// Whether `url` may be asked for. Where nobody knows, the file is looked at first, and everybody else
    /// who wants to know waits for that.
    pub(super) async fn permit(
        &self,
        cache: &Cache,
        url: &Url,
        host: &str,
        budget: &mut Budget,
    ) -> Result<(), Trouble> {
        let origin = robots::origin(url);
        let cached = match current(cache, &origin) {
            Some(cached) => cached,
            None => self.look(cache, &origin, host, budget).await?,
        };
        match cached.standing(Timestamp::now()) {
            Ruling::By(rules) if rules.allow(url) => Ok(()),
            Ruling::By(_) => Err(Trouble::Disallowed(url.to_string())),
            Ruling::Look => Ok(()),
            Ruling::Unreachable(until, why) => Err(Trouble::RobotsUnreachable {
                host: host.to_owned(),
                until,
                why: why.to_owned(),
            }),
        }
    }

    async fn look(
        &self,
        cache: &Cache,
        origin: &str,
        host: &str,
        budget: &mut Budget,
    ) -> Result<Arc<Cached>, Trouble> {
        let looking = cache.looking(origin);
        let looking = tokio::time::timeout(budget.patience, looking.lock_owned()).await;
        let looking = looking.map_err(|_| Trouble::Timeout("robots.txt"))?;
        // Somebody else has looked meanwhile.
        if let Some(cached) = current(cache, origin) {
            return Ok(cached);
        }
        let outcome = self.ask_for_file(origin, budget).await;
        Tally::of("robots", &outcome).count();
        if let Err(trouble) = &outcome.result
            && trouble.is_before_asking()
        {
            // The page will not be asked for either, for the same reason, or not now.
            return Err(trouble.clone());
        }
        let is_own = outcome.host == bare(host);
        let before = cache.get(origin);
        let cached = Arc::new(Cached::after(before.as_deref(), &outcome, cache.token()));
        cache.put(origin, Arc::clone(&cached));
        // What it asks for holds from this request on.
        self.gates.hold(host, outcome.at + cache.delay(origin));
        drop(looking);
        let is_unreachable = matches!(cached.standing(outcome.at), Ruling::Unreachable(..));
        match outcome.result {
            // A host that does not answer is told of by its own trouble, and paused for it.
            Err(trouble) if is_unreachable && is_own => Err(trouble),
            _ => Ok(cached),
        }
    }

    /// On the heap, since following an address may lead here.
    fn ask_for_file<'a>(
        &'a self,
        origin: &'a str,
        budget: &'a mut Budget,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let hops = Hops::default();
            let request = Request {
                url: format!("{origin}/robots.txt"),
                validators: Validators::default(),
                accept: ACCEPT,
                access: None,
                hops: Some(Hops::clone(&hops)),
                limit: robots::MOST,
                robots: false,
                delta: false,
            };
            // It takes none of the page's time, but of its patience.
            let mut own = Budget {
                time: self.total_timeout,
                patience: budget.patience,
            };
            let mut host = String::new();
            let result = self.follow(&request, &mut host, &mut own).await;
            budget.patience = own.patience;
            let is_redirected = !hops
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty();
            let result = match result {
                Err(trouble @ (Trouble::Refused(_) | Trouble::Address(_))) if is_redirected => {
                    let nowhere = format!("to where nothing is asked for: {trouble}");
                    Err(Trouble::Redirect(nowhere))
                }
                result => result,
            };
            Outcome {
                at: Timestamp::now(),
                host,
                result,
            }
        })
    }
}

/// What is known of a site, where that is still good.
fn current(cache: &Cache, origin: &str) -> Option<Arc<Cached>> {
    let known = cache.get(origin)?;
    let is_good = known.ruling(Timestamp::now()) != Ruling::Look;
    is_good.then_some(known)
}
