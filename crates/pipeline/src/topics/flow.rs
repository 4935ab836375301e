//! The flow: the stages, what each reads and writes, and the service that it belongs to.

/// A stage's place in the flow. Topics are called as in generation 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Names its group, its changelog and its dead letters.
    pub name: &'static str,
    /// The service that it is part of.
    pub service: &'static str,
    /// The topic that it reads.
    pub input: &'static str,
    /// The topics of its generation that it writes, dead letters apart.
    pub outputs: &'static [&'static str],
    /// Whether it remembers something that is kept, so that it has a changelog.
    pub(super) remembers: bool,
}

const CLEAN: Stage = Stage {
    name: "clean",
    service: "cleaner",
    input: "articles.fetched",
    outputs: &["articles.cleaned"],
    remembers: false,
};

const ENRICH: Stage = Stage {
    name: "enrich",
    service: "enricher",
    input: "articles.cleaned",
    outputs: &["articles.enriched", "articles.lineage", "stories"],
    remembers: true,
};

/// Every stage, in the order of the flow. What polls bring is written too and belongs to no generation:
/// it is written once and replayed from.
pub const STAGES: [Stage; 4] = [
    Stage {
        name: "poll",
        service: "fetcher",
        input: "feeds",
        outputs: &["articles.discovered"],
        remembers: true,
    },
    Stage {
        name: "page",
        service: "fetcher",
        input: "articles.discovered",
        outputs: &["articles.fetched"],
        remembers: true,
    },
    CLEAN,
    ENRICH,
];

/// Every stage of a replay, in the order of the flow. The fetcher's are others than it has at work: no
/// replay asks the network.
pub const REPLAYED: [Stage; 4] = [
    Stage {
        name: "ingest",
        service: "fetcher",
        input: "feeds.polled",
        outputs: &["articles.discovered"],
        remembers: true,
    },
    Stage {
        name: "pair",
        service: "fetcher",
        input: "articles.fetched",
        outputs: &["articles.fetched"],
        remembers: false,
    },
    CLEAN,
    ENRICH,
];

/// The stage that writes a topic in a replay; `None` for what none writes.
pub fn replayed_by(base: &str) -> Option<&'static Stage> {
    REPLAYED.iter().find(|stage| stage.outputs.contains(&base))
}

/// The stage that writes a topic, as its place in [`STAGES`]; `None` for what belongs to no
/// generation: the feeds, and what polls brought.
pub(super) fn writer(base: &str) -> Option<usize> {
    let mut stages = STAGES.iter();
    stages.position(|stage| stage.outputs.contains(&base))
}

/// The first stage of a service, as its place in [`STAGES`].
pub(super) fn first_of(service: &str) -> Option<usize> {
    STAGES.iter().position(|stage| stage.service == service)
}

/// A stage as its place in [`STAGES`]. Those that only replays have belong to the fetcher.
pub(super) fn place(stage: &str) -> usize {
    let known = STAGES.iter().position(|known| known.name == stage);
    known.unwrap_or(0)
}
