//! Many pages at once: a list of them in, an answer for each out.

use std::io::Write;
use std::path::{Path, PathBuf};

use pipeline::Reason;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input;
use crate::config::Config;

/// A line of the list.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    dataset: Value,
    #[serde(default)]
    id: Value,
    file: PathBuf,
    #[serde(default)]
    url: Option<String>,
}

/// Answers every line, in order. Files are named from the list's own folder, or from here. What cannot be
/// read or holds no article is answered with the reason as `error`.
pub(super) fn answer(config: &Config, list: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let text = input::list(list)?;
    let folder = list.parent().unwrap_or_else(|| Path::new(""));
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        // Some writers of JSON write an unknown value as NaN, which is none.
        let mended = line.replace(": NaN", ": null");
        let entry = serde_json::from_str(line).or_else(|_| serde_json::from_str(&mended));
        let answer = match entry {
            Ok(entry) => answer_to(config, folder, &entry),
            Err(error) => {
                // So that it can be told which line it answers.
                let named: Value = serde_json::from_str(&mended).unwrap_or_default();
                json!({
                    "dataset": named["dataset"],
                    "id": named["id"],
                    "error": format!("{line:?} is no line of a list: {error}"),
                    "text": "",
                })
            }
        };
        serde_json::to_writer(&mut *out, &answer)?;
        writeln!(out)?;
    }
    Ok(())
}

fn answer_to(config: &Config, folder: &Path, entry: &Entry) -> Value {
    let mut answer = match cleaned(config, folder, entry) {
        Ok(answer) => answer,
        Err(error) => {
            let mut answer = Map::new();
            answer.insert("text".into(), "".into());
            answer.insert("error".into(), format!("{error:#}").into());
            answer
        }
    };
    answer.insert("dataset".into(), entry.dataset.clone());
    answer.insert("id".into(), entry.id.clone());
    Value::Object(answer)
}

fn cleaned(config: &Config, folder: &Path, entry: &Entry) -> anyhow::Result<Map<String, Value>> {
    let beside = folder.join(&entry.file);
    let file = if beside.exists() {
        &beside
    } else {
        &entry.file
    };
    let fetched = input::from_file(config, file, entry.url.as_deref().unwrap_or_default())?;
    let (value, day, image, error) = match cleaner::clean(&fetched) {
        Ok(cleaned) => {
            let day = cleaned.published_day();
            let image = cleaned
                .metadata
                .image
                .as_ref()
                .map(|image| image.url.clone());
            (serde_json::to_value(&cleaned)?, day, image, None)
        }
        Err(reject) => {
            // The facts may be there where the text is not. What is no page has none.
            let facts = match reject.reason {
                Reason::Unprocessable => cleaner::Facts::default(),
                _ => cleaner::read(&fetched).facts,
            };
            let value = json!({"title": facts.title, "authors": facts.authors, "text": ""});
            let day = facts.published.map(|moment| moment.day);
            (
                value,
                day,
                facts.image.map(|image| image.url),
                Some(reject.detail),
            )
        }
    };
    let mut answer = match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    // Absent where there is none, else: a list of nobody is an answer too.
    answer.entry("authors").or_insert_with(|| json!([]));
    answer.insert("date".into(), json!(day.map(|day| day.to_string())));
    answer.insert("image".into(), json!(image));
    if let Some(error) = error {
        answer.insert("error".into(), error.into());
    }
    Ok(answer)
}
