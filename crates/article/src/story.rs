//! An event as its articles tell it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, FamilyId, Message, Origin, RelationKind, Route, StoryId};

/// The articles on one event. Compacted: a consumer that follows the topic sees every state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Story {
    /// The story, named by its first article.
    pub id: StoryId,
    /// The headline of the article that stands for it.
    pub headline: String,
    /// Event time of the first article.
    pub first_seen: Timestamp,
    /// Event time of the article that changed it last.
    pub last_seen: Timestamp,
    /// Its articles in order of arrival, the newest where there are more than are listed.
    pub members: Vec<Member>,
    /// How many articles it has, listed or not.
    pub size: u32,
    /// How many of its newest articles, 500 at most, have which tie to an earlier one, by its name;
    /// `original` are those without one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_relation: BTreeMap<String, u32>,
    /// How many of them are whose, by outlet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_outlet: BTreeMap<String, u32>,
    /// Whose report most of it is, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The story that took this one in: follow it instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<StoryId>,
    /// The story whose articles these were before they showed to be of another event: each of them has been told of
    /// again by its lineage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<StoryId>,
}

/// One article of a story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Member {
    /// The article.
    pub article: ArticleId,
    /// Who published it.
    pub outlet: String,
    /// Its headline.
    pub title: String,
    /// Articles tied to it by derivation.
    pub family: FamilyId,
    /// Its strongest tie to an earlier article; `None` for an original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<RelationKind>,
    /// The earlier article of that tie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<ArticleId>,
}

impl Message for Story {
    const TOPIC: &'static str = "stories";
    const SCHEMA: &'static str = "story/1";

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn route(&self) -> Route {
        Route::AsInput
    }
}
