//! Which of two articles was made from the other, and whether both tell of one event: pairs, each with
//! the state that its later article met, scored by `copydesk compare --pairs`, beside TF-IDF.

mod tfidf;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::run::{Figures, Trouble, Workplace};

/// From this score on a pair counts as tied: what `relation` says, for all sets.
const THRESHOLD: &str = "0.5";

pub(crate) fn measure(data: &Path) -> Result<Figures, Trouble> {
    let place = Workplace::new(data)?;
    let documents = place.file("documents.jsonl");
    let script = place.data("arrivals.py");
    place.python(Path::new("python3"), &[script.as_os_str()], &documents)?;
    let gold = lines(&place.data("gold_pairs.jsonl"))?;
    let asked = place.file("pairs.jsonl");
    let mut pairs = String::new();
    for pair in &gold {
        writeln!(pairs, "{{\"a\":{},\"b\":{}}}", pair["a"], pair["b"])?;
    }
    std::fs::write(&asked, pairs)?;
    let scored = place.file("scored.jsonl");
    let arguments = [
        "compare".as_ref(),
        "--evidence".as_ref(),
        "--pairs".as_ref(),
        asked.as_os_str(),
        "--docs".as_ref(),
        documents.as_os_str(),
    ];
    place.copydesk(&arguments, None, &scored)?;
    let mut figures = Figures::new();
    take(&place, "pairs", &scored, &mut figures)?;
    found(&gold, &lines(&scored)?, &mut figures);
    let peer = place.file("tfidf.jsonl");
    std::fs::write(&peer, tfidf::scored(&lines(&documents)?, &gold)?)?;
    take(&place, "tfidf", &peer, &mut figures)?;
    for set in ["se8_multi", "tg_ru"] {
        let story = |title: &str| figures.get(&format!("{title}.{set}.story.AP")).copied();
        if let (Some(ours), Some(theirs)) = (story("pairs"), story("tfidf")) {
            figures.insert(format!("pairs.{set}.story.above_tfidf"), ours - theirs);
        }
    }
    if std::env::args().any(|given| given == "--explain") {
        explain(&gold, &lines(&scored)?, &lines(&documents)?);
    }
    Ok(figures)
}

fn lines(file: &Path) -> Result<Vec<Value>, Trouble> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().map(serde_json::from_str);
    Ok(lines.collect::<Result<_, _>>()?)
}

/// Scores pairs with the scorer of the data. It prints a line of each set, its parts between bars.
fn take(
    place: &Workplace,
    title: &str,
    scored: &Path,
    figures: &mut Figures,
) -> Result<(), Trouble> {
    let (scorer, folder) = (place.data("score.py"), place.data(""));
    let nothing = place.file("nothing.jsonl");
    std::fs::write(&nothing, "")?;
    let table = place.file(&format!("{title}.txt"));
    let arguments = [
        scorer.as_os_str(),
        folder.as_os_str(),
        nothing.as_os_str(),
        scored.as_os_str(),
        "--thr".as_ref(),
        THRESHOLD.as_ref(),
    ];
    place.python(Path::new("python3"), &arguments, &table)?;
    println!("\n-- {title}");
    for line in std::fs::read_to_string(table)?.lines() {
        let mut parts = line.split(" | ");
        let (Some(set), Some(_)) = (parts.next(), parts.next()) else {
            continue;
        };
        println!("{line}");
        let mut task = "";
        for part in parts {
            let (name, rest) = part.split_once(": ").unwrap_or((task, part));
            task = name;
            for word in rest.split_whitespace() {
                figures.extend(figure(&format!("{title}.{set}"), task, word));
            }
        }
    }
    Ok(())
}

/// Of the pairs of which the window still has the earlier article, how many the stage would hold against each other
/// at all, by data set and relation.
fn found(gold: &[Value], scored: &[Value], figures: &mut Figures) {
    let mut counts: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    let (mut held, mut asked) = (0.0, 0.0);
    for (pair, scored) in gold.iter().zip(scored) {
        let (Some(is), Some(many)) = (scored["candidate"].as_bool(), scored["candidates"].as_f64())
        else {
            continue;
        };
        held += many;
        asked += 1.0;
        let set = pair["dataset"].as_str().unwrap_or_default();
        let relation = pair["rel"].as_str().unwrap_or_default();
        let count = counts.entry((set, relation)).or_default();
        count.0 += u32::from(is);
        count.1 += 1;
    }
    let mean = held / f64::max(asked, 1.0);
    println!("\n-- candidates: {mean:.1} of each article; recall");
    figures.insert("candidates.mean".to_owned(), mean);
    for ((set, relation), (is, all)) in counts {
        if ["copy", "near", "rewrite", "same_event"].contains(&relation) {
            let share = f64::from(is) / f64::from(all);
            println!("{set} {relation}: {share:.3} (n={all})");
            figures.insert(format!("candidates.{set}.{relation}"), share);
        }
    }
}

/// Reads `AP=0.9`, `P/R/F1@thr=0.9/0.8/0.85` or `rewrite=0.91(n=35)`.
fn figure(prefix: &str, task: &str, word: &str) -> Option<(String, f64)> {
    let (name, value) = word.split_once('=')?;
    if name == "P/R/F1@thr" {
        let f1 = value.rsplit('/').next()?.parse().ok()?;
        return Some((format!("{prefix}.{task}.F1"), f1));
    }
    if let Some((share, _)) = value.split_once("(n=") {
        return Some((format!("{prefix}.called.{name}"), share.parse().ok()?));
    }
    Some((format!("{prefix}.{task}.{name}"), value.parse().ok()?))
}

/// Lists the pairs of the real and the hand-made set that were judged wrongly.
fn explain(gold: &[Value], scored: &[Value], documents: &[Value]) {
    let ends = |pair: &Value| [pair["a"].to_string(), pair["b"].to_string()];
    let scored: BTreeMap<[String; 2], &Value> =
        scored.iter().map(|pair| (ends(pair), pair)).collect();
    let documents: BTreeMap<String, &Value> = documents
        .iter()
        .map(|document| (document["id"].to_string(), document))
        .collect();
    for pair in gold {
        if !["wire_real", "hand", "seeds"].contains(&pair["dataset"].as_str().unwrap_or_default()) {
            continue;
        }
        let relation = pair["rel"].as_str().unwrap_or_default();
        let derived = ["copy", "near", "rewrite"].contains(&relation);
        let Some(found) = scored.get(&ends(pair)) else {
            continue;
        };
        let is_tied = found["score"].as_f64() >= THRESHOLD.parse().ok();
        if is_tied == derived {
            continue;
        }
        let kind = if derived { "missed" } else { "false" };
        println!(
            "\n{kind}: {} {relation}, called {} with {}",
            pair["dataset"], found["relation"], found["score"]
        );
        for end in ends(pair) {
            if let Some(document) = documents.get(&end) {
                println!(
                    "  {end} {} {} {}",
                    document["source"], document["date"], document["title"]
                );
            }
        }
        println!("  {}\n  {}", found["measures"], found["evidence"]);
    }
}
