//! Choosing records by what their values say: the story, the outlet, one of each story or family.

mod facts;
mod outlet;
mod story;

use std::collections::{HashSet, VecDeque};

use anyhow::bail;
use pipeline::log::Stored;

pub use self::facts::{Facts, Shape};
pub use self::outlet::OutletPattern;
pub use self::story::StoryPrefix;

/// How many stories or families are remembered: 60 MB at the most. One that was last begun before so
/// many others counts as new.
const REMEMBERED: usize = 500_000;

/// Of what one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Group {
    /// One article of each event
    Story,
    /// One article of all that were made from the same one
    Family,
}

/// What is wanted of a topic. The default is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    /// Only these stories, where there are any.
    pub stories: Vec<StoryPrefix>,
    /// Only these outlets, where there are any.
    pub outlets: Vec<OutletPattern>,
    /// One record of each.
    pub one_per: Option<Group>,
}

impl Select {
    /// Whether records are taken unseen.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// How to find what is asked for in the values of `topic`.
    ///
    /// # Errors
    /// Where they do not say what is asked for.
    pub fn shape(&self, topic: &str) -> anyhow::Result<Shape> {
        let shape = Shape::of(topic);
        let lacks = |flag: &str, what: &str, works_on: &[&str]| {
            anyhow::anyhow!(
                "records of {topic} name no {what}; {flag} works on {}",
                works_on.join(", ")
            )
        };
        if !self.outlets.is_empty() && !shape.has_outlet() {
            return Err(lacks("--outlet", "outlet", &Shape::WITH_OUTLET));
        }
        if !self.stories.is_empty() && !shape.has_story() {
            return Err(lacks("--story", "story", &Shape::WITH_STORY));
        }
        match self.one_per {
            Some(Group::Story) if !shape.has_story() => {
                bail!(lacks("--one-per story", "story", &Shape::WITH_STORY))
            }
            Some(Group::Family) if !shape.has_family() => {
                bail!(lacks("--one-per family", "family", &Shape::WITH_FAMILY))
            }
            _ => Ok(shape),
        }
    }

    /// Whether the outlet is one of those wanted.
    pub fn takes_outlet(&self, shape: Shape, facts: &Facts) -> bool {
        self.outlets.is_empty()
            || facts
                .outlets(shape)
                .iter()
                .any(|name| self.outlets.iter().any(|pattern| pattern.matches(name)))
    }

    /// Whether the story is one of those wanted.
    pub fn takes_story(&self, story: Option<&str>) -> bool {
        let is_wanted = |story: &str| self.stories.iter().any(|prefix| prefix.matches(story));
        self.stories.is_empty() || story.is_some_and(is_wanted)
    }
}

/// Takes or leaves one record after the other as they come.
#[derive(Debug)]
pub struct Selector {
    select: Select,
    shape: Shape,
    seen: Seen,
}

impl Selector {
    /// For the records of `topic`.
    ///
    /// # Errors
    /// Where its values do not say what is asked for.
    pub fn new(select: Select, topic: &str) -> anyhow::Result<Self> {
        Ok(Self {
            shape: select.shape(topic)?,
            select,
            seen: Seen::default(),
        })
    }

    /// Whether the record is wanted. What cannot be read is not, unless everything is. Of a story or
    /// family the first one that is seen stands for it.
    pub fn takes(&mut self, record: &Stored) -> bool {
        if self.select.is_everything() {
            return true;
        }
        let Some(facts) = Facts::read(record.value.as_deref().unwrap_or_default()) else {
            return false;
        };
        let story = facts.story(self.shape);
        if !self.select.takes_outlet(self.shape, &facts) || !self.select.takes_story(story) {
            return false;
        }
        let group = match self.select.one_per {
            None => return true,
            Some(Group::Story) => story,
            Some(Group::Family) => facts.family.as_deref(),
        };
        group.is_some_and(|group| self.seen.is_new(group))
    }
}

/// What was seen last, up to [`REMEMBERED`].
#[derive(Debug, Default)]
struct Seen {
    known: HashSet<Id>,
    order: VecDeque<Id>,
}

impl Seen {
    fn is_new(&mut self, name: &str) -> bool {
        let id = id_of(name);
        if !self.known.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

/// A name in 16 bytes.
pub type Id = [u8; 16];

/// An id in half the space, and whatever else stands in its place by its hash.
pub fn id_of(name: &str) -> Id {
    let digits = Some(name).filter(|name| name.len() == 32);
    let digits = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok());
    let number = digits.unwrap_or_else(|| xxhash_rust::xxh3::xxh3_128(name.as_bytes()));
    number.to_be_bytes()
}

#[cfg(test)]
mod tests;
