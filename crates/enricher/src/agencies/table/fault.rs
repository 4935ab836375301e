//! What is wrong with a table of agencies.

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
    /// A spelling is a small word, which every text of its language has.
    #[error(
        "line {line}: agency {slug:?} has {spelling:?}, a small word of many texts; give a longer name, or a short form with the capitals it has"
    )]
    Small {
        /// Where the agency stands.
        line: usize,
        /// The agency.
        slug: String,
        /// The small word.
        spelling: String,
    },
    /// A language or a country has no such code, and would never match one.
    #[error("line {line}: agency {slug:?} has the {kind} {code:?}; give {must}")]
    Code {
        /// Where the agency stands.
        line: usize,
        /// The agency.
        slug: String,
        /// What it is to be the code of.
        kind: &'static str,
        /// What is no code.
        code: String,
        /// What it must be.
        must: &'static str,
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
