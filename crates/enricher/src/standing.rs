//! What the window keeps of an article beside its signature, and of a story beside its members.

use article::{ArticleId, Evidence, FamilyId, Origin, OriginHow, Relation, RelationKind, StoryId};
use serde::{Deserialize, Serialize};

/// An id in its 16 bytes. Written out it takes four times as much, and every article names three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id([u8; 16]);

impl Id {
    /// What tells most ids apart: they are hashes.
    pub(crate) fn tag(self) -> u32 {
        let [.., a, b, c, d] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }

    /// The id that is written as `hex`. Ids are 32 digits; what else stands there counts as zeros.
    fn read(hex: &str) -> Self {
        Self(u128::from_str_radix(hex, 16).unwrap_or(0).to_be_bytes())
    }
}

impl std::fmt::Debug for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

macro_rules! stands_for {
    ($id:ident, $written:ident) => {
        impl From<&$id> for Id {
            fn from(id: &$id) -> Self {
                Self::read(id.as_str())
            }
        }

        impl Id {
            pub(crate) fn $written(self) -> $id {
                $id::parse(&format!("{self:?}")).expect("32 digits are an id")
            }
        }
    };
}

stands_for!(ArticleId, article);
stands_for!(StoryId, story);
stands_for!(FamilyId, family);

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl serde::de::Visitor<'_> for Bytes {
            type Value = Id;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("16 bytes")
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Id, E> {
                let id = bytes.try_into();
                id.map(Id)
                    .map_err(|_| E::invalid_length(bytes.len(), &self))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Where an article stands: what `articles.lineage` says of it, and what its story shows of it.
///
/// Each takes a hundred bytes and one block for both texts; a second block have the few that are tied to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(crate) struct Standing {
    pub article: Id,
    pub story: Id,
    pub family: Id,
    /// Event time in milliseconds: when the version at hand was fetched.
    pub seen: i64,
    /// `i64::MIN` where there is none.
    published: i64,
    pub revision: u32,
    /// Where in `texts` the outlet ends and the title begins.
    title: u32,
    texts: Box<str>,
    tied: Option<Box<Tied>>,
}

/// What only some articles have.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tied {
    ties: Box<[Kept]>,
    origin: Option<Origin>,
}

/// A standing as the state has it.
#[derive(Clone, Serialize, Deserialize)]
struct Written {
    #[serde(rename = "id")]
    article: Id,
    #[serde(rename = "o")]
    outlet: Box<str>,
    #[serde(rename = "t")]
    title: Box<str>,
    #[serde(rename = "at")]
    seen: i64,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    published: Option<i64>,
    #[serde(rename = "n")]
    revision: u32,
    #[serde(rename = "s")]
    story: Id,
    #[serde(rename = "f")]
    family: Id,
    #[serde(rename = "r", default, skip_serializing_if = "no_ties")]
    ties: Box<[Kept]>,
    #[serde(rename = "by", default, skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
}

fn no_ties(ties: &[Kept]) -> bool {
    ties.is_empty()
}

impl From<Standing> for Written {
    fn from(standing: Standing) -> Self {
        Self {
            article: standing.article,
            outlet: standing.outlet().into(),
            title: standing.title().into(),
            seen: standing.seen,
            published: standing.published(),
            revision: standing.revision,
            story: standing.story,
            family: standing.family,
            ties: standing.ties().into(),
            origin: standing.origin().cloned(),
        }
    }
}

impl From<Written> for Standing {
    fn from(written: Written) -> Self {
        let place = (written.story, written.family);
        let mut standing = Self::new(written.article, &written.outlet, &written.title, place);
        standing.seen = written.seen;
        standing.revision = written.revision;
        standing.publish(written.published);
        standing.relate(written.ties.into(), written.origin);
        standing
    }
}

/// A relation without the passages and names that show it, which `articles.enriched` has; or, of a tie to an article
/// that came later, the revision of `articles.lineage` that told of it first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept(
    /// The other article.
    pub Id,
    pub RelationKind,
    /// Score, contained, contains, similarity and order in thousandths.
    [u16; 5],
);

impl Kept {
    /// Whether one text was made from the other.
    pub(crate) fn is_derived(&self) -> bool {
        self.1.is_derived()
    }

