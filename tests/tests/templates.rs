//! Every template of the newsroom through the cleaner: the text to the letter, and the facts.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use article::{Cleaned, Discovered, Feed, Fetched, TextQuality};
use newsroom::Options;
use serde::Deserialize;
use tests::World;

/// What the files of the newsroom's world say of outlets and reports.
#[derive(Deserialize)]
struct Outlets {
    outlet: BTreeMap<String, Outlet>,
}

#[derive(Deserialize)]
struct Outlet {
    name: String,
    language: String,
    template: String,
}

#[derive(Deserialize)]
struct Reports {
    report: Vec<Report>,
}

#[derive(Deserialize)]
struct Report {
    key: String,
    outlet: String,
    title: String,
    byline: Option<String>,
    section: Option<String>,
    text: Option<String>,
    text_of: Option<String>,
    keep: Option<usize>,
    #[serde(default)]
    edits: Vec<(String, String)>,
    before: Option<String>,
    after: Option<String>,
}

impl Report {
    /// Its paragraphs, as the newsroom's world defines them.
    fn paragraphs(&self, reports: &BTreeMap<String, Report>) -> Vec<String> {
        if let Some(text) = &self.text {
            return paragraphs_of(text);
        }
        let source = self.text_of.as_ref().expect("text or text_of");
        let source = reports[source].paragraphs(reports);
        let kept = self.keep.unwrap_or(source.len()).min(source.len());
        let mut body = source[..kept].join("\n\n");
        for (old, new) in &self.edits {
            body = body.replace(old, new);
        }
        let around = |part: &Option<String>| part.as_deref().map(paragraphs_of).unwrap_or_default();
        let mut paragraphs = around(&self.before);
        paragraphs.extend(paragraphs_of(&body));
        paragraphs.extend(around(&self.after));
        paragraphs
    }
}

fn paragraphs_of(text: &str) -> Vec<String> {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

fn world() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/newsroom/world")
}

fn read<T: for<'a> Deserialize<'a>>(file: &Path) -> T {
    let text = std::fs::read_to_string(file).expect("a file of the newsroom's world");
    toml::from_str(&text).expect("a file as the newsroom reads it")
}

fn reports() -> BTreeMap<String, Report> {
    let mut reports = BTreeMap::new();
    for entry in std::fs::read_dir(world()).expect("the newsroom's world") {
        let file = entry.expect("an entry").path();
        let is_events = file.extension().is_some_and(|ending| ending == "toml")
            && file.file_stem().is_some_and(|name| name != "outlets");
        if is_events {
            let found: Reports = read(&file);
            let keyed = found
                .report
                .into_iter()
                .map(|report| (report.key.clone(), report));
            reports.extend(keyed);
        }
    }
    reports
}

/// Templates that set who wrote as a line like others, with nothing that says what it is.
const WITHOUT_BYLINE: [&str; 2] = ["divs", "tables"];

/// The source of a template.
fn template(name: &str) -> String {
    let file = world().join(format!("templates/{name}.html"));
    std::fs::read_to_string(file).expect("a template of the newsroom's world")
}

/// When the newsroom says that it published a page, to the second.
fn last_modified(page: &Fetched) -> jiff::Timestamp {
    let said = page
        .header("last-modified")
        .expect("the newsroom says when");
    let read = jiff::fmt::rfc2822::parse(said).expect("a moment as HTTP writes it");
    read.timestamp()
}

/// The page as the fetcher would hand it on.
async fn fetch(client: &reqwest::Client, newsroom: SocketAddr, url: &str) -> Fetched {
    let address = url::Url::parse(url).expect("an address");
    let here = format!("http://{newsroom}{}", &address[url::Position::BeforePath..]);
    let host = address.host_str().expect("a host");
    let asked = client.get(here).header("host", host).send();
    let answer = asked.await.expect("the newsroom answers");
    assert!(answer.status().is_success(), "{url}: {}", answer.status());
    let headers = answer.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let headers = headers.collect();
    let page = answer.bytes().await.expect("a page").to_vec();
    let now = jiff::Timestamp::now();
    Fetched {
        headers,
        ..Fetched::of(Discovered::at(url, Feed::default(), now), now, page)
    }
}

