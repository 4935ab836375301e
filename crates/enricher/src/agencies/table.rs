//! The form of the table of agencies, and what is wrong with one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Spelled, keys};

/// Why a table of agencies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is no TOML of this form.
    #[error("the table of agencies cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    /// It has no agencies.
    #[error("the table of agencies has no [[agency]]; give at least one with a slug and a name")]
    Empty,
    /// An agency has neither name nor short form.
    #[error("line {line}: agency {slug:?} has neither names, codes nor ambiguous; give it one")]
    Nameless {
        /// Where it stands.
        line: usize,
        /// The agency.
        slug: String,
    },
    /// Two agencies have one slug.
    #[error("line {line}: agency {slug:?} stands in the table before; join the two")]
    Twice {
        /// Where it stands for the second time.
        line: usize,
        /// The agency.
        slug: String,
    },
    /// Short forms for datelines, of no country.
    #[error("line {line}: agency {slug:?} has datelines and no countries; say where they are from")]
    Nowhere {
        /// Where it stands.
        line: usize,
        /// The agency.
        slug: String,
    },
    /// A slug or a spelling is so short that every text has it.
    #[error("line {line}: agency {slug:?} has {spelling:?}; give what has two letters or more")]
    Short {
        /// Where the agency stands.
        line: usize,
        /// The agency.
        slug: String,
        /// What is too short.
        spelling: String,
    },
    /// A site is no host, and would never match one.
    #[error(
        "line {line}: agency {slug:?} has the site {site:?}; give its host alone and in lower case, such as apnews.com"
    )]
    Site {
        /// Where the agency stands.
        line: usize,
        /// The agency.
        slug: String,
        /// What is no host.
        site: String,
    },
    /// A spelling or a site finds nothing that another one of the same agency does not find.
    #[error(
        "line {line}: agency {slug:?} has {given:?}, and {other:?} finds the same; take {given:?} out"
    )]
    Covered {
        /// Where the agency stands.
        line: usize,
        /// The agency.
        slug: String,
        /// What finds nothing more.
        given: String,
        /// What finds it too.
        other: String,
    },
    /// Two agencies have one spelling, and the second would never be found.
    #[error(
        "line {line}: agency {slug:?} has {spelling:?}, which is {other:?}'s too; take it out of one, or list it as ambiguous in both"
    )]
    Shared {
        /// Where the second stands.
        line: usize,
        /// The second.
        slug: String,
        /// What both have.
        spelling: String,
        /// The first.
        other: String,
    },
    /// Its spellings do not make an automaton.
    #[error("the spellings of the agencies cannot be searched for: {0}")]
    Spellings(#[from] aho_corasick::BuildError),
}

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

    /// The first spelling or site that finds nothing more than another one, with that one.
    fn covered(&self) -> Option<(&String, &String)> {
        let signs = self.signs.iter().map(|sign| (sign, Spelled::Sign));
        let spellings: Vec<(&String, Spelled)> = self.spellings().chain(signs).collect();
        let same = |one: usize, other: usize| {
            let ((given, _), (other, how)) = (spellings[one], spellings[other]);
            let any_case = how == Spelled::Name;
            given == other || any_case && keys(other, how).contains(&given.to_ascii_lowercase())
        };
        let below = |one: usize, other: usize| {
            let (given, other) = (&self.sites[one], &self.sites[other]);
            let before = given.strip_suffix(other.as_str());
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let spelled = covered_of(spellings.len(), same);
        let spelled = spelled.map(|(one, other)| (spellings[one].0, spellings[other].0));
        let sites = covered_of(self.sites.len(), below);
        spelled.or_else(|| sites.map(|(one, other)| (&self.sites[one], &self.sites[other])))
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

/// The first of so many that another one covers, with that one; of two that cover each other it is the later.
fn covered_of(count: usize, covers: impl Fn(usize, usize) -> bool) -> Option<(usize, usize)> {
    let pairs = (0..count).flat_map(|one| (0..count).map(move |other| (one, other)));
    let mut pairs = pairs.filter(|(one, other)| one != other);
    pairs.find(|&(one, other)| covers(one, other) && (one > other || !covers(other, one)))
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
    for agency in given {
        let line = 1 + text[..agency.span().start].matches('\n').count();
        let agency = agency.into_inner();
        agency.check(line)?;
        let slug = agency.slug.clone();
        if all.iter().any(|known| known.slug == slug) {
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
