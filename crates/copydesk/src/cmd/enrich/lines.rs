//! A line for each document as it comes.

use std::collections::HashMap;
use std::io::Write;

use article::{
    ArticleId, Attribution, AttributionClass, Enriched, Evidence, FamilyId, Origin, OriginHow,
    Quotation, QuotationForm, RelationKind, StoryId,
};
use enricher::{Output, Window};
use serde::Serialize;

use crate::documents::Name;

/// The names of the documents that the window remembers.
#[derive(Default)]
pub(super) struct Lines {
    names: HashMap<ArticleId, Name>,
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a Name,
    language: Option<&'a str>,
    agencies: Vec<Gift<'a>>,
    quotes: Vec<Quote<'a>>,
    story: &'a StoryId,
    family: &'a FamilyId,
    relations: Vec<Tie<'a>>,
    origin: Option<Credit<'a>>,
}

/// What an agency or outlet gave to the document.
#[derive(Serialize)]
struct Gift<'a> {
    agency: &'a str,
    class: AttributionClass,
    confidence: f64,
}

impl<'a> Gift<'a> {
    fn of(attribution: &'a Attribution) -> Self {
        Self {
            agency: &attribution.source,
            class: attribution.class,
            confidence: attribution.confidence,
        }
    }
}

/// What stands between quotation marks, with its place in the text in bytes.
#[derive(Serialize)]
struct Quote<'a> {
    text: &'a str,
    speaker: &'a str,
    start: u32,
    end: u32,
}

impl<'a> Quote<'a> {
    fn of(quotation: &'a Quotation) -> Self {
        let speaker = quotation.speaker.as_ref();
        Self {
            text: &quotation.text,
            speaker: speaker.map_or("", |speaker| &speaker.name),
            start: quotation.start,
            end: quotation.end,
        }
    }
}

/// A relation, `of` an earlier document.
#[derive(Serialize)]
struct Tie<'a> {
    relation: RelationKind,
    of: &'a Name,
    score: f64,
    evidence: &'a Evidence,
}

/// An origin as this command's lines have it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Credit<'a> {
    pub(super) agency: &'a str,
    pub(super) how: OriginHow,
    pub(super) confidence: f64,
}

impl<'a> Credit<'a> {
    pub(super) fn of(origin: &'a Origin) -> Self {
        Self {
            agency: &origin.source,
            how: origin.how,
            confidence: origin.confidence,
        }
    }
}

/// Names are looked through for those that the window has forgotten when there are so many more.
const SLACK: usize = 10_000;

impl Lines {
    /// Prints what the stage made of the document `name`.
    pub(super) fn print(
        &mut self,
        name: &Name,
        outputs: &[Output],
        window: &Window,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        for output in outputs {
            let Output::Enriched(enriched) = output else {
                continue;
            };
            serde_json::to_writer(&mut *out, &self.line(name, enriched))?;
            out.write_all(b"\n")?;
            self.names.insert(enriched.article.id.clone(), name.clone());
        }
        if self.names.len() > 2 * window.len() + SLACK {
            self.names.retain(|id, _| window.remembers(id));
        }
        Ok(())
    }

    fn line<'a>(&'a self, name: &'a Name, enriched: &'a Enriched) -> Line<'a> {
        let Enriched {
            article,
            story,
            family,
            relations,
            origin,
            attributions,
            content,
        } = enriched;
        let quotes = content.quotations.iter();
        let quotes = quotes.filter(|quotation| quotation.form == QuotationForm::Marked);
        let found = article.metadata.text_language.as_ref();
        let relations = relations.iter().filter_map(|relation| {
            Some(Tie {
                relation: relation.relation,
                of: self.names.get(&relation.of)?,
                score: relation.score,
                evidence: &relation.evidence,
            })
        });
        Line {
            id: name,
            language: found.map(|found| found.code.as_str()),
            agencies: attributions.iter().map(Gift::of).collect(),
            quotes: quotes.map(Quote::of).collect(),
            story,
            family,
            relations: relations.collect(),
            origin: origin.as_ref().map(Credit::of),
        }
    }
}
