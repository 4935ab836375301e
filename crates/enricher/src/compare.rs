//! What two articles have in common, in numbers.

mod runs;
mod sentences;
mod side;
mod terms;

use std::ops::Range;

pub(crate) use runs::Run;
pub(crate) use side::{Held, Side};

/// Days between two articles past which time says nothing more.
const DAYS: f64 = 14.0;

/// What is known of a pair beside the texts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Circumstances {
    /// Days between both, as event time goes; `None` where they never were in one window.
    pub days: Option<f64>,
    /// 1 where both are known to be of one origin, -1 where of two, 0 where one is unknown.
    pub agency: f64,
    /// Both are of one outlet.
    pub same_outlet: bool,
    /// The bodies are the same words.
    pub identical: bool,
    /// Words of this article and of the earlier one.
    pub words: [u32; 2],
}

macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Measures of a pair. All but `days` say more of it the greater they are.
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
    /// Share of the one's narration, by rarity, that stands in the other: the greater of both ways.
    part,
    /// The lesser of both ways.
    whole,
    /// `part`, of runs of five items and more.
    long_part,
    /// `part` where each run counts whatever its marks say of quotation.
    any_part,
    /// `part`, of runs that nobody speaks.
    unspoken,
    /// Share of the shorter text's sentences that shared runs cover for the most part.
    spread,
    /// Length of the longest run of narration, as a logarithm.
    longest,
    /// Number of runs of narration, as a logarithm.
    runs,
    /// Share of what runs share that stands in one block of this text.
    block,
    /// Share of the one's quotations that stands in the other: the greater of both ways.
    quoted,
    /// Share of all that runs share which is quotation.
    quotation,
    /// How well each sentence of the shorter text is found again in one of the other.
    aligned,
    /// How well the best third of them is.
    best_aligned,
    /// Of the sentences found again, the share that stands in the same order.
    aligned_order,
    /// Number of sentences found again, as a logarithm.
    aligned_count,
    /// Like `aligned`, where rare terms count by far the most and the other may say more.
    retold,
    /// Cosine of the terms, weighted by rarity.
    similarity,
    /// The same over narration only.
    narrated,
    /// The same over title and lede.
    lede,
    /// Cosine of the titles.
    title,
    /// Share of the one's lede, by rarity, that stands anywhere in the other: the greater of both ways.
    covered,
    /// Share of the names, by rarity, of the one with fewer.
    names,
    /// Share of the numbers of the one with fewer.
    numbers,
    /// Numbers that both have, as a logarithm.
    number_count,
    /// Rare terms that stand once in each, in the same order: share.
    in_order,
    /// The same as how far the order is from chance.
    order,
    /// Length of the shorter text as a share of the longer.
    length,
    /// 1 where both are known to be of one origin.
    agree,
    /// How much speaks for furniture of an outlet that no counter knows yet: both are of one outlet
    /// and share one block, which stands in neither lede, and little beside it.
    foreign,
    /// 1 where both are of one outlet.
    same_outlet,
    /// Days between both, up to three, as a share of three; in no common window, half a day.
    days,
    /// Share of what the shorter text narrates, by rarity, that the other has anywhere.
    bag,
    /// Cosine of what no run covers.
    rest,
    /// Share of the ledes that runs cover: the greater.
    lede_part,
    /// 1 where the bodies are the same words.
    identical,
}

/// A pair with what shows its tie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison {
    pub measures: Measures,
    /// Share of this article's narration that stands in the earlier one, and the reverse.
    pub contained: f64,
    pub contains: f64,
    /// What both texts have word by word.
    pub runs: Vec<Run>,
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
    let mut comparison = Comparison::default();
    let shared = runs::compare(this, earlier, &map, furnished, &mut comparison);
    sentences::compare(this, earlier, &map, &shared, &mut comparison.measures);
    terms::compare(this, earlier, &map, &shared, &mut comparison.measures);
    let measures = &mut comparison.measures;
    let [a, b] = circumstances.words.map(|words| f64::from(words.max(1)));
    measures.length = a.min(b) / a.max(b);
    measures.agree = circumstances.agency.max(0.0);
    let same_outlet = f64::from(u8::from(circumstances.same_outlet));
    measures.same_outlet = same_outlet;
    measures.foreign =
        same_outlet * measures.block * (1.0 - measures.rest) * (1.0 - measures.lede_part);
    measures.identical = f64::from(u8::from(circumstances.identical));
    let days = circumstances.days.filter(|&days| days <= DAYS);
    measures.days = days.map_or(1.0 / 6.0, |days| (days / 3.0).min(1.0));
    comparison
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole).min(1.0)
    } else {
        0.0
    }
}
