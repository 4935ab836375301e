//! Who says so: which agencies' copy an article is, which it was made with, which it cites.
//!
//! ```text
//! zones, text ─ mentions ─▶ where each stands ─┬─ author field, byline, dateline, credit ─▶ wire, contrib
//!                                              ├─ sentence that says whose facts ─────────▶ cites
//!                                              └─ picture, related link, namesake ────────▶ nothing
//! ```
//!
//! A name alone says nothing: what counts is the place and the words beside it. What is said of pictures is
//! never a credit of the text.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use article::{Attribution, AttributionClass, Cleaned, Credit, Place, ZoneKind, host_of};

use crate::agencies::{
    Agencies, Cited, Mention, Reading, Rest, Spelled, cited, dateline, is_picture,
    is_picture_right, outlet_name, read_credit, taken_over,
};
use crate::words::folded;

/// What is looked at of a long text: its beginning and its end, in bytes.
const MOST: usize = 96 << 10;
const END: usize = 4 << 10;
/// Paragraphs at the beginning and at the end of a text in which credits stand.
const HEAD: usize = 6;
const TAIL: usize = 7;
/// A paragraph of its own that is a credit is not longer, in bytes.
const CREDIT_BYTES: usize = 240;
/// Places kept for each agency.
const EVIDENCE: usize = 4;

/// Finds whose words and facts an article says it has: a pure function of the article and the table.
pub fn attributions(article: &Cleaned, agencies: &Agencies) -> Vec<Attribution> {
    let mut desk = Desk {
        article,
        agencies,
        found: Vec::new(),
        subjects: BTreeSet::new(),
    };
    desk.publisher();
    desk.title();
    desk.author_fields();
    desk.lines();
    desk.text();
    settled(desk.found, &desk.subjects)
}

/// Joins what was found in several tables.
pub(crate) fn joined(mut a: Vec<Attribution>, b: Vec<Attribution>) -> Vec<Attribution> {
    for attribution in b {
        if a.iter().all(|known| known.source != attribution.source) {
            a.push(attribution);
        }
    }
    sort(&mut a);
    a
}

struct Found {
    source: String,
    class: AttributionClass,
    confidence: f64,
    credit: Credit,
    /// Counts only where nothing else says whose text it is.
    weak: bool,
}

struct Desk<'a> {
    article: &'a Cleaned,
    agencies: &'a Agencies,
    found: Vec<Found>,
    /// Agencies that the article is about.
    subjects: BTreeSet<String>,
}

/// A paragraph of the text with its mentions, whose offsets are those of the paragraph.
struct Paragraph<'a> {
    start: usize,
    text: &'a str,
    mentions: Vec<Mention>,
}

