//! The usual peer: cosine of TF-IDF over words, with sublinear counts, fitted on all documents.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde_json::Value;

use crate::run::Trouble;

/// Pairs with the cosine as score, as lines.
pub(super) fn scored(documents: &[Value], pairs: &[Value]) -> Result<String, Trouble> {
    let mut counts: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    let mut frequency: HashMap<String, f64> = HashMap::new();
    for document in documents {
        let field = |name: &str| document[name].as_str().unwrap_or_default();
        let text = format!("{} {}", field("title"), field("text")).to_lowercase();
        let mut words: BTreeMap<String, f64> = BTreeMap::new();
        let letters = |c: char| !c.is_alphanumeric() && c != '_';
        for word in text.split(letters).filter(|word| word.chars().count() > 1) {
            *words.entry(word.to_owned()).or_default() += 1.0;
        }
        for word in words.keys() {
            *frequency.entry(word.clone()).or_default() += 1.0;
        }
        counts.insert(document["id"].to_string(), words);
    }
    let all = documents.len() as f64;
    let vector = |id: &Value| -> Vec<(&String, f64)> {
        let words = counts.get(&id.to_string()).into_iter().flatten();
        let weighed = words.map(|(word, count)| {
            let rarity = ((1.0 + all) / (1.0 + frequency[word])).ln() + 1.0;
            (word, (1.0 + count.ln()) * rarity)
        });
        weighed.collect()
    };
    let mut lines = String::new();
    for pair in pairs {
        let (a, b) = (vector(&pair["a"]), vector(&pair["b"]));
        let norm = |vector: &[(&String, f64)]| {
            let squares = vector.iter().map(|(_, weight)| weight * weight);
            squares.sum::<f64>().sqrt()
        };
        let other: BTreeMap<&String, f64> = b.iter().copied().collect();
        let shared = a
            .iter()
            .filter_map(|(word, weight)| Some(weight * other.get(word)?));
        let cosine = shared.sum::<f64>() / (norm(&a) * norm(&b)).max(f64::MIN_POSITIVE);
        writeln!(
            lines,
            "{{\"a\":{},\"b\":{},\"score\":{cosine:.6}}}",
            pair["a"], pair["b"]
        )?;
    }
    Ok(lines)
}
