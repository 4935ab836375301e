//! Tables of agencies of a user's own: what takes the built-in one's place, and what is refused.

use std::time::{Duration, Instant};

use enricher::{Agencies, TableError, attributions};

use crate::newsdesk::article;

#[test]
fn another_table_takes_the_built_in_ones_place() {
    let table = "[[agency]]\nslug = \"mpa\"\nnames = [\"Meridian Press\"]\ncodes = [\"MPA\"]\n";
    let table = Agencies::from_toml(table).expect("it is a table");
    let article = article(
        "City Post",
        "x",
        0,
        "Rain",
        "OSIER (MPA) — It rained, Reuters reported.",
    );
    assert_eq!(attributions(&article, &table).len(), 1);
    let check = |text: &str, says: &str| {
        let error: TableError = Agencies::from_toml(text).expect_err("it is no table");
        assert!(error.to_string().contains(says), "{error}");
    };
    check("agency = []", "at least one");
    check("[[agency]]\nslug = \"mpa\"", "\"mpa\" has neither names");
    let twice = "[[agency]]\nslug = \"ab\"\nnames = [\"Ab\"]\n".repeat(2);
    check(&twice, "line 4: agency \"ab\" stands in the table before");
    check(
        "[[agency]]\nslug = \"ab\"\nnames = [\"A\"]",
        "line 1: agency \"ab\" has \"A\"",
    );
    check(
        "[[agency]]\nslug = \"ab\"\nnames = [\"Ab\"]\ndatelines = [\"ABN\"]",
        "line 1: agency \"ab\" has datelines and no countries",
    );
    check("[[agency]]\nslug = \"a\"\nname = \"A\"", "unknown field");
    for site in [
        "https://ab.example",
        "AB.example",
        "ab.example/news",
        "ab",
        "ab..example",
    ] {
        let table = format!("[[agency]]\nslug = \"ab\"\nnames = [\"Ab\"]\nsites = [\"{site}\"]");
        check(
            &table,
            &format!("line 1: agency \"ab\" has the site \"{site}\""),
        );
    }
}

#[test]
fn what_finds_nothing_more_is_refused() {
    let check = |fields: &str, given: &str, other: &str| {
        let table = format!("[[agency]]\nslug = \"ab\"\n{fields}\n");
        let error = Agencies::from_toml(&table).expect_err("one finds the other's");
        let says = format!("line 1: agency \"ab\" has {given:?}, and {other:?} finds the same");
        assert!(error.to_string().contains(&says), "{error}");
    };
    let news = "names = [\"Osier News\"";
    check(
        &format!("{news}, \"OSIER news\"]"),
        "OSIER news",
        "Osier News",
    );
    check("names = [\"ČESKÁ\", \"Česká\"]", "ČESKÁ", "Česká");
    check(
        &format!("{news}]\ncodes = [\"OSIER NEWS\"]"),
        "OSIER NEWS",
        "Osier News",
    );
    check("codes = [\"ONA\"]\nambiguous = [\"ONA\"]", "ONA", "ONA");
    let sites = "sites = [\"en.ab.example\", \"ab.example\"]";
    check(&format!("{news}]\n{sites}"), "en.ab.example", "ab.example");
}

#[test]
fn two_agencies_share_what_is_ambiguous_and_nothing_else() {
    let table = |first: &str, second: &str| {
        let text = format!(
            "[[agency]]\nslug = \"ab\"\n{first}\n[[agency]]\nslug = \"cd\"\nsigns = []\n{second}\n"
        );
        Agencies::from_toml(&text).map_err(|error| error.to_string())
    };
    let check = |first: &str, second: &str, says: &str| {
        let error = table(first, second).expect_err("they share a spelling");
        assert!(error.contains(says), "{error}");
    };
    let shared = "line 4: agency \"cd\" has";
    check(
        "names = [\"Osier News\"]",
        "names = [\"OSIER News\"]",
        shared,
    );
    check(
        "codes = [\"ONA\"]",
        "codes = [\"ONA\"]",
        "\"ONA\", which is \"ab\"'s too",
    );
    check("codes = [\"ONA\"]", "ambiguous = [\"ONA\"]", shared);
    check("ambiguous = [\"ONA\"]", "names = [\"Ona\"]", shared);
    table("ambiguous = [\"ONA\"]", "ambiguous = [\"ONA\"]").expect("both may be meant");
    table("codes = [\"ONA\"]", "codes = [\"ona\"]").expect("these differ");
}

