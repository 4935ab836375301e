//! The table of news agencies, and where a text names them.
//!
//! The table is data (`config/agencies.toml`), built in, and replaceable. One automaton finds every spelling
//! in one pass; what a mention means depends on where it stands: see [`crate::attribution`].

mod cites;
mod credits;
mod cues;
mod dateline;
mod denied;
mod grammar;
mod its_own;
mod lists;
mod mentions;
mod namesakes;
mod pictures;
mod syndicated;
mod table;
mod taken;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use crate::places::country;
use crate::words::folded;
use table::{Agency, Kind};

pub(crate) use cites::{Cited, InText, Nouns, cited, credits_picture};
pub(crate) use credits::{Rest, Share, is_credit_opening, is_of_newsroom, is_staff, read_credit};
pub(crate) use dateline::{dateline, explains};
pub(crate) use lists::{
    List, heads_list, is_item, is_of_agencies, is_of_rights, is_related, is_wrapped,
};
pub(crate) use mentions::Mention;
pub(crate) use namesakes::{is_of_person, is_one_word, is_spelled_out};
pub(crate) use pictures::{is_dated_caption, is_photographer, is_picture, is_picture_right};
pub(crate) use syndicated::syndicated;
pub use table::TableError;
pub(crate) use taken::{outlet_name, taken_over};

/// Whether a folded word is a month or a day of the week.
pub(crate) fn is_of_a_date(word: &str) -> bool {
    cues::cues().dates.has(word)
}

/// The country of a dateline's place. American datelines end with the state: "TROY, N.Y.".
fn country_of(place: &str) -> Option<&'static str> {
    let words = cites::folded_words(place);
    let mut states = cues::cues().states.ending(&words);
    if states.any(|state| state.len() < words.len()) {
        return Some("US");
    }
    country(place)
}

/// The table that is built in.
const BUILT_IN: &str = include_str!("../../../config/agencies.toml");

static TABLE: LazyLock<Arc<Agencies>> = LazyLock::new(|| {
    let table = Agencies::from_toml(BUILT_IN);
    Arc::new(table.expect("the built-in table of agencies is tested"))
});

/// The slug of agencies that are credited by no name.
pub(crate) const UNSPECIFIED: &str = "unspecified";

/// How a spelling is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelled {
    /// A name, in any case.
    Name,
    /// A short form in exactly this case.
    Code,
    /// A short form in exactly this case that means other things too.
    Ambiguous,
    /// A short form in exactly this case that counts in datelines alone.
    Dateline,
    /// A phrase that only its own copy has.
    Sign,
    /// "Agencies", by no name.
    Unnamed,
    /// What says that a short form means something else.
    Homonym,
}

#[derive(Clone, Debug)]
struct Spelling {
    text: String,
    agency: usize,
    how: Spelled,
}

impl Spelled {
    /// Whether it is found in any case.
    fn in_any_case(self) -> bool {
        matches!(self, Self::Name | Self::Sign | Self::Unnamed)
    }

    /// Whether it means other things too.
    fn is_doubtful(self) -> bool {
        matches!(self, Self::Ambiguous | Self::Dateline)
    }
}

/// What the automaton looks for, to find a spelling. It takes ASCII letters for the same in both cases and no others:
/// AGÊNCIA BRASIL is a pattern of its own.
fn keys(text: &str, how: Spelled) -> BTreeSet<String> {
    let mut keys = BTreeSet::from([text.to_ascii_lowercase()]);
    if how.in_any_case() {
        keys.insert(text.to_uppercase().to_ascii_lowercase());
    }
    keys
}

/// The agencies with the automaton that finds them.
#[derive(Debug)]
pub struct Agencies {
    all: Vec<Agency>,
    automaton: AhoCorasick,
    /// What each pattern of the automaton may be: spellings that differ in case only share one.
    patterns: Vec<Vec<Spelling>>,
    /// Whose each site is.
    sites: BTreeMap<String, usize>,
}

