//! What is true of the articles, for tests and measures. The pipeline never sees it.

use article::{ArticleId, RelationKind};
use serde::{Deserialize, Serialize};

/// Who copied whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// All articles in order of publication.
    pub articles: Vec<TrueArticle>,
}

impl Truth {
    /// The article of this id.
    pub fn get(&self, id: &ArticleId) -> Option<&TrueArticle> {
        self.articles.iter().find(|article| article.id == *id)
    }
}

/// What is true of one article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrueArticle {
    /// Its place in the order of publication, from 0.
    pub index: usize,
    /// What the world's own data calls it: a document's `id`, a recorded page's `file`, the key of a
    /// bundled report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The address, as the feed lists it.
    pub url: String,
    /// The article's name in the pipeline.
    pub id: ArticleId,
    /// The outlet's name; its host where it has none.
    pub outlet: String,
    /// The headline. Empty where there is none or nobody knows.
    pub title: String,
    /// What it was made from: the tie, and the address of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<(RelationKind, String)>,
    /// The event that it tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// BCP 47 tag of its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}
