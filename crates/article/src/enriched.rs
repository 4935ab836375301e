//! An article with its ties to the others.

use serde::{Deserialize, Serialize};

use crate::{ArticleId, Attribution, Cleaned, Content, FamilyId, Message, Route, StoryId};

/// One version of an article, with the ties known when it arrived. Never rewritten: what later
/// articles change is told by [`crate::Lineage`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Enriched {
    /// The article itself.
    #[serde(flatten)]
    pub article: Cleaned,
    /// Articles on the same event.
    pub story: StoryId,
    /// Articles tied by derivation.
    pub family: FamilyId,
    /// What it was made from, strongest first, and other reports of the same event. Nothing in it is derived for
    /// an original.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Whose report it is at root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Which agencies and outlets it owes its words and facts to, what gave most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributions: Vec<Attribution>,
    /// What stands in its text.
    #[serde(flatten)]
    pub content: Content,
}

/// How an article relates to one that was there before it: that arrived earlier or, for a copy that
/// arrived before its source, was published earlier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Relation {
    /// What kind of tie.
    pub relation: RelationKind,
    /// The other article.
    pub of: ArticleId,
    /// How sure, 0 to 1.
    pub score: f64,
    /// What shows it.
    pub evidence: Evidence,
}

/// The kinds of tie, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// The same article with cosmetic differences.
    Copy,
    /// Edited copy: most of the narration is verbatim.
    Near,
    /// The same report retold or partly reused.
    Rewrite,
    /// A later state of the same outlet's own article.
    Update,
    /// The same event, reported independently. Ties stories, never families.
    SameEvent,
}

impl RelationKind {
    /// Whether one text was made from the other.
    pub fn is_derived(self) -> bool {
        self != Self::SameEvent
    }

    /// The name as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Near => "near",
            Self::Rewrite => "rewrite",
            Self::Update => "update",
            Self::SameEvent => "same_event",
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_nothing(share: &f64) -> bool {
    *share <= 0.0
}

/// What shows a relation, so that a reader can judge it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Evidence {
    /// Share of this article's narration that stands in the other, 0 to 1.
    pub contained: f64,
    /// Share of the other's narration that stands in this one, 0 to 1.
    pub contains: f64,
    /// How alike the words are, weighted by rarity: cosine, 0 to 1.
    pub similarity: f64,
    /// Of the rare words that both have, the share that stands in the same order, 0 to 1.
    #[serde(skip_serializing_if = "is_nothing")]
    pub order: f64,
    /// The longest passages that both narrate, in this article's words; in the other's where that came later, and
    /// this was found to be made from it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<String>,
    /// Where each of `passages` stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// The longest passages that both have and one of them quotes, in the words of `passages`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotations: Vec<String>,
    /// Rare names and numbers in both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// A passage's place in the texts, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Span {
    /// Where it begins in this article's text.
    pub start: u32,
    /// Where it ends there.
    pub end: u32,
    /// Where it begins in the other's text: in `articles.enriched` where the sentences begin that hold it, because of
    /// earlier articles only marks are kept; to the letter where both texts were at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_start: Option<u32>,
    /// Where it ends there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_end: Option<u32>,
}

/// Whose report an article is at root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Origin {
    /// The agency or outlet.
    pub source: String,
    /// How it is known.
    pub how: OriginHow,
    /// How sure, 0 to 1.
    pub confidence: f64,
}

/// How an origin is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OriginHow {
    /// The article says so itself.
    Stated,
    /// The article that it derives from says so.
    Linked,
    /// Most members of its family say so.
    Voted,
}

impl Message for Enriched {
    const TOPIC: &'static str = "articles.enriched";
    const SCHEMA: &'static str = "article.enriched/1";

    fn key(&self) -> String {
        self.article.id.to_string()
    }

    fn route(&self) -> Route {
        Route::AsInput
    }
}
