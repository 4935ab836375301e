//! What a page shows of itself besides an article.

use serde::{Deserialize, Serialize};

/// What stands in a page, or in the way to it: evidence, recorded when it was fetched and never acted on
/// then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Marks {
    /// The address that the page gives as its own: `rel=canonical` in its head or in the header field
    /// `Link` (RFC 6596), made absolute. That of an AMP page is its ordinary one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// The address of its AMP version, made absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amp: Option<String>,
    /// It is an AMP page itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_amp: bool,
    /// Something else than the whole article was served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall: Option<Wall>,
    /// Nothing was fetched: the feed carries the full text, and the page was made from that.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_feed: bool,
}

impl Marks {
    /// Whether there is nothing to tell.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What is served in place of an article, or of most of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Wall {
    /// The page says that it is not accessible for free.
    Paywall,
    /// A question for consent, which the address has led to.
    Consent,
    /// A form to sign in, which the address has led to.
    Login,
    /// A test whether a person asks.
    Challenge,
}

impl Wall {
    /// Whether the page holds nothing of the article.
    pub fn hides_everything(self) -> bool {
        match self {
            Self::Paywall => false,
            Self::Consent | Self::Login | Self::Challenge => true,
        }
    }
}
