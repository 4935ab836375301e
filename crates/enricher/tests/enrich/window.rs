//! What the window keeps, for how long, and what can be set.

use article::RelationKind;
use enricher::{Config, Window};
use pipeline::State;

use crate::newsdesk::{Desk, REPORT, UNRELATED, article, check_first, report, reprint};

#[test]
fn a_new_version_keeps_its_place_and_is_not_tied_to_itself() {
    let mut desk = Desk::default();
    desk.read(&report());
    let first = desk.read(&reprint(3));
    desk.read(&article("City Post", "again", 4, "Recorder found", REPORT));
    let mut second = reprint(5);
    second.version = 2;
    second.title = "Seaplane: recorder found".to_owned();
    let told = desk.read(&second);
    assert_eq!(told.enriched.story, first.enriched.story);
    assert_eq!(told.enriched.family, first.enriched.family);
    assert_eq!(told.lineages[0].revision, 2);
    // Neither to itself nor to what arrived after its first version.
    for relation in &told.enriched.relations {
        assert_eq!(relation.of, report().id);
    }
    let story = told.stories.last().expect("its title changed");
    assert_eq!(story.size, 3);
    assert_eq!(story.members[1].title, second.title);
    assert_eq!(desk.window.len(), 3);
    // The same version again changes nothing that a story shows.
    assert!(desk.read(&second).stories.is_empty());
}

#[test]
fn only_the_time_of_fetching_moves_the_window() {
    let mut desk = Desk::default();
    let mut misdated = article("City Post", "trees", 1, "Trees", UNRELATED);
    misdated.published = Some("2099-01-01T00:00:00Z".parse().expect("a time"));
    desk.read(&report());
    desk.read(&misdated);
    assert_eq!(desk.window.len(), 2);
    check_first(&desk.read(&reprint(24)), RelationKind::Copy, &report());
}

/// Articles of other news, fetched `hours` after the tests' time began: enough to move the window.
fn move_on(desk: &mut Desk, hours: i64) {
    for number in 0..8 {
        let name = format!("moved-{hours}-{number}");
        desk.read(&article("Time Post", &name, hours, "", ""));
    }
}

#[test]
fn what_has_left_the_window_is_forgotten_and_the_latecomer_is_told_of() {
    let mut desk = Desk::default();
    desk.read(&report());
    let told = desk.read(&reprint(15 * 24));
    assert!(told.enriched.relations.is_empty());
    move_on(&mut desk, 15 * 24);
    assert_eq!(desk.window.len(), 9);
    assert!(!desk.window.remembers(&report().id));
    // Fetched long before the others, read after them.
    let late = desk.read(&article("City Post", "late", 1, "Trees", UNRELATED));
    assert_eq!(late.stories.len(), 1);
    assert_eq!(desk.window.len(), 9);
    let entries: usize = desk
        .window
        .tables()
        .iter()
        .map(|table| table.entries())
        .sum();
    assert_eq!(entries, 19, "a clock, nine signatures, nine standings");
}

#[test]
fn an_article_with_a_wrong_time_expires_nothing_and_is_tied_to_nothing() {
    let mut desk = Desk::default();
    desk.read(&report());
    for number in 0..3 {
        let name = format!("mad-{number}");
        let told = desk.read(&article("Mad Clock", &name, 10 * 365 * 24, "Found", REPORT));
        let tied = told.enriched.relations.iter();
        assert!(!tied.into_iter().any(|relation| relation.of == report().id));
        desk.read(&article("City Post", &name, 2, "Trees", UNRELATED));
    }
    assert!(desk.window.remembers(&report().id));
    check_first(&desk.read(&reprint(24)), RelationKind::Copy, &report());
}

#[test]
fn a_few_wrong_times_in_a_row_blind_nobody() {
    let mut desk = Desk::default();
    desk.read(&report());
    for number in 0..7 {
        let name = format!("mad-{number}");
        desk.read(&article("Mad Clock", &name, 200 * 365 * 24, "", ""));
    }
    check_first(&desk.read(&reprint(24)), RelationKind::Copy, &report());
}

