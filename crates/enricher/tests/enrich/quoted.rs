//! What is quoted and who says it, in the habits of many languages: the made-up texts of `quoted.toml`.

use article::Quotation;
use enricher::quotations;
use serde::Deserialize;

use crate::newsdesk::cases;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    lang: String,
    text: String,
    quotes: Vec<Quoted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quoted {
    begins: String,
    /// A part of the speaker's name; nobody where it is empty; not looked at where it is left out.
    who: Option<String>,
}

/// The name of whoever says a quotation, or nothing.
pub(crate) fn speaker(quotation: &Quotation) -> &str {
    let speaker = quotation.speaker.as_ref();
    speaker.map_or("", |speaker| speaker.name.as_str())
}

/// Whether exactly this is quoted, in this order.
fn is_as_expected(found: &[Quotation], expected: &[Quoted]) -> bool {
    let same = |(found, expected): (&Quotation, &Quoted)| {
        let said = expected.who.as_ref().is_none_or(|who| {
            let speaker = speaker(found);
            speaker.contains(who.as_str()) && speaker.is_empty() == who.is_empty()
        });
        said && found.text.starts_with(&expected.begins)
    };
    found.len() == expected.len() && found.iter().zip(expected).all(same)
}

#[test]
fn what_is_quoted_in_many_languages_is_found_with_whoever_says_it() {
    let cases: Vec<Case> = cases(include_str!("quoted.toml"));
    let mut wrong = Vec::new();
    for case in &cases {
        let found = quotations(&case.text, &case.lang);
        if !is_as_expected(&found, &case.quotes) {
            let found = found
                .iter()
                .map(|quotation| format!("\n    {:?} by {:?}", quotation.text, speaker(quotation)));
            let found: String = found.collect();
            wrong.push(format!("{}: {:?} gives{found}", case.lang, case.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() > 140);
}
