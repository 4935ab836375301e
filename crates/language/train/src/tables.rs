//! Words made from a table of n-grams, as often as the language has them.
//!
//! A table of lingua says, for each n-gram of one to five letters, how likely its last letter follows
//! the others, within words and without marks for their ends. The ends can be had back: what is
//! missing to a certainty is how likely the word ends there; and where an n-gram stands more often
//! than all its extensions to the left together, it stands at the beginning of words so often.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context as _, Result};
use fst::{Map, Streamer as _};

use crate::random::Random;

/// Letters that the next one depends on.
const MEMORY: usize = 4;

/// Words that are longer were never words.
const LONGEST: usize = 20;

/// A source of words.
#[derive(Debug)]
pub struct Table {
    /// Whole words of up to three letters, and beginnings of four, with their running total.
    openings: Vec<(f64, Vec<char>)>,
    /// What follows four letters, with the running total; up to 1 the word ends.
    next: HashMap<[char; MEMORY], Vec<(f32, char)>>,
}

impl Table {
    /// Reads a table's file.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        let map = Map::new(bytes)?;
        let mut next: HashMap<[char; MEMORY], Vec<(f32, char)>> = HashMap::new();
        let mut joint: BTreeMap<Vec<char>, f64> = BTreeMap::new();
        let mut stream = map.stream();
        while let Some((key, value)) = stream.next() {
            let letters: Vec<char> = std::str::from_utf8(key)?.chars().collect();
            let chance = f64::from_bits(value).exp();
            let (last, before) = letters.split_last().context("an empty n-gram")?;
            let often = if before.is_empty() {
                chance
            } else {
                joint.get(before).copied().unwrap_or(0.0) * chance
            };
            if let Ok(key) = before.try_into() {
                let following: &mut Vec<(f32, char)> = next.entry(key).or_default();
                let total = following.last().map_or(0.0, |(total, _)| *total);
                following.push((total + chance as f32, *last));
            }
            joint.insert(letters, often);
        }
        Ok(Self {
            openings: openings(&joint),
            next,
        })
    }

    /// A word.
    pub fn word(&self, random: &mut Random) -> String {
        let total = self.openings.last().map_or(0.0, |(total, _)| *total);
        let at = random.fraction() * total;
        let index = self.openings.partition_point(|(total, _)| *total < at);
        let mut word = self.openings[index.min(self.openings.len() - 1)].1.clone();
        while (MEMORY..LONGEST).contains(&word.len()) {
            let key: [char; MEMORY] = word[word.len() - MEMORY..]
                .try_into()
                .expect("as many letters as asked for");
            let Some(following) = self.next.get(&key) else {
                break;
            };
            let at = random.fraction() as f32;
            match following.iter().find(|(total, _)| at < *total) {
                Some((_, letter)) => word.push(*letter),
                None => break,
            }
        }
        word.into_iter().collect()
    }
}

fn openings(joint: &BTreeMap<Vec<char>, f64>) -> Vec<(f64, Vec<char>)> {
    // How often each n-gram opens a word.
    let mut opening = joint.clone();
    for (letters, often) in joint {
        if let Some(opening) = opening.get_mut(&letters[1..]) {
            *opening -= often;
        }
    }
    // How often it is all of one.
    let mut whole = opening.clone();
    for (letters, often) in &opening {
        if (2..=MEMORY).contains(&letters.len())
            && let Some(whole) = whole.get_mut(&letters[..letters.len() - 1])
        {
            *whole -= often;
        }
    }
    let mut total = 0.0;
    let mut openings = Vec::new();
    for (letters, often) in whole {
        // What the logarithms' rounding left is no word.
        if letters.len() <= MEMORY && often > 1e-9 {
            total += often;
            openings.push((total, letters));
        }
    }
    openings
}
