//! What is said of each agency in the end.

use std::collections::{BTreeMap, BTreeSet};

use article::{Attribution, AttributionClass, Credit};

use super::Found;

/// Places kept for each agency.
const EVIDENCE: usize = 4;

/// What is said of each agency, by what it gave most.
pub(super) fn settled(found: Vec<Found>, subjects: &BTreeSet<String>) -> Vec<Attribution> {
    let strong = found
        .iter()
        .any(|found| !found.weak && found.class <= AttributionClass::Contrib);
    let mut by_source: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for found in found {
        if found.weak && strong {
            continue;
        }
        by_source
            .entry(found.source.clone())
            .or_default()
            .push(found);
    }
    let mut attributions: Vec<Attribution> = by_source
        .into_iter()
        .filter_map(|(source, mut found)| {
            // The surest first; of as sure ones the first in the text.
            found.sort_by(|a, b| {
                a.class
                    .cmp(&b.class)
                    .then(b.confidence.total_cmp(&a.confidence))
            });
            let best = found.first()?;
            let (class, confidence) = (best.class, best.confidence);
            if class == AttributionClass::Cites && subjects.contains(&source) {
                return None;
            }
            let of_class = found.into_iter().filter(|found| found.class == class);
            let mut evidence: Vec<Credit> = Vec::new();
            for Found { credit, .. } in of_class {
                if evidence.len() < EVIDENCE && !evidence.contains(&credit) {
                    evidence.push(credit);
                }
            }
            Some(Attribution {
                source,
                class,
                confidence,
                evidence,
            })
        })
        .collect();
    sort(&mut attributions);
    attributions
}

/// What gave most first; of those the surest, then the first in the text.
fn sort(attributions: &mut [Attribution]) {
    let place = |attribution: &Attribution| {
        let first = attribution.evidence.first();
        first.map_or((true, 0), |credit| {
            (credit.offset.is_some(), credit.offset.unwrap_or(0))
        })
    };
    attributions.sort_by(|a, b| {
        let class = a.class.cmp(&b.class);
        let sure = b.confidence.total_cmp(&a.confidence);
        class
            .then(sure)
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| a.source.cmp(&b.source))
    });
}

/// Joins what was found in several tables.
pub(crate) fn joined(mut a: Vec<Attribution>, b: Vec<Attribution>) -> Vec<Attribution> {
    for attribution in b {
        if a.iter().all(|known| known.source != attribution.source) {
            a.push(attribution);
        }
    }
    sort(&mut a);
    a
}
