//! Messages of every hop: one with everything said, one with nothing that can be left out.

use std::collections::BTreeMap;

use article::{
    ArticleId, Attribution, AttributionClass, Bytes, Cleaned, Content, Country, Credit, Discovered,
    Enriched, Evidence, FamilyId, Feed, Fetched, Keyword, Lineage, Listing, Marks, Member, Message,
    Name, Origin, OriginHow, Place, Polled, Quotation, QuotationForm, Relation, RelationKind,
    Speaker, SpeakerHow, Story, StoryId,
};
use jiff::Timestamp;
use pipeline::headers::Headers;
use pipeline::log::ToSend;

pub(crate) fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_microsecond(1_772_352_000_000_000 + seconds * 1_000_000 + 250_001)
        .expect("a moment")
}

/// A message on its way into partition 0 of its topic.
pub(crate) fn record<M: Message>(message: &M) -> ToSend {
    ToSend {
        topic: M::TOPIC.to_owned(),
        partition: 0,
        key: Some(message.key().into_bytes()),
        value: Some(serde_json::to_vec(message).expect("it serialises")),
        headers: Headers::new().with("schema", M::SCHEMA),
    }
}

pub(crate) fn id(name: &str) -> ArticleId {
    ArticleId::of_url(&format!("https://a.example/{name}"))
}

pub(crate) fn feed() -> Feed {
    Feed {
        url: "https://a.example/rss".to_owned(),
        title: Some("The A's feed".into()),
        publisher: Some("The A".into()),
        country: Some("gb".into()),
        language: Some("en".into()),
        kind: Some("agency".into()),
        interval_seconds: Some(900),
        full_text: true,
        unverified: true,
        ..Feed::default()
    }
}

pub(crate) fn polled() -> [Polled; 2] {
    let full = Polled {
        feed: feed(),
        fetched_at: moment(0),
        final_url: "https://a.example/rss".to_owned(),
        status: 200,
        headers: vec![("etag".to_owned(), "\"1\"".to_owned())],
        part: true,
        body: Bytes(b"<rss>caf\xe9</rss>".to_vec()),
    };
    let bare = Polled {
        feed: Feed::at("https://b.example/rss"),
        headers: Vec::new(),
        part: false,
        body: Bytes(b"<rss>text</rss>".to_vec()),
        ..full.clone()
    };
    [full, bare]
}

pub(crate) fn discovered() -> [Discovered; 2] {
    let full = Discovered {
        id: id("1"),
        url: "https://a.example/1".to_owned(),
        feed: feed(),
        identity: "guid 1".to_owned(),
        revision: 2,
        polled_at: moment(1),
        title: Some("A title".into()),
        summary: Some("A summary".into()),
        content: Some("<p>All of it</p>".into()),
        authors: vec!["Ann".to_owned(), "Bo".to_owned()],
        categories: vec!["ferries".to_owned()],
        published: Some(moment(-60)),
        published_as_given: Some(moment(60)),
        language: Some("en".into()),
    };
    let bare = Discovered {
        feed: Feed::at("https://b.example/rss"),
        title: None,
        summary: None,
        content: None,
        authors: Vec::new(),
        categories: Vec::new(),
        published: None,
        published_as_given: None,
        language: None,
        ..full.clone()
    };
    [full, bare]
}

pub(crate) fn fetched() -> [Fetched; 2] {
    discovered().map(|discovered| Fetched {
        id: discovered.id.clone(),
        headers: match discovered.title {
            Some(_) => vec![("content-type".to_owned(), "text/html".to_owned())],
            None => Vec::new(),
        },
        listings: match discovered.title {
            Some(_) => vec![Listing::of(&discovered)],
            None => Vec::new(),
        },
        discovered,
        fetched_at: moment(2),
        version: 1,
        final_url: "https://a.example/1?x".to_owned(),
        status: 200,
        page: Bytes(b"<p>caf\xe9</p>".to_vec()),
        marks: Marks::default(),
    })
}

pub(crate) fn cleaned() -> [Cleaned; 2] {
    let full = Cleaned {
        id: id("1"),
        version: 1,
        fetched_at: moment(2),
        url: "https://a.example/1".to_owned(),
        canonical_url: "https://a.example/one".to_owned(),
        feed: feed(),
        listings: fetched()[0].listings.clone(),
        outlet: "The A".to_owned(),
        title: "A title".to_owned(),
        authors: vec!["Ann".to_owned(), "Bo".to_owned()],
        published: Some(moment(-60)),
        language: Some("en".into()),
        summary: Some("A summary".into()),
        text: "Text.\n\nMore text: ü, \u{1F6A2}.".to_owned(),
        layout: article::Layout::default(),
        metadata: article::Metadata::default(),
    };
    let bare = Cleaned {
        feed: Feed::at("https://b.example/rss"),
        listings: Vec::new(),
        authors: Vec::new(),
        published: None,
        language: None,
        summary: None,
        ..full.clone()
    };
    [full, bare]
}

