//! One page for a person who asks for it, by the same rules as every other.

use tokio::runtime::Runtime;

use crate::StartError;
use crate::config::Config;
use crate::http::{Http, Request};
use crate::outcome::{Outcome, Validators};
use crate::page::ACCEPT;

/// Asks for one page, as the fetcher does: what may be dialled, how large and how slow an answer may be
/// and how redirects are followed is what `config` says. Waits for the answer.
///
/// # Errors
/// A configuration that cannot be worked with, or HTTP that cannot be set up. That there is no answer is
/// an [`Outcome`] as well.
pub fn once(config: &Config, runtime: &Runtime, url: &str) -> Result<Outcome, StartError> {
    config.validate()?;
    let _entered = runtime.enter();
    let http = Http::new(config).map_err(StartError::Http)?;
    let request = Request {
        url: url.to_owned(),
        validators: Validators::default(),
        accept: ACCEPT,
        access: None,
        hops: None,
        limit: config.max_page(),
        // Somebody has asked for the page by its address.
        robots: false,
        delta: false,
    };
    // By the runtime itself: a handle's `block_on` drives neither sockets nor timers of one without threads.
    let (outcome, _) = runtime.block_on(http.get(request));
    Ok(outcome)
}
