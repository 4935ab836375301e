//! Why a page's text is what it is, for a person who asks.

use article::Fetched;

use crate::clean::{TakenApart, body_of, take_apart};
use crate::extract::Ground;
use crate::page::Page;

/// How a page's text was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The parts of the page that could be the article, most trusted first.
    pub candidates: Vec<Considered>,
    /// The ground on which one was chosen; `None` where the page holds no text of its own.
    pub winner: Option<&'static str>,
    /// Every block of the page, in order, with what became of it.
    pub blocks: Vec<Weighed>,
}

/// A part of the page that could be the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// Why it could: `markup`, `name`, `article`, `density` or `everything`.
    pub ground: &'static str,
    /// How much running text it holds, in characters without white space.
    pub prose: usize,
    /// How many blocks it has.
    pub blocks: usize,
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
    let mut parts = take_apart(fetched);
    let body = body_of(&mut parts);
    let TakenApart { page, facts, .. } = parts;
    let candidates = body.candidates.iter().map(|candidate| {
        let kept = crate::extract::trimmed(&page, candidate, &facts.title);
        Considered {
            ground: candidate.ground.as_str(),
            prose: candidate.mass,
            blocks: candidate.span(),
            text: crate::extract::join(&page, &kept),
        }
    });
    Explanation {
        candidates: candidates.collect(),
        winner: body.winner.map(Ground::as_str),
        blocks: blocks(&page, &body),
    }
}

fn blocks(page: &Page, body: &crate::extract::Body) -> Vec<Weighed> {
    let mut fates = vec!["outside"; page.blocks.len()];
    for (index, cut) in &body.trimmed.cuts {
        fates[*index] = cut.as_str();
    }
    for index in &body.trimmed.kept {
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
