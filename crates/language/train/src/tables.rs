//! Words made from a table of n-grams, as often as the language has them.
//!
//! A table of lingua says, for each n-gram of one to five letters, how likely its last letter follows
//! the others, within words and without marks for their ends. The ends can be had back: what is
//! missing to a certainty is how likely the word ends there; and where an n-gram stands more often
//! than all its extensions to the left together, it stands at the beginning of words so often.

use std::collections::HashMap;
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
        let mut joint: Vec<(Vec<char>, f64)> = Vec::new();
        // How often each beginning of the current n-gram stands in the language: in the order of the
        // table, beginnings come first.
        let mut beginnings = [1.0; MEMORY + 2];
        let mut stream = map.stream();
        while let Some((key, value)) = stream.next() {
            let letters: Vec<char> = std::str::from_utf8(key)?.chars().collect();
            let length = letters.len();
            anyhow::ensure!((1..=MEMORY + 1).contains(&length), "an n-gram of {length}");
            let chance = f64::from_bits(value).exp();
            beginnings[length] = beginnings[length - 1] * chance;
            if let Ok(before) = letters[..length - 1].try_into() {
                let following: &mut Vec<(f32, char)> = next.entry(before).or_default();
                let total = following.last().map_or(0.0, |(total, _)| *total);
                following.push((total + chance as f32, letters[length - 1]));
            }
            joint.push((letters, beginnings[length]));
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

fn openings(joint: &[(Vec<char>, f64)]) -> Vec<(f64, Vec<char>)> {
    // How often each n-gram opens a word.
    let short = joint.iter().filter(|(letters, _)| letters.len() <= MEMORY);
    let mut opening: HashMap<&[char], f64> = short
        .map(|(letters, often)| (letters.as_slice(), *often))
        .collect();
    for (letters, often) in joint {
        if let Some(opening) = opening.get_mut(&letters[1..]) {
            *opening -= often;
        }
    }
    // How often it is all of one, but for those of four letters, which words may go on from.
    let mut whole = opening.clone();
    for (letters, _) in joint {
        if let (Some(often), Some(whole)) = (
            opening.get(letters.as_slice()),
            whole.get_mut(&letters[..letters.len() - 1]),
        ) {
            *whole -= often;
        }
    }
    let mut total = 0.0;
    let mut openings = Vec::new();
    for (letters, _) in joint {
        // What the logarithms' rounding left is no word.
        if let Some(often) = whole.get(letters.as_slice())
            && *often > 1e-9
        {
            total += often;
            openings.push((total, letters.clone()));
        }
    }
    openings
}
