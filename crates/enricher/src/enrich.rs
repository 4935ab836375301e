//! The stage: one article in, its ties and what they change out.

mod settle;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use article::{
    Attribution, Cleaned, Content, Enriched, Lineage, Origin, Outgoing, Relation, Story,
};
use pipeline::metrics::Observed;
use pipeline::{Reason, Record, Reject, Stage};

use crate::agencies::Agencies;
use crate::attribute;
use crate::attribution::attributions_of;
use crate::candidates::{Search, candidates};
use crate::config::Config;
use crate::content;
use crate::furniture::Furniture;
use crate::groups;
use crate::normalise::{Normalised, normalise};
use crate::pairs::sketch;
use crate::reading::Fingerprints;
use crate::relate::{Related, This, Tie, relate};
use crate::sign::{Draft, Signature, draft};
use crate::stories;
use crate::turned::{self, Turned};
use crate::window::{Id, Serial, Standing, Thread, Window};
use settle::{link_back, part, settle, vote};

/// Ties each article to the earlier ones in the window.
#[derive(Clone, Debug)]
pub struct Enrich {
    config: Config,
    agencies: Arc<Agencies>,
}

impl Default for Enrich {
    fn default() -> Self {
        Self::new(Config::default(), Agencies::built_in())
    }
}

/// What the stage writes.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// The article with its ties, once for each record read.
    Enriched(Box<Enriched>),
    /// Where an article stands: with its arrival, and when something later changes it.
    Lineage(Box<Lineage>),
    /// A story that changed.
    Story(Box<Story>),
}

impl From<Output> for Outgoing {
    fn from(output: Output) -> Self {
        match output {
            Output::Enriched(enriched) => Self::of(&*enriched),
            Output::Lineage(lineage) => Self::of(&*lineage),
            Output::Story(story) => Self::of(&*story),
        }
    }
}

impl Enrich {
    /// The stage with settings that [`Config::validate`] has passed, and the table of agencies that
    /// [`Config::agencies_table`] names: a stage reads no files, so whoever makes it hands the table over.
    pub fn new(config: Config, agencies: Arc<Agencies>) -> Self {
        Self { config, agencies }
    }

    fn read_text(&self, article: Cleaned) -> Read {
        let (draft, attributions) = self.draft(&article);
        let own = OwnText {
            attributions,
            content: content::of_text(&article, &draft.body, &self.config),
            draft,
        };
        Read { article, own }
    }

    /// The article as it is held against others, and what it says of the agencies of the table.
    pub(crate) fn draft(&self, article: &Cleaned) -> (Draft, Vec<Attribution>) {
        let body = normalise(&article.text);
        let attributions = self.known(article, &body);
        let credits = attribute::credit_lines(&article.text, &attributions);
        (draft(article, body, &credits), attributions)
    }

    /// What the article says of the agencies of the table; nothing where that is not asked.
    fn known(&self, article: &Cleaned, body: &Normalised) -> Vec<Attribution> {
        if !self.config.agencies {
            return Vec::new();
        }
        attributions_of(article, body, &self.agencies)
    }

    /// The same with what it says of those that feeds made known.
    fn attributed(
        &self,
        known: Vec<Attribution>,
        article: &Cleaned,
        body: &Normalised,
        window: &Window,
    ) -> Vec<Attribution> {
        match &window.index.introduced {
            Some(introduced) if self.config.agencies => {
                attribute::attributed(known, article, body, introduced)
            }
            _ => known,
        }
    }

    /// The origin that the article itself states, of which it is known what it says of agencies of the table.
    pub(crate) fn stated(
        &self,
        article: &Cleaned,
        known: Vec<Attribution>,
        body: &Normalised,
        window: &Window,
    ) -> Option<Origin> {
        let attributions = self.attributed(known, article, body, window);
        self.stated_by(article, &attributions)
    }

    /// The same, where what it says of agencies and outlets is known.
    fn stated_by(&self, article: &Cleaned, attributions: &[Attribution]) -> Option<Origin> {
        let stated = attribute::stated(article, attributions, &self.agencies);
        stated.filter(|stated| attribute::is_of_the_whole(stated, attributions))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }
}

/// An article with what can be said of it without the window.
#[derive(Debug)]
pub struct Read {
    article: Cleaned,
    own: OwnText,
}

#[derive(Debug)]
struct OwnText {
    draft: Draft,
    /// Without those that only the window knows of.
    attributions: Vec<Attribution>,
    /// Without what the vocabulary tells.
    content: Content,
}

