//! What two articles have in common, in numbers.

mod blanks;
mod runs;
mod sentences;
mod side;
mod stub;
mod terms;

use std::ops::Range;

use article::Origin;

use crate::sign::Signature;

pub(crate) use runs::Run;
pub(crate) use side::{Held, Side};

/// A day in milliseconds.
pub(crate) const DAY: f64 = 86_400_000.0;

/// "This article is for subscribers", "please enable JavaScript" and the like have no more words.
const STUB_WORDS: u32 = 120;

/// Days that are taken to lie between articles of which it is not known.
const UNKNOWN_DAYS: f64 = 0.5;

/// What is known of an article beside the terms of its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    /// Hash of the outlet's name.
    pub outlet: u64,
    /// Event time in milliseconds.
    pub seen: i64,
    /// The origin that it states itself.
    pub origin: Option<&'a Origin>,
    /// Hash of the body's words, and how many there are.
    pub body: (u64, u32),
}

impl<'a> Known<'a> {
    pub(crate) fn of(signature: &Signature<'_>, seen: i64, origin: Option<&'a Origin>) -> Self {
        Self {
            outlet: signature.outlet,
            seen,
            origin,
            body: (signature.body, signature.words),
        }
    }
}

/// What is known of a pair beside the texts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Circumstances {
    /// Days between both, as event time goes. `None` where they are too far apart to meet in a window: somebody asks
    /// for other reasons than time.
    pub days: Option<f64>,
    /// Both are known to be of one origin.
    pub agree: bool,
    /// Both are of one outlet.
    pub same_outlet: bool,
    pub bodies: Bodies,
}

/// How two bodies are before they are compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bodies {
    /// Both are the same word by word.
    pub identical: bool,
    /// Both are so short that they may be what a page says where the article should be.
    pub short: bool,
}

impl Circumstances {
    /// Those of two articles, in a window of `span` milliseconds.
    pub(crate) fn of(this: Known<'_>, earlier: Known<'_>, span: i64) -> Self {
        let apart = this.seen.abs_diff(earlier.seen);
        Self {
            days: (apart <= span.unsigned_abs()).then_some(apart as f64 / DAY),
            agree: this
                .origin
                .zip(earlier.origin)
                .is_some_and(|(a, b)| a.source == b.source),
            same_outlet: this.outlet == earlier.outlet,
            bodies: Bodies {
                identical: this.body == earlier.body && this.body.1 > 0,
                short: this.body.1.max(earlier.body.1) <= STUB_WORDS,
            },
        }
    }
}

macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Measures of a pair, most of them shares of 1.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub(crate) struct Measures {
            $($(#[$doc])* pub $name: f64,)*
        }

        impl Measures {
            /// Their names, in the order of [`Measures::values`].
            pub(crate) const NAMES: &'static [&'static str] = &[$(stringify!($name),)*];

            /// The measures in the order of [`Measures::NAMES`].
            pub(crate) fn values(&self) -> [f64; Self::NAMES.len()] {
                [$(self.$name,)*]
            }
        }
    };
}

measures! {
    /// Share of the one's narration, by rarity, that stands word by word in the other: the greater of
    /// both ways.
    part,
    /// The lesser of both ways.
    whole,
    /// `part`, of runs in which nobody says "I" or "we".
    unspoken,
    /// Share of the shorter text's sentences that shared runs cover for a good part.
    spread,
    /// Share of what runs cover that stands in one block of this text.
    block,
    /// Share of what runs share, in this text, that either text quotes.
    quotation,
    /// How much of each sentence of the shorter text one sentence of the other says too, rare terms
    /// counting by far the most.
    retold,
    /// Share of what the shorter text narrates, by rarity, that the other has anywhere.
    bag,
    /// Share of the names, by rarity, of the one with fewer that the other has.
    names,
    /// Cosine of the terms, weighted by rarity.
    similarity,
    /// The same over title and lede.
    lede,
    /// Share of the one's lede, by rarity, that stands anywhere in the other: the greater of both ways.
    covered,
    /// Cosine of what no run covers.
    rest,
    /// Beside what runs cover, how like each other both are and their names too: what outlets print under
    /// everything and what they quote makes no event.
    event_names,
    /// The same with their ledes.
    event_lede,
    /// The same with what of one's lede the other has.
    event_covered,
    /// Share of the first sentence that runs cover: the greater of both.
    opening,
    /// How much speaks for furniture of an outlet that no counter knows yet: both are of one outlet
    /// and share one block, which neither begins with, and little beside it.
    foreign,
    /// How much speaks for a form that was filled twice: narration that is the same word by word, of other names, or
    /// with other names in the same places.
    refilled,
    /// 1 where both are known to be of one origin.
    agree,
    /// Days between both, up to three, as a share of three.
    days,
}

/// A pair with what shows its tie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison {
    pub measures: Measures,
    /// Both bodies are the same word by word.
    pub identical: bool,
    /// Both say the same in place of different articles: what ties them is not theirs.
    pub stub: bool,
    /// Share of this article's narration that stands in the earlier one, and the reverse.
    pub contained: f64,
    pub contains: f64,
    /// What both texts have word by word, furniture left out.
    pub runs: Vec<Run>,
}

/// Of the rare terms that both have, the share that stands in the same order.
pub(crate) fn order(this: &Held, earlier: &Side) -> f64 {
    terms::order(this, earlier, &this.map(earlier))
}

/// Compares the article at hand with an earlier one. `furnished` are passages of this article, in
/// items, that are furniture of the earlier one's outlet.
pub(crate) fn compare(
    this: &Held,
    earlier: &Side,
    furnished: &[Range<u32>],
    circumstances: Circumstances,
) -> Comparison {
    let map = this.map(earlier);
    let mut comparison = Comparison {
        identical: circumstances.bodies.identical,
        stub: circumstances.bodies.short && stub::is_stub(&this.side, earlier, &map),
        ..Comparison::default()
    };
    let marks = runs::compare(this, earlier, &map, furnished, &mut comparison);
    let measures = &mut comparison.measures;
    let shorter = terms::compare(this, earlier, &map, &marks, measures);
    let filled = blanks::filled(this, earlier, &map, &comparison.runs);
    measures.refilled = measures.refilled.max(filled);
    sentences::compare(this, earlier, &map, &marks, shorter, measures);
    measures.event_names = (measures.rest * measures.names).sqrt();
    measures.event_lede = (measures.rest * measures.lede).sqrt();
    measures.event_covered = (measures.rest * measures.covered).sqrt();
    let one = |is: bool| f64::from(u8::from(is));
    measures.agree = one(circumstances.agree);
    measures.foreign = one(circumstances.same_outlet)
        * measures.block
        * (1.0 - measures.rest)
        * (1.0 - measures.opening);
    let days = circumstances.days.unwrap_or(UNKNOWN_DAYS);
    measures.days = (days / 3.0).min(1.0);
    if comparison.identical {
        // However short: a text of two words has no runs.
        comparison.measures.similarity = 1.0;
        (comparison.contained, comparison.contains) = (1.0, 1.0);
    }
    comparison
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole).min(1.0)
    } else {
        0.0
    }
}
