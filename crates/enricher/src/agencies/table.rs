//! The form of the table of agencies: how one is read and checked, in time that grows as the table does.

mod fault;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

pub use self::fault::TableError;
use super::namesakes::is_function;
use super::{Spelled, keys};
use crate::lexicon;
use crate::words::folded;

/// An agency as the table has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agency {
    /// How outputs name it.
    pub slug: String,
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub codes: Vec<String>,
    #[serde(default)]
    pub ambiguous: Vec<String>,
    /// Short forms that are others' elsewhere, and count in datelines from its countries alone.
    #[serde(default)]
    pub datelines: Vec<String>,
    /// What means something else by the short form.
    #[serde(default, rename = "not")]
    pub homonyms: Vec<String>,
    #[serde(default)]
    pub signs: Vec<String>,
    #[serde(default)]
    pub sites: Vec<String>,
    #[serde(default)]
    pub kind: Kind,
    /// Where its datelines are from, by code, if its short form is another's elsewhere.
    pub countries: Option<Vec<String>>,
    /// The languages in which its ambiguous short forms mean it, by code.
    pub languages: Option<Vec<String>>,
}

impl Agency {
    /// Checks an entry that begins in a line of its table.
    fn check(&self, line: usize) -> Result<(), TableError> {
        let slug = || self.slug.clone();
        let named = [&self.names, &self.codes, &self.ambiguous];
        if named.iter().all(|spellings| spellings.is_empty()) {
            let slug = slug();
            return Err(TableError::Nameless { line, slug });
        }
        let countries = self.countries.as_deref().unwrap_or_default();
        if !self.datelines.is_empty() && countries.is_empty() {
            let slug = slug();
            return Err(TableError::Nowhere { line, slug });
        }
        let others = [&self.signs, &self.homonyms, &self.sites, &self.datelines];
        let spellings = named.into_iter().chain(others).flatten();
        let mut spellings = spellings.chain([&self.slug]);
        let is_short = |spelling: &&String| spelling.trim().chars().count() < 2;
        if let Some(spelling) = spellings.find(is_short) {
            return Err(TableError::Short {
                line,
                slug: slug(),
                spelling: spelling.clone(),
            });
        }
        if let Some(spelling) = self.small() {
            return Err(TableError::Small {
                line,
                slug: slug(),
                spelling: spelling.clone(),
            });
        }
        self.check_codes(line)?;
        match self.sites.iter().find(|site| !is_host(site)) {
            Some(site) => Err(TableError::Site {
                line,
                slug: slug(),
                site: site.clone(),
            }),
            None => Ok(()),
        }?;
        match self.covered() {
            Some((given, other)) => Err(TableError::Covered {
                line,
                slug: slug(),
                given: given.clone(),
                other: other.clone(),
            }),
            None => Ok(()),
        }
    }

    /// The first spelling that is nothing but small words as texts write them: "the", "of the".
    fn small(&self) -> Option<&String> {
        let signs = self.signs.iter().map(|sign| (sign, Spelled::Sign));
        let mut spellings = self.spellings().chain(signs);
        let small = |spelling: &str, how: Spelled| {
            // A short form counts as it is written: "UN" and "IL" are no small words.
            (how.in_any_case() || !spelling.contains(char::is_uppercase))
                && folded(spelling).split_whitespace().all(is_function)
        };
        spellings
            .find(|(spelling, how)| small(spelling, *how))
            .map(|(spelling, _)| spelling)
    }

    /// Checks that languages and countries have codes that articles have.
    fn check_codes(&self, line: usize) -> Result<(), TableError> {
        let unknown = |codes: &Option<Vec<String>>, known: &dyn Fn(&str) -> bool| {
            let codes = codes.as_deref().unwrap_or_default();
            codes.iter().find(|code| !known(code)).cloned()
        };
        let language = |code: &str| CODES.has("language", &code.to_ascii_lowercase());
        let country = |code: &str| CODES.has("country", code);
        let language = unknown(&self.languages, &language).map(|code| ("language", code));
        let country = unknown(&self.countries, &country).map(|code| ("country", code));
        let Some((kind, code)) = language.or(country) else {
            return Ok(());
        };
        let must = match kind {
            "language" => "its code of two letters (ISO 639-1), such as en",
            _ => "its code of two capitals (ISO 3166-1), such as GB",
        };
        Err(TableError::Code {
            line,
            slug: self.slug.clone(),
            kind,
            code,
            must,
        })
    }

