//! How often labelled texts are told right, where they are at hand.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// Norwegian has two written forms, and Croatian, Serbian and Bosnian are told apart by few words: a
/// short text is often in all of them.
fn alike(code: &str) -> &str {
    match code {
        "nb" | "nn" => "no",
        "hr" | "bs" => "sr",
        code => code,
    }
}

/// For each kind of text: how many there are, how many are told right, and how many so but for
/// languages that are alike.
fn told() -> Option<BTreeMap<String, [usize; 3]>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/enrich/langid");
    let Ok(lines) = std::fs::read_to_string(data.join("gold.jsonl")) else {
        println!("skipped: no labelled data at ../shared/data/enrich/langid");
        return None;
    };
    let mut kinds: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for line in lines.lines() {
        let text: Value = serde_json::from_str(line).expect("a JSON line");
        let field = |name: &str| text[name].as_str().expect("a field of text");
        let right = field("lang").split('-').next().unwrap_or_default();
        let found = language::detect(field("text")).language;
        let [all, strictly, leniently] = kinds.entry(field("kind").to_owned()).or_default();
        *all += 1;
        *strictly += usize::from(found == right);
        *leniently += usize::from(alike(found) == alike(right));
    }
    Some(kinds)
}

#[test]
fn labelled_texts_are_told_right_so_often() {
    let Some(kinds) = told() else {
        return;
    };
    // Strictly, and with languages that are alike taken as one, in thousandths.
    let floors = [
        ("short", 915, 945),
        ("sentence", 970, 982),
        ("headline", 950, 965),
        ("opening", 990, 990),
        ("upper", 910, 910),
        ("udhr", 985, 990),
        ("und", 1000, 1000),
    ];
    for (kind, strict, lenient) in floors {
        let [all, strictly, leniently] = kinds[kind];
        let thousandths = |right: usize| right * 1000 / all;
        println!("{kind}: {strictly} and {leniently} of {all}");
        assert!(
            thousandths(strictly) >= strict,
            "{kind}: {strictly} of {all}"
        );
        assert!(
            thousandths(leniently) >= lenient,
            "{kind}: {leniently} of {all}"
        );
    }
}
