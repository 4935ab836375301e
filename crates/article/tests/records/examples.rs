//! A record of each hop with every field that it has, as its fixture holds it.

use std::collections::BTreeMap;

use article::{
    Access, ArticleId, ArticleKind, Attribution, AttributionClass, Block, BlockKind, Bytes,
    Cleaned, Content, Country, Credit, Discovered, Enriched, Evidence, FamilyId, Feed, Fetched,
    HeaderField, Image, Keyword, Layout, Limit, Lineage, Login, Marks, Member, Metadata, Name,
    Origin, OriginHow, Place, Polled, Precision, Proxy, Quotation, QuotationForm, Relation,
    RelationKind, Sources, Span, Speaker, SpeakerHow, Story, StoryId, TextLanguage, TextQuality,
    Zone, ZoneKind,
};
use jiff::Timestamp;

const FERRY: &str = "https://lantern.example/ferry/adrift?edition=late";
const AGENCY: &str = "https://meridian.example/wire/1847";

fn at(text: &str) -> Timestamp {
    text.parse().expect("an example's time")
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

pub(crate) fn feed() -> Feed {
    Feed {
        url: "https://lantern.example/rss/islands.xml".into(),
        title: Some("The Daily Lantern: islands".into()),
        publisher: Some("The Daily Lantern".into()),
        country: Some("IS".into()),
        language: Some("en-GB".into()),
        kind: Some("newspaper".into()),
        interval_seconds: Some(900),
        unverified: true,
        ..Feed::default()
    }
}

/// With everything that it takes to ask for it.
pub(crate) fn guarded_feed() -> Feed {
    let login = |user: &str, file: &str| Login {
        user: user.into(),
        password_file: file.into(),
    };
    let header = |name: &str, value: Option<&str>, file: Option<&str>| HeaderField {
        name: name.into(),
        value: value.map(str::to_owned),
        value_file: file.map(str::to_owned),
    };
    let access = Access {
        headers: vec![
            header("accept-language", Some("fo, da;q=0.5"), None),
            header("x-api-key", None, Some("lantern/key")),
        ],
        login: Some(login("desk", "lantern/password")),
        proxy: Some(Proxy {
            url: "http://proxy.example:3128".into(),
            login: Some(login("copydesk", "proxy")),
        }),
    };
    Feed {
        paused: true,
        wanted_at: Some(at("2026-03-01T08:00:00Z")),
        access: Some(Box::new(access)),
        ..feed()
    }
}

/// A body in Latin-1, which JSON holds as base64.
pub(crate) fn polled() -> Polled {
    Polled {
        feed: feed(),
        fetched_at: at("2026-03-01T08:00:00.25Z"),
        final_url: "https://www.lantern.example/rss/islands.xml".into(),
        status: 200,
        headers: vec![
            field("content-type", "application/rss+xml; charset=iso-8859-1"),
            field("etag", "\"7f-3\""),
        ],
        part: false,
        body: Bytes(b"<rss><channel><title>Caf\xe9 on the quay</title></channel></rss>".to_vec()),
    }
}

pub(crate) fn discovered() -> Discovered {
    Discovered {
        id: ArticleId::of_url(FERRY),
        url: FERRY.into(),
        feed: feed(),
        identity: "tag:lantern.example,2026:ferry-adrift".into(),
        revision: 2,
        polled_at: at("2026-03-01T08:00:00.25Z"),
        title: Some("Ferry adrift off Saint Corwin".into()),
        summary: Some("<p>212 aboard, no one hurt.</p>".into()),
        content: Some("<p>The ferry lost power at dusk.</p>".into()),
        authors: list(&["Odile Marchetti", "Bram Teal"]),
        categories: list(&["islands", "shipping"]),
        published: Some(at("2026-03-01T07:45:00Z")),
        published_as_given: None,
        language: Some("en-GB".into()),
    }
}

pub(crate) fn fetched() -> Fetched {
    Fetched {
        id: ArticleId::of_url(FERRY),
        discovered: discovered(),
        listings: Vec::new(),
        fetched_at: at("2026-03-01T08:00:04.5Z"),
        version: 3,
        final_url: "https://www.lantern.example/ferry/adrift".into(),
        status: 200,
        headers: vec![field("content-type", "text/html; charset=utf-8")],
        page: Bytes("<h1>Ferry adrift</h1><p>Two tugs – and a prayer.</p>".into()),
        marks: Marks::default(),
    }
}

pub(crate) fn cleaned() -> Cleaned {
    Cleaned {
        id: ArticleId::of_url(FERRY),
        version: 3,
        fetched_at: at("2026-03-01T08:00:04.5Z"),
        url: FERRY.into(),
        canonical_url: "https://lantern.example/ferry/adrift".into(),
        feed: feed(),
        listings: Vec::new(),
        outlet: "The Daily Lantern".into(),
        title: "Ferry adrift off Saint Corwin".into(),
        authors: list(&["Odile Marchetti"]),
        published: Some(at("2026-03-01T07:45:00Z")),
        language: Some("en-gb".into()),
        summary: Some("212 aboard, no one hurt.".into()),
        text: "The ferry lost power at dusk.\n\nTwo tugs – and a prayer – brought it in.".into(),
        layout: Layout::default(),
        metadata: Metadata::default(),
    }
}

/// With every field that the version got later.
pub(crate) fn cleaned_in_full() -> Cleaned {
    Cleaned {
        layout: layout(),
        metadata: metadata(),
        ..cleaned()
    }
}

/// With those that it got after these.
pub(crate) fn cleaned_fuller() -> Cleaned {
    let mut cleaned = cleaned_in_full();
    cleaned.layout.limits = vec![Limit::Depth, Limit::LinkedData];
    let metadata = &mut cleaned.metadata;
    metadata.modified_precision = Some(Precision::Second);
    metadata.modified_zone = Some("+01:00".into());
    metadata.sources.publisher = Some("json-ld".into());
    metadata.sources.kinds = Some("og:type".into());
    cleaned
}

fn layout() -> Layout {
    let block = |kind| Block {
        kind,
        level: 0,
        group: 0,
        row: 0,
    };
    Layout {
        blocks: vec![
            block(BlockKind::Paragraph),
            Block {
                group: 1,
                row: 2,
                ..block(BlockKind::Cell)
            },
        ],
        standfirst: Some("212 aboard, no one hurt.".into()),
        byline: Some("By Odile Marchetti in Saint Corwin".into()),
        captions: list(&["The ferry at its quay in April."]),
        zones: vec![Zone {
            kind: ZoneKind::Dateline,
            text: "SAINT CORWIN (MPA) –".into(),
            offset: Some(0),
        }],
        text_quality: Some(TextQuality::Good),
        limits: Vec::new(),
    }
}

fn metadata() -> Metadata {
    Metadata {
        published_precision: Some(Precision::Minute),
        published_zone: Some("+00:00".into()),
        modified: Some(at("2026-03-01T09:30:00Z")),
        modified_precision: None,
        modified_zone: None,
        publisher: Some("Lantern Press".into()),
        section: Some("Islands".into()),
        tags: list(&["ferries", "rescue"]),
        categories: Vec::new(),
        image: Some(Image {
            url: "https://lantern.example/ferry.jpg".into(),
            caption: Some("The ferry at its quay in April.".into()),
            credit: Some("Photo: B. Teal".into()),
        }),
        paywalled: Some(false),
        word_count: Some(14),
        text_language: Some(TextLanguage {
            code: "en".into(),
            confidence: 99,
        }),
        kinds: vec![ArticleKind::Liveblog],
        sources: Sources {
            title: Some("json-ld".into()),
            published: Some("time".into()),
            ..Sources::default()
        },
    }
}

fn relation(kind: RelationKind) -> Relation {
    Relation {
        relation: kind,
        of: ArticleId::of_url(AGENCY),
        score: 0.875,
        evidence: Evidence {
            contained: 0.75,
            contains: 0.5,
            similarity: 0.9375,
            passages: list(&["lost power at dusk"]),
            names: list(&["Saint Corwin", "212"]),
            ..Evidence::default()
        },
    }
}

fn origin(how: OriginHow) -> Origin {
    Origin {
        source: "Meridian Press Agency".into(),
        how,
        confidence: 0.5,
    }
}

pub(crate) fn enriched() -> Enriched {
    let first = ArticleId::of_url(AGENCY);
    Enriched {
        article: cleaned(),
        story: StoryId::opened_by(&first),
        family: FamilyId::opened_by(&first),
        relations: vec![relation(RelationKind::Near), relation(RelationKind::Update)],
        origin: Some(origin(OriginHow::Stated)),
        attributions: Vec::new(),
        content: Content::default(),
    }
}

/// With every field that the version has got since.
pub(crate) fn enriched_in_full() -> Enriched {
    Enriched {
        relations: vec![relation_in_full()],
        attributions: vec![attribution()],
        content: content(),
        ..enriched()
    }
}

fn relation_in_full() -> Relation {
    let relation = relation(RelationKind::Near);
    Relation {
        evidence: Evidence {
            order: 0.5,
            spans: vec![Span {
                start: 4,
                end: 22,
                of_start: Some(104),
                of_end: Some(122),
            }],
            quotations: list(&["we saw no light"]),
            ..relation.evidence
        },
        ..relation
    }
}

fn attribution() -> Attribution {
    Attribution {
        source: "meridian press agency".into(),
        class: AttributionClass::Wire,
        confidence: 0.95,
        evidence: vec![Credit {
            place: Place::Dateline,
            text: "SAINT CORWIN (MPA) –".into(),
            offset: Some(0),
        }],
    }
}

fn content() -> Content {
    Content {
        quotations: vec![quotation()],
        names: vec![Name {
            name: "Saint Corwin".into(),
            count: 3,
            start: 24,
            articles: 5,
        }],
        places: vec![Country {
            code: "IE".into(),
            mention: "Irish".into(),
            count: 2,
            start: 61,
        }],
        keywords: vec![Keyword {
            word: "ferry".into(),
            weight: 6.5,
            start: 4,
        }],
    }
}

fn quotation() -> Quotation {
    Quotation {
        text: "We drifted for six hours".into(),
        start: 30,
        end: 54,
        form: QuotationForm::Post,
        speaker: Some(Speaker {
            name: "Ada Quill".into(),
            start: 62,
            how: SpeakerHow::Resolved,
        }),
        hash: "0123456789abcdef".into(),
        shingles: vec![7, 4_294_967_295],
    }
}

pub(crate) fn lineage() -> Lineage {
    let first = ArticleId::of_url(AGENCY);
    Lineage {
        id: ArticleId::of_url(FERRY),
        revision: 4,
        story: StoryId::opened_by(&first),
        family: FamilyId::opened_by(&first),
        relations: vec![
            relation(RelationKind::Copy),
            relation(RelationKind::SameEvent),
        ],
        origin: Some(origin(OriginHow::Linked)),
    }
}

pub(crate) fn story() -> Story {
    let (first, second) = (ArticleId::of_url(AGENCY), ArticleId::of_url(FERRY));
    let family = FamilyId::opened_by(&first);
    Story {
        id: StoryId::opened_by(&second),
        headline: "Ferry with 212 aboard drifts for six hours".into(),
        first_seen: at("2026-03-01T07:30:00Z"),
        last_seen: at("2026-03-01T08:00:04.5Z"),
        members: vec![
            Member {
                article: first.clone(),
                outlet: "Meridian Press Agency".into(),
                title: "Ferry with 212 aboard drifts for six hours".into(),
                family: family.clone(),
                relation: None,
                of: None,
            },
            Member {
                article: second,
                outlet: "The Daily Lantern".into(),
                title: "Ferry adrift off Saint Corwin".into(),
                family,
                relation: Some(RelationKind::Rewrite),
                of: Some(first.clone()),
            },
        ],
        size: 2,
        by_relation: BTreeMap::new(),
        by_outlet: BTreeMap::new(),
        origin: Some(origin(OriginHow::Voted)),
        merged_into: Some(StoryId::opened_by(&first)),
        split_from: None,
    }
}

/// With every field that the version has got since.
pub(crate) fn story_in_full() -> Story {
    Story {
        by_relation: [("original".into(), 1), ("rewrite".into(), 1)].into(),
        by_outlet: [
            ("Meridian Press Agency".into(), 1),
            ("The Daily Lantern".into(), 1),
        ]
        .into(),
        split_from: story().merged_into,
        ..story()
    }
}
