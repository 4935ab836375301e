//! Articles for the tests, and a window that they run through.

use std::collections::BTreeMap;

use article::{ArticleId, Cleaned, Enriched, Feed, Lineage, RelationKind, Story};
use enricher::{Agencies, Config, Enrich, Output, Window};
use jiff::{SignedDuration, Timestamp};
use pipeline::{Record, Stage, State};
use serde::de::DeserializeOwned;

/// The `[[case]]`s of a table of texts.
pub(crate) fn cases<T: DeserializeOwned>(table: &str) -> Vec<T> {
    let mut tables: BTreeMap<String, Vec<T>> = toml::from_str(table).expect("the cases are TOML");
    let cases = tables.remove("case").expect("there are cases");
    assert!(tables.is_empty(), "all of it is cases");
    cases
}

/// An article of `outlet`, fetched `hours` after the tests' time began.
pub(crate) fn article(outlet: &str, name: &str, hours: i64, title: &str, text: &str) -> Cleaned {
    let url = format!(
        "https://{}.example/{name}",
        outlet.to_lowercase().replace(' ', "-")
    );
    let begin: Timestamp = "2026-03-01T06:00:00Z".parse().expect("a time");
    Cleaned {
        id: ArticleId::of_url(&url),
        version: 1,
        fetched_at: begin + SignedDuration::from_hours(hours),
        canonical_url: url.clone(),
        url,
        feed: Feed::default(),
        listings: Vec::new(),
        outlet: outlet.to_owned(),
        title: title.to_owned(),
        authors: Vec::new(),
        published: None,
        language: None,
        summary: None,
        text: text.to_owned(),
        layout: article::Layout::default(),
        metadata: article::Metadata::default(),
    }
}

/// What state a restart finds, by table and key.
pub(crate) type Stored = BTreeMap<(&'static str, Vec<u8>), Vec<u8>>;

/// Takes what a transaction would write.
pub(crate) fn commit(desk: &mut Desk, stored: &mut Stored) {
    for table in desk.window.tables() {
        for change in table.take_changes(usize::MAX) {
            let key = (change.table, change.key);
            match change.value {
                Some(value) => stored.insert(key, value),
                None => stored.remove(&key),
            };
        }
    }
}

/// The window that a restart makes of it.
pub(crate) fn restore(stored: &Stored) -> Window {
    let mut window = Window::default();
    for table in window.tables() {
        for ((name, key), value) in stored {
            if *name == table.name() {
                table
                    .restore(key, Some(value))
                    .expect("our own entry reads");
            }
        }
    }
    window.rebuild();
    window
}

/// What one record brought.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) enriched: Enriched,
    pub(crate) lineages: Vec<Lineage>,
    pub(crate) stories: Vec<Story>,
}

/// The stage with its window, run as the pipeline runs it.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) stage: Enrich,
    pub(crate) window: Window,
    offset: u64,
}

impl Desk {
    pub(crate) fn with(config: Config) -> Self {
        Self {
            stage: Enrich::new(config, Agencies::built_in()),
            ..Self::default()
        }
    }

    /// What the stage makes of an article, in its order. The changes are neither kept nor undone.
    pub(crate) fn apply(&mut self, article: &Cleaned) -> Vec<Output> {
        let record = Record {
            topic: "articles.cleaned".to_owned(),
            partition: 0,
            offset: self.offset,
            written_at: Timestamp::UNIX_EPOCH,
            value: article.clone(),
        };
        self.offset += 1;
        let outputs = self.stage.apply(record, &mut self.window);
        outputs.expect("no article is rejected")
    }

    pub(crate) fn keep(&mut self) {
        for table in self.window.tables() {
            table.keep();
        }
    }

    pub(crate) fn read(&mut self, article: &Cleaned) -> Told {
        let outputs = self.apply(article);
        self.keep();
        let (mut enriched, mut lineages, mut stories) = (Vec::new(), Vec::new(), Vec::new());
        for output in outputs {
            match output {
                Output::Enriched(one) => enriched.push(*one),
                Output::Lineage(one) => lineages.push(*one),
                Output::Story(one) => stories.push(*one),
            }
        }
        assert_eq!(enriched.len(), 1, "one enriched record for each read");
        let enriched = enriched.remove(0);
        assert_eq!(enriched.article, *article, "the article passes through");
        assert_eq!(lineages[0].id, article.id, "its own lineage comes first");
        assert_eq!(lineages[0].relations, enriched.relations);
        Told {
            enriched,
            lineages,
            stories,
        }
    }
}

pub(crate) const REPORT: &str = "LUNDHAVEN (Northwind Press) - Divers working for the port authority of Lundhaven \
on Tuesday recovered the flight recorder of a seaplane that went down in the outer harbour last week \
with eleven people aboard, the head of the investigation said.\n\n\
The recorder was lying in 38 metres of water beneath a section of the left wing and shows little \
outward damage, Marit Olausen, who leads the inquiry, told reporters on the quay. It is being taken to \
a laboratory in Tessin, where specialists expect to need ten days to read it.\n\n\
“We have found what we came for, and the families will be the first to hear what it tells us,” \
Olausen said.\n\n\
The twin-engined Kestrel 400 of the carrier Fjordair had taken off from the island of Sondre and was \
seven minutes from landing when it turned sharply to the south and struck the water near the Graskar \
lighthouse. Fishermen pulled four survivors from the sea. Three passengers are still missing.\n\n\
Fjordair has grounded its four other seaplanes of the same type until their fuel pumps have been \
inspected. A mechanic had reported irregular pressure in one of the pumps two days before the accident, \
according to a maintenance log that the carrier handed to investigators.\n\n\
The transport ministry said it would wait for the inquiry before deciding whether the Kestrel 400 may \
keep its licence to carry passengers.";

pub(crate) const UNRELATED: &str = "The council of Oberweiler has voted to plant four thousand lime trees along \
the streets of the old town before the end of the decade. Residents had asked for shade after a summer \
in which the thermometer on the market square showed more than thirty degrees on forty days.\n\n\
Each tree will be watered from cisterns that collect rain from the roofs of public buildings. A first \
avenue, from the railway station to the theatre, is to be finished by next autumn and will cost the \
town some two million crowns, a third of it paid by a foundation.";

pub(crate) fn reprint(hours: i64) -> Cleaned {
    let text = REPORT.replace(['“', '”'], "\"").replace("\n\n", "\n");
    article(
        "Morning Herald",
        "recorder",
        hours,
        "Flight recorder found off Lundhaven",
        &text,
    )
}

pub(crate) fn report() -> Cleaned {
    article(
        "Northwind Press",
        "1",
        0,
        "Divers recover recorder of lost seaplane",
        REPORT,
    )
}

#[track_caller]
pub(crate) fn check_first(told: &Told, kind: RelationKind, of: &Cleaned) {
    let relation = told.enriched.relations.first();
    let relation = relation.unwrap_or_else(|| panic!("no tie of {}", told.enriched.article.title));
    assert_eq!(
        (relation.relation, &relation.of),
        (kind, &of.id),
        "{relation:?}"
    );
    assert!((0.0..=1.0).contains(&relation.score), "{}", relation.score);
}
