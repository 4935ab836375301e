//! `copydesk enrich`: documents of one's own, deduplicated by the service's own code.

use serde_json::{Value, json};

use crate::{check_fails, copydesk, folder, said};

const REPORT: &str = "LUNDHAVEN (Reuters) - Divers working for the port authority of Lundhaven on Tuesday \
    recovered the flight recorder of a seaplane that went down in the outer harbour last week with eleven \
    people aboard, the head of the investigation said. The recorder was lying in 38 metres of water beneath \
    a section of the left wing and shows little outward damage, Marit Olausen, who leads the inquiry, told \
    reporters on the quay. It is being taken to a laboratory in Tessin, where specialists expect to need ten \
    days to read it. Fishermen pulled four survivors from the sea near the Graskar lighthouse.";

const TREES: &str = "The council of Oberweiler has voted to plant four thousand lime trees along the streets \
    of the old town before the end of the decade. Residents had asked for shade after a summer in which the \
    thermometer on the market square showed more than thirty degrees on forty days.";

/// Documents as lines of a file.
fn lines(documents: &[Value]) -> String {
    let lines: Vec<String> = documents.iter().map(ToString::to_string).collect();
    lines.join("\n") + "\n"
}

fn parsed(output: &str) -> Vec<Value> {
    let lines = output.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn corpus() -> Vec<Value> {
    vec![
        json!({"id": "first", "text": REPORT, "title": "Recorder found", "source": "Reuters", "date": "2026-03-01"}),
        json!({"id": 7, "text": TREES, "source": "City Post"}),
        json!({"id": "copy", "text": REPORT.replace("(Reuters) - ", ""), "source": "Coast Courier", "lang": "en", "more": 1}),
        json!({"id": "late", "text": REPORT, "date": "2026-06-01T06:00:00Z"}),
    ]
}

#[test]
fn each_document_has_a_line_with_its_place_and_its_sources() {
    let dir = folder();
    std::fs::write(dir.path().join("docs.jsonl"), lines(&corpus())).expect("written");
    let told = parsed(&said(dir.path(), &["enrich", "docs.jsonl"]));
    let [first, trees, copy, late] = told.as_slice() else {
        panic!("four lines, not {told:?}");
    };
    assert_eq!(
        [&first["id"], &trees["id"], &copy["id"], &late["id"]],
        [&json!("first"), &json!(7), &json!("copy"), &json!("late")]
    );
    assert_eq!(copy["family"], first["family"]);
    assert_eq!(copy["story"], first["story"]);
    assert_ne!(trees["story"], first["story"]);
    assert_ne!(late["family"], first["family"], "the window is of 14 days");
    assert_eq!(copy["relations"][0]["of"], "first");
    assert_eq!(copy["relations"][0]["relation"], "copy");
    assert!(copy["relations"][0]["score"].as_f64() > Some(0.9));
    assert!(copy["relations"][0]["evidence"]["passages"].is_array());
    assert_eq!(copy["origin"]["how"], "linked");
    assert_eq!(first["origin"]["how"], "stated");
    assert_eq!(trees["origin"], Value::Null);
    assert_eq!(trees["relations"], json!([]));
    for line in &told {
        assert_eq!(line["language"], "en");
        assert!(line["agencies"].is_array() && line["quotes"].is_array());
    }
}

#[test]
fn at_the_end_each_document_has_its_last_place() {
    let dir = folder();
    // The credit comes with the second: the first learns of it.
    let silent = REPORT.replace("(Reuters) - ", "");
    let documents = [
        json!({"id": "a", "text": silent, "source": "City Post"}),
        json!({"id": "b", "text": format!("{silent}\n\n(Reuters)"), "source": "Coast Courier"}),
    ];
    std::fs::write(dir.path().join("docs.jsonl"), lines(&documents)).expect("written");
    let told = parsed(&said(dir.path(), &["enrich", "--final", "docs.jsonl"]));
    assert_eq!(told.len(), 2);
    assert_eq!((&told[0]["id"], &told[1]["id"]), (&json!("a"), &json!("b")));
    assert_eq!(told[0]["family"], told[1]["family"]);
    assert_eq!(told[0]["origin"]["how"], "linked");
    assert_eq!(told[0]["origin"]["agency"], "reuters");
    assert_eq!(told[1]["origin"]["how"], "stated");
    let again = said(dir.path(), &["enrich", "--final", "docs.jsonl"]);
    assert_eq!(parsed(&again), told);
}

#[test]
fn a_line_that_cannot_be_read_is_told_of_and_the_others_are_answered() {
    let dir = folder();
    let broken = format!(
        "{}no JSON\n{{\"id\": []}}\n{{\"id\": 1, \"text\": \"\", \"date\": \"soon\"}}\n\n{}",
        lines(&corpus()[..2]),
        lines(&corpus()[2..])
    );
    std::fs::write(dir.path().join("docs.jsonl"), broken).expect("written");
    let output = copydesk(dir.path(), &["enrich", "docs.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(parsed(&String::from_utf8_lossy(&output.stdout)).len(), 4);
    let errors = String::from_utf8_lossy(&output.stderr);
    for expected in [
        "line 3 of docs.jsonl has no answer",
        "its id must be a string or a whole number",
        "its date is \"soon\"",
        "3 of 8 lines of docs.jsonl have no answer",
    ] {
        assert!(errors.contains(expected), "{expected}: {errors}");
    }
    check_fails(
        dir.path(),
        &["enrich", "none.jsonl"],
        1,
        "none.jsonl cannot be read",
    );
}

/// Two documents of one text, and whether they are of one outlet: an outlet that prints its own again updates it.
#[track_caller]
fn check_same_outlet(first: Value, second: Value, is_same: bool) {
    let dir = folder();
    let with_text = |mut document: Value, id: &str, text: String| {
        document["id"] = id.into();
        document["text"] = text.into();
        document
    };
    let documents = [
        with_text(first, "a", REPORT.to_owned()),
        with_text(
            second,
            "b",
            format!("{REPORT} A tug brought the wing ashore in the evening."),
        ),
    ];
    std::fs::write(dir.path().join("docs.jsonl"), lines(&documents)).expect("written");
    let told = parsed(&said(dir.path(), &["enrich", "docs.jsonl"]));
    let relation = &told[1]["relations"][0]["relation"];
    assert_eq!(relation == "update", is_same, "{documents:?}: {relation}");
    assert_ne!(*relation, Value::Null);
}

#[test]
fn an_outlet_is_known_by_its_name_else_by_its_host() {
    let at = |url: &str| json!({ "url": url });
    let (here, there) = ("https://www.coast.example/a", "https://coast.example/b");
    check_same_outlet(at(here), at(there), true);
    check_same_outlet(at(here), at("https://city.example/a"), false);
    check_same_outlet(json!({}), json!({}), false);
    check_same_outlet(at("/a"), at("/b"), false);
    check_same_outlet(json!({"outlet": "Coast"}), json!({"source": "Coast"}), true);
    let named = |outlet: &str| json!({"url": here, "source": outlet});
    check_same_outlet(named("Coast"), named("City"), false);
}

#[test]
fn lines_before_the_first_date_have_it_unless_their_answers_are_waited_for() {
    let dir = folder();
    let documents = [
        json!({"id": "a", "text": REPORT, "source": "City Post"}),
        json!({"id": "b", "text": REPORT, "source": "Coast Courier", "date": "2026-03-01"}),
    ];
    let docs = lines(&documents);
    std::fs::write(dir.path().join("docs.jsonl"), &docs).expect("written");
    let answers = |args: &[&str], sent: bool| {
        let mut command = crate::command(dir.path(), args);
        if sent {
            let file = std::fs::File::open(dir.path().join("docs.jsonl")).expect("it is there");
            command.stdin(file);
        }
        let output = command.output().expect("the binary runs");
        assert!(output.status.success(), "{output:?}");
        let told = parsed(&String::from_utf8_lossy(&output.stdout));
        let warned = String::from_utf8_lossy(&output.stderr).into_owned();
        (told[0]["family"] == told[1]["family"], warned)
    };
    for (args, sent, is_tied) in [
        (&["enrich", "docs.jsonl"][..], false, true),
        (&["enrich", "--final"], true, true),
        (&["enrich"], true, false),
    ] {
        let (tied, warned) = answers(args, sent);
        assert_eq!(tied, is_tied, "{args:?}");
        let expected = "line 2 of standard input has the first date";
        assert_eq!(warned.contains(expected), !is_tied, "{args:?}: {warned}");
    }
}

#[test]
fn an_id_that_comes_again_is_told_of_and_counted() {
    let dir = folder();
    let documents = [
        json!({"id": "a", "text": REPORT}),
        json!({"id": "b", "text": TREES}),
        json!({"id": "a", "text": TREES}),
    ];
    std::fs::write(dir.path().join("docs.jsonl"), lines(&documents)).expect("written");
    let output = copydesk(dir.path(), &["enrich", "docs.jsonl"]);
    assert!(output.status.success(), "{output:?}");
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(
        warned.contains("line 3 of docs.jsonl has the id \"a\" again"),
        "{warned}"
    );
    assert!(warned.contains("1 of 3 lines of docs.jsonl"), "{warned}");
}

/// What a corpus may hold beside articles.
#[test]
fn degenerate_documents_are_answered_sensibly_and_soon() {
    let dir = folder();
    let mut documents = vec![
        json!({"id": "empty", "text": ""}),
        json!({"id": "none"}),
        json!({"id": "word", "text": "Word"}),
        json!({"id": "long", "text": TREES.repeat(5_000_000 / TREES.len())}),
        json!({"id": "unspaced", "text": "abcdefghij".repeat(50_000)}),
        json!({"id": "signs", "text": "\u{201c}\u{201d}".repeat(10_000)}),
        json!({"id": "quoted", "text": format!("\u{201c}{REPORT}\u{201d}")}),
    ];
    let odd = documents.len();
    // A text that everybody prints, an outlet that prints its own again, and a form that is filled in.
    documents.extend((0..2_000).map(|number| json!({"id": number, "text": REPORT, "source": format!("Outlet {}", number % 700)})));
    documents.extend((0..200).map(
        |number| json!({"id": format!("own {number}"), "text": TREES, "source": "City Post"}),
    ));
    documents.extend((0..300).map(|number| {
        let text = format!("The office of region {number} has counted {} cattle. Figures are of the first of the month. \
            They are rounded to the next hundred and may be revised within two weeks. The office answers questions by post.", number * 37 + 11);
        json!({"id": format!("form {number}"), "text": text, "source": "Office of Numbers"})
    }));
    std::fs::write(dir.path().join("docs.jsonl"), lines(&documents)).expect("written");
    let begun = std::time::Instant::now();
    let told = parsed(&said(dir.path(), &["enrich", "docs.jsonl"]));
    assert_eq!(told.len(), documents.len());
    assert!(begun.elapsed().as_secs() < 120, "{:?}", begun.elapsed());
    for line in &told[..odd - 1] {
        assert_eq!(line["relations"], json!([]), "{}", line["id"]);
    }
    let families = |lines: &[Value]| {
        let families = lines.iter().map(|line| line["family"].to_string());
        families.collect::<std::collections::BTreeSet<_>>().len()
    };
    let (same, rest) = told[odd..].split_at(2_000);
    let (own, forms) = rest.split_at(200);
    assert_eq!(families(same), 1);
    assert_eq!(families(own), 1);
    for line in &own[1..] {
        let relation = &line["relations"][0]["relation"];
        assert!(relation == "update" || relation == "copy", "{relation}");
    }
    for line in same.iter().chain(own).chain(forms) {
        assert!(
            line["relations"]
                .as_array()
                .is_some_and(|ties| ties.len() <= 4)
        );
        assert!(line.to_string().len() < 20_000);
    }
}
