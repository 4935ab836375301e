//! Articles for the tests, and a window that they run through.

use article::{ArticleId, Cleaned, Enriched, Feed, Lineage, Story};
use enricher::{Config, Enrich, Output, Window};
use jiff::{SignedDuration, Timestamp};
use pipeline::{Record, Stage, State};

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
        outlet: outlet.to_owned(),
        title: title.to_owned(),
        authors: Vec::new(),
        published: None,
        language: None,
        summary: None,
        text: text.to_owned(),
    }
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
            stage: Enrich::new(config),
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
