//! Recorded polls of real feeds as a world: every request gets the next one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use article::ArticleId;
use axum::body::Bytes;
use jiff::Timestamp;
use serde::Deserialize;

use crate::archive::{Archive, Dated, Item, Page, Recorded};
use crate::bundled::PLAIN;
use crate::feed::iso_date;
use crate::item_scan::{self, Scanned};
use crate::outlet::{Outlet, slug};
use crate::template::{Content, Template};
use crate::truth::TrueArticle;
use crate::{OpenError, lines};

#[derive(Deserialize)]
struct Row {
    body: String,
}

#[derive(Debug)]
struct Poll {
    body: Bytes,
    lists: Vec<usize>,
}

/// The polls of one feed, and how many of them were given.
#[derive(Debug, Default)]
struct Tape {
    polls: Vec<Poll>,
    given: AtomicUsize,
}

/// An article that some poll lists, as the first one that lists it says.
#[derive(Debug)]
struct Article {
    outlet: usize,
    url: String,
    title: String,
    text: String,
}

/// Recorded feeds and the articles that they list. The recordings hold no pages; small ones are made
/// of what the feeds say.
#[derive(Debug)]
pub(crate) struct History {
    outlets: Vec<Outlet>,
    tapes: Vec<Tape>,
    articles: Vec<Article>,
    by_article: HashMap<ArticleId, usize>,
    template: Template,
}

/// Reads recordings, a file a feed.
pub(crate) fn load(paths: &[PathBuf]) -> Result<History, OpenError> {
    let template = Template::parse(PLAIN).map_err(|reason| OpenError::Content {
        place: "newsroom/world/templates/plain.html".to_owned(),
        reason,
    })?;
    let mut history = History {
        outlets: Vec::new(),
        tapes: Vec::new(),
        articles: Vec::new(),
        by_article: HashMap::new(),
        template,
    };
    for path in paths {
        history.record(path)?;
    }
    Ok(history)
}

/// `bbc` of `/x/bbc.jsonl.gz`.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    slug(name.split('.').next().unwrap_or_default())
}

impl History {
    fn record(&mut self, path: &Path) -> Result<(), OpenError> {
        let host = format!("{}-history.example", stem(path));
        if self.outlets.iter().any(|outlet| outlet.host == host) {
            return Err(OpenError::Options(format!(
                "{}: another history is {host} already, rename the file",
                path.display()
            )));
        }
        let rows = lines::parse::<Row>(path)?;
        let Some((_, first)) = rows.first() else {
            return Err(OpenError::Content {
                place: path.display().to_string(),
                reason: "no recorded poll".to_owned(),
            });
        };
        let scanned = item_scan::scan(&first.body);
        let mut outlet = Outlet::plain(host, scanned.title.as_deref());
        outlet.language = scanned.language.map(|it| it.to_ascii_lowercase());
        self.outlets.push(outlet);
        let mut tape = Tape::default();
        for (_, row) in rows {
            let scanned = item_scan::scan(&row.body);
            tape.polls.push(Poll {
                lists: self.articles_of(scanned),
                body: row.body.into(),
            });
        }
        self.tapes.push(tape);
        Ok(())
    }

    fn articles_of(&mut self, scanned: Scanned) -> Vec<usize> {
        let outlet = self.outlets.len() - 1;
        let mut lists = Vec::new();
        for item in scanned.items {
            let id = ArticleId::of_url(&item.link);
            let index = *self.by_article.entry(id).or_insert_with(|| {
                self.articles.push(Article {
                    outlet,
                    url: item.link,
                    title: item.title,
                    text: item.text,
                });
                self.articles.len() - 1
            });
            lists.push(index);
        }
        lists
    }
}

impl Archive for History {
    fn outlets(&self) -> &[Outlet] {
        &self.outlets
    }

    fn total(&self) -> usize {
        self.articles.len()
    }

    /// What the polls given so far list; for the front page, the feed itself is recorded.
    fn listed(&self, outlet: usize, _published: usize, _paced: bool) -> Vec<usize> {
        let tape = &self.tapes[outlet];
        let given = tape.given.load(Ordering::Relaxed).checked_sub(1);
        let last = given.and_then(|last| tape.polls.get(last));
        last.map(|poll| poll.lists.clone()).unwrap_or_default()
    }

    fn item(&self, index: usize) -> Item {
        let article = &self.articles[index];
        Item {
            url: article.url.clone(),
            title: Some(article.title.clone()),
            dated: Dated::Untold,
            ..Item::default()
        }
    }

    fn url(&self, index: usize) -> String {
        self.articles[index].url.clone()
    }

    fn find(&self, host: &str, target: &str) -> Option<usize> {
        let article = ArticleId::of_url(&format!("http://{host}{target}"));
        self.by_article.get(&article).copied()
    }

    fn page(&self, index: usize, published_at: Timestamp) -> std::io::Result<Page> {
        let article = &self.articles[index];
        let outlet = &self.outlets[article.outlet];
        let content = Content {
            title: &article.title,
            url: &article.url,
            outlet: if outlet.named { &outlet.name } else { "" },
            lang: outlet.language.as_deref().unwrap_or_default(),
            charset: outlet.charset.label(),
            date: &iso_date(published_at),
            paragraphs: std::slice::from_ref(&article.text),
            ..Content::default()
        };
        Ok(Page {
            body: self.template.render(&content).into_bytes(),
            content_type: outlet.charset.content_type("text/html"),
        })
    }

    fn truth(&self, index: usize) -> TrueArticle {
        let article = &self.articles[index];
        let outlet = &self.outlets[article.outlet];
        TrueArticle {
            index,
            key: None,
            url: article.url.clone(),
            id: ArticleId::of_url(&article.url),
            outlet: outlet.name.clone(),
            title: article.title.clone(),
            relation: None,
            event: None,
            lang: outlet.language.clone(),
        }
    }

    fn recorded(&self, outlet: usize, spoilt: bool) -> Option<Recorded> {
        let tape = &self.tapes[outlet];
        let step = |given: usize| (given < tape.polls.len()).then_some(given + 1);
        let given = if spoilt {
            tape.given.load(Ordering::Relaxed)
        } else {
            // An error is the count past the last poll, which is repeated.
            tape.given
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step)
                .unwrap_or_else(|all| all)
        };
        let place = given.min(tape.polls.len() - 1);
        let poll = &tape.polls[place];
        Some(Recorded {
            body: poll.body.clone(),
            lists: poll.lists.clone(),
            repeated: given == tape.polls.len(),
        })
    }

    fn given(&self) -> Option<usize> {
        let mut seen = vec![false; self.articles.len()];
        for tape in &self.tapes {
            let given = tape.given.load(Ordering::Relaxed);
            for poll in &tape.polls[..given] {
                for index in &poll.lists {
                    seen[*index] = true;
                }
            }
        }
        Some(seen.into_iter().filter(|seen| *seen).count())
    }
}
