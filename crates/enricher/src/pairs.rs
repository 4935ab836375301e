//! One article held against others that the caller names.

use article::{Cleaned, Evidence, Origin, RelationKind};

use crate::attribute;
use crate::candidates::Search;
use crate::compare::Measures;
use crate::enrich::Enrich;
use crate::furniture::Furniture;
use crate::relate::{This, evidence, rounded};
use crate::sign::{Signature, Sketch, sign};
use crate::window::{Serial, Window};

/// What the window would keep of an article, kept by the caller.
#[derive(Clone, Debug)]
pub struct Mark {
    signature: Signature,
    origin: Option<Origin>,
    seen: i64,
}

/// How an article relates to another.
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
}

impl Enrich {
    /// Holds `article` against articles that came before it, as [`pipeline::Stage::apply`] would if it
    /// met them in `window`, and gives its own mark. Changes nothing.
    pub fn hold(
        &self,
        article: &Cleaned,
        others: &[&Mark],
        window: &Window,
    ) -> (Mark, Vec<Scored>) {
        let search = Search {
            window,
            config: self.config(),
            before: Serial::MAX,
        };
        let mut furniture = Furniture::default();
        let sketch = sketch(article, &search, &mut furniture);
        let origin = attribute::stated(article, &sketch.words, window);
        let seen = article.fetched_at.as_millisecond();
        let this = This::new(&sketch, origin.as_ref(), seen, &search);
        let scored = others.iter().map(|other| {
            let origin = other.origin.as_ref();
            let signature = &other.signature;
            let judged = this.judge(signature, other.seen, origin, &search, &mut furniture);
            let values = judged.comparison.measures.values();
            Scored {
                derived: rounded(judged.derived),
                same_event: rounded(judged.same_event),
                relation: judged.kind,
                evidence: evidence(&sketch, &judged, signature),
                measures: Measures::NAMES.iter().copied().zip(values).collect(),
            }
        });
        let scored = scored.collect();
        let mark = Mark {
            origin: origin.clone(),
            seen,
            signature: sketch.signature.clone(),
        };
        (mark, scored)
    }
}

/// Reads an article and leaves out what its outlet prints under everything.
pub(crate) fn sketch<'a>(
    article: &'a Cleaned,
    search: &Search<'_>,
    furniture: &mut Furniture,
) -> Sketch<'a> {
    let vocabulary = &search.window.index.vocabulary;
    let mut sketch = sign(article, vocabulary);
    let furnished = furniture.passages(&sketch, sketch.signature.outlet, search);
    sketch.leave_out(&furnished, vocabulary);
    sketch
}