impl Desk<'_> {
    fn outlet(&self) -> &str {
        let publisher = self.article.metadata.publisher.as_deref();
        publisher.unwrap_or(&self.article.outlet)
    }

    fn add(&mut self, source: &str, class: AttributionClass, confidence: f64, credit: Credit) {
        self.found.push(Found {
            source: source.to_owned(),
            class,
            confidence,
            credit,
            weak: false,
        });
    }

    fn add_reading(&mut self, reading: Reading, mentions: &[Mention], credit: &Credit, wire: f64) {
        let (class, confidence) = match reading {
            Reading::Wire => (AttributionClass::Wire, wire),
            Reading::Contrib => (AttributionClass::Contrib, 0.85),
        };
        for mention in mentions {
            let agencies = self.agencies;
            if !matches!(mention.how, Spelled::Homonym) && !agencies.is_outlet(mention) {
                self.add(agencies.slug(mention), class, confidence, credit.clone());
            }
        }
    }

    /// Whose page it is, and whose feed.
    fn publisher(&mut self) {
        let agencies = self.agencies;
        let article = self.article;
        let says = |text: &str| Credit {
            place: Place::Publisher,
            text: text.to_owned(),
            offset: None,
        };
        let host = host_of(&article.canonical_url);
        if let Some(slug) = agencies.of_site(&host) {
            self.add(slug, AttributionClass::Wire, 1.0, says(&host));
        }
        let names = [Some(&article.outlet), article.metadata.publisher.as_ref()];
        for name in names.into_iter().flatten() {
            if let Some(slug) = agencies.called(name) {
                self.add(slug, AttributionClass::Wire, 1.0, says(name));
            }
        }
    }

    /// A headline may name the agency that it is from; else the article is about it.
    fn title(&mut self) {
        let agencies = self.agencies;
        let title = self.article.title.as_str();
        let mentions = agencies.mentions(title);
        for mention in &mentions {
            if matches!(mention.how, Spelled::Unnamed | Spelled::Sign)
                || agencies.is_outlet(mention)
            {
                continue;
            }
            let slug = agencies.slug(mention).to_owned();
            if mention.how == Spelled::Homonym {
                continue;
            }
            let rest = title[mention.end..].trim_matches(|c: char| !c.is_alphanumeric());
            let before = title[..mention.start].trim_end();
            let closes = rest.is_empty() && before.ends_with(['-', '–', '—', ':', '(', '|', ',']);
            let opens = before.is_empty() && title[mention.end..].trim_start().starts_with(':');
            let how = cited(title, mention, false);
            // A page's title ends with whose page it is.
            let of_site = rest.is_empty() && before.ends_with('|');
            if of_site {
                continue;
            }
            if closes || opens || how == Some(Cited::Surely) {
                let credit = Credit {
                    place: Place::Title,
                    text: title.to_owned(),
                    offset: None,
                };
                self.add(&slug, AttributionClass::Cites, 0.6, credit);
            } else {
                self.subjects.insert(slug);
            }
        }
    }

    /// The fields that name authors. A person beside an agency wrote with its material.
    fn author_fields(&mut self) {
        let agencies = self.agencies;
        let article = self.article;
        let fields = article.layout.zones.iter();
        let fields = fields.filter(|zone| zone.kind == ZoneKind::AuthorField);
        let fields = fields.map(|zone| zone.text.as_str());
        let mut items: Vec<&str> = Vec::new();
        for item in article.authors.iter().map(String::as_str).chain(fields) {
            let is_address = item.contains("://") || item.starts_with('@');
            if !is_address && !items.contains(&item) {
                items.push(item);
            }
        }
        let outlet = folded(self.outlet());
        let host = host_of(&article.canonical_url);
        let mentioned: Vec<Vec<Mention>> =
            items.iter().map(|item| agencies.mentions(item)).collect();
        let persons = items
            .iter()
            .zip(&mentioned)
            .any(|(item, mentions)| mentions.is_empty() && is_person(item, &outlet, &host));
        for (item, mentions) in items.iter().zip(&mentioned) {
            let Some((reading, rest)) = read_credit(item, mentions, self.outlet()) else {
                continue;
            };
            let alone = rest == Rest::Nothing && item.len() < 60;
            let reading = match reading {
                Reading::Wire if alone && persons => Reading::Contrib,
                reading => reading,
            };
            let credit = Credit {
                place: Place::AuthorField,
                text: (*item).to_owned(),
                offset: None,
            };
            self.add_reading(reading, mentions, &credit, 0.95);
        }
    }

    /// Lines beside the text.
    fn lines(&mut self) {
        let agencies = self.agencies;
        let article = self.article;
        let layout = &article.layout;
        let bylines = layout
            .byline
            .iter()
            .map(|line| (Place::Byline, line.as_str()));
        let zones = layout.zones.iter().filter(|zone| zone.offset.is_none());
        let zones = zones.filter_map(|zone| match zone.kind {
            ZoneKind::Byline => Some((Place::Byline, zone.text.as_str())),
            ZoneKind::Credit => Some((Place::CreditLine, zone.text.as_str())),
            _ => None,
        });
        for (place, line) in bylines.chain(zones) {
            let credit = |text: &str| Credit {
                place,
                text: text.to_owned(),
                offset: None,
            };
            if let Some(name) = taken_over(line) {
                self.take_over(&line[name], &credit(line));
                continue;
            }
            let mentions = agencies.mentions(line);
            let right =
                line.contains(['©', '®']) || line.contains("opyright") || line.contains("(c)");
            if right && (place == Place::Byline || is_picture_right(line)) {
                continue;
            }
            let line_read = if right { first_sentence(line) } else { line };
            let mentions: Vec<Mention> = mentions
                .into_iter()
                .filter(|mention| mention.end <= line_read.len())
                .collect();
            let Some((reading, rest)) = read_credit(line_read, &mentions, self.outlet()) else {
                continue;
            };
            if place == Place::CreditLine && !is_strict(line_read, &mentions, reading, rest) {
                continue;
            }
            let before = self.found.len();
            self.add_reading(reading, &mentions, &credit(line), 0.95);
            for found in &mut self.found[before..] {
                found.weak = right;
            }
        }
    }

    fn take_over(&mut self, name: &str, credit: &Credit) {
        let agencies = self.agencies;
        let mentions = agencies.mentions(name);
        let known = mentions
            .first()
            .filter(|mention| mention.range() == (0..name.len()));
        let source = match known {
            Some(mention) if mention.how != Spelled::Homonym => agencies.slug(mention).to_owned(),
            _ => outlet_name(name),
        };
        // An outlet that says where it printed its own article first.
        let host = host_of(&self.article.canonical_url);
        let own = compact(&source);
        let is_own =
            compact(self.outlet()) == own || own.len() > 3 && compact(&host).contains(&own);
        if !is_own || source == "time" {
            self.add(&source, AttributionClass::Republished, 0.9, credit.clone());
        }
    }

    fn text(&mut self) {
        let article = self.article;
        let text = article.text.as_str();
        let (paragraphs, doubtful) = self.paragraphs(text);
        let count = paragraphs.len();
        let captions: BTreeSet<&str> = article.layout.captions.iter().map(String::as_str).collect();
        let mut dated = false;
        for (index, paragraph) in paragraphs.iter().enumerate() {
            let at = Standing {
                head: index < HEAD,
                first: index < 2,
                tail: index + TAIL >= count,
                last: index + 1 == count,
            };
            if captions.contains(paragraph.text) {
                continue;
            }
            if (at.head || index + 12 >= count)
                && let Some(name) = taken_over(paragraph.text)
            {
                let credit = paragraph.credit(Place::SignOff, 0..paragraph.text.len());
                self.take_over(&paragraph.text[name], &credit);
                continue;
            }
            if paragraph.mentions.is_empty() {
                continue;
            }
            let mut taken: Vec<Range<usize>> = Vec::new();
            if at.head
                && !dated
                && let Some((reading, which, range)) = dateline(paragraph.text, &paragraph.mentions)
            {
                dated = true;
                let credit = paragraph.credit(Place::Dateline, range.clone());
                self.add_reading(reading, &paragraph.mentions[which], &credit, 0.95);
                taken.push(range);
            }
            if taken.is_empty() && self.credit_paragraph(paragraph, at) {
                continue;
            }
            taken.extend(self.sign_off(paragraph, at));
            self.citations(paragraph, &taken, &doubtful);
        }
    }

    /// The paragraphs of a text that are not empty, and the agencies whose short form it uses for
    /// something else.
    fn paragraphs<'t>(&self, text: &'t str) -> (Vec<Paragraph<'t>>, BTreeSet<usize>) {
        let mut parts = vec![0..text.len()];
        if text.len() > MOST + END {
            parts = vec![
                0..boundary(text, MOST),
                boundary(text, text.len() - END)..text.len(),
            ];
        }
        let mut doubtful = BTreeSet::new();
        let mut paragraphs = Vec::new();
        for part in parts {
            let mentions = self.agencies.mentions(&text[part.clone()]);
            let mut mentions = mentions.into_iter().peekable();
            let mut start = part.start;
            for line in text[part.clone()].split('\n') {
                let end = start + line.len();
                let bare = line.trim();
                let from = start + (line.len() - line.trim_start().len());
                let mut here = Vec::new();
                while let Some(mention) =
                    mentions.next_if(|mention| mention.end + part.start <= end)
                {
                    let (first, last) = (mention.start + part.start, mention.end + part.start);
                    if mention.how == Spelled::Homonym {
                        doubtful.insert(mention.agency);
                    } else if first >= from && last <= from + bare.len() {
                        here.push(Mention {
                            start: first - from,
                            end: last - from,
                            ..mention
                        });
                    }
                }
                start = end + 1;
                if !bare.is_empty() {
                    paragraphs.push(Paragraph {
                        start: from,
                        text: bare,
                        mentions: here,
                    });
                }
            }
        }
        let title = self.agencies.mentions(&self.article.title);
        let title = title
            .iter()
            .filter(|mention| mention.how == Spelled::Homonym);
        doubtful.extend(title.map(|mention| mention.agency));
        (paragraphs, doubtful)
    }

    /// A paragraph that is nothing but a credit.
    fn credit_paragraph(&mut self, paragraph: &Paragraph<'_>, at: Standing) -> bool {
        let text = paragraph.text;
        let signs = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.how == Spelled::Sign);
        let signs: Vec<Mention> = signs.copied().collect();
        if at.tail && !signs.is_empty() {
            let credit = paragraph.credit(Place::SignOff, 0..text.len());
            self.add_reading(Reading::Wire, &signs, &credit, 0.9);
            return true;
        }
        let right = text.starts_with(['©', '®'])
            || text.starts_with("Copyright")
            || text.starts_with("(c)");
        let line = if right { first_sentence(text) } else { text };
        if line.len() > CREDIT_BYTES || right && (is_picture_right(text) || !at.tail) {
            return false;
        }
        let mentions: Vec<Mention> = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.end <= line.len())
            .copied()
            .collect();
        let Some((reading, rest)) = read_credit(line, &mentions, self.outlet()) else {
            return false;
        };
        let bracketed =
            line.starts_with(['(', '[']) && line.trim_end_matches('.').ends_with([')', ']']);
        let prefixed = is_prefixed(line);
        let placed = at.first || at.tail || bracketed || prefixed;
        if !placed || !is_strict(line, &mentions, reading, rest) {
            return false;
        }
        let place = if at.tail && !at.first {
            Place::SignOff
        } else if at.head {
            Place::Byline
        } else {
            Place::CreditLine
        };
        let credit = paragraph.credit(place, 0..text.len());
        self.add_reading(reading, &mentions, &credit, 0.9);
        true
    }

    /// What closes a paragraph: `(dpa)`, `(c)AFP/Ann Person`, a sentence that says who contributed.
    fn sign_off(&mut self, paragraph: &Paragraph<'_>, at: Standing) -> Option<Range<usize>> {
        let text = paragraph.text;
        // A caption closes so too, and stands before the text more often than a sign-off.
        if at.first && !at.last || text.len() < 250 && is_picture(text) {
            return None;
        }
        let range = closing(text, at.tail)?;
        let mentions: Vec<Mention> = paragraph
            .mentions
            .iter()
            .filter(|mention| mention.start >= range.start && mention.end <= range.end)
            .map(|mention| Mention {
                start: mention.start - range.start,
                end: mention.end - range.start,
                ..*mention
            })
            .collect();
        let line = &text[range.clone()];
        let (reading, rest) = read_credit(line, &mentions, self.outlet())?;
        if !is_strict(line, &mentions, reading, rest) {
            return None;
        }
        let credit = paragraph.credit(Place::SignOff, range.clone());
        self.add_reading(reading, &mentions, &credit, 0.9);
        Some(range)
    }

    fn citations(
        &mut self,
        paragraph: &Paragraph<'_>,
        taken: &[Range<usize>],
        doubtful: &BTreeSet<usize>,
    ) {
        let agencies = self.agencies;
        for mention in &paragraph.mentions {
            let in_credit = taken.iter().any(|range| range.contains(&mention.start));
            if in_credit || agencies.is_outlet(mention) {
                continue;
            }
            let Some(how) = cited(paragraph.text, mention, doubtful.contains(&mention.agency))
            else {
                continue;
            };
            let confidence = if how == Cited::Surely { 0.7 } else { 0.6 };
            let credit = paragraph.credit(Place::Body, sentence(paragraph.text, mention));
            self.add(
                agencies.slug(mention),
                AttributionClass::Cites,
                confidence,
                credit,
            );
        }
    }
}