/// Checks that an entry with these fields is refused, and that the error names it and what is wrong.
#[track_caller]
fn check_refused(fields: &str, says: &str) {
    let table = format!("# Mine.\n\n[[agency]]\nslug = \"ab\"\n{fields}\n");
    let error = Agencies::from_toml(&table).expect_err("it is refused");
    let says = format!("line 3: agency \"ab\" has {says}");
    assert!(error.to_string().contains(&says), "{fields}: {error}");
}

#[track_caller]
fn check_taken(fields: &str) {
    let table = format!("[[agency]]\nslug = \"ab\"\n{fields}\n");
    let taken = Agencies::from_toml(&table);
    assert!(taken.is_ok(), "{fields}: {taken:?}");
}

#[test]
fn codes_of_no_language_or_country_are_refused() {
    let named = "names = [\"Osier News\"]\n";
    let check = |field: &str, says: &str| check_refused(&format!("{named}{field}"), says);
    check(
        "languages = [\"en\", \"xx\"]",
        "the language \"xx\"; give its code",
    );
    check("languages = [\"english\"]", "the language \"english\"");
    check("languages = [\"de-AT\"]", "the language \"de-AT\"");
    check("languages = [\"\"]", "the language \"\"");
    check("countries = [\"UK\"]", "the country \"UK\"; give its code");
    check("countries = [\"GB\", \"de\"]", "the country \"de\"");
    for fields in [
        "languages = [\"en\", \"DE\", \"fil\"]",
        "languages = []\ncountries = []",
        "countries = [\"GB\", \"XK\", \"PS\"]",
    ] {
        check_taken(&format!("{named}{fields}"));
    }
}

#[test]
fn small_words_are_no_names() {
    for (fields, word) in [
        ("names = [\"the\"]", "the"),
        ("names = [\"Osier News\", \"The\"]", "The"),
        ("names = [\"of the\"]", "of the"),
        ("names = [\"Osier News\"]\ncodes = [\"und\"]", "und"),
        ("ambiguous = [\"não\"]", "não"),
        ("names = [\"Osier News\"]\nsigns = [\"with\"]", "with"),
    ] {
        check_refused(fields, &format!("{word:?}, a small word"));
    }
    // In capitals it is a short form, and beside another word a name.
    for fields in [
        "codes = [\"UN\"]",
        "names = [\"The Wire\"]",
        "ambiguous = [\"ATS\", \"ats\"]",
    ] {
        check_taken(fields);
    }
}

#[test]
fn a_table_is_read_in_time_that_grows_as_it_does() {
    let took = |agencies: usize| {
        let entries = (0..agencies).map(|at| {
            format!(
                "[[agency]]\nslug = \"osier{at}\"\nnames = [\"Osier {at} News\"]\ncodes = [\"OS{at}N\"]\nsites = [\"o{at}.example\"]\n"
            )
        });
        let table: String = entries.collect();
        let fastest = (0..3).map(|_| {
            let begun = Instant::now();
            Agencies::from_toml(&table).expect("it is a table");
            begun.elapsed()
        });
        fastest.min().unwrap_or_default()
    };
    let (small, large) = (took(1_000), took(20_000));
    // Twenty times the table; were it its square, four hundred times the time. The rest is for other work on the machine.
    let most = small * 80 + Duration::from_millis(300);
    assert!(large < most, "{small:?} for 1,000, {large:?} for 20,000");
}

#[test]
fn one_agency_with_many_spellings_is_read_as_fast() {
    let spellings: Vec<String> = (0..20_000)
        .map(|at| format!("\"Osier {at} News\""))
        .collect();
    let sites: Vec<String> = (0..20_000).map(|at| format!("\"o{at}.example\"")).collect();
    let begun = Instant::now();
    check_taken(&format!(
        "names = [{}]\nsites = [{}]",
        spellings.join(", "),
        sites.join(", ")
    ));
    // Pairs of these are 400 million.
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}
