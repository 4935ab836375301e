//! What a value says of its article, whatever the topic.

use article::{
    Cleaned, Discovered, Enriched, Feed, Fetched, Lineage, Message as _, Polled, RelationKind,
    Story,
};
use jiff::Timestamp;
use pipeline::topics;
use serde::Deserialize;

/// Where the values of a topic say what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape(Option<&'static str>);

impl Shape {
    /// Topics whose values name an outlet; those before an article is cleaned, the feed's publisher.
    pub const WITH_OUTLET: [&'static str; 7] = [
        Feed::TOPIC,
        Polled::TOPIC,
        Discovered::TOPIC,
        Fetched::TOPIC,
        Cleaned::TOPIC,
        Enriched::TOPIC,
        Story::TOPIC,
    ];
    /// Topics whose values name a story.
    pub const WITH_STORY: [&'static str; 3] = [Enriched::TOPIC, Lineage::TOPIC, Story::TOPIC];
    /// Topics whose values name a family.
    pub const WITH_FAMILY: [&'static str; 2] = [Enriched::TOPIC, Lineage::TOPIC];

    /// The shape of a topic's values, of any generation.
    pub fn of(topic: &str) -> Self {
        Self(topics::base(topic))
    }

    pub(super) fn has_outlet(self) -> bool {
        self.is_one_of(&Self::WITH_OUTLET)
    }

    pub(super) fn has_story(self) -> bool {
        self.is_one_of(&Self::WITH_STORY)
    }

    pub(super) fn has_family(self) -> bool {
        self.is_one_of(&Self::WITH_FAMILY)
    }

    fn is_one_of(self, topics: &[&str]) -> bool {
        self.0.is_some_and(|topic| topics.contains(&topic))
    }
}

/// The few fields that choosing asks for, each where a value has it. Everything else of the value is
/// passed over.
#[derive(Debug, Deserialize)]
pub struct Facts {
    /// The article; of a story its own id.
    pub id: Option<String>,
    story: Option<String>,
    /// Articles tied by derivation.
    pub family: Option<String>,
    /// Event time.
    pub fetched_at: Option<Timestamp>,
    #[serde(default)]
    relations: Vec<Tie>,
    outlet: Option<String>,
    publisher: Option<String>,
    feed: Option<Publisher>,
    discovered: Option<Listed>,
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Tie {
    /// As text: a kind that is added later is a derivation until this build knows better.
    relation: String,
}

#[derive(Debug, Deserialize)]
struct Publisher {
    publisher: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    feed: Option<Publisher>,
}

#[derive(Debug, Deserialize)]
struct Member {
    outlet: String,
}

impl Facts {
    /// Reads a value; `None` where it is none of ours.
    pub fn read(value: &[u8]) -> Option<Self> {
        serde_json::from_slice(value).ok()
    }

    /// The story that the value is of.
    pub fn story(&self, shape: Shape) -> Option<&str> {
        match shape.0 {
            Some(Story::TOPIC) => self.id.as_deref(),
            _ => self.story.as_deref(),
        }
    }

    /// Who published it: several of a story.
    pub fn outlets(&self, shape: Shape) -> Vec<&str> {
        let one = match shape.0 {
            Some(Feed::TOPIC) => self.publisher.as_deref(),
            Some(Polled::TOPIC | Discovered::TOPIC) => publisher(self.feed.as_ref()),
            Some(Fetched::TOPIC) => {
                let discovered = self.discovered.as_ref();
                publisher(discovered.and_then(|discovered| discovered.feed.as_ref()))
            }
            Some(Story::TOPIC) => {
                return self
                    .members
                    .iter()
                    .map(|member| member.outlet.as_str())
                    .collect();
            }
            _ => self.outlet.as_deref(),
        };
        one.into_iter().collect()
    }

    /// Whether it was made from another article.
    pub fn is_derived(&self) -> bool {
        let same_event = RelationKind::SameEvent.as_str();
        self.relations.iter().any(|tie| tie.relation != same_event)
    }
}

fn publisher(feed: Option<&Publisher>) -> Option<&str> {
    feed?.publisher.as_deref()
}