/// Where a paragraph stands.
#[derive(Clone, Copy)]
struct Standing {
    head: bool,
    first: bool,
    tail: bool,
    last: bool,
}

impl Paragraph<'_> {
    fn credit(&self, place: Place, range: Range<usize>) -> Credit {
        Credit {
            place,
            offset: Some((self.start + range.start) as u32),
            text: self.text[range].to_owned(),
        }
    }
}

/// Whether a line in the text is a credit for sure: a headline may name an agency with nothing but names
/// beside it.
fn is_strict(line: &str, mentions: &[Mention], reading: Reading, rest: Rest) -> bool {
    if rest == Rest::Nothing || reading == Reading::Contrib {
        // Part of a name otherwise: "Reuters Institute".
        return line.len() <= CREDIT_BYTES && mentions.iter().any(|mention| mention.apart);
    }
    let signs = line.starts_with(['(', '[', '©', '—', '–', '-', '_']) || is_prefixed(line);
    signs || line.contains(',') && line.len() < 80 || line.contains('/') && line.len() < 60
}

/// Whether a line begins as credits do: "By", "Source:".
fn is_prefixed(line: &str) -> bool {
    const PREFIXES: [&str; 34] = [
        "by",
        "von",
        "vom",
        "par",
        "por",
        "di",
        "door",
        "av",
        "af",
        "od",
        "przez",
        "with",
        "avec",
        "con",
        "com",
        "mit",
        "med",
        "met",
        "source",
        "sources",
        "quelle",
        "quellen",
        "fuente",
        "fuentes",
        "fonte",
        "kaynak",
        "zdroj",
        "zrodlo",
        "bron",
        "kilde",
        "kaella",
        "laehde",
        "источник",
        "reporting",
    ];
    let first = line
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty());
    first.is_some_and(|first| PREFIXES.contains(&folded(first).as_str()))
}