pub(crate) fn relation(relation: RelationKind, of: &str) -> Relation {
    Relation {
        relation,
        of: id(of),
        score: 0.875,
        evidence: Evidence::default(),
    }
}

fn told(relation: Relation) -> Relation {
    Relation {
        evidence: Evidence {
            contained: 0.5,
            contains: 0.25,
            similarity: 1.0,
            passages: vec!["one passage".to_owned(), "another".to_owned()],
            names: vec!["Kell Point".to_owned()],
            ..Evidence::default()
        },
        ..relation
    }
}

fn origin() -> Origin {
    Origin {
        source: "Meridian".to_owned(),
        how: OriginHow::Stated,
        confidence: 1.0,
    }
}

pub(crate) fn enriched() -> [Enriched; 2] {
    let [full, bare] = cleaned();
    let full = Enriched {
        story: StoryId::opened_by(&full.id),
        family: FamilyId::opened_by(&full.id),
        relations: vec![
            told(relation(RelationKind::Near, "2")),
            relation(RelationKind::SameEvent, "3"),
            told(relation(RelationKind::Rewrite, "4")),
        ],
        origin: Some(origin()),
        content: content(),
        attributions: vec![Attribution {
            source: "meridian".to_owned(),
            class: AttributionClass::Wire,
            confidence: 0.95,
            evidence: vec![Credit {
                place: Place::Dateline,
                text: "KELL POINT (MPA) —".to_owned(),
                offset: Some(0),
            }],
        }],
        article: full,
    };
    let bare = Enriched {
        relations: Vec::new(),
        origin: None,
        attributions: Vec::new(),
        article: bare,
        ..full.clone()
    };
    [full, bare]
}

/// Two articles: a compacted topic has the last of each.
pub(crate) fn lineage() -> [Lineage; 2] {
    let [full, bare] = enriched();
    let of = |enriched: Enriched, name: &str| Lineage {
        id: id(name),
        revision: 3,
        story: enriched.story,
        family: enriched.family,
        relations: enriched.relations,
        origin: enriched.origin,
    };
    [of(full, "1"), of(bare, "2")]
}

pub(crate) fn stories() -> [Story; 2] {
    let member = |relation: Option<RelationKind>| Member {
        article: id("1"),
        outlet: "The A".to_owned(),
        title: "A title".to_owned(),
        family: FamilyId::opened_by(&id("1")),
        of: relation.map(|_| id("2")),
        relation,
    };
    let full = Story {
        id: StoryId::opened_by(&id("1")),
        headline: "A headline".to_owned(),
        first_seen: moment(1),
        last_seen: moment(2),
        members: vec![member(None), member(Some(RelationKind::Copy))],
        size: 2,
        by_relation: [("original".to_owned(), 1), ("copy".to_owned(), 1)].into(),
        by_outlet: [("The A".to_owned(), 2)].into(),
        origin: Some(origin()),
        merged_into: Some(StoryId::opened_by(&id("9"))),
        split_from: Some(StoryId::opened_by(&id("8"))),
    };
    let bare = Story {
        id: StoryId::opened_by(&id("2")),
        members: Vec::new(),
        by_relation: BTreeMap::default(),
        by_outlet: BTreeMap::default(),
        origin: None,
        merged_into: None,
        split_from: None,
        ..full.clone()
    };
    [full, bare]
}

fn content() -> Content {
    Content {
        quotations: vec![Quotation {
            text: "We sail at dusk".to_owned(),
            start: 3,
            end: 18,
            form: QuotationForm::Post,
            speaker: Some(Speaker {
                name: "Ada Finch".to_owned(),
                start: 24,
                how: SpeakerHow::Stated,
            }),
            hash: "0123456789abcdef".to_owned(),
            shingles: vec![7, 4_294_967_295],
        }],
        names: vec![Name {
            name: "Kell Point".to_owned(),
            count: 2,
            start: 5,
            articles: 9,
        }],
        places: vec![Country {
            code: "IS".to_owned(),
            mention: "Icelandic".to_owned(),
            count: 1,
            start: 40,
        }],
        keywords: vec![Keyword {
            word: "ferry".to_owned(),
            weight: 6.5,
            start: 9,
        }],
    }
}
