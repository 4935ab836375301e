//! Scripts that are JSON: the strings of the array or object that holds the article are told from those of teasers by
//! the keys that lead to them.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{MAX_TEXT, PARAGRAPH, paragraphs};
use crate::fold;

/// How many places the strings of a page's scripts are told apart by.
const MAX_PLACES: usize = 200_000;

/// Keys of what tells in short what an article says, as teasers do, or what a picture shows, without signs and in
/// lower case.
const SHORT: [&str; 14] = [
    "summary",
    "description",
    "teaser",
    "teasertext",
    "excerpt",
    "abstract",
    "standfirst",
    "dek",
    "subtitle",
    "caption",
    "alt",
    "seodescription",
    "metadescription",
    "bio",
];

/// How many times as much prose short texts need to be taken for the article.
const TEASERS: usize = 4;

/// The paragraphs of the place that holds most of them, and the scripts that are no JSON.
pub(super) fn text<'a>(scripts: &[&'a str]) -> (Vec<String>, Vec<&'a str>) {
    let mut places = Places::default();
    let mut others = Vec::new();
    for script in scripts {
        match serde_json::from_str(script) {
            Ok(value) => places.read(&value, true),
            Err(_) => others.push(*script),
        }
    }
    (places.best(), others)
}

/// Where strings stand: the keys that lead to them, without the indices of arrays.
#[derive(Default)]
struct Places {
    all: Vec<Place>,
    /// The paragraphs in order, each with its place.
    found: Vec<(usize, String)>,
    seen: BTreeSet<String>,
}

struct Place {
    /// The place around it; its own where it is the outermost.
    parent: usize,
    kind: Kind,
    /// How much prose stands there, in bytes.
    prose: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Field,
    /// A field that tells in short.
    Short,
    /// All items of an array.
    Items,
    /// One item with a title and an address of its own: another article.
    Card,
}

impl Places {
    /// By hand and not by recursion: how deep data nest is the page's choice. Strings that are data in turn are read
    /// once more, not more often.
    fn read(&mut self, root: &Value, has_inner: bool) {
        let mut known: HashMap<(usize, &str), usize> = HashMap::new();
        let top = self.open(None, Kind::Field);
        let mut open: Vec<(&Value, usize)> = vec![(root, top)];
        while let Some((value, place)) = open.pop() {
            if self.all.len() >= MAX_PLACES {
                return;
            }
            match value {
                Value::Object(fields) => {
                    for (key, field) in fields.iter().rev() {
                        let kind = kind_of(key);
                        let own = known.entry((place, key.as_str()));
                        open.push((field, *own.or_insert_with(|| self.open(Some(place), kind))));
                    }
                }
                Value::Array(items) => {
                    let own = known.entry((place, ""));
                    let all = *own.or_insert_with(|| self.open(Some(place), Kind::Items));
                    for item in items.iter().rev() {
                        let card = is_card(item).then(|| self.open(Some(all), Kind::Card));
                        open.push((item, card.unwrap_or(all)));
                    }
                }
                Value::String(text) => self.string(text, place, has_inner),
                _ => {}
            }
        }
    }

    fn open(&mut self, parent: Option<usize>, kind: Kind) -> usize {
        let index = self.all.len();
        self.all.push(Place {
            parent: parent.unwrap_or(index),
            kind,
            prose: 0,
        });
        index
    }

    fn string(&mut self, text: &str, place: usize, has_inner: bool) {
        // Short ones are names and values.
        if text.len() < PARAGRAPH / 2 {
            return;
        }
        if has_inner
            && text.starts_with(['{', '['])
            && let Ok(inner) = serde_json::from_str(text)
        {
            self.read(&inner, false);
            return;
        }
        for paragraph in paragraphs(text) {
            if self.seen.insert(fold::key(&paragraph)) {
                self.all[place].prose += paragraph.len();
                self.found.push((place, paragraph));
            }
        }
    }

