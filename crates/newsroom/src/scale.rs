//! Generated articles: a function of the index alone, so that memory does not grow with their number.

mod furniture;
mod words;

use article::{ArticleId, RelationKind};
use jiff::Timestamp;

use crate::OpenError;
use crate::archive::{Archive, Dated, Item, Page};
use crate::escape::escaped;
use crate::feed::iso_date;
use crate::outlet::{Dialect, Outlet, slug};
use crate::truth::TrueArticle;
use furniture::Furniture;
use words::{Random, Words};

/// How many articles a feed lists while articles appear one by one.
const PACED_FEED_LENGTH: usize = 50;

/// Every so many articles one is a copy.
const COPY_SHARE: u64 = 10;

/// How far back a copy finds its source, at most, in articles.
const COPY_REACH: u64 = 2_000;

/// N generated articles of a number of outlets that publish in turn.
#[derive(Debug)]
pub(crate) struct Scale {
    articles: usize,
    outlets: Vec<Outlet>,
    words: Words,
    furniture: Vec<Furniture>,
}

impl Scale {
    pub(crate) fn new(articles: usize, outlets: usize) -> Result<Self, OpenError> {
        if outlets == 0 {
            return Err(OpenError::Options(
                "scale with 0 outlets: must be 1 or more".to_owned(),
            ));
        }
        let words = Words::new();
        Ok(Self {
            articles,
            outlets: (0..outlets).map(|place| outlet(place, &words)).collect(),
            furniture: furniture::all(&words),
            words,
        })
    }

    fn outlet_of(&self, index: usize) -> usize {
        index % self.outlets.len()
    }

    /// The article whose text this one carries: itself, or for a copy an earlier original of another
    /// outlet.
    fn source_of(&self, index: usize) -> usize {
        let mut random = Random::of("copy", index);
        if index == 0 || !is_copy(index) {
            return index;
        }
        let reach = COPY_REACH.min(index as u64);
        let first = index - 1 - random.below(reach) as usize;
        (0..=first)
            .rev()
            .take(64)
            .find(|earlier| !is_copy(*earlier) && self.outlet_of(*earlier) != self.outlet_of(index))
            .unwrap_or(index)
    }

    fn title(&self, index: usize) -> String {
        let mut random = Random::of("title", index);
        self.words.headline(&mut random)
    }

    fn paragraphs(&self, index: usize) -> Vec<String> {
        let mut random = Random::of("text", self.source_of(index));
        self.words.story(&mut random)
    }

    fn path(&self, index: usize) -> String {
        format!("/news/{}-{index}.html", slug(&self.title(index)))
    }
}

/// Whether the article would be a copy, if a source is found.
fn is_copy(index: usize) -> bool {
    Random::of("is copy", index).below(COPY_SHARE) == 0
}

fn outlet(place: usize, words: &Words) -> Outlet {
    const DIALECTS: [Dialect; 4] = [Dialect::Rss, Dialect::Atom, Dialect::RssGuid, Dialect::Rdf];
    const KINDS: [&str; 4] = ["newspaper", "broadcaster", "newspaper", "magazine"];
    let town = words.name(&mut Random::of("outlet", place));
    let name = format!("{town} Courier {place}");
    Outlet {
        country: Some("GB".to_owned()),
        language: Some("en".to_owned()),
        kind: Some(KINDS[place % KINDS.len()].to_owned()),
        dialect: DIALECTS[place % DIALECTS.len()],
        ..Outlet::plain(format!("{}.example", slug(&name)), Some(&name))
    }
}

impl Archive for Scale {
    fn outlets(&self) -> &[Outlet] {
        &self.outlets
    }

    fn total(&self) -> usize {
        self.articles
    }

    fn listed(&self, outlet: usize, published: usize, paced: bool) -> Vec<usize> {
        let length = if paced { PACED_FEED_LENGTH } else { usize::MAX };
        let all = (outlet..published).step_by(self.outlets.len());
        all.rev().take(length).collect()
    }

    fn item(&self, index: usize) -> Item {
        Item {
            url: self.url(index),
            title: Some(self.title(index)),
            summary: Some(
                self.words
                    .lead(&mut Random::of("text", self.source_of(index))),
            ),
            author: None,
            paragraphs: Vec::new(),
            dated: Dated::Publication,
        }
    }