/// What stands at a paragraph's end behind its last sentence; in the text's last paragraphs also that
/// sentence itself, where it is short.
fn closing(text: &str, tail: bool) -> Option<Range<usize>> {
    let trimmed = text.trim_end_matches(['.', ' ', '\u{a0}']);
    if let Some(inner) = trimmed.strip_suffix([')', ']', '）']) {
        let open = inner.rfind(['(', '[', '（'])?;
        let before = text[..open].trim_end();
        let ends = before.ends_with(['.', '!', '?', '"', '”', '“', '»', '«', '。', '…', '\'', '’']);
        let short = trimmed.len() - open <= 200;
        return (short && (ends || tail) && !before.is_empty()).then_some(open..trimmed.len());
    }
    if !tail {
        return None;
    }
    let body = text.trim_end_matches(['.', ' ']);
    let end = body
        .char_indices()
        .rev()
        .find(|&(at, c)| match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' | '"' | '”' | '»' => {
                let behind = &body[at + c.len_utf8()..];
                behind.starts_with([' ', '©', '(', '—', '–', '\u{a0}', '-'])
            }
            _ => false,
        })
        .map(|(at, c)| at + c.len_utf8())?;
    let from = end + (text[end..].len() - text[end..].trim_start().len());
    (text.len() - from <= CREDIT_BYTES && from < text.len()).then_some(from..text.len())
}

