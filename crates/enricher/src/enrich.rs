//! The stage: one article in, its ties and what they change out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use article::{
    Attribution, Cleaned, Content, Enriched, FamilyId, Lineage, Origin, OriginHow, Outgoing,
    Relation, Story, StoryId,
};
use pipeline::metrics::Observed;
use pipeline::{Reason, Record, Reject, Stage};

use crate::agencies::Agencies;
use crate::attribute::{self, VOTERS};
use crate::candidates::{Search, candidates};
use crate::config::Config;
use crate::content::content;
use crate::furniture::Furniture;
use crate::relate::{Tie, relate};
use crate::sign::{Signature, sign};
use crate::stories;
use crate::turned::{self, Turned};
use crate::window::{Serial, Standing, Window};

/// A title is kept in the window up to so many bytes.
const TITLE_BYTES: usize = 200;

/// Ties each article to the earlier ones in the window.
#[derive(Clone, Debug)]
pub struct Enrich {
    config: Config,
    agencies: Arc<Agencies>,
}

impl Default for Enrich {
    fn default() -> Self {
        Self::new(Config::default())
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
    /// The stage with settings that [`Config::validate`] has passed.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            agencies: Agencies::built_in(),
        }
    }

    /// The same stage with another table of agencies.
    #[must_use]
    pub fn with_agencies(self, agencies: Arc<Agencies>) -> Self {
        Self { agencies, ..self }
    }
}

/// What was found out about an article before anything is changed.
struct Findings {
    serial: Serial,
    signature: Signature,
    relations: Vec<Relation>,
    /// Earlier arrivals that were made from it.
    turned: Vec<Turned>,
    place: stories::Place,
    origin: Option<Origin>,
    content: Content,
    attributions: Vec<Attribution>,
    /// Where an earlier version of it stood.
    before: Option<Standing>,
}

impl Stage for Enrich {
    const NAME: &'static str = "enrich";
    type In = Cleaned;
    type Out = Output;
    type State = Window;

    /// What lies before the window ties nothing.
    fn reach(&self) -> Option<Duration> {
        Some(Duration::from_secs(
            u64::from(self.config.window_days) * 24 * 60 * 60,
        ))
    }

