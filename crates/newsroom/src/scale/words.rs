//! Sentences of made-up words between real function words, so that they count as English.

use xxhash_rust::xxh3::xxh3_64;

/// A stream of numbers that its name and index fix (SplitMix64).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn of(what: &str, index: usize) -> Self {
        Self(xxh3_64(what.as_bytes()) ^ (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    fn pick<'a, T: AsRef<str>>(&mut self, choices: &'a [T]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize].as_ref()
    }
}

/// The vocabulary.
#[derive(Debug)]
pub(crate) struct Words {
    /// Nouns and adjectives.
    things: Vec<String>,
    /// Verbs, as stems that take `-s`, `-ed` and `-ing`.
    deeds: Vec<String>,
    /// Names of people and places.
    names: Vec<String>,
}

const ONSETS: [&str; 28] = [
    "b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl",
    "r", "s", "sk", "st", "t", "tr", "v", "w", "th", "sh",
];
const NUCLEI: [&str; 9] = ["a", "e", "i", "o", "u", "ea", "ai", "ou", "oo"];
const CODAS: [&str; 14] = [
    "n", "r", "l", "m", "st", "nd", "rk", "sh", "ck", "nt", "ll", "rm", "ld", "t",
];

/// Sentence forms: `T` a thing, `D` a deed, `N` a name, `#` a number; all else stands as it is.
const FORMS: [&str; 16] = [
    "The T Ded the T of N before the T could D it",
    "N said on Monday that the T would D # T and a T in the coming weeks",
    "According to N N , the T is T , but it has not been Ded since the T",
    "It was the first time that a T had Ded with the T of N",
    "\" We will D the T , and we will D it with every T that we have , \" N N said",
    "More than # T were Ded at the T in N , and # of them have been Ded again",
    "The T of the T , which N had Ded in the spring , was not T",
    "In N , where the T is T , they are Ding for a T that may never D",
    "There is no T in this T , N told the T , and there are # T to D",
    "Officials of the N T have been Ding the T since the T was Ded",
    "A T from N and a T from N were both Ded by the same T",
    "As the T Ded , N N Ded for the T and its T with a T of #",
    "Nobody at the T would say who had Ded it or why it took # days to D",
    "The T Ds to be T for those who D in the T near N",
    "She had Ded the T for # years when the T of N began to D",
    "What the T will D is for the T to say , not for N",
];

const HEADLINES: [&str; 6] = [
    "N T to D # T after T",
    "T of N Ds over T and T",
    "N Ds T as T Ds",
    "Why the T of N is T",
    "N N Ds # T in T T",
    "T Ded : N and N at the T",
];

impl Words {
    pub(crate) fn new() -> Self {
        Self {
            things: vocabulary("thing", 1_800),
            deeds: vocabulary("deed", 600),
            names: vocabulary("name", 600)
                .iter()
                .map(|it| capital(it))
                .collect(),
        }
    }

    /// A name of a person or a place.
    pub(crate) fn name(&self, random: &mut Random) -> String {
        random.pick(&self.names).to_owned()
    }

    /// A headline of six to ten words.
    pub(crate) fn headline(&self, random: &mut Random) -> String {
        let mut line = String::new();
        self.fill(random.pick(&HEADLINES), random, &mut line);
        capital(&line)
    }

    /// The first sentence of the story that the same stream gives.
    pub(crate) fn lead(&self, random: &mut Random) -> String {
        let _ = random.below(5);
        let _ = random.below(4);
        self.sentence(random)
    }

    /// Eight to twelve paragraphs of two to five sentences.
    pub(crate) fn story(&self, random: &mut Random) -> Vec<String> {
        let count = 8 + random.below(5);
        (0..count)
            .map(|_| {
                let sentences = 2 + random.below(4);
                let sentences = (0..sentences).map(|_| self.sentence(random));
                sentences.collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    fn sentence(&self, random: &mut Random) -> String {
        let mut line = String::with_capacity(120);
        self.fill(random.pick(&FORMS), random, &mut line);
        line.push('.');
        capital(&line)
    }

    fn fill(&self, form: &str, random: &mut Random, out: &mut String) {
        let mut open = false;
        for token in form.split(' ') {
            // Punctuation joins the word before it, an opening quotation mark the word after it.
            let joins = token == "," || token == "\"" && open || token == ":";
            if !out.is_empty() && !joins && !out.ends_with('“') {
                out.push(' ');
            }
            match token {
                "T" => out.push_str(random.pick(&self.things)),
                "N" => out.push_str(random.pick(&self.names)),
                "D" | "Ds" | "Ded" | "Ding" => {
                    out.push_str(random.pick(&self.deeds));
                    out.push_str(&token[1..]);
                }
                "#" => out.push_str(&(2 + random.below(900)).to_string()),
                "\"" => {
                    out.push(if open { '”' } else { '“' });
                    open = !open;
                }
                word => out.push_str(word),
            }
        }
    }
}

/// So many different words of two or three syllables.
fn vocabulary(kind: &str, count: usize) -> Vec<String> {
    let mut random = Random::of(kind, 0);
    let mut seen = std::collections::BTreeSet::new();
    let mut words = Vec::with_capacity(count);
    while words.len() < count {
        let mut word = String::new();
        for _ in 0..=random.below(2) {
            word.push_str(random.pick(&ONSETS));
            word.push_str(random.pick(&NUCLEI));
        }
        word.push_str(random.pick(&ONSETS));
        word.push_str(random.pick(&NUCLEI));
        word.push_str(random.pick(&CODAS));
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_the_first_sentence_of_the_story() {
        let words = Words::new();
        for index in 0..50 {
            let lead = words.lead(&mut Random::of("text", index));
            let story = words.story(&mut Random::of("text", index));
            assert!(story[0].starts_with(&lead), "{lead} / {}", story[0]);
        }
    }

    #[test]
    fn sentences_are_set_like_sentences() {
        let words = Words::new();
        let mut random = Random::of("test", 1);
        for _ in 0..200 {
            let sentence = words.sentence(&mut random);
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(
                !sentence.contains(" ,") && !sentence.contains("“ "),
                "{sentence}"
            );
            assert!(!sentence.contains(" ”"), "{sentence}");
        }
    }
}
