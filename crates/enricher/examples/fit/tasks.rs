//! The judgements, and the labelled pairs that each is fitted to.

/// A judgement: its name, the measures that it weighs with their signs, the relations that count as
/// yes, those that are left out, and what each set weighs.
pub(crate) struct Task {
    pub(crate) name: &'static str,
    pub(crate) measures: &'static [(&'static str, f64)],
    pub(crate) yes: &'static [&'static str],
    pub(crate) unused: &'static [&'static str],
    pub(crate) sets: &'static [(&'static str, f64)],
    /// The sets over which the threshold is chosen, each weighing the same.
    pub(crate) judged_on: &'static [&'static str],
}

pub(crate) const TASKS: &[Task] = &[
    Task {
        name: "derived",
        measures: &[
            ("bag", 1.0),
            ("retold", 1.0),
            ("unspoken", 1.0),
            ("spread", 1.0),
            ("names", 1.0),
            ("lede", 1.0),
            ("agree", 1.0),
            ("days", -1.0),
            ("quotation", -1.0),
            ("foreign", -1.0),
        ],
        yes: &["copy", "near", "rewrite"],
        unused: &[],
        sets: &[
            ("wire_real", 1.0),
            ("wiregen", 1.0),
            ("hand", 1.0),
            ("seeds", 0.5),
        ],
        judged_on: &["wire_real", "wiregen", "hand", "seeds"],
    },
    Task {
        name: "same_event",
        measures: &[
            ("event_names", 1.0),
            ("event_lede", 1.0),
            ("event_covered", 1.0),
            ("days", -1.0),
        ],
        yes: &["copy", "near", "rewrite", "same_event"],
        unused: &["related_auto", "boilerplate"],
        sets: &[
            ("basil", 1.0),
            ("wire_real", 0.3),
            ("wiregen", 0.1),
            ("hand", 0.1),
            ("seeds", 0.1),
            ("se8_en", 2.0),
            ("se8_multi", 1.0),
            ("tg_en", 0.1),
            ("tg_ru", 1.0),
        ],
        judged_on: &["basil"],
    },
];