/// What was found out about an article before anything is changed.
struct Findings {
    serial: Serial,
    signature: Signature<'static>,
    fingerprints: Fingerprints,
    relations: Vec<Relation>,
    /// Earlier arrivals that were made from it.
    turned: Vec<Turned>,
    place: stories::Place,
    /// Other stories that are shown to be its own.
    merged: Vec<Id>,
    /// It is unlike a good part of its story.
    doubtful: bool,
    origin: Option<Origin>,
    content: Content,
    attributions: Vec<Attribution>,
    /// Where an earlier version of it stood.
    before: Option<Standing>,
}

impl Stage for Enrich {
    const NAME: &'static str = "enrich";
    type In = Cleaned;
    type Read = Read;
    type Out = Output;
    type State = Window;

    /// What lies before the window ties nothing.
    fn reach(&self) -> Option<Duration> {
        Some(Duration::from_secs(
            u64::from(self.config.window_days) * 24 * 60 * 60,
        ))
    }

    fn read(&self, record: Record<Cleaned>) -> Result<Read, Reject> {
        Ok(self.read_text(record.value))
    }

    fn decide(&self, read: Read, window: &mut Window) -> Result<Vec<Output>, Reject> {
        let Read { article, own } = read;
        let Some(next) = window.next_serial() else {
            return Err(Reject::new(
                Reason::Unprocessable,
                "4294967295 articles in this generation; replay into a new one",
            ));
        };
        window.advance(article.fetched_at.as_millisecond(), self.config.span());
        window.expire(self.config.span());
        if let Some((key, name)) = attribute::introduced(&article, &self.agencies) {
            window.introduce(key, name);
        }
        let mut findings = self.examine(&article, own, next, window);
        let content = std::mem::take(&mut findings.content);
        let attributions = std::mem::take(&mut findings.attributions);
        let mut changed = Changes::default();
        let serial = findings.serial;
        // What one article joins it does not part again: so nothing flaps.
        let may_part = findings.doubtful && findings.merged.is_empty();
        let story = settle(&article, findings, window, &mut changed);
        if may_part {
            part(story, window, &self.config, &mut changed);
        }
        link_back(serial, window, &mut changed);
        vote(serial, window, &mut changed);
        let outputs = changed.outputs(article, attributions, content, serial, window);
        // An article that came in too late has been told of; the window does not keep it.
        window.expire(self.config.span());
        Ok(outputs)
    }

    fn observe(&self, output: &Output) -> Option<Observed> {
        let Output::Enriched(enriched) = output else {
            return None;
        };
        let mut relations = enriched.relations.iter();
        // The strongest stands first. Another report of the same event was not made from anything.
        let derived = relations.find(|relation| relation.relation.is_derived());
        let article = &enriched.article;
        Some(Observed {
            fetched_at: article.fetched_at,
            published: article.published.filter(|_| article.version == 1),
            relation: derived.map_or("original", |derived| derived.relation.as_str()),
        })
    }
}

impl Enrich {
    /// Finds out everything about an article; changes nothing.
    fn examine(&self, article: &Cleaned, own: OwnText, next: Serial, window: &Window) -> Findings {
        let known = window.serial_of(Id::from(&article.id));
        let serial = known.unwrap_or(next);
        let search = Search {
            window,
            config: &self.config,
            before: serial,
            seen: article.fetched_at.as_millisecond(),
        };
        let mut furniture = Furniture::default();
        let attributions = self.attributed(own.attributions, article, &own.draft.body, window);
        let stated = self.stated_by(article, &attributions);
        let sketch = sketch(article, own.draft, &search, &mut furniture);
        let vocabulary = &window.index.vocabulary;
        let content = content::completed(own.content, article, &sketch, vocabulary, &self.config);
        let found = candidates(&sketch, &search, &mut furniture);
        let this = This::new(&sketch, stated.as_ref(), &search);
        let Related {
            ties,
            alike,
            compared,
        } = relate(&this, &found, &search, &mut furniture);
        let before = known.and_then(|serial| window.standing(serial)).cloned();
        let place = match &before {
            // A new version stays where the first one was put: others are tied to it there.
            Some(standing) => stories::Place {
                story: standing.story,
                family: standing.family,
            },
            None => stories::place(&article.id, &ties, window),
        };
        // Only what is new tells news of stories.
        let is_new = before.is_none();
        let merged = if is_new {
            self.shown_to_be(place.story, alike, &compared, window)
        } else {
            Vec::new()
        };
        let doubtful = is_new && groups::is_doubtful(place.story, &compared, window, &self.config);
        let (ties, turned) = match &before {
            // Those that were tied to its first version stay so.
            Some(_) => (ties, Vec::new()),
            None => turned::apart(article, ties, window),
        };
        // Also of one that is new: the window may have forgotten its first version, and keep what was made from
        // it.
        let ties = turned::without_circles(Id::from(&article.id), ties, window);
        let origin = stated
            .or_else(|| linked(&ties, place.family, window))
            // The source that its first version has may have come later, and is not looked for again.
            .or_else(|| before.as_ref().and_then(Standing::linked).cloned());
        let relations: Vec<Relation> = ties.into_iter().map(|tie| tie.relation).collect();
        Findings {
            serial,
            signature: sketch.signature,
            fingerprints: sketch.fingerprints,
            turned,
            origin,
            content,
            attributions,
            relations: match &before {
                Some(before) => turned::carried(relations, before.ties(), serial, window),
                None => relations,
            },
            place,
            merged,
            doubtful,
            before,
        }
    }
}