    fn url(&self, index: usize) -> String {
        let host = &self.outlets[self.outlet_of(index)].host;
        format!("http://{host}{}", self.path(index))
    }

    fn find(&self, host: &str, target: &str) -> Option<usize> {
        let number = target.strip_suffix(".html")?.rsplit('-').next()?;
        let index: usize = number.parse().ok()?;
        let known = index < self.articles
            && self.outlets[self.outlet_of(index)].host == host
            && self.path(index) == target;
        known.then_some(index)
    }

    fn page(&self, index: usize, published_at: Timestamp) -> std::io::Result<Page> {
        let place = self.outlet_of(index);
        let title = escaped(&self.title(index));
        let paragraphs = self.paragraphs(index);
        let furniture = &self.furniture[place % self.furniture.len()];
        let html = furniture.page(
            &self.outlets[place].name,
            &title,
            &iso_date(published_at),
            &paragraphs,
        );
        Ok(Page {
            body: html.into_bytes(),
            content_type: "text/html; charset=utf-8".to_owned(),
        })
    }

    fn truth(&self, index: usize) -> TrueArticle {
        let url = self.url(index);
        let source = self.source_of(index);
        TrueArticle {
            index,
            key: None,
            id: ArticleId::of_url(&url),
            url,
            outlet: self.outlets[self.outlet_of(index)].name.clone(),
            title: self.title(index),
            relation: (source != index).then(|| (RelationKind::Copy, self.url(source))),
            event: Some(format!("scale-{source}")),
            lang: Some("en".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(scale: &Scale, index: usize) -> String {
        let page = scale.page(index, Timestamp::UNIX_EPOCH).expect("a page");
        String::from_utf8(page.body).expect("UTF-8")
    }

    #[test]
    fn articles_are_a_function_of_their_index() {
        let (small, large) = (
            Scale::new(200, 20).expect("a world"),
            Scale::new(100_000, 20).expect("a world"),
        );
        for index in [0, 7, 199] {
            assert_eq!(small.truth(index), large.truth(index));
            assert_eq!(page(&small, index), page(&large, index));
        }
        assert_ne!(small.paragraphs(1), small.paragraphs(2));
    }

    #[test]
    fn pages_are_found_at_their_addresses_alone() {
        let scale = Scale::new(500, 20).expect("a world");
        for index in 0..500 {
            let host = &scale.outlets[scale.outlet_of(index)].host;
            let path = scale.path(index);
            assert_eq!(scale.find(host, &path), Some(index));
            assert_eq!(scale.find("other.example", &path), None);
        }
        let other = scale.path(20).replace("-20.html", "-40.html");
        assert_eq!(scale.find(&scale.outlets[0].host, &other), None);
    }

    #[test]
    fn a_tenth_are_copies_of_earlier_articles_of_other_outlets() {
        let scale = Scale::new(5_000, 100).expect("a world");
        let copies: Vec<usize> = (0..5_000)
            .filter(|index| scale.source_of(*index) != *index)
            .collect();
        assert!((400..600).contains(&copies.len()), "{}", copies.len());
        for copy in copies {
            let source = scale.source_of(copy);
            assert!(source < copy);
            assert_eq!(scale.source_of(source), source);
            assert_ne!(scale.outlet_of(source), scale.outlet_of(copy));
            assert_eq!(scale.paragraphs(source), scale.paragraphs(copy));
        }
    }

    #[test]
    fn pages_have_the_size_of_news_pages() {
        let scale = Scale::new(200, 20).expect("a world");
        for index in 0..200 {
            let bytes = page(&scale, index).len();
            assert!((30_000..45_000).contains(&bytes), "{index}: {bytes}");
        }
    }

    #[test]
    fn the_feed_lists_all_or_the_newest() {
        let scale = Scale::new(1_000, 10).expect("a world");
        assert_eq!(scale.listed(3, 1_000, false).len(), 100);
        let paced = scale.listed(3, 724, true);
        assert_eq!(paced.len(), 50);
        assert_eq!(paced[..2], [723, 713]);
        assert_eq!(scale.listed(3, 3, true), Vec::<usize>::new());
    }
}
