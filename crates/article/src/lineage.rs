//! Where an article stands now, as far as the window knows.

use serde::{Deserialize, Serialize};

use crate::{ArticleId, FamilyId, Message, Origin, Relation, Route, StoryId};

/// An article's ties as of its last revision: written with [`crate::Enriched`], and again only when
/// a later article changes one of them. Compacted by article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Lineage {
    /// The article.
    pub id: ArticleId,
    /// 1 with the article's arrival, one more with each change.
    pub revision: u32,
    /// Articles on the same event.
    pub story: StoryId,
    /// Articles tied by derivation.
    pub family: FamilyId,
    /// What it was made from, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Whose report it is at root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Message for Lineage {
    const TOPIC: &'static str = "articles.lineage";
    const SCHEMA: &'static str = "article.lineage/1";

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn route(&self) -> Route {
        Route::AsInput
    }
}
