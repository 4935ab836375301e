//! What is quoted and by whom: F1 of quotations and accuracy of speakers, by language, as the scorer says them;
//! and how often a speaker that is given is right, which it does not say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::run::{Figures, Trouble, Workplace};

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let work = Workplace::new(data)?;
    let table = work.detected("--quotes")?;
    let mut all: Figures = table.lines().flat_map(figures).collect();
    let gold = std::fs::read_to_string(work.data("gold.jsonl"))?;
    let ours = std::fs::read_to_string(work.file("ours"))?;
    for (group, given) in given(&records(&gold)?, &records(&ours)?) {
        let share = f64::from(given.right) / f64::from(given.all.max(1));
        println!(
            "{group:6} speaker where given={}/{}={share:.4}",
            given.right, given.all
        );
        all.insert(format!("{group}.speaker_given"), share);
    }
    Ok(all)
}

fn records(lines: &str) -> Result<Vec<Value>, Trouble> {
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    Ok(lines
        .map(serde_json::from_str)
        .collect::<Result<_, serde_json::Error>>()?)
}

/// Of a line such as `en quotes=45 P=1.0 R=1.0 F1=1.0 speaker=35/36=0.9722`: F1, and the share of speakers.
fn figures(line: &str) -> Vec<(String, f64)> {
    let Some(group) = line.split_whitespace().next() else {
        return Vec::new();
    };
    let value = |name: &str| {
        let rest = line.split(name).nth(1)?.split_whitespace().next()?;
        rest.rsplit('=').next()?.parse().ok()
    };
    let named = [("quotes", value(" F1=")), ("speaker", value(" speaker="))];
    named
        .into_iter()
        .filter_map(|(name, value)| Some((format!("{group}.{name}"), value?)))
        .collect()
}

/// Speakers that we gave, of quotations that are some, and those of them that are right.
#[derive(Default)]
struct Given {
    right: u32,
    all: u32,
}

/// A quotation whose gold speaker is a pronoun says nothing of the name that we resolve it to, and is left out.
fn given(gold: &[Value], ours: &[Value]) -> BTreeMap<&'static str, Given> {
    let ours: BTreeMap<&str, &Value> = ours
        .iter()
        .filter_map(|record| Some((record["id"].as_str()?, &record["quotes"])))
        .collect();
    let mut groups: BTreeMap<&'static str, Given> = BTreeMap::new();
    for record in gold {
        let Some(ours) = record["id"].as_str().and_then(|id| ours.get(id)) else {
            continue;
        };
        for quote in quotes(&record["quotes"]) {
            let same = quotes(ours).find(|own| same_words(said(quote, "text"), said(own, "text")));
            let speaker = same.map_or("", |own| said(own, "speaker"));
            if speaker.is_empty() || quote["pronoun"] == true {
                continue;
            }
            let right = same_speaker(said(quote, "speaker"), speaker);
            let group = match record["lang"].as_str() {
                Some("en") => "en",
                Some("de") => "de",
                _ => "other",
            };
            for group in ["all", group] {
                let given = groups.entry(group).or_default();
                given.all += 1;
                given.right += u32::from(right);
            }
        }
    }
    groups
}

fn quotes(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn said<'v>(quote: &'v Value, field: &str) -> &'v str {
    quote[field].as_str().unwrap_or_default()
}

fn letters(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// As the scorer judges: one holds the other, and is not much longer.
fn same_words(a: &str, b: &str) -> bool {
    let (a, b) = (letters(a), letters(b));
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let (few, many) = (short.chars().count(), long.chars().count());
    few > 0 && long.contains(&short) && few * 10 >= many * 6
}

/// As the scorer judges: they share a word that is no title, or one holds the other.
fn same_speaker(gold: &str, ours: &str) -> bool {
    const TITLES: &str = "the a an of in mr mrs ms sir dr mme president minister der die das ein eine la le el los \
                          las un una";
    let words = |name: &str| -> BTreeSet<String> {
        let name = name.to_lowercase();
        let words = name.split(|c: char| !c.is_alphanumeric() && c != '_');
        let own = words.filter(|word| !TITLES.split(' ').any(|title| title == *word));
        own.filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    if !words(gold).is_disjoint(&words(ours)) {
        return true;
    }
    let (a, b) = (letters(gold), letters(ours));
    let shorter = a.chars().count().min(b.chars().count());
    shorter >= 2 && (a.contains(&b) || b.contains(&a))
}
