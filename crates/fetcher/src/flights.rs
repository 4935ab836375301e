//! The requests that one task has under way: started from a plain thread, flown in tokio, landed on
//! the thread again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use pipeline::Waker;
use pipeline::metrics::{FETCH_BYTES, FETCH_SECONDS};
use pipeline::telemetry::{self, Context, Fetch, Origin};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::{Http, Request};
use crate::outcome::{Outcome, Trouble};

/// What all tasks of a service share to make requests.
#[derive(Clone, Debug)]
pub(crate) struct Airport {
    pub(crate) http: Http,
    pub(crate) handle: Handle,
    /// How many requests may be under way at once, over all partitions.
    pub(crate) slots: Arc<Semaphore>,
    /// How many requests a task may have waiting or under way.
    pub(crate) most: usize,
    /// What is fetched: a metric label.
    pub(crate) what: &'static str,
}

/// The requests that one task has under way. Dropping it gives them up.
#[derive(Debug)]
pub(crate) struct Flights<K> {
    airport: Airport,
    waker: Waker,
    sender: UnboundedSender<Landed<K>>,
    receiver: UnboundedReceiver<Landed<K>>,
    in_flight: usize,
}

/// What a request is for.
#[derive(Clone, Debug)]
pub(crate) struct Purpose {
    /// The feed's address, or the article's id.
    pub(crate) id: String,
    /// The work that it follows from.
    pub(crate) origin: Origin,
}

/// What a request came to.
#[derive(Debug)]
pub(crate) struct Landed<K> {
    pub(crate) key: K,
    pub(crate) outcome: Outcome,
    /// Its place in a trace.
    pub(crate) context: Context,
    /// Held until the task takes the outcome, so that bodies in memory are bounded as well.
    _slot: Option<OwnedSemaphorePermit>,
}

impl<K: Send + 'static> Flights<K> {
    /// None yet. `waker` rings when one has landed.
    pub(crate) fn new(airport: Airport, waker: Waker) -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            airport,
            waker,
            sender,
            receiver,
            in_flight: 0,
        }
    }

    /// Whether another one may start.
    pub(crate) fn has_room(&self) -> bool {
        self.in_flight < self.airport.most
    }

    /// How many have not landed.
    pub(crate) fn count(&self) -> usize {
        self.in_flight
    }

    /// Starts one. It waits for a slot where other partitions hold them all.
    pub(crate) fn launch(&mut self, key: K, request: Request, purpose: Purpose) {
        self.in_flight += 1;
        let (airport, sender, waker) = (
            self.airport.clone(),
            self.sender.clone(),
            self.waker.clone(),
        );
        self.airport.handle.spawn(async move {
            let url = request.url.clone();
            let host = article::host_of(&url);
            let flight = AssertUnwindSafe(fly(&airport, request)).catch_unwind();
            tokio::select! {
                // The task is gone, and with it whoever wants to know.
                () = sender.closed() => {}
                flown = flight => {
                    let (outcome, took, slot) =
                        flown.unwrap_or_else(|_| (broken(host), Duration::ZERO, None));
                    let context = trace(&airport, purpose, url, &outcome, took);
                    let landed = Landed { key, outcome, context, _slot: slot };
                    if sender.send(landed).is_ok() {
                        waker.wake();
                    }
                }
            }
        });
    }

    /// Takes what has landed: at most `most` of them, and no more once their bodies are over `bytes`.
    pub(crate) fn landed(&mut self, most: usize, bytes: usize) -> Vec<Landed<K>> {
        let mut taken = Vec::new();
        let mut size = 0;
        while taken.len() < most && size < bytes {
            let Ok(landed) = self.receiver.try_recv() else {
                break;
            };
            self.in_flight -= 1;
            size += body_len(&landed.outcome);
            taken.push(landed);
        }
        taken
    }
}

async fn fly(
    airport: &Airport,
    request: Request,
) -> (Outcome, Duration, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed; without a slot the request would fly all the same.
    let slot = Arc::clone(&airport.slots).acquire_owned().await.ok();
    let (outcome, took) = airport.http.get(request).await;
    metrics::histogram!(FETCH_SECONDS, "what" => airport.what).record(took);
    metrics::counter!(FETCH_BYTES, "what" => airport.what).increment(body_len(&outcome) as u64);
    (outcome, took, slot)
}

/// Tells of a request, and where what follows from it stands in its trace. One that was not made is
/// nothing to tell of.
fn trace(
    airport: &Airport,
    purpose: Purpose,
    url: String,
    outcome: &Outcome,
    took: Duration,
) -> Context {
    let (url, status, trouble) = match &outcome.result {
        Err(Trouble::Offline(_) | Trouble::Crowded { .. }) => return purpose.origin.context(),
        Ok(answer) => {
            let status = answer.status;
            let refused = (status >= 400).then(|| outcome.detail());
            (answer.final_url.clone(), Some(status), refused)
        }
        Err(trouble) => (url, None, Some(trouble.to_string())),
    };
    telemetry::fetch(Fetch {
        what: airport.what,
        id: purpose.id,
        origin: purpose.origin,
        url,
        host: outcome.host.clone(),
        status,
        bytes: body_len(outcome),
        outcome: outcome.kind().as_str(),
        trouble,
        ended: outcome.at,
        took,
    })
}

fn body_len(outcome: &Outcome) -> usize {
    match &outcome.result {
        Ok(answer) => answer.body.len(),
        Err(Trouble::TooBig { answer, .. }) => answer.body.len(),
        Err(_) => 0,
    }
}

fn broken(host: String) -> Outcome {
    Outcome {
        at: Timestamp::now(),
        host,
        result: Err(Trouble::Broken("the client panicked".into())),
    }
}