impl Enrich {
    /// The stories among `alike` that an article of `story` shows to be that one.
    fn shown_to_be(
        &self,
        story: Id,
        alike: Vec<Id>,
        compared: &BTreeMap<Serial, f64>,
        window: &Window,
    ) -> Vec<Id> {
        if !alike.contains(&story) {
            return Vec::new();
        }
        let others = alike.into_iter().filter(|&other| other != story);
        let is_one = |&other: &Id| groups::are_one(story, other, compared, window, &self.config);
        others.filter(is_one).collect()
    }
}

/// The origin of the article that the strongest derivation leads to within the family: a digest tells of others' too.
fn linked(ties: &[Tie], family: Id, window: &Window) -> Option<Origin> {
    let derived = ties.iter().filter(|tie| tie.relation.relation.is_derived());
    let mut sources = derived.filter_map(|tie| window.standing(tie.to));
    let source = sources.find(|source| source.family == family)?;
    attribute::linked(source.origin()?)
}

/// What a record changed beside the article itself.
#[derive(Default)]
struct Changes {
    /// Articles whose lineage is to be told again, with the relations that they got now.
    standings: BTreeMap<Serial, Vec<Relation>>,
    stories: BTreeSet<Id>,
    /// Stories that went into another, as they were.
    merged: Vec<(Id, Thread, Id)>,
}

impl Changes {
    /// Another article is to be told of again, by one revision for all that the record changes of it.
    fn retell(&mut self, serial: Serial, relations: Vec<Relation>, window: &mut Window) {
        match self.standings.entry(serial) {
            Entry::Vacant(entry) => {
                entry.insert(relations);
                window
                    .standings
                    .update(&serial, |standing| standing.revision += 1);
            }
            Entry::Occupied(mut entry) => entry.get_mut().extend(relations),
        }
    }

    fn outputs(
        self,
        article: Cleaned,
        attributions: Vec<Attribution>,
        content: Content,
        serial: Serial,
        window: &Window,
    ) -> Vec<Output> {
        let mut outputs = Vec::with_capacity(2 + self.standings.len() + self.stories.len());
        let this = window.standing(serial);
        let this = this.expect("the article was remembered a moment ago");
        let none = Vec::new();
        let shown = self.standings.get(&serial).unwrap_or(&none);
        let lineage = stories::lineage(this, shown);
        outputs.push(Output::Enriched(Box::new(Enriched {
            article,
            story: lineage.story.clone(),
            family: lineage.family.clone(),
            relations: lineage.relations.clone(),
            origin: lineage.origin.clone(),
            content,
            attributions,
        })));
        outputs.push(Output::Lineage(Box::new(lineage)));
        for (other, shown) in self.standings.iter().filter(|&(&other, _)| other != serial) {
            let standing = window.standing(*other);
            let lineage = standing.map(|standing| stories::lineage(standing, shown));
            outputs.extend(lineage.map(|lineage| Output::Lineage(Box::new(lineage))));
        }
        for (story, thread, into) in &self.merged {
            let record = stories::merged(*story, thread, *into);
            outputs.push(Output::Story(Box::new(record)));
        }
        for &story in &self.stories {
            let record = stories::record(story, window);
            outputs.extend(record.map(|story| Output::Story(Box::new(story))));
        }
        outputs
    }
}