#[test]
fn articles_from_the_future_are_not_kept_for_ever() {
    let mut desk = Desk::default();
    for number in 0..500 {
        let years = 1 + number % 7;
        let name = number.to_string();
        desk.read(&article("Mad Clock", &name, years * 365 * 24, "", ""));
        desk.read(&article("City Post", &name, 1 + number / 24, "", ""));
        desk.read(&article("Coast Courier", &name, 1 + number / 24, "", ""));
    }
    assert!(desk.window.len() < 1_100, "{}", desk.window.len());
}

#[test]
fn a_report_under_every_reprint_costs_a_bounded_state() {
    let mut desk = Desk::default();
    for number in 0..20 {
        desk.read(&article(
            &format!("Outlet {number}"),
            "x",
            1,
            "A title of some words",
            REPORT,
        ));
    }
    let mut bytes = 0;
    for table in desk.window.tables() {
        for change in table.take_changes(usize::MAX) {
            bytes += change.key.len() + change.value.map_or(0, |value| value.len());
        }
    }
    assert!(bytes / 20 < 2_048, "{} bytes an article", bytes / 20);
}

#[track_caller]
fn check_refused(config: &Config, key: &str, value: &str) {
    let error = config.validate().expect_err("out of range");
    let message = error.to_string();
    assert!(
        message.contains(&format!("enricher.{key} is {value};")),
        "{message}"
    );
}

#[test]
fn settings_out_of_range_are_named() {
    let config = Config::default();
    assert_eq!(config.validate(), Ok(()));
    check_refused(
        &Config {
            window_days: 0,
            ..config.clone()
        },
        "window_days",
        "0",
    );
    check_refused(
        &Config {
            derived: f64::NAN,
            ..config.clone()
        },
        "derived",
        "NaN",
    );
    check_refused(
        &Config {
            same_event: 1.5,
            ..config.clone()
        },
        "same_event",
        "1.5",
    );
    check_refused(
        &Config {
            near: 0.95,
            ..config.clone()
        },
        "near",
        "0.95",
    );
    check_refused(
        &Config {
            furniture_articles: 1,
            ..config.clone()
        },
        "furniture_articles",
        "1",
    );
    check_refused(
        &Config {
            candidates: 1000,
            ..config
        },
        "candidates",
        "1000",
    );
    let unknown = serde_json::from_str::<Config>(r#"{"window": 3}"#);
    assert!(unknown.is_err());
}

#[test]
fn a_shorter_window_forgets_sooner() {
    let mut desk = Desk::with(Config {
        window_days: 1,
        ..Config::default()
    });
    desk.read(&report());
    assert!(desk.read(&reprint(30)).enriched.relations.is_empty());
}

/// What versions before the signature's layout of one stream of bits wrote: a list of parts.
#[test]
fn a_state_of_another_layout_is_told_of_with_what_to_do() {
    let mut desk = Desk::default();
    desk.read(&report());
    let mut changes = Vec::new();
    for table in desk.window.tables() {
        changes.extend(table.take_changes(usize::MAX));
    }
    let mut restored = Window::default();
    let mut refused = 0;
    for change in changes {
        let mut tables = restored.tables().into_iter();
        let table = tables.find(|table| table.name() == change.table);
        let table = table.expect("one of the window's");
        let mut value = change.value.expect("nothing was removed");
        assert!(table.restore(&change.key, Some(&value)).is_ok());
        if change.table == "signatures" {
            // The layout stands behind the mark of bytes and their number, in one byte or in two.
            let layout = if value[0] == 0xc4 { 2 } else { 3 };
            assert_eq!(value[layout], 2);
            value[layout] = 0x97;
            let error = table.restore(&change.key, Some(&value));
            let message = error.expect_err("a list of parts").to_string();
            let says = "a signature of layout 151, and this version reads layout 2; replay into a new generation";
            assert!(message.contains(says), "{message}");
            refused += 1;
        }
    }
    assert_eq!(refused, 1);
}
