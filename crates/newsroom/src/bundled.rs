//! The world that comes with the crate: the files of `world/`, built in.

use std::collections::BTreeMap;
use std::sync::Arc;

use article::RelationKind;
use serde::Deserialize;

use crate::OpenError;
use crate::outlet::{Charset, Dialect, Outlet};
use crate::report::{Report, Reports};
use crate::template::Template;

const OUTLETS: &str = include_str!("../world/outlets.toml");

/// A file an event, or a file for what has no ties.
const EVENTS: [(&str, &str); 13] = [
    ("ferry", include_str!("../world/ferry.toml")),
    ("dam", include_str!("../world/dam.toml")),
    ("museum", include_str!("../world/museum.toml")),
    ("merger", include_str!("../world/merger.toml")),
    ("wildfire", include_str!("../world/wildfire.toml")),
    ("election", include_str!("../world/election.toml")),
    ("comet", include_str!("../world/comet.toml")),
    ("strike", include_str!("../world/strike.toml")),
    ("vaccine", include_str!("../world/vaccine.toml")),
    ("final", include_str!("../world/final.toml")),
    ("tarn", include_str!("../world/tarn.toml")),
    ("quake", include_str!("../world/quake.toml")),
    ("singles", include_str!("../world/singles.toml")),
];

const TEMPLATES: [(&str, &str); 10] = [
    ("agency", include_str!("../world/templates/agency.html")),
    (
        "broadsheet",
        include_str!("../world/templates/broadsheet.html"),
    ),
    ("divs", include_str!("../world/templates/divs.html")),
    ("tables", include_str!("../world/templates/tables.html")),
    ("ldjson", include_str!("../world/templates/ldjson.html")),
    (
        "broadcast",
        include_str!("../world/templates/broadcast.html"),
    ),
    ("village", include_str!("../world/templates/village.html")),
    ("bote", include_str!("../world/templates/bote.html")),
    ("gaceta", include_str!("../world/templates/gaceta.html")),
    ("magazine", include_str!("../world/templates/magazine.html")),
];

/// The page of an outlet of which nothing but its articles is known.
pub(crate) const PLAIN: &str = include_str!("../world/templates/plain.html");

