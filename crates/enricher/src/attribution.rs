//! Who says so: which agencies' copy an article is, which it was made with, which it cites.
//!
//! ```text
//! zones, text ─ mentions ─▶ where each stands ─┬─ author field, byline, dateline, credit ─▶ wire, contrib
//!                                              ├─ sentence that says whose facts ─────────▶ cites
//!                                              └─ picture, related link, namesake ────────▶ nothing
//! ```
//!
//! A name alone says nothing: what counts is the place and the words beside it. What is said of pictures is
//! never a credit of the text.

mod beside;
mod confidence;
mod line;
mod paragraphs;
mod settle;
mod signed;
mod text;

use std::collections::BTreeSet;

use article::{Attribution, AttributionClass, Cleaned, Credit, Place, host_of};

use crate::agencies::{
    Agencies, Cited, InText, Mention, Nouns, Share, Spelled, cited, credits_picture, is_of_person,
    outlet_name,
};
use crate::content::language;
use crate::normalise::{Normalised, normalise};
use crate::words::folded;

pub(crate) use settle::joined;

/// Finds whose words and facts an article says it has: a pure function of the article and the table.
pub fn attributions(article: &Cleaned, agencies: &Agencies) -> Vec<Attribution> {
    attributions_of(article, &normalise(&article.text), agencies)
}

/// The same of an article whose text was read as `body`.
pub(crate) fn attributions_of(
    article: &Cleaned,
    body: &Normalised,
    agencies: &Agencies,
) -> Vec<Attribution> {
    let mut desk = Desk {
        article,
        body,
        agencies,
        found: Vec::new(),
        subjects: BTreeSet::new(),
        signed: false,
        nouns: Nouns::of(language(article)),
    };
    desk.publisher();
    desk.title();
    desk.author_fields();
    desk.lines();
    desk.text();
    settle::settled(desk.found, &desk.subjects)
}

struct Found {
    source: String,
    class: AttributionClass,
    confidence: f64,
    credit: Credit,
    /// Counts only where nothing else says whose text it is.
    weak: bool,
}

struct Desk<'a> {
    article: &'a Cleaned,
    /// Its text, as it was read.
    body: &'a Normalised,
    agencies: &'a Agencies,
    found: Vec<Found>,
    /// Agencies that the article is about.
    subjects: BTreeSet<String>,
    /// A field names a person as its author.
    signed: bool,
    /// How its language writes nouns.
    nouns: Nouns,
}

impl Desk<'_> {
    fn outlet(&self) -> &str {
        let publisher = self.article.metadata.publisher.as_deref();
        publisher.unwrap_or(&self.article.outlet)
    }

    fn add(&mut self, source: &str, class: AttributionClass, confidence: f64, credit: Credit) {
        self.found.push(Found {
            source: source.to_owned(),
            class,
            confidence,
            credit,
            weak: false,
        });
    }

    fn add_credit(&mut self, reading: Share, mentions: &[Mention], credit: &Credit, wire: f64) {
        let (class, confidence) = match reading {
            Share::Wire => (AttributionClass::Wire, wire),
            Share::Contrib => (AttributionClass::Contrib, confidence::MADE_WITH),
        };
        for mention in mentions {
            let agencies = self.agencies;
            let signs = mention.how == Spelled::Sign && mentions.len() > 1;
            if mention.how != Spelled::Homonym && !signs && !agencies.is_outlet(mention) {
                self.add(agencies.slug(mention), class, confidence, credit.clone());
            }
        }
    }

    /// Whose page it is, and whose feed.
    fn publisher(&mut self) {
        let agencies = self.agencies;
        let article = self.article;
        let says = |text: &str| Credit {
            place: Place::Publisher,
            text: text.to_owned(),
            offset: None,
        };
        let host = host_of(&article.canonical_url);
        if let Some(slug) = agencies.of_site(&host) {
            self.add(
                slug,
                AttributionClass::Wire,
                confidence::OWN_PAGE,
                says(&host),
            );
        }
        let names = [Some(&article.outlet), article.metadata.publisher.as_ref()];
        for name in names.into_iter().flatten() {
            let named = agencies.called(name);
            if let Some(slug) = named.or_else(|| agencies.of_site(&name.to_lowercase())) {
                self.add(
                    slug,
                    AttributionClass::Wire,
                    confidence::OWN_PAGE,
                    says(name),
                );
            }
        }
    }

    /// A headline may name the agency that it is from; else the article is about it.
    fn title(&mut self) {
        let agencies = self.agencies;
        let title = self.article.title.as_str();
        let mentions = agencies.mentions(title);
        for mention in &mentions {
            if matches!(mention.how, Spelled::Unnamed | Spelled::Sign)
                || agencies.is_outlet(mention)
            {
                continue;
            }
            let slug = agencies.slug(mention).to_owned();
            if mention.how == Spelled::Homonym
                || is_of_person(title, mention)
                || credits_picture(title, mention)
            {
                continue;
            }
            let rest = title[mention.end..].trim_matches(|c: char| !c.is_alphanumeric());
            let before = title[..mention.start].trim_end();
            let closes = rest.is_empty() && before.ends_with(['-', '–', '—', ':', '(', '|', ',']);
            let opens = before.is_empty() && title[mention.end..].trim_start().starts_with(':');
            let in_text = InText {
                mention,
                doubtful: false,
                person: false,
                nouns: self.nouns,
                in_language: agencies.is_of_language(mention, language(self.article)),
            };
            let how = cited(title, 0..title.len(), in_text);
            // A page's title ends with whose page it is.
            let of_site = rest.is_empty() && before.ends_with('|');
            if of_site {
                continue;
            }
            if closes || opens || how == Some(Cited::Surely) {
                let credit = Credit {
                    place: Place::Title,
                    text: title.to_owned(),
                    offset: None,
                };
                self.add(
                    &slug,
                    AttributionClass::Cites,
                    confidence::CITED_IN_TITLE,
                    credit,
                );
            } else {
                self.subjects.insert(slug);
            }
        }
    }

    fn take_over(&mut self, name: &str, credit: &Credit) {
        let agencies = self.agencies;
        let mentions = agencies.mentions(name);
        let known = mentions
            .first()
            .filter(|mention| mention.range() == (0..name.len()));
        let source = match known {
            Some(mention) if mention.how != Spelled::Homonym => agencies.slug(mention).to_owned(),
            _ => outlet_name(name),
        };
        // An outlet that says where it printed its own article first.
        let host = host_of(&self.article.canonical_url);
        let own = compact(&source);
        let is_own =
            compact(self.outlet()) == own || own.len() > 3 && compact(&host).contains(&own);
        if !is_own {
            self.add(
                &source,
                AttributionClass::Republished,
                confidence::TAKEN_OVER,
                credit.clone(),
            );
        }
    }
}

fn compact(name: &str) -> String {
    folded(name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}
