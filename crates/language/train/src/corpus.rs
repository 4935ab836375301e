//! Examples of each language, without end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use language::script::Script;

use crate::derived::Map;
use crate::languages::Language;
use crate::noise;
use crate::random::Random;
use crate::serbian;
use crate::tables::Table;

/// What examples of one language are made from.
#[derive(Debug)]
pub struct Corpus {
    /// The language.
    pub language: Language,
    table: Option<Table>,
    sentences: Vec<String>,
    words: Vec<String>,
    interface: Vec<String>,
    derived: Option<Derived>,
    kept_back: Vec<String>,
}

impl Corpus {
    /// Reads everything there is of `language`.
    pub fn read(
        language: Language,
        lingua: &BTreeMap<String, PathBuf>,
        android: &BTreeMap<String, Vec<String>>,
    ) -> Result<Self> {
        let mut corpus = Self {
            language,
            table: None,
            sentences: Vec::new(),
            words: Vec::new(),
            interface: Vec::new(),
            derived: None,
            kept_back: Vec::new(),
        };
        if let Some(folder) = lingua.get(language.lingua) {
            // A table's n-grams end at vowel signs: of Devanagari they are shreds. Of the Chinese
            // script they are single characters.
            if !matches!(language.script, Script::Devanagari | Script::Han) {
                corpus.table = Some(Table::read(&folder.join("models/ngrams.fst"))?);
            }
            for (index, line) in lines(&folder.join("testdata/sentences.txt"))?.enumerate() {
                match index % 10 {
                    9 => corpus.kept_back.push(line),
                    _ => corpus.sentences.push(line),
                }
            }
            corpus.words = lines(&folder.join("testdata/word-pairs.txt"))?.collect();
            corpus
                .words
                .extend(lines(&folder.join("testdata/single-words.txt"))?);
        }
        if let Some(texts) = android.get(language.android) {
            let english: std::collections::BTreeSet<&String> =
                android.get("en").into_iter().flatten().collect();
            corpus.interface = texts
                .iter()
                .filter(|text| language.code == "en" || !english.contains(text))
                .map(|text| bare(text))
                .filter(|text| text.chars().filter(|c| c.is_alphabetic()).count() > 3)
                .collect();
        }
        let own = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("texts")
            .join(format!("{}.txt", language.code));
        if own.exists() {
            corpus.sentences.extend(lines(&own)?);
        }
        if let Some(relative) = relative(language.code) {
            corpus.derive(&lingua[relative])?;
        }
        Ok(corpus)
    }

    /// Takes words and sentences of `relative`, changed; and drops what is not surely of the language.
    fn derive(&mut self, relative: &Path) -> Result<()> {
        let map = Map::read(self.language.code)?;
        if self.table.is_some() {
            // What a crawler took for Malay is Indonesian for the most part.
            self.sentences.retain(|sentence| map.is_own(sentence));
            self.kept_back.retain(|sentence| map.is_own(sentence));
            self.words.clear();
        }
        self.table = Some(Table::read(&relative.join("models/ngrams.fst"))?);
        self.derived = Some(Derived {
            map,
            sentences: lines(&relative.join("testdata/sentences.txt"))?.collect(),
        });
        Ok(())
    }

    /// How much there is, for a person.
    pub fn size(&self) -> String {
        format!(
            "table {}, sentences {}, words {}, interface {}",
            u8::from(self.table.is_some()),
            self.sentences.len(),
            self.words.len(),
            self.interface.len()
        )
    }

    /// Sentences that are never shown in training.
    pub fn kept_back(&self) -> Vec<String> {
        self.kept_back
            .iter()
            .map(|sentence| self.in_script(sentence))
            .collect()
    }

    /// A text of a few words.
    pub fn example(&self, random: &mut Random) -> String {
        let text = self.in_script(&self.plain(random));
        if random.fraction() < 0.06 {
            return text.to_uppercase();
        }
        text
    }

    fn in_script(&self, text: &str) -> String {
        match (self.language.code, self.language.script) {
            ("sr", Script::Latin) => serbian::latin(text),
            _ => text.to_owned(),
        }
    }

    fn plain(&self, random: &mut Random) -> String {
        if self.language.code == "zxx" {
            return noise::example(random);
        }
        let count = match random.fraction() {
            at if at < 0.06 => 1,
            at if at < 0.16 => 2,
            at if at < 0.70 => 3 + random.below(4),
            _ => 7 + random.below(16),
        };
        let at = random.fraction();
        if at < 0.40
            && let Some(table) = &self.table
        {
            let words: Vec<String> = (0..count).map(|_| table.word(random)).collect();
            let words = words.join(" ");
            return self
                .derived
                .as_ref()
                .map_or(words.clone(), |derived| derived.map.apply(&words));
        }
        if let Some(derived) = &self.derived
            && at < 0.65
        {
            return derived.map.apply(&window(
                random.of::<String>(&derived.sentences),
                count,
                random,
            ));
        }
        if at < 0.45 && !self.words.is_empty() {
            return random.of(&self.words).clone();
        }
        let interface = match self.language.code {
            // As much as of those that they are mistaken for.
            "id" | "pt" | "es" => 0.4,
            // The sentences are in simplified characters, the interface in traditional ones too.
            "zh" => 0.5,
            _ if self.sentences.len() > 600 => 0.2,
            _ => 0.4,
        };
        let from_interface = random.fraction() < interface && !self.interface.is_empty();
        let texts: &[String] = if from_interface || self.sentences.is_empty() {
            &self.interface
        } else {
            &self.sentences
        };
        if self.language.script == Script::Han {
            return characters(random.of::<String>(texts), count * 4, random);
        }
        window(random.of::<String>(texts), count, random)
    }
}

/// Sentences of a language's nearest relative.
#[derive(Debug)]
struct Derived {
    map: Map,
    sentences: Vec<String>,
}

/// The nearest relative of a language of which there is too little.
fn relative(code: &str) -> Option<&'static str> {
    match code {
        "gl" => Some("portuguese"),
        "ms" => Some("indonesian"),
        _ => None,
    }
}

fn lines(path: &Path) -> Result<impl Iterator<Item = String> + use<>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    Ok(lines.into_iter())
}

/// `count` words in a row of `text`, half of the time its first.
fn window(text: &str, count: usize, random: &mut Random) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let count = count.min(words.len());
    let start = if random.fraction() < 0.5 {
        0
    } else {
        random.below(words.len() - count + 1)
    };
    words[start..start + count].join(" ")
}

fn characters(text: &str, count: usize, random: &mut Random) -> String {
    let all: Vec<char> = text.chars().collect();
    let count = count.min(all.len());
    let start = random.below(all.len() - count + 1);
    all[start..start + count].iter().collect()
}

/// An interface's text without its placeholders and markup.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    let mut inside = false;
    for token in text.split_whitespace() {
        inside |= token.contains('<');
        if !inside && !token.contains(['%', '\\', '{', '_', '^']) {
            bare.push_str(token);
            bare.push(' ');
        }
        inside &= !token.contains('>');
    }
    bare.trim().to_owned()
}
