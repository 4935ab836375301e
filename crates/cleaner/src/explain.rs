//! Why a page's text is what it is, for a person who asks.

use article::{Fetched, Limit, TextQuality};

use crate::clean::{TakenApart, body_of, decode_and_take_apart, fed_instead};
use crate::extract::{Ground, TextSource};
use crate::layout;
use crate::page::Page;

/// How a page's text was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The parts of the page that could be the article, most trusted first.
    pub candidates: Vec<Considered>,
    /// The ground on which one was chosen; `None` where the page holds no text of its own.
    pub winner: Option<&'static str>,
    /// Where the text is from: `page`, `json-ld`, `script` or `feed`; `None` where there is none.
    pub source: Option<&'static str>,
    /// How much the text is to be believed.
    pub quality: Option<TextQuality>,
    /// What of the page was not read because there is too much of it.
    pub limits: Vec<Limit>,
    /// The text.
    pub text: String,
    /// Every block of the page, in order, with what became of it.
    pub blocks: Vec<Weighed>,
}

/// A part of the page that could be the article.
#[derive(Clone, Debug, PartialEq)]
pub struct Considered {
    /// Why it could: `markup`, `name`, `article`, `density` or `everything`.
    pub ground: &'static str,
    /// How much running text it holds, in characters without white space.
    pub prose: usize,
    /// How many blocks it has.
    pub blocks: usize,
    /// How well it agrees with the text in the page's JSON-LD, 0 to 1; `None` where that has none to go by.
    pub agreement: Option<f64>,
    /// Its own text, trimmed as the winner's is.
    pub text: String,
}

/// A block of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// `text`, `standfirst`, `outside` for one that is not in the chosen part, or why it was cut.
    pub fate: &'static str,
    /// What it says.
    pub text: String,
}

/// Reads a page as [`crate::read`] does, and tells why its text is what it is.
pub fn explain(fetched: &Fetched) -> Explanation {
    let mut parts = decode_and_take_apart(fetched);
    let body = body_of(&mut parts);
    let TakenApart {
        page,
        facts,
        limits,
        ..
    } = parts;
    let quality = layout::quality(&page, &body);
    let fed = fed_instead(fetched, &body.text, quality);
    let agreements = body.agreements.iter().copied();
    let agreements = agreements.map(Some).chain(std::iter::repeat(None));
    let candidates = body.candidates.iter().zip(agreements);
    let candidates = candidates.map(|(candidate, agreement)| {
        let kept = crate::extract::trimmed(&page, candidate, &facts.title);
        Considered {
            ground: candidate.ground.as_str(),
            prose: candidate.mass,
            blocks: candidate.span(),
            agreement,
            text: crate::extract::join(&page, &kept),
        }
    });
    Explanation {
        candidates: candidates.collect(),
        winner: body.winner.map(Ground::as_str),
        source: match body.from {
            _ if fed.is_some() => Some("feed"),
            _ if body.text.is_empty() => None,
            TextSource::Page => Some("page"),
            TextSource::Linked => Some("json-ld"),
            TextSource::Script => Some("script"),
        },
        quality: if fed.is_some() {
            Some(TextQuality::Feed)
        } else {
            quality
        },
        limits,
        blocks: blocks(&page, &body),
        text: fed.unwrap_or(body.text),
    }
}

fn blocks(page: &Page, body: &crate::extract::Body) -> Vec<Weighed> {
    let mut fates = vec!["outside"; page.blocks.len()];
    for (index, cut) in &body.trimmed.cuts {
        fates[*index] = cut.as_str();
    }
    let is_text = body.from == TextSource::Page;
    for index in body.trimmed.kept.iter().filter(|_| is_text) {
        fates[*index] = "text";
    }
    for index in &body.standfirst {
        fates[*index] = "standfirst";
    }
    let blocks = page.blocks.iter().zip(fates);
    blocks
        .map(|(block, fate)| Weighed {
            fate,
            text: block.text.clone(),
        })
        .collect()
}