    /// The first spelling or site that finds nothing more than another one, with that one. Of two that find the same it is
    /// the later.
    fn covered(&self) -> Option<(&String, &String)> {
        let signs = self.signs.iter().map(|sign| (sign, Spelled::Sign));
        let spellings: Vec<(&String, Spelled)> = self.spellings().chain(signs).collect();
        // By what finds a spelling: its own letters, and for a name those of any case.
        let mut finders: BTreeMap<(bool, String), Vec<usize>> = BTreeMap::new();
        for (at, (text, how)) in spellings.iter().enumerate() {
            let finders = &mut finders;
            let mut add = |key: (bool, String)| finders.entry(key).or_default().push(at);
            add((false, (*text).clone()));
            if *how == Spelled::Name {
                for key in keys(text, *how) {
                    add((true, key));
                }
            }
        }
        let finds = |one: usize| {
            let (given, _) = spellings[one];
            let same = finders.get(&(false, given.clone()));
            let any_case = finders.get(&(true, given.to_ascii_lowercase()));
            let finders = same.into_iter().chain(any_case).flatten();
            finders.copied().filter(move |other| *other != one)
        };
        let covering = |one: usize| {
            let mut others = finds(one);
            others.find(|&other| one > other || !finds(other).any(|back| back == one))
        };
        let spelled = (0..spellings.len()).find_map(|one| Some((one, covering(one)?)));
        let spelled = spelled.map(|(one, other)| (spellings[one].0, spellings[other].0));
        spelled.or_else(|| self.covered_site())
    }

    /// The first site that lies below another one, or stands in the list before, with that one.
    fn covered_site(&self) -> Option<(&String, &String)> {
        let mut first: BTreeMap<&str, &String> = BTreeMap::new();
        for site in &self.sites {
            if let Some(known) = first.insert(site, site) {
                return Some((site, known));
            }
        }
        self.sites.iter().find_map(|site| {
            let mut above = site.match_indices('.').map(|(at, _)| &site[at + 1..]);
            let other = above.find_map(|above| first.get(above))?;
            Some((site, *other))
        })
    }

    /// What texts call it, and how each is to be taken.
    fn spellings(&self) -> impl Iterator<Item = (&String, Spelled)> {
        let kinds = [
            (&self.names, Spelled::Name),
            (&self.codes, Spelled::Code),
            (&self.ambiguous, Spelled::Ambiguous),
            (&self.datelines, Spelled::Dateline),
        ];
        let kinds = kinds.into_iter();
        kinds.flat_map(|(spellings, how)| spellings.iter().map(move |spelling| (spelling, how)))
    }
}

/// Codes of languages and countries, by what they are codes of: `data/codes.txt`.
struct Codes(BTreeMap<&'static str, BTreeSet<&'static str>>);

static CODES: LazyLock<Codes> = LazyLock::new(|| {
    let lines = lexicon::lines(include_str!("../../data/codes.txt"));
    Codes(lines.map(|(kind, codes)| (kind, codes.collect())).collect())
});

impl Codes {
    fn has(&self, kind: &str, code: &str) -> bool {
        self.0.get(kind).is_some_and(|codes| codes.contains(code))
    }
}

/// Whether it is the host of an address, as addresses are compared.
fn is_host(site: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && label.chars().all(inner)
    };
    site.contains('.') && site.split('.').all(is_label)
}

/// The spellings of a table that were read so far, by what they are in lower case.
#[derive(Default)]
struct Known<'a>(BTreeMap<String, Vec<(&'a Agency, &'a str, Spelled)>>);

impl<'a> Known<'a> {
    /// Takes note of an agency's spellings, and finds the first that another one has, with whose it is. A name is
    /// the same in whatever case, a short form is not: "Ina" is no "INA".
    fn shared(&mut self, agency: &'a Agency) -> Option<(String, String)> {
        for (spelling, how) in agency.spellings() {
            let known = self.0.entry(spelling.to_lowercase()).or_default();
            let shared = known.iter().find(|(other, text, known)| {
                let named = how == Spelled::Name || *known == Spelled::Name;
                let doubtful = how.is_doubtful() && known.is_doubtful();
                other.slug != agency.slug && (named || text == spelling) && !doubtful
            });
            if let Some((other, ..)) = shared {
                return Some((spelling.clone(), other.slug.clone()));
            }
            known.push((agency, spelling, how));
        }
        None
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    #[default]
    Agency,
    Outlet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    agency: Vec<toml::Spanned<Agency>>,
}

/// The agencies of a table of the form of `config/agencies.toml`.
pub(super) fn read(text: &str) -> Result<Vec<Agency>, TableError> {
    let Table { agency: given } = toml::from_str(text)?;
    let mut all: Vec<Agency> = Vec::with_capacity(given.len());
    let mut lines: Vec<usize> = Vec::with_capacity(given.len());
    let mut slugs: BTreeSet<String> = BTreeSet::new();
    // Lines are counted on from the entry before: from the beginning each time the work is the square of the table.
    let (mut line, mut counted) = (1, 0);
    for agency in given {
        let start = agency.span().start;
        line += text[counted..start].matches('\n').count();
        counted = start;
        let agency = agency.into_inner();
        agency.check(line)?;
        let slug = agency.slug.clone();
        if !slugs.insert(slug.clone()) {
            return Err(TableError::Twice { line, slug });
        }
        all.push(agency);
        lines.push(line);
    }
    let mut known = Known::default();
    for (agency, line) in all.iter().zip(lines) {
        if let Some((spelling, other)) = known.shared(agency) {
            return Err(TableError::Shared {
                line,
                slug: agency.slug.clone(),
                spelling,
                other,
            });
        }
    }
    Ok(all)
}
