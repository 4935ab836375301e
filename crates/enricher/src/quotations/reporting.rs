//! How languages report what somebody said: the words of `data/reporting.txt`.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::OnceLock;

use crate::letters::plain;
use crate::lexicon;

/// What a word can be in a clause that names a speaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(u32);

impl Roles {
    pub(crate) const VERB: Self = Self(1);
    pub(crate) const PER: Self = Self(2);
    pub(crate) const POST: Self = Self(4);
    pub(crate) const PRONOUN: Self = Self(8);
    pub(crate) const DETERMINER: Self = Self(16);
    pub(crate) const PREPOSITION: Self = Self(32);
    pub(crate) const SKIP: Self = Self(64);
    pub(crate) const TITLE: Self = Self(128);
    /// With [`Roles::VERB`].
    pub(crate) const WEAK: Self = Self(512);
    pub(crate) const OPEN: Self = Self(256);
    pub(crate) const WORK: Self = Self(1024);
    pub(crate) const PERHAPS: Self = Self(2048);
    pub(crate) const THING: Self = Self(8192);
    pub(crate) const LABEL: Self = Self(4096);
    pub(crate) const KIN: Self = Self(16384);
    pub(crate) const TITLED: Self = Self(32768);
    pub(crate) const GROUP: Self = Self(65_536);
    /// With [`Roles::VERB`].
    pub(crate) const REPLY: Self = Self(131_072);
    pub(crate) const NAMING: Self = Self(262_144);
    pub(crate) const PART: Self = Self(524_288);
    pub(crate) const COPULA: Self = Self(1_048_576);
    pub(crate) const ACTS: Self = Self(2_097_152);
    pub(crate) const PAPER: Self = Self(4_194_304);
    /// These name somebody or something as any other word does.
    const PLAIN: Self = Self(
        Self::TITLE.0
            | Self::WORK.0
            | Self::PERHAPS.0
            | Self::THING.0
            | Self::LABEL.0
            | Self::KIN.0
            | Self::TITLED.0
            | Self::GROUP.0
            | Self::NAMING.0
            | Self::PART.0
            | Self::COPULA.0
            | Self::ACTS.0
            | Self::PAPER.0,
    );

    fn named(kind: &str) -> Option<Self> {
        Some(match kind {
            "verb" => Self::VERB,
            "weak" => Self(Self::VERB.0 | Self::WEAK.0),
            "per" => Self::PER,
            "post" => Self::POST,
            "pron" => Self::PRONOUN,
            "det" => Self::DETERMINER,
            "prep" => Self::PREPOSITION,
            "skip" => Self::SKIP,
            "title" => Self::TITLE,
            "open" => Self::OPEN,
            "work" => Self::WORK,
            "perhaps" => Self::PERHAPS,
            "kin" => Self::KIN,
            "titled" => Self::TITLED,
            "thing" => Self::THING,
            "label" => Self::LABEL,
            "group" => Self::GROUP,
            "reply" => Self(Self::VERB.0 | Self::REPLY.0),
            "naming" => Self::NAMING,
            "part" => Self::PART,
            "copula" => Self::COPULA,
            "acts" => Self::ACTS,
            "paper" => Self::PAPER,
            _ => return None,
        })
    }

    pub(crate) fn is(self, role: Self) -> bool {
        self.0 & role.0 != 0
    }

    /// A word of its own: nothing of a sentence's frame.
    pub(crate) fn is_plain(self) -> bool {
        self.0 & !Self::PLAIN.0 == 0
    }

    /// Part of a sentence's frame, and so no name where it opens one.
    pub(crate) fn is_frame(self) -> bool {
        let frame = Self::DETERMINER.0
            | Self::PREPOSITION.0
            | Self::SKIP.0
            | Self::PER.0
            | Self::VERB.0
            | Self::OPEN.0;
        self.0 & frame != 0
    }

    fn and(&mut self, role: Self) {
        self.0 |= role.0;
    }
}

/// The words of a phrase behind its first, and the role of the whole.
type Phrase = (Vec<Box<str>>, Roles);

/// The words of one language.
#[derive(Debug, Default)]
pub(crate) struct Reporting {
    words: HashMap<Box<str>, Roles>,
    /// Phrases by their first word.
    phrases: HashMap<Box<str>, Vec<Phrase>>,
}

impl Reporting {
    /// The words of a language, by its code of two letters; those of all where it is not known.
    pub(crate) fn of(language: &str) -> &'static Self {
        static ALL: OnceLock<BTreeMap<String, Reporting>> = OnceLock::new();
        let all = ALL.get_or_init(read);
        let code = match language.split(['-', '_']).next().unwrap_or_default() {
            "no" | "nn" | "da" | "fo" => "nb",
            "sk" => "cs",
            "hr" | "bs" | "sh" | "sl" | "me" => "sr",
            "mk" => "bg",
            "ms" | "jv" => "id",
            "fil" => "tl",
            other => other,
        };
        all.get(code).unwrap_or_else(|| &all[ANY])
    }

    /// Whether the language has words of its own here.
    pub(crate) fn knows(language: &str) -> bool {
        !std::ptr::eq(Self::of(language), Self::of(ANY))
    }

    /// The role of a single word, folded.
    pub(crate) fn role(&self, folded: &str) -> Roles {
        self.words.get(folded).copied().unwrap_or_default()
    }

    /// The longest phrase that begins with `first`: how many more words it has, and its role.
    pub(crate) fn phrase<'a>(
        &self,
        first: &str,
        mut following: impl FnMut(usize) -> Option<&'a str>,
    ) -> Option<(usize, Roles)> {
        let phrases = self.phrases.get(first)?;
        phrases
            .iter()
            .filter(|(rest, _)| (0..rest.len()).all(|at| following(at) == Some(&rest[at])))
            .map(|(rest, roles)| (rest.len(), *roles))
            .max_by_key(|&(length, _)| length)
    }

    fn add(&mut self, word: &str, role: Roles) {
        let mut parts = word.split('_').map(|part| plain(part).into_boxed_str());
        let Some(first) = parts.next() else { return };
        let rest: Vec<Box<str>> = parts.collect();
        if rest.is_empty() {
            self.words.entry(first).or_default().and(role);
        } else {
            self.phrases.entry(first).or_default().push((rest, role));
        }
    }
}

/// The language of texts whose language is not known: what any language says.
const ANY: &str = "";

fn read() -> BTreeMap<String, Reporting> {
    let mut all: BTreeMap<String, Reporting> = BTreeMap::new();
    all.entry(ANY.to_owned()).or_default();
    for (head, words) in lexicon::lines(lexicon::REPORTING) {
        let Some((language, role)) = head.split_once(' ') else {
            continue;
        };
        let Some(role) = Roles::named(role) else {
            continue;
        };
        for word in words {
            all.entry(language.to_owned()).or_default().add(word, role);
            all.entry(ANY.to_owned()).or_default().add(word, role);
        }
    }
    all
}
