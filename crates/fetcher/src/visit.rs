//! Single requests outside of the schedule, for whoever wants to see what comes: the commands that
//! discover and show feeds. The same client as polling's, with its checks of addresses, its limits and its
//! manners towards hosts, and no log.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use article::Feed;
use futures_util::StreamExt as _;
use reqwest::Response;
use reqwest::dns::Resolve as _;
use url::Url;

use crate::StartError;
use crate::access::Guarded;
use crate::config::Config;
use crate::discover::{self, Answered, Candidate};
use crate::http::{Http, Request};
use crate::outcome::{Answer, Outcome, Trouble, Validators};
use crate::resolve::Policy;

/// Asks for one address at a time.
#[derive(Debug)]
pub struct Visitor {
    http: Http,
    policy: Policy,
    tokio: tokio::runtime::Runtime,
    limit: usize,
    in_flight: usize,
}

/// What asking for an address came to.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What was asked on the way, in order; the last one answered.
    pub hops: Vec<Hop>,
    /// What it came to.
    pub outcome: Outcome,
    /// How long that took, turns of hosts not counted.
    pub took: Duration,
}

/// One request, up to the end of its answer's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What was asked for.
    pub url: String,
    /// The address that was dialled, or the proxy's.
    pub address: Option<SocketAddr>,
    /// The version of HTTP, such as `HTTP/1.1`.
    pub version: String,
    /// The status.
    pub status: u16,
    /// Where it led to, where it did.
    pub location: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// What was asked on the way.
pub(crate) type Hops = Arc<Mutex<Vec<Hop>>>;

impl Hop {
    pub(crate) fn note(hops: &Hops, url: &Url, response: &Response, took: Duration) {
        let location = response.headers().get(reqwest::header::LOCATION);
        let location = location.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let hop = Self {
            url: url.to_string(),
            address: response.remote_addr(),
            version: format!("{:?}", response.version()),
            status: response.status().as_u16(),
            location,
            took,
        };
        hops.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(hop);
    }
}

/// What was found at an address.
#[derive(Clone, Debug)]
pub enum Place {
    /// A feed.
    Feed {
        /// What was answered.
        answer: Box<Answer>,
        /// What it says.
        feed: Box<crate::parse::ParsedFeed>,
    },
    /// Something else, and the feeds that it leads to.
    Page {
        /// What was answered.
        answer: Box<Answer>,
        /// The best first.
        candidates: Vec<Candidate>,
    },
    /// No answer with something in it.
    Nothing(Outcome),
}

impl Visitor {
    /// Ready to ask whom `config` allows.
    ///
    /// # Errors
    /// A configuration that does not hold, or HTTP that cannot be set up.
    pub fn new(config: &Config) -> Result<Self, StartError> {
        config.validate()?;
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StartError::Http(error.to_string()))?;
        let http = {
            let _entered = tokio.enter();
            Http::new(config).map_err(StartError::Http)?
        };
        Ok(Self {
            http,
            policy: Policy::new(config),
            tokio,
            limit: config.max_feed(),
            in_flight: config.max_in_flight.polls,
        })
    }

    /// The addresses that may be dialled for a URL's host: none is asked for where it is one already.
    ///
    /// # Errors
    /// A name that leads nowhere, or where nobody may go.
    pub fn resolve(&self, url: &str) -> Result<Vec<SocketAddr>, Trouble> {
        let parsed = Url::parse(url.trim()).map_err(|_| Trouble::Address(url.to_owned()))?;
        self.policy.check(&parsed)?;
        let port = parsed.port_or_known_default().unwrap_or_default();
        let host = match parsed.host() {
            Some(url::Host::Domain(host)) => host,
            Some(url::Host::Ipv4(ip)) => return Ok(vec![(ip, port).into()]),
            Some(url::Host::Ipv6(ip)) => return Ok(vec![(ip, port).into()]),
            None => return Err(Trouble::Address(url.to_owned())),
        };
        let name = host.parse();
        let name = name.map_err(|_| Trouble::Dns(format!("{host} is no name")))?;
        let found = self.tokio.block_on(self.policy.resolve(name));
        let found = found.map_err(|error| match error.downcast_ref() {
            Some(refusal) => crate::resolve::Refusal::trouble(refusal),
            None => Trouble::Dns(error.to_string()),
        })?;
        let with_port = |mut address: SocketAddr| {
            if address.port() == 0 {
                address.set_port(port);
            }
            address
        };
        Ok(found.map(with_port).collect())
    }

    /// Asks as polling would ask for `feed`, at its own address or where it has moved to, with these
    /// validators.
    pub fn poll(&self, feed: &Feed, address: &str, validators: Validators) -> Visit {
        self.ask(feed, address, validators, crate::poll::desk::ACCEPT)
    }

    /// Asks as polling would ask for each of these feeds, as many at once as may be, and shows what each came
    /// to in the order of the answers.
    pub fn poll_all(
        &self,
        polls: impl IntoIterator<Item = (Feed, Validators)>,
        mut each: impl FnMut(Outcome),
    ) {
        let ask = |(feed, validators)| {
            let accept = crate::poll::desk::ACCEPT;
            self.http
                .get(self.request(&feed, &feed.url, (validators, accept), None))
        };
        let asked = futures_util::stream::iter(polls).map(ask);
        let asked = asked.buffer_unordered(self.in_flight);
        let all = asked.for_each(|(outcome, _)| {
            each(outcome);
            std::future::ready(())
        });
        self.tokio.block_on(all);
    }

    /// What is at a feed's address, be it one or a page that is asked for to find some.
    pub fn look(&self, feed: &Feed) -> Place {
        let accept = "application/atom+xml, application/rss+xml, application/feed+json, \
            text/html;q=0.9, application/xml;q=0.8, */*;q=0.1";
        let outcome = self
            .ask(feed, &feed.url, Validators::default(), accept)
            .outcome;
        match outcome.result {
            Ok(answer) if answer.is_success() => {
                let answer = Box::new(answer);
                match discover::discover(&answer.body, &answer.headers, &answer.final_url) {
                    Answered::Feed(feed) => Place::Feed { answer, feed },
                    Answered::Page(candidates) => Place::Page { answer, candidates },
                }
            }
            _ => Place::Nothing(outcome),
        }
    }

    fn ask(
        &self,
        feed: &Feed,
        address: &str,
        validators: Validators,
        accept: &'static str,
    ) -> Visit {
        let hops = Hops::default();
        let request = self.request(feed, address, (validators, accept), Some(Arc::clone(&hops)));
        let (outcome, took) = self.tokio.block_on(self.http.get(request));
        let hops = hops.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Visit {
            hops,
            outcome,
            took,
        }
    }

    fn request(
        &self,
        feed: &Feed,
        address: &str,
        (validators, accept): (Validators, &'static str),
        hops: Option<Hops>,
    ) -> Request {
        Request {
            url: address.to_owned(),
            validators,
            accept,
            access: Guarded::of(feed),
            hops,
            delta: false,
            limit: self.limit,
            robots: false,
        }
    }
}
