//! One article of each story or family, as they stand now.

use article::{Cleaned, Content, Enriched, FamilyId, Lineage, RelationKind, StoryId};
use copydesk::export::Form;
use copydesk::select::{Group, Select};
use pipeline::log::ToSend;

use super::samples::{self, id, moment, record, relation};
use crate::{Desk, all_of};

/// An article of the outlet "The N" as it came: at which second, of which story and family (named by
/// whom they were opened by), made from what.
fn came(
    name: &str,
    second: i64,
    story: &str,
    family: &str,
    of: &[(RelationKind, &str)],
) -> Enriched {
    let [_, bare] = samples::cleaned();
    Enriched {
        story: StoryId::opened_by(&id(story)),
        family: FamilyId::opened_by(&id(family)),
        relations: of.iter().map(|(kind, of)| relation(*kind, of)).collect(),
        origin: None,
        content: Content::default(),
        attributions: Vec::new(),
        article: Cleaned {
            id: id(name),
            title: name.to_owned(),
            outlet: format!("The {}", name.to_uppercase()),
            fetched_at: moment(second),
            ..bare
        },
    }
}

/// Where an article stands.
fn stands(article: &Enriched, revision: u32) -> ToSend {
    record(&Lineage {
        id: article.article.id.clone(),
        revision,
        story: article.story.clone(),
        family: article.family.clone(),
        relations: article.relations.clone(),
        origin: None,
    })
}

/// The titles and versions that are exported.
#[track_caller]
fn chosen(desk: &Desk, select: &Select) -> Vec<String> {
    let mut wanted = all_of("articles.enriched", Form::Jsonl);
    wanted.select = select.clone();
    let lines = desk.lines(&wanted);
    let titles = lines.iter().map(|line| {
        let article: Enriched = serde_json::from_str(line).expect("an article");
        format!("{}{}", article.article.title, article.article.version)
    });
    titles.collect()
}

fn one_per(group: Group) -> Select {
    Select {
        one_per: Some(group),
        ..Select::default()
    }
}

/// Writes each with its lineage as of its arrival.
fn arrive(desk: &Desk, articles: &[Enriched]) {
    for article in articles {
        desk.write(vec![record(article), stands(article, 1)]);
    }
}

use RelationKind::{Copy, SameEvent};

#[test]
fn the_original_stands_for_its_family_and_the_earliest_for_its_story() {
    let desk = Desk::open();
    arrive(
        &desk,
        &[
            came("a", 1, "a", "a", &[]),
            came("b", 2, "a", "a", &[(Copy, "a")]),
            // Independent coverage: a family of its own, and original.
            came("c", 3, "a", "c", &[(SameEvent, "a")]),
            came("d", 4, "d", "d", &[]),
        ],
    );
    assert_eq!(chosen(&desk, &one_per(Group::Family)), ["a1", "c1", "d1"]);
    assert_eq!(chosen(&desk, &one_per(Group::Story)), ["a1", "d1"]);
    assert_eq!(chosen(&desk, &Select::default()), ["a1", "b1", "c1", "d1"]);
}

#[test]
fn what_lineage_says_now_counts() {
    let desk = Desk::open();
    let copy = came("b", 1, "b", "b", &[]);
    let source = came("a", 2, "b", "b", &[]);
    let moved = came("c", 3, "b", "b", &[(Copy, "b")]);
    arrive(&desk, &[copy.clone(), source, moved.clone()]);
    assert_eq!(chosen(&desk, &one_per(Group::Family)), ["b1"]);
    // The copy came first, which its source shows; and another turned out to belong elsewhere.
    let turned = came("b", 1, "b", "b", &[(Copy, "a")]);
    let elsewhere = came("c", 3, "z", "z", &[]);
    desk.write(vec![stands(&turned, 2), stands(&elsewhere, 2)]);
    assert_eq!(chosen(&desk, &one_per(Group::Family)), ["a1", "c1"]);
    assert_eq!(chosen(&desk, &one_per(Group::Story)), ["a1", "c1"]);

    let story = |of: &str| Select {
        stories: vec![StoryId::opened_by(&id(of)).as_str().parse().expect("an id")],
        ..Select::default()
    };
    assert_eq!(chosen(&desk, &story("z")), ["c1"]);
    assert_eq!(chosen(&desk, &story("b")), ["b1", "a1"]);
    let one = Select {
        one_per: Some(Group::Story),
        ..story("b")
    };
    assert_eq!(chosen(&desk, &one), ["a1"]);
}

#[test]
fn the_last_version_is_the_one() {
    let desk = Desk::open();
    let version = |article: Enriched, version| Enriched {
        article: Cleaned {
            version,
            ..article.article
        },
        ..article
    };
    arrive(
        &desk,
        &[
            came("a", 1, "a", "a", &[]),
            came("b", 2, "a", "a", &[(Copy, "a")]),
            version(came("a", 9, "a", "a", &[]), 2),
        ],
    );
    assert_eq!(chosen(&desk, &one_per(Group::Family)), ["a2"]);
}

#[test]
fn without_an_original_the_earliest_stands_for_the_others() {
    let desk = Desk::open();
    let select = Select {
        outlets: vec![
            "the c".parse().expect("a name"),
            "the b".parse().expect("a name"),
        ],
        ..one_per(Group::Family)
    };
    // Written in another order than they were fetched, and none with a lineage that is left.
    for article in [
        came("a", 1, "a", "a", &[]),
        came("c", 3, "a", "a", &[(Copy, "a")]),
        came("b", 2, "a", "a", &[(Copy, "a")]),
    ] {
        desk.write(vec![record(&article)]);
    }
    assert_eq!(chosen(&desk, &select), ["b1"]);
    let all = Select {
        one_per: None,
        ..select
    };
    assert_eq!(chosen(&desk, &all), ["c1", "b1"]);
}

#[test]
fn only_articles_with_their_ties_are_chosen_among() {
    let desk = Desk::open();
    for topic in ["articles.lineage", "articles.cleaned", "stories"] {
        let mut wanted = all_of(topic, Form::Jsonl);
        wanted.select = one_per(Group::Family);
        let refused = desk
            .export(&wanted, "x")
            .expect_err("no articles with ties");
        assert!(
            refused.to_string().contains("articles.enriched"),
            "{refused}"
        );
        assert!(!desk.path("x").exists());
    }
}
