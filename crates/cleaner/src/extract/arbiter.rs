//! Which candidate is the article.

use super::candidates::{Candidate, Ground};
use super::weigh::Weights;
use crate::page::Page;

/// The share of the densest part's prose that a candidate must hold to be believed.
fn enough(ground: Ground) -> f64 {
    match ground {
        Ground::Markup | Ground::Name | Ground::Article => 0.5,
        Ground::Density | Ground::Everything => 1.0,
    }
}

/// The same for what is in the `<article>` that has the headline.
const AT_HOME: f64 = 0.15;

/// The least prose that a trusted candidate must hold.
const LEAST: usize = 140;

/// Chooses among candidates. Markup and names are believed before density, unless they miss most of
/// the prose. Before either, the JSON-LD's text decides where it is on the page: `agreements` are those of the
/// candidates with it, empty where it is not.
pub(super) fn choose(
    page: &Page,
    weights: &Weights,
    candidates: &[Candidate],
    agreements: &[f64],
) -> Option<Candidate> {
    if candidates.is_empty() {
        return whole(page, weights);
    }
    if let Some(best) = by_witness(candidates, agreements) {
        return Some(best);
    }
    let densest = candidates
        .iter()
        .find(|candidate| candidate.ground == Ground::Density)
        .map_or(0, |candidate| candidate.mass);
    candidates
        .iter()
        .find(|candidate| {
            let share = if candidate.is_home {
                AT_HOME
            } else {
                enough(candidate.ground)
            };
            let needed = share * densest as f64;
            let is_trusted = candidate.ground < Ground::Density && candidate.mass >= LEAST;
            candidate.mass as f64 >= needed && (is_trusted || candidate.ground == Ground::Density)
        })
        .or_else(|| candidates.last())
        .map(|winner| tighter(winner, candidates).clone())
}

/// The share of a winner's prose that the densest part within it must hold to stand for it.
const NEARLY_ALL: f64 = 0.9;

/// The densest part, where it lies within the winner and holds nearly all of its prose: what it
/// leaves out are boxes at the ends.
fn tighter<'a>(winner: &'a Candidate, candidates: &'a [Candidate]) -> &'a Candidate {
    let lies_within = |candidate: &&Candidate| {
        candidate.ground == Ground::Density
            && candidate.mass as f64 >= NEARLY_ALL * winner.mass as f64
            && candidate.ranges.iter().all(|own| {
                let mut around = winner.ranges.iter();
                around.any(|range| range.start <= own.start && own.end <= range.end)
            })
    };
    candidates.iter().find(lies_within).unwrap_or(winner)
}

/// The candidate that agrees best with the JSON-LD's text; of equals the most trusted.
fn by_witness(candidates: &[Candidate], agreements: &[f64]) -> Option<Candidate> {
    let mut best: Option<(f64, &Candidate)> = None;
    for (candidate, agreement) in candidates.iter().zip(agreements) {
        if best.is_none_or(|(top, _)| *agreement > top + 0.02) {
            best = Some((*agreement, candidate));
        }
    }
    best.filter(|(agreement, _)| *agreement > 0.5)
        .map(|(_, candidate)| candidate.clone())
}

/// A page of short lines only: everything wanted on it, if there is anything.
fn whole(page: &Page, weights: &Weights) -> Option<Candidate> {
    let all = 0..page.blocks.len();
    (weights.all(&all) > 0).then(|| Candidate {
        ground: Ground::Everything,
        ranges: vec![all],
        mass: 0,
        is_home: false,
    })
}
