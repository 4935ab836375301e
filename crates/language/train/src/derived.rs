//! A language made from its nearest relative, word by word, where there is too little of itself.
//!
//! Galician is written much like Portuguese, and Malay much like Indonesian. What distinguishes them
//! lies in some hundred words and in endings, which `texts/*.map` lists: what neither list nor rule
//! changes is common to both, and must speak for neither.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::{Context as _, Result};

/// How a relative's words are changed.
#[derive(Debug, Default)]
pub struct Map {
    words: HashMap<String, String>,
    endings: Vec<(String, String)>,
    letters: Vec<(String, String)>,
}

impl Map {
    /// Reads `texts/{code}.map`.
    pub fn read(code: &str) -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("texts")
            .join(format!("{code}.map"));
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut map = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (from, to) = line
                .split_once(' ')
                .with_context(|| format!("{line}: two words"))?;
            let owned = |from: &str, to: &str| (from.to_owned(), to.to_owned());
            if let Some(from) = from.strip_prefix('-') {
                map.endings.push(owned(from, to.trim_start_matches('-')));
            } else if let Some(from) = from.strip_prefix('*') {
                map.letters.push(owned(from, to));
            } else {
                map.words.insert(from.to_owned(), to.to_owned());
            }
        }
        Ok(map)
    }

    /// `text` as the relative would have it.
    pub fn apply(&self, text: &str) -> String {
        let mut applied = String::with_capacity(text.len());
        let mut word = String::new();
        for c in text.chars().chain(std::iter::once(' ')) {
            if c.is_alphabetic() {
                word.push(c);
                continue;
            }
            applied.push_str(&self.word(&word));
            word.clear();
            applied.push(c);
        }
        applied.trim_end().to_owned()
    }

    fn word(&self, word: &str) -> String {
        let lower = word.to_lowercase();
        if let Some(word) = self.words.get(&lower) {
            return word.clone();
        }
        // A name stays as it is.
        if lower != word || word.is_empty() {
            return word.to_owned();
        }
        let mut changed = lower;
        if let Some((from, to)) = self
            .endings
            .iter()
            .find(|(from, _)| changed.ends_with(from))
        {
            changed.truncate(changed.len() - from.len());
            changed.push_str(to);
        }
        for (from, to) in &self.letters {
            changed = changed.replace(from, to);
        }
        changed
    }

    /// Whether `text` has words of this language's own, and none of its relative's.
    pub fn is_own(&self, text: &str) -> bool {
        let changed: Vec<(&str, &str)> = self
            .words
            .iter()
            .filter(|(from, to)| from != to)
            .map(|(from, to)| (from.as_str(), to.as_str()))
            .collect();
        let theirs: HashSet<&str> = changed.iter().map(|(from, _)| *from).collect();
        let ours: HashSet<&str> = changed.iter().map(|(_, to)| *to).collect();
        let lower = text.to_lowercase();
        let mut own = false;
        for word in lower.split(|c: char| !c.is_alphabetic()) {
            if theirs.contains(word) && !ours.contains(word) {
                return false;
            }
            own |= ours.contains(word) && !theirs.contains(word);
        }
        own
    }
}