    /// The score and the share of the article that stands in the other, to thousandths.
    pub(crate) fn measured(&self) -> (f64, f64) {
        let [score, contained, ..] = self.2.map(|number| f64::from(number) / 1_000.0);
        (score, contained)
    }

    pub(crate) fn of(relation: &Relation) -> Self {
        let Evidence {
            contained,
            contains,
            similarity,
            order,
            ..
        } = relation.evidence;
        Self(
            Id::from(&relation.of),
            relation.relation,
            [relation.score, contained, contains, similarity, order].map(thousandths),
        )
    }

    /// The relation, with the numbers of its evidence alone.
    pub(crate) fn relation(&self) -> Relation {
        let [score, contained, contains, similarity, order] =
            self.2.map(|number| f64::from(number) / 1_000.0);
        Relation {
            relation: self.1,
            of: self.0.article(),
            score,
            evidence: Evidence {
                contained,
                contains,
                similarity,
                order,
                ..Evidence::default()
            },
        }
    }
}

fn thousandths(number: f64) -> u16 {
    (number.clamp(0.0, 1.0) * 1_000.0).round() as u16
}

impl Standing {
    /// An article of an outlet, with its title or the beginning of its text where it has none, and with its
    /// story and family.
    pub(crate) fn new(article: Id, outlet: &str, title: &str, (story, family): (Id, Id)) -> Self {
        Self {
            article,
            story,
            family,
            seen: 0,
            published: i64::MIN,
            revision: 1,
            title: outlet.len() as u32,
            texts: [outlet, title].concat().into(),
            tied: None,
        }
    }

    pub(crate) fn outlet(&self) -> &str {
        &self.texts[..self.title as usize]
    }

    pub(crate) fn title(&self) -> &str {
        &self.texts[self.title as usize..]
    }

    /// The publisher's time in milliseconds, where it can be trusted to order articles.
    pub(crate) fn published(&self) -> Option<i64> {
        (self.published != i64::MIN).then_some(self.published)
    }

    pub(crate) fn publish(&mut self, published: Option<i64>) {
        self.published = published.unwrap_or(i64::MIN);
    }

    pub(crate) fn ties(&self) -> &[Kept] {
        self.tied.as_ref().map_or(&[], |tied| &tied.ties)
    }

    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.tied.as_ref()?.origin.as_ref()
    }

    /// Sets its ties and its origin.
    pub(crate) fn relate(&mut self, ties: Vec<Kept>, origin: Option<Origin>) {
        let is_tied = !ties.is_empty() || origin.is_some();
        let ties = ties.into();
        self.tied = is_tied.then(|| Box::new(Tied { ties, origin }));
    }

    /// Its relations, with the numbers of their evidence alone.
    pub(crate) fn relations(&self) -> Vec<Relation> {
        self.ties().iter().map(Kept::relation).collect()
    }

    /// The origin that it states itself: what it has from a tie or a vote must not speak for another.
    pub(crate) fn stated(&self) -> Option<&Origin> {
        self.origin()
            .filter(|origin| origin.how == OriginHow::Stated)
    }

    /// The origin that it has from an article which it is tied to.
    pub(crate) fn linked(&self) -> Option<&Origin> {
        self.origin()
            .filter(|origin| origin.how == OriginHow::Linked)
    }

    /// Whether the article is its agency's own.
    pub(crate) fn is_agencys(&self) -> bool {
        self.stated().is_some_and(|origin| origin.confidence >= 1.0)
    }
}

/// A story of several articles, apart from its members, which the standings name. That of a single
/// article says what its article does, and is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thread {
    #[serde(rename = "h")]
    pub headline: Box<str>,
    /// The headline is an agency's.
    #[serde(rename = "a")]
    pub by_agency: bool,
    /// Event times of the first and of the last article, in milliseconds.
    #[serde(rename = "f")]
    pub first_seen: i64,
    #[serde(rename = "l")]
    pub last_seen: i64,
    /// Articles that ever joined, in the window or not.
    #[serde(rename = "n")]
    pub size: u32,
    /// The story that it was a part of.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<Id>,
}

impl Thread {
    /// The story that an article opens, or is alone in.
    pub(crate) fn of(standing: &Standing) -> Self {
        Self {
            headline: standing.title().into(),
            by_agency: standing.is_agencys(),
            first_seen: standing.seen,
            last_seen: standing.seen,
            size: 1,
            split_from: None,
        }
    }
}