    fn apply(&self, record: Record<Cleaned>, window: &mut Window) -> Result<Vec<Output>, Reject> {
        let article = record.value;
        let Some(next) = window.next_serial() else {
            return Err(Reject::new(
                Reason::Unprocessable,
                "4294967295 articles in this generation; replay into a new one",
            ));
        };
        let seen = article.fetched_at.as_millisecond();
        window.advance(seen, self.config.span());
        if let Some((key, name)) = attribute::introduced(&article, &self.agencies) {
            window.introduce(key, name);
        }
        let mut findings = self.examine(&article, next, window);
        let content = std::mem::take(&mut findings.content);
        let attributions = std::mem::take(&mut findings.attributions);
        let mut changed = Changes::default();
        let serial = findings.serial;
        settle(&article, findings, window, &mut changed);
        vote(serial, window, &mut changed);
        let outputs = changed.outputs(article, attributions, content, serial, window);
        // An article that came in too late has been told of; the window does not keep it.
        window.advance(seen, self.config.span());
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
    fn examine(&self, article: &Cleaned, next: Serial, window: &Window) -> Findings {
        let known = window.index.by_article.get(&article.id).copied();
        let serial = known.unwrap_or(next);
        let mut sketch = sign(article, &window.index.vocabulary);
        let attributions = if self.config.agencies {
            attribute::attributed(article, &self.agencies, window.index.introduced.as_ref())
        } else {
            Vec::new()
        };
        let stated = attribute::stated(article, &attributions, &self.agencies);
        let search = Search {
            window,
            config: &self.config,
            before: serial,
        };
        let mut furniture = Furniture::default();
        let furnished = furniture.passages(&sketch, &search);
        sketch.leave_out(&furnished, &window.index.vocabulary);
        let content = content(article, &sketch, &window.index.vocabulary, &self.config);
        let found = candidates(&sketch, &search, &mut furniture);
        let seen = article.fetched_at.as_millisecond();
        let ties = relate(
            &sketch,
            stated.as_ref(),
            seen,
            &found,
            &search,
            &mut furniture,
        );
        let before = known
            .and_then(|serial| window.standings.get(&serial))
            .cloned();
        let place = match &before {
            // A new version stays where the first one was put: others are tied to it there.
            Some(standing) => stories::Place {
                story: standing.story.clone(),
                family: standing.family.clone(),
            },
            None => stories::place(&article.id, &ties, window),
        };
        let (ties, turned) = match &before {
            // Those that were tied to its first version stay so.
            Some(_) => (ties, Vec::new()),
            None => turned::apart(article, ties, window),
        };
        let origin = stated.or_else(|| linked(&ties, window));
        let relations: Vec<Relation> = ties.into_iter().map(|tie| tie.relation).collect();
        Findings {
            serial,
            signature: sketch.signature,
            turned,
            origin,
            content,
            attributions,
            relations: match &before {
                Some(before) => turned::carried(relations, &before.relations, serial, window),
                None => relations,
            },
            place,
            before,
        }
    }
}

/// The origin of the article that the strongest derivation leads to.
fn linked(ties: &[Tie], window: &Window) -> Option<Origin> {
    let source = ties
        .first()
        .filter(|tie| tie.relation.relation.is_derived())?;
    let origin = window.standings.get(&source.to)?.origin.as_ref()?;
    attribute::linked(origin)
}

/// What a record changed beside the article itself.
#[derive(Default)]
struct Changes {
    /// Articles whose lineage is to be told again.
    standings: BTreeSet<Serial>,
    stories: BTreeSet<StoryId>,
}

impl Changes {
    fn outputs(
        self,
        article: Cleaned,
        attributions: Vec<Attribution>,
        content: Content,
        serial: Serial,
        window: &Window,
    ) -> Vec<Output> {
        let mut outputs = Vec::with_capacity(2 + self.standings.len() + self.stories.len());
        let this = window.standings.get(&serial);
        let this = this.expect("the article was remembered a moment ago");
        outputs.push(Output::Enriched(Box::new(Enriched {
            article,
            story: this.story.clone(),
            family: this.family.clone(),
            relations: this.relations.clone(),
            origin: this.origin.clone(),
            content,
            attributions,
        })));
        let others = self.standings.iter().filter(|&&other| other != serial);
        let others = others.filter_map(|other| window.standings.get(other));
        for standing in std::iter::once(this).chain(others) {
            outputs.push(Output::Lineage(Box::new(stories::lineage(standing))));
        }
        for story in &self.stories {
            let record = stories::record(story, window);
            outputs.extend(record.map(|story| Output::Story(Box::new(story))));
        }
        outputs
    }
}

/// Puts the article into the window and its story.
fn settle(article: &Cleaned, findings: Findings, window: &mut Window, changed: &mut Changes) {
    let Findings {
        serial,
        signature,
        relations,
        turned,
        place,
        origin,
        before,
        content: _,
        attributions: _,
    } = findings;
    let thread = window.stories.get(&place.story);
    let standing = Standing {
        article: article.id.clone(),
        outlet: article.outlet.clone(),
        title: shortened(&article.title),
        seen: {
            let seen = article.fetched_at.as_millisecond();
            before.as_ref().map_or(seen, |before| before.seen.max(seen))
        },
        published: turned::trusted(article),
        revision: before.as_ref().map_or(1, |before| before.revision + 1),
        story: place.story.clone(),
        family: place.family,
        relations,
        origin,
    };
    let thread = match (&before, thread) {
        (Some(before), Some(_)) if shows_the_same(before, &standing) => None,
        (Some(_), Some(thread)) => Some(stories::touched(thread, article.fetched_at)),
        _ => Some(stories::joined(thread, article, standing.origin.as_ref())),
    };
    if let Some(thread) = thread {
        window.stories.insert(place.story.clone(), thread);
        changed.stories.insert(place.story);
    }
    for turned in turned {
        turned.settle(standing.origin.as_ref(), window);
        changed.standings.insert(turned.article);
        let standing = window.standings.get(&turned.article);
        changed
            .stories
            .extend(standing.map(|standing| standing.story.clone()));
    }
    window.remember(serial, signature, standing);
}

/// Whether a story's record shows two versions of an article alike.
fn shows_the_same(a: &Standing, b: &Standing) -> bool {
    let strongest = |standing: &Standing| {
        let relation = standing.relations.first();
        relation.map(|relation| (relation.relation, relation.of.clone()))
    };
    a.outlet == b.outlet
        && a.title == b.title
        && a.origin == b.origin
        && strongest(a) == strongest(b)
}

/// Asks the article's family for its origin, and tells those that know of none.
///
/// A vote stands until another agency wins one: that a family grows past it takes nothing back.
fn vote(serial: Serial, window: &mut Window, changed: &mut Changes) {
    let family: Option<FamilyId> = window
        .standings
        .get(&serial)
        .map(|this| this.family.clone());
    let Some(family) = family else { return };
    let members: Vec<Serial> = window.family(&family).rev().take(VOTERS).collect();
    if members.len() < 2 {
        return;
    }
    let Some(vote) = attribute::voted(&members, window) else {
        return;
    };
    for member in members {
        let learns = window.standings.get(&member).is_some_and(|standing| {
            let origin = standing.origin.as_ref();
            origin.is_none_or(|known| known.how == OriginHow::Voted && known.source != vote.source)
        });
        if !learns {
            continue;
        }
        window.standings.update(&member, |standing| {
            standing.origin = Some(vote.clone());
            // The article at hand is told of once, with its vote.
            standing.revision += u32::from(member != serial);
        });
        changed.standings.insert(member);
        let story = window
            .standings
            .get(&member)
            .map(|standing| standing.story.clone());
        changed.stories.extend(story);
    }
}

fn shortened(title: &str) -> String {
    let mut end = title.len().min(TITLE_BYTES);
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    title[..end].to_owned()
}