fn first_sentence(line: &str) -> &str {
    line.find(". ").map_or(line, |at| &line[..at])
}

/// The sentence around a mention, at most so much of it as a reader needs.
fn sentence(text: &str, mention: &Mention) -> Range<usize> {
    let from = boundary(text, mention.start.saturating_sub(100));
    let to = boundary(text, (mention.end + 100).min(text.len()));
    let start = text[from..mention.start]
        .rfind(". ")
        .map_or(from, |at| from + at + 2);
    let end = text[mention.end..to]
        .find(". ")
        .map_or(to, |at| mention.end + at + 1);
    start..end
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether a field names a person: two or more words with capitals, none of which is the outlet's.
fn is_person(item: &str, outlet: &str, host: &str) -> bool {
    const NOT: [&str; 27] = [
        "staff",
        "news",
        "redaktion",
        "desk",
        "team",
        "online",
        "redaccion",
        "redaction",
        "editor",
        "press",
        "agency",
        "media",
        "digital",
        "web",
        "editorial",
        "zeitung",
        "nachrichten",
        "times",
        "post",
        "daily",
        "magazine",
        "journal",
        "radio",
        "tv",
        "gmbh",
        "redazione",
        "group",
    ];
    let words: Vec<&str> = item
        .split_whitespace()
        .filter(|word| *word != "By")
        .collect();
    let compacted = compact(item);
    let of_outlet = compact(outlet).contains(&compacted) || compact(host).contains(&compacted);
    (2..=6).contains(&words.len())
        && !of_outlet
        && !item.contains(['.', '@', '/', '|'])
        && !item.contains(|c: char| c.is_ascii_digit())
        && words.iter().all(|word| {
            let folded = folded(word);
            (word.starts_with(char::is_uppercase) || folded.len() <= 3)
                && !NOT.contains(&folded.as_str())
        })
}

fn compact(name: &str) -> String {
    folded(name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// What is said of each agency, by what it gave most.
fn settled(found: Vec<Found>, subjects: &BTreeSet<String>) -> Vec<Attribution> {
    let strong = found
        .iter()
        .any(|found| !found.weak && found.class <= AttributionClass::Contrib);
    let mut by_source: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for found in found {
        if found.weak && strong {
            continue;
        }
        by_source
            .entry(found.source.clone())
            .or_default()
            .push(found);
    }
    let mut attributions: Vec<Attribution> = by_source
        .into_iter()
        .filter_map(|(source, mut found)| {
            // The surest first; of as sure ones the first in the text.
            found.sort_by(|a, b| {
                a.class
                    .cmp(&b.class)
                    .then(b.confidence.total_cmp(&a.confidence))
            });
            let best = found.first()?;
            let (class, confidence) = (best.class, best.confidence);
            if class == AttributionClass::Cites && subjects.contains(&source) {
                return None;
            }
            let of_class = found.into_iter().filter(|found| found.class == class);
            let mut evidence: Vec<Credit> = Vec::new();
            for Found { credit, .. } in of_class {
                if evidence.len() < EVIDENCE && !evidence.contains(&credit) {
                    evidence.push(credit);
                }
            }
            Some(Attribution {
                source,
                class,
                confidence,
                evidence,
            })
        })
        .collect();
    sort(&mut attributions);
    attributions
}

/// What gave most first; of those the surest, then the first in the text.
fn sort(attributions: &mut [Attribution]) {
    let place = |attribution: &Attribution| {
        let first = attribution.evidence.first();
        first.map_or((true, 0), |credit| {
            (credit.offset.is_some(), credit.offset.unwrap_or(0))
        })
    };
    attributions.sort_by(|a, b| {
        let class = a.class.cmp(&b.class);
        let sure = b.confidence.total_cmp(&a.confidence);
        class
            .then(sure)
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| a.source.cmp(&b.source))
    });
}
