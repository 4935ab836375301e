//! What is known of pages: those that are to be fetched, and those that are settled.

use article::{Discovered, Listing};
use jiff::Timestamp;
use pipeline::dead::Coordinates;
use pipeline::telemetry::{Context, Origin};
use serde::{Deserialize, Serialize};

use crate::outcome::{Kind, Validators};
use crate::page::Revisit;

/// What is known of an article's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Known {
    /// It is to be fetched.
    Waiting(Box<Waiting>),
    /// It was fetched.
    Done(Done),
    /// It cannot be had.
    Failed(Failed),
}

/// A page to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) discovered: Discovered,
    /// Every feed that lists it.
    #[serde(default)]
    pub(crate) listings: Vec<Listing>,
    /// Not before this.
    pub(crate) due: Timestamp,
    /// Requests that failed so far.
    #[serde(default)]
    pub(crate) attempts: u32,
    /// The version that was fetched before, where this is an edited article.
    #[serde(default)]
    pub(crate) previous: Option<Version>,
    /// The record that it was found by.
    #[serde(default)]
    pub(crate) found: Option<Found>,
}

/// Where the record of a page's discovery stands, and its place in a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    topic: String,
    partition: u32,
    offset: u64,
    written_at: Timestamp,
    /// In the form of the header `traceparent`.
    #[serde(default)]
    trace: Option<String>,
}

impl Found {
    /// What was found by the record at `source`, in the `context` of its handling.
    pub(crate) fn at(source: &Coordinates, context: &Context) -> Self {
        Self {
            topic: source.topic.clone(),
            partition: source.partition,
            offset: source.offset,
            written_at: source.written_at,
            trace: context.traceparent(),
        }
    }

    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    pub(crate) fn source(&self) -> Coordinates {
        Coordinates {
            topic: self.topic.clone(),
            partition: self.partition,
            offset: self.offset,
            written_at: self.written_at,
        }
    }

    /// What the fetch of the page follows from.
    pub(crate) fn origin(&self, now: Timestamp) -> Origin {
        let trace = self.trace.as_deref().unwrap_or_default();
        Origin::aged(Context::parse(trace, None), self.written_at, now)
    }
}

/// A page that was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) version: Version,
    /// The last event that touched it.
    pub(crate) touched: Timestamp,
    /// Every feed that lists it, for the page's next version.
    #[serde(default)]
    pub(crate) listings: Vec<Listing>,
    /// When it is looked at again, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) revisit: Option<Box<Revisit>>,
}

/// A page that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub(crate) kind: Kind,
    /// The last event that touched it.
    pub(crate) touched: Timestamp,
    #[serde(default)]
    pub(crate) previous: Option<Version>,
    /// Every feed that lists it.
    #[serde(default)]
    pub(crate) listings: Vec<Listing>,
}

/// A version of a page that is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) number: u32,
    /// The hash of its bytes.
    pub(crate) hash: [u64; 2],
    /// The hash of what is seen of it.
    #[serde(default)]
    pub(crate) text: u64,
    /// When it was asked for last.
    pub(crate) fetched_at: Timestamp,
    #[serde(default)]
    pub(crate) validators: Validators,
}

impl Known {
    /// How many bytes of text a feed sent along with a page that waits: most of its memory.
    pub(crate) fn weight(&self) -> usize {
        let Self::Waiting(waiting) = self else {
            return 0;
        };
        let Discovered {
            summary, content, ..
        } = &waiting.discovered;
        [summary, content]
            .into_iter()
            .flatten()
            .map(String::len)
            .sum()
    }

    /// What is to be asked for, and not before when.
    pub(crate) fn due(&self) -> Option<(&Discovered, Timestamp)> {
        match self {
            Self::Waiting(waiting) => Some((&waiting.discovered, waiting.due)),
            Self::Done(done) => {
                let revisit = done.revisit.as_ref()?;
                Some((&revisit.discovered, revisit.due))
            }
            Self::Failed(_) => None,
        }
    }

    /// The last event that touched a page that waits for nothing.
    pub(crate) fn settled_at(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting(_) => None,
            Self::Done(done) => Some(done.touched),
            Self::Failed(failed) => Some(failed.touched),
        }
    }
}