/// A feed lists the outlet's newest articles only, as feeds do.
const FEED_LENGTH: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutletFile {
    outlet: BTreeMap<String, OutletEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OutletEntry {
    host: String,
    name: String,
    country: String,
    language: String,
    kind: String,
    feed: String,
    dialect: Dialect,
    template: String,
    #[serde(default)]
    charset: CharsetEntry,
    /// The path of an article; `SLUG` stands for its slug.
    path: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
enum CharsetEntry {
    #[default]
    Utf8,
    Windows1252,
    Latin1InPage,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventFile {
    report: Vec<ReportEntry>,
}

/// A report as a file of `world/` writes it. It has a `text` of its own, or it takes the text of
/// another (`text_of`): the first `keep` paragraphs, with `edits` made, `before` and `after` around.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportEntry {
    /// A name for `text_of` and `from`, unique in the world.
    key: String,
    outlet: String,
    /// The minute of the world's day at which it comes out: it orders the reports.
    minute: u32,
    slug: String,
    title: String,
    byline: Option<String>,
    section: Option<String>,
    /// The event, where there are several reports of one.
    event: Option<String>,
    relation: Option<RelationKind>,
    /// The source of the relation.
    from: Option<String>,
    text: Option<String>,
    text_of: Option<String>,
    keep: Option<usize>,
    #[serde(default)]
    edits: Vec<(String, String)>,
    before: Option<String>,
    after: Option<String>,
}

fn content(place: &str, reason: impl std::fmt::Display) -> OpenError {
    OpenError::Content {
        place: format!("newsroom/world/{place}"),
        reason: reason.to_string(),
    }
}

/// Reads the built-in files. An error is a mistake in them, which the tests of this crate find.
pub(crate) fn load() -> Result<Reports, OpenError> {
    let file: OutletFile =
        toml::from_str(OUTLETS).map_err(|error| content("outlets.toml", error))?;
    let mut outlets = Vec::new();
    let mut templates = Vec::new();
    let mut by_name = BTreeMap::new();
    for (name, entry) in file.outlet {
        templates.push(Arc::new(template(&entry.template)?));
        by_name.insert(name, (outlets.len(), entry.path.clone()));
        outlets.push(outlet(entry));
    }
    let entries = entries()?;
    let reports = assemble(&entries, &by_name)?;
    Ok(Reports::new(outlets, templates, reports, FEED_LENGTH))
}

fn template(name: &str) -> Result<Template, OpenError> {
    let place = format!("templates/{name}.html");
    let (_, source) = TEMPLATES
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| content(&place, "no such template"))?;
    Template::parse(source).map_err(|reason| content(&place, reason))
}

fn outlet(entry: OutletEntry) -> Outlet {
    Outlet {
        country: Some(entry.country),
        language: Some(entry.language),
        kind: Some(entry.kind),
        feed_path: entry.feed,
        dialect: entry.dialect,
        charset: match entry.charset {
            CharsetEntry::Utf8 => Charset::Utf8,
            CharsetEntry::Windows1252 => Charset::Windows1252,
            CharsetEntry::Latin1InPage => Charset::Latin1InPage,
        },
        ..Outlet::plain(entry.host, Some(&entry.name))
    }
}

/// All reports in order of publication.
fn entries() -> Result<Vec<ReportEntry>, OpenError> {
    let mut entries = Vec::new();
    for (name, source) in EVENTS {
        let place = format!("{name}.toml");
        let file: EventFile = toml::from_str(source).map_err(|error| content(&place, error))?;
        entries.extend(file.report);
    }
    entries.sort_by_key(|entry| entry.minute);
    Ok(entries)
}

fn assemble(
    entries: &[ReportEntry],
    outlets: &BTreeMap<String, (usize, String)>,
) -> Result<Vec<Report>, OpenError> {
    let mut by_key: BTreeMap<&str, usize> = BTreeMap::new();
    let mut reports: Vec<Report> = Vec::new();
    for entry in entries {
        let wrong = |reason: String| content(&entry.key, reason);
        let (outlet, path) = outlets
            .get(&entry.outlet)
            .ok_or_else(|| wrong(format!("unknown outlet {:?}", entry.outlet)))?;
        let earlier = |key: &str| {
            let found = by_key.get(key).copied();
            found.ok_or_else(|| wrong(format!("{key:?} is no earlier report")))
        };
        let relation = match (entry.relation, &entry.from) {
            (Some(kind), Some(from)) => Some((kind, earlier(from)?)),
            (None, None) => None,
            _ => return Err(wrong("relation and from belong together".to_owned())),
        };
        let paragraphs = match (&entry.text, &entry.text_of) {
            (Some(text), None) => paragraphs_of(text),
            (None, Some(source)) => {
                derived(entry, &reports[earlier(source)?].paragraphs).map_err(wrong)?
            }
            _ => return Err(wrong("exactly one of text and text_of".to_owned())),
        };
        if by_key.insert(&entry.key, reports.len()).is_some() {
            return Err(wrong("the key stands twice".to_owned()));
        }
        reports.push(Report {
            outlet: *outlet,
            path: path.replace("SLUG", &entry.slug),
            title: Some(entry.title.clone()),
            byline: entry.byline.clone(),
            summary: paragraphs.first().map(|lead| first_sentence(lead)),
            section: entry.section.clone(),
            paragraphs,
            key: Some(entry.key.clone()),
            relation,
            event: entry.event.clone(),
            ..Report::default()
        });
    }
    Ok(reports)
}

/// Paragraphs are parted by blank lines; their own line breaks are those of the file only.
fn paragraphs_of(text: &str) -> Vec<String> {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

fn derived(entry: &ReportEntry, source: &[String]) -> Result<Vec<String>, String> {
    let mut body = source[..entry.keep.unwrap_or(source.len()).min(source.len())].join("\n\n");
    for (old, new) in &entry.edits {
        if !body.contains(old) {
            return Err(format!("nothing to edit at {old:?}"));
        }
        body = body.replace(old, new);
    }
    let mut paragraphs = entry.before.as_deref().map_or(Vec::new(), paragraphs_of);
    paragraphs.extend(paragraphs_of(&body));
    paragraphs.extend(entry.after.as_deref().map_or(Vec::new(), paragraphs_of));
    Ok(paragraphs)
}

/// Up to the first full stop that a space and a capital follow.
fn first_sentence(paragraph: &str) -> String {
    let ends = paragraph.match_indices(". ").find(|(place, _)| {
        let next = paragraph[place + 2..].chars().next();
        *place > 60 && next.is_some_and(char::is_uppercase)
    });
    match ends {
        Some((place, _)) => paragraph[..=place].to_owned(),
        None => paragraph.to_owned(),
    }
}