/// What of an article is not as its report and its outlet are; `published` is when the newsroom published it.
fn differences(
    cleaned: &Cleaned,
    outlet: &Outlet,
    report: &Report,
    reports: &BTreeMap<String, Report>,
    published: jiff::Timestamp,
) -> Vec<String> {
    let template = template(&outlet.template);
    let mut wrong = Vec::new();
    let mut check = |what: &str, found: &str, expected: &str| {
        if found != expected {
            wrong.push(format!(
                "{} {}, {what}: {found:?} instead of {expected:?}",
                outlet.template, report.key
            ));
        }
    };
    let mut paragraphs = report.paragraphs(reports);
    // A sign-off below the text may be a place of its own.
    let is_kept = |last: &String| {
        let zones = &cleaned.layout.zones;
        last.starts_with('(') && zones.iter().any(|zone| zone.text == *last)
    };
    if !cleaned.text.ends_with(')') && paragraphs.last().is_some_and(is_kept) {
        paragraphs.pop();
    }
    let signed = report.paragraphs(reports).pop();
    if let Some(signed) = signed.filter(|last| last.starts_with('(')) {
        check("sign-off", &is_kept(&signed).to_string(), "true");
    }
    check("text", &cleaned.text, &paragraphs.join("\n\n"));
    check("title", &cleaned.title, &report.title);
    check("outlet", &cleaned.outlet, &outlet.name);
    let authors = cleaned.authors.join(", ");
    let byline = report.byline.as_deref().unwrap_or_default();
    check("authors", &authors, &byline.replace(" and ", ", "));
    let language = cleaned
        .metadata
        .text_language
        .as_ref()
        .map(|found| found.code.as_str());
    check(
        "language",
        language.unwrap_or_default(),
        &outlet.language[..2],
    );
    let quality = cleaned.layout.text_quality;
    let is_whole = matches!(quality, Some(TextQuality::Good | TextQuality::Thin));
    check("quality", &is_whole.to_string(), "true");
    // Elsewhere it is a line of text like others.
    if template.contains("{{json-ld}}") {
        let section = cleaned.metadata.section.as_deref().unwrap_or_default();
        check(
            "section",
            section,
            report.section.as_deref().unwrap_or_default(),
        );
    }
    let found = cleaned.published.unwrap_or_default();
    if template.contains("{{date}}") || template.contains("{{json-ld}}") {
        check("published", &found.to_string(), &published.to_string());
    } else {
        let day = |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        check("published on", &day(found), &day(published));
    }
    wrong
}

#[test]
fn every_template_comes_out_with_its_text_to_the_letter_and_its_facts() {
    let world_files: Outlets = read(&world().join("outlets.toml"));
    let reports = reports();
    let world = World::open(Options::of(newsroom::World::Bundled));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let client = reqwest::Client::new();
    let mut templates = BTreeSet::new();
    let mut wrong = Vec::new();
    for article in world.newsroom.truth().articles {
        let report = &reports[article.key.as_deref().expect("a bundled report")];
        let outlet = &world_files.outlet[&report.outlet];
        templates.insert(outlet.template.clone());
        let mut fetched = runtime.block_on(fetch(&client, world.newsroom.address(), &article.url));
        // What the outlet's feed says where its page does not.
        fetched.discovered.feed.publisher = Some(outlet.name.clone());
        if WITHOUT_BYLINE.contains(&outlet.template.as_str()) {
            fetched.discovered.authors = report.byline.iter().cloned().collect();
        }
        match cleaner::clean(&fetched) {
            Ok(cleaned) => {
                let published = last_modified(&fetched);
                wrong.extend(differences(&cleaned, outlet, report, &reports, published));
            }
            Err(reject) => wrong.push(format!(
                "{} {}: {}",
                outlet.template, report.key, reject.detail
            )),
        }
    }
    assert!(templates.len() >= 10, "{templates:?}");
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n"),
        wrong.len()
    );
}