    /// The paragraphs of the place that holds most of them, and where it is an array's those of its other items.
    fn best(self) -> Vec<String> {
        let pooled = self.pooled();
        let weight = |index: usize| {
            let place = &self.all[index];
            let all = self.array_of(index).map_or(0, |array| pooled[array]);
            match place.kind {
                Kind::Short => place.prose / TEASERS,
                // What stands beside counts as far as it is not the most of it.
                _ => place.prose.max(all.min(2 * place.prose)),
            }
        };
        // The first of equals.
        let best = (0..self.all.len()).rev().max_by_key(|index| weight(*index));
        let Some(best) = best else {
            return Vec::new();
        };
        let array = self.array_of(best);
        let mut length = 0;
        let mut text = Vec::new();
        for (place, paragraph) in &self.found {
            let is_beside = || array.is_some_and(|array| self.is_within(*place, array));
            if (*place == best || is_beside()) && length < MAX_TEXT {
                length += paragraph.len();
                text.push(paragraph.clone());
            }
        }
        text
    }

    /// The array whose items, or fields of whose items, stand at a place.
    fn array_of(&self, place: usize) -> Option<usize> {
        let both = [place, self.all[place].parent];
        both.into_iter()
            .find(|index| self.all[*index].kind == Kind::Items)
    }

    /// How much prose stands within each array, see [`Self::is_within`].
    fn pooled(&self) -> Vec<usize> {
        let mut pooled = vec![0; self.all.len()];
        let told = self.all.iter().enumerate();
        for (place, own) in told.filter(|(_, own)| own.prose > 0) {
            let mut index = place;
            loop {
                let around = &self.all[index];
                pooled[index] += own.prose;
                if matches!(around.kind, Kind::Card | Kind::Short) || around.parent == index {
                    break;
                }
                index = around.parent;
            }
        }
        pooled
    }

    /// Whether a place is within another, and neither of another article there nor a short text.
    fn is_within(&self, place: usize, around: usize) -> bool {
        let mut index = place;
        loop {
            let own = &self.all[index];
            if index == around {
                return true;
            }
            if matches!(own.kind, Kind::Card | Kind::Short) || own.parent == index {
                return false;
            }
            index = own.parent;
        }
    }
}

fn kind_of(key: &str) -> Kind {
    let key = fold::key(key);
    if SHORT.contains(&key.as_str()) {
        Kind::Short
    } else {
        Kind::Field
    }
}

fn is_card(item: &Value) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| item.get(*key).is_some());
    let is_titled = has(&["title", "headline"]);
    is_titled && has(&["url", "href", "slug", "link", "path", "permalink", "uri"])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "The council has found the money to rebuild the old stone bridge, its leader said on Sunday.";
    const TWO: &str =
        "Work is to begin in June, and a crossing for walkers opens a week before that, he added.";
    const ELSE: &str =
        "A foot of snow fell on the pass road, and the county has closed it to all traffic until";

    /// Teasers, each with that in it beside its text.
    fn teasers(beside: &str) -> String {
        let one = |number| format!(r#"{{{beside}"summary":"{ELSE} day {number} of May."}}"#);
        (1..7).map(one).collect::<Vec<_>>().join(",")
    }

    #[track_caller]
    fn check(article: &str, teasers: &str) {
        let data = format!(r#"{{"props":{{"a":[{teasers}],"page":{article},"z":[{teasers}]}}}}"#);
        assert_eq!(
            text(&[&data]),
            (vec![ONE.to_owned(), TWO.to_owned()], vec![]),
            "{data}"
        );
    }

    #[test]
    fn an_article_is_told_from_teasers_by_its_place() {
        let blocks =
            format!(r#"{{"body":[{{"type":"p","text":"{ONE}"}},{{"quote":{{"text":"{TWO}"}}}}]}}"#);
        let strings = format!(r#"{{"body":["{ONE}","{TWO}"],"summary":"{ELSE} June."}}"#);
        let markup = format!(r#"{{"content":"<p>{ONE}<\/p><p>{TWO}<\/p>"}}"#);
        let inner = serde_json::Value::from(strings.clone()).to_string();
        for article in [&blocks, &strings, &markup, &inner] {
            check(
                article,
                &teasers(r#""title":"Snow","url":"/snow","#).replace("summary", "text"),
            );
        }
        check(&markup, &teasers("").replace(" of May", ""));
    }

    #[test]
    fn what_is_no_json_is_left() {
        assert_eq!(text(&["self.push([1])"]), (vec![], vec!["self.push([1])"]));
    }
}
