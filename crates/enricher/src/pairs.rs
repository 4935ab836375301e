//! One article held against others that the caller names.

use std::ops::Range;

use article::{Attribution, Cleaned, Evidence, Origin, RelationKind};

use crate::candidates::{Search, candidates};
use crate::compare::Measures;
use crate::enrich::Enrich;
use crate::evidence::{evidence, names};
use crate::furniture::Furniture;
use crate::relate::{Judged, This, rounded};
use crate::sign::{Draft, Signature, Sketch, sign};
use crate::window::{Id, Serial, Window};

/// What the window would keep of an article, kept by the caller.
#[derive(Clone, Debug)]
pub struct Remembered {
    article: Id,
    signature: Signature<'static>,
    origin: Option<Origin>,
    seen: i64,
}

/// How an article relates to an earlier one.
#[derive(Clone, Debug)]
pub struct Scored {
    /// How sure it is that one was made from the other, 0 to 1.
    pub derived: f64,
    /// How sure it is that both tell of one event, 0 to 1.
    pub same_event: f64,
    /// `None` where they have nothing to do with each other.
    pub relation: Option<RelationKind>,
    /// What shows it.
    pub evidence: Evidence,
    /// What the scores are made of: name and value.
    pub measures: Vec<(&'static str, f64)>,
    /// Whether the earlier article is among those that the stage would hold the later one against, and how many
    /// these are. `None` where the window does not have it.
    pub candidate: Option<(bool, usize)>,
}

/// Two articles with everything that they share.
#[derive(Clone, Debug)]
pub struct Explained {
    /// How the later one relates to the earlier one.
    pub scored: Scored,
    /// What both have word by word, in the order of the later text.
    pub passages: Vec<Passage>,
    /// Rare names and numbers of both, as bytes of the later text and of the earlier one.
    pub names: [Vec<Range<usize>>; 2],
    /// Where the later text and the earlier one are cut off for comparison, in bytes: some 2,000 words into each.
    /// `None` where all of it is compared.
    pub cut: [Option<usize>; 2],
}

/// A passage that two texts share, function words and inflection aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Bytes of the later text.
    pub here: Range<usize>,
    /// Bytes of the earlier one.
    pub there: Range<usize>,
    /// Either text quotes it.
    pub quoted: bool,
}

impl Enrich {
    /// Holds `article` against articles that came before it, as [`pipeline::Stage::apply`] would if it
    /// met them in `window`, and gives its own mark. Changes nothing.
    pub fn hold(
        &self,
        article: &Cleaned,
        others: &[&Remembered],
        window: &Window,
    ) -> (Remembered, Vec<Scored>) {
        let search = self.search(article, window);
        let mut furniture = Furniture::default();
        let (draft, known) = self.draft(article);
        let sketch = sketch(article, draft, &search, &mut furniture);
        let mark = self.mark(article, known, &sketch, window);
        let this = This::new(&sketch, mark.origin.as_ref(), &search);
        let found = match others {
            [] => Vec::new(),
            _ => candidates(&sketch, &search, &mut furniture),
        };
        let scored = others.iter().map(|other| {
            let judged = judge(&this, other, &search, &mut furniture);
            let serial = window.serial_of(other.article);
            Scored {
                candidate: serial.map(|serial| {
                    let is_held = found.contains(&serial) && this.may_be_tied(&other.signature);
                    (is_held, found.len())
                }),
                ..scored(&sketch, &judged, other, None)
            }
        });
        (mark.clone(), scored.collect())
    }

    /// Compares two articles alone and tells where what they share stands in both texts.
    pub fn explain(&self, earlier: &Cleaned, later: &Cleaned) -> Explained {
        let window = Window::default();
        let search = self.search(later, &window);
        let (draft, known) = self.draft(earlier);
        let before = sketch(earlier, draft, &search, &mut Furniture::default());
        let other = self.mark(earlier, known, &before, &window);
        let mut furniture = Furniture::default();
        let (draft, known) = self.draft(later);
        let after = sketch(later, draft, &search, &mut furniture);
        let mark = self.mark(later, known, &after, &window);
        let this = This::new(&after, mark.origin.as_ref(), &search);
        let judged = judge(&this, &other, &search, &mut furniture);
        let mut passages: Vec<Passage> = judged
            .comparison
            .runs
            .iter()
            .filter_map(|run| {
                Some(Passage {
                    here: after.bytes_of(run.here, run.items)?,
                    there: before.bytes_of(run.there, run.items)?,
                    quoted: run.quoted,
                })
            })
            .collect();
        passages.sort_by_key(|passage| (passage.here.start, passage.there.start));
        let names = [
            names(&after, &before.signature),
            names(&before, &after.signature),
        ];
        Explained {
            scored: scored(&after, &judged, &other, Some(&before)),
            passages,
            names,
            cut: [after.cut(), before.cut()],
        }
    }

    fn mark(
        &self,
        article: &Cleaned,
        known: Vec<Attribution>,
        sketch: &Sketch<'_>,
        window: &Window,
    ) -> Remembered {
        Remembered {
            article: Id::from(&article.id),
            signature: sketch.signature.clone(),
            origin: self.stated(article, known, &sketch.body, window),
            seen: article.fetched_at.as_millisecond(),
        }
    }

    /// Where what came before `article` is looked for: all that the window has.
    fn search<'w>(&'w self, article: &Cleaned, window: &'w Window) -> Search<'w> {
        Search {
            window,
            config: self.config(),
            before: Serial::MAX,
            seen: article.fetched_at.as_millisecond(),
        }
    }
}

fn judge(
    this: &This<'_>,
    other: &Remembered,
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> Judged {
    let origin = other.origin.as_ref();
    this.judge(&other.signature, other.seen, origin, search, furniture)
}

fn scored(
    sketch: &Sketch<'_>,
    judged: &Judged,
    other: &Remembered,
    whole: Option<&Sketch<'_>>,
) -> Scored {
    let values = judged.comparison.measures.values();
    Scored {
        derived: rounded(judged.derived),
        same_event: rounded(judged.same_event),
        relation: judged.kind,
        evidence: evidence(
            sketch,
            &judged.comparison,
            judged.order,
            &other.signature,
            whole,
        ),
        measures: Measures::NAMES.iter().copied().zip(values).collect(),
        candidate: None,
    }
}

/// Makes a sketch of a draft and leaves out what the outlet prints under everything.
pub(crate) fn sketch<'a>(
    article: &'a Cleaned,
    draft: Draft,
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> Sketch<'a> {
    let vocabulary = &search.window.index.vocabulary;
    let mut sketch = sign(article, draft);
    let furnished = furniture.passages(&sketch, sketch.signature.outlet, search);
    sketch.settle(&furnished, vocabulary);
    sketch
}