impl Agencies {
    /// The table that is built in.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&TABLE)
    }

    /// Reads a table of the form of `config/agencies.toml`.
    pub fn from_toml(text: &str) -> Result<Self, TableError> {
        let all = table::read(text)?;
        Self::of(all, &cues::cues().unnamed)
    }

    /// A table of agencies that feeds make known, each by its name and its initials: a Meridian Press
    /// Agency signs as MPA.
    pub(crate) fn of_names<'a>(names: impl Iterator<Item = &'a str>) -> Option<Self> {
        let agencies = names.map(|name| {
            let initials: String = name
                .split(|c: char| !c.is_alphanumeric())
                .filter_map(|word| word.chars().next())
                .filter(|first| first.is_uppercase())
                .collect();
            let codes = (initials.chars().count() > 2).then_some(initials);
            Agency {
                slug: name.to_owned(),
                names: vec![name.to_owned()],
                codes: codes.into_iter().collect(),
                ambiguous: Vec::new(),
                datelines: Vec::new(),
                homonyms: Vec::new(),
                signs: Vec::new(),
                sites: Vec::new(),
                kind: Kind::Agency,
                countries: None,
                languages: None,
            }
        });
        let agencies: Vec<Agency> = agencies.collect();
        if agencies.is_empty() {
            return None;
        }
        Self::of(agencies, &[]).ok()
    }

    /// The table of `all`, which also finds agencies that are credited as `unnamed`.
    fn of(all: Vec<Agency>, unnamed: &[String]) -> Result<Self, TableError> {
        if all.is_empty() {
            return Err(TableError::Empty);
        }
        let mut by_key: BTreeMap<String, Vec<Spelling>> = BTreeMap::new();
        let mut add = |text: &str, agency: usize, how: Spelled| {
            for key in keys(text, how) {
                by_key.entry(key).or_default().push(Spelling {
                    text: text.to_owned(),
                    agency,
                    how,
                });
            }
        };
        for (index, agency) in all.iter().enumerate() {
            let kinds = [
                (&agency.names, Spelled::Name),
                (&agency.codes, Spelled::Code),
                (&agency.ambiguous, Spelled::Ambiguous),
                (&agency.datelines, Spelled::Dateline),
                (&agency.signs, Spelled::Sign),
                (&agency.homonyms, Spelled::Homonym),
            ];
            for (spellings, how) in kinds {
                for spelling in spellings {
                    add(spelling, index, how);
                }
            }
        }
        for unnamed in unnamed {
            add(unnamed, usize::MAX, Spelled::Unnamed);
        }
        let (keys, patterns): (Vec<String>, Vec<Vec<Spelling>>) = by_key.into_iter().unzip();
        let automaton = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&keys)?;
        let mut sites = BTreeMap::new();
        for (index, agency) in all.iter().enumerate() {
            for site in &agency.sites {
                sites.entry(site.clone()).or_insert(index);
            }
        }
        Ok(Self {
            all,
            automaton,
            patterns,
            sites,
        })
    }

    /// Whether the text may name one of them: what has none is turned away by this at once.
    pub(crate) fn may_be_in(&self, text: &str) -> bool {
        self.automaton.is_match(mentions::flat(text).as_ref())
    }

    /// How outputs name the agency of a mention.
    pub(crate) fn slug(&self, mention: &Mention) -> &str {
        self.all
            .get(mention.agency)
            .map_or(UNSPECIFIED, |agency| agency.slug.as_str())
    }

    /// Whether the short form of a mention is the agency's in a language: a Polish text that says PAP means the
    /// agency. `None` where the table says nothing of it, or nothing is known of the language.
    pub(crate) fn is_of_language(&self, mention: &Mention, language: &str) -> Option<bool> {
        let languages = self.all.get(mention.agency)?.languages.as_ref()?;
        let main = language.split(['-', '_']).next().unwrap_or_default();
        let is_it = |code: &String| code.eq_ignore_ascii_case(main);
        (!main.is_empty()).then(|| languages.iter().any(is_it))
    }

    /// Whether a dateline with an ambiguous short form may be the agency's by what stands before it: its day, or a
    /// place that is not known to be elsewhere.
    pub(crate) fn is_from(&self, mention: &Mention, place: &str) -> bool {
        let agency = self.all.get(mention.agency);
        let countries = agency.and_then(|agency| agency.countries.as_ref());
        let Some(countries) = countries.filter(|_| mention.how.is_doubtful()) else {
            return true;
        };
        let is_home = |code: &str| countries.iter().any(|home| home == code);
        if mention.how == Spelled::Dateline {
            return country_of(place).is_some_and(is_home);
        }
        let mut words = place.split(|c: char| !c.is_alphanumeric());
        let dated = words.any(|word| {
            word.starts_with(|c: char| c.is_ascii_digit()) || is_of_a_date(&folded(word))
        });
        dated || country_of(place).map_or(!countries.is_empty(), is_home)
    }

    /// The same mention of the agency that is from the place before it, where several share its short form.
    pub(crate) fn of_place(&self, mention: &Mention, spelled: &str, place: &str) -> Mention {
        let of = |agency: usize| Mention { agency, ..*mention };
        if mention.how != Spelled::Dateline || self.is_from(mention, place) {
            return *mention;
        }
        let shares = |agency: &Agency| agency.datelines.iter().any(|form| form == spelled);
        let mut sharing = self.all.iter().enumerate();
        let other = sharing.find(|&(at, agency)| shares(agency) && self.is_from(&of(at), place));
        other.map_or(*mention, |(at, _)| of(at))
    }

    /// Whether it is an outlet, whose name in passing says nothing.
    pub(crate) fn is_outlet(&self, mention: &Mention) -> bool {
        self.all
            .get(mention.agency)
            .is_some_and(|agency| agency.kind == Kind::Outlet)
    }

    /// The slug of the agency that the host belongs to.
    pub(crate) fn of_site(&self, host: &str) -> Option<&str> {
        let below = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
        let mut hosts = std::iter::once(host).chain(below);
        let owner = hosts.find_map(|host| self.sites.get(host))?;
        self.all.get(*owner).map(|owner| owner.slug.as_str())
    }

    /// The slug of the agency that is called so in full, in whatever case where it is a name.
    pub(crate) fn called(&self, name: &str) -> Option<&str> {
        let name = name.trim();
        let name = name.strip_prefix("The ").unwrap_or(name);
        let mentions = self.mentions(name);
        let whole = mentions.iter().find(|mention| {
            mention.range() == (0..name.len())
                && !matches!(mention.how, Spelled::Homonym | Spelled::Unnamed)
                && !self.is_outlet(mention)
        })?;
        Some(self.slug(whole))
    }
}
