//! Which item of a feed is which: what it is called, and what it is recognised by when its name has
//! changed.
//!
//! A feed's guids are believed until they prove unstable; then its items go by the canonical keys of their
//! links, and an item without either by its text. A title never names an item. When an item's name is
//! unknown, the other evidence speaks: the same link, the same serial number in the link, or the
//! same text under the same date, each only where it is of one item here and of one that is no longer
//! listed there. So a feed that renames all its items, or moves to another host, floods nobody.

use std::collections::{BTreeMap, BTreeSet};

use article::canonical;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{IdentityKey, Listing, Seen, identity_key};
use crate::parse::{Item, Text, bounded};

/// In how many readings, one after the other, most items must have had new guids until the feed's guids
/// are believed no more.
const UNSTABLE_READINGS: u8 = 2;
/// How many items make a move of the whole feed; fewer may be edits.
const MOVE: usize = 3;
/// The shortest serial number: shorter ones repeat.
const SERIAL_DIGITS: usize = 6;

/// How a feed names its items, as far as that has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Naming {
    /// What its items go by.
    pub by: By,
    /// Readings, one after the other, in which most guids were new for known items.
    pub unstable: u8,
}

/// What the items of a feed go by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Their guids, where they have one of their own.
    #[default]
    Guid,
    /// Their links: the guids have proved to be no names.
    Link,
}

/// What an item says that it can be recognised by, as hashes; 0 where it says nothing.
#[derive(Clone, Debug, Default)]
struct Evidence {
    guid: Option<String>,
    /// The link's canonical key.
    key: Option<String>,
    link: u64,
    serial: u64,
    /// Title, summary and content.
    texts: u64,
    /// The same, where there is more than a title, with the publisher's date, and where there is no date.
    dated: u64,
    undated: u64,
    /// What it goes by when it has no name: its text, and its title only where there is nothing else.
    content: String,
    /// What it was called by its link before links had canonical keys.
    given_link: Option<IdentityKey>,
}

/// An item, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// What the feed calls it.
    pub(super) identity: String,
    pub(super) key: IdentityKey,
    /// What was known of it, under a name that may be another.
    pub(super) before: Option<(IdentityKey, Seen)>,
    /// What is to be known of it, but for revision and reading.
    pub(super) now: Seen,
    pub(super) is_edited: bool,
}

/// Tells the items of a document apart and finds what is known of each. An item that is listed twice
/// is `None` the second time.
pub(super) fn tell(items: &[Item], seen: &Listing, naming: &mut Naming) -> Vec<Option<Told>> {
    let evidence: Vec<Evidence> = items.iter().map(evidence).collect();
    let mut names = named(&evidence, naming.by);
    if naming.by == By::Guid && are_places(&names, &evidence, seen) {
        naming.by = By::Link;
        names = named(&evidence, naming.by);
    }
    let known = recognised(&names, &evidence, seen);
    learn(naming, &names, &known);
    let has_moved = has_moved(&evidence, &known);
    let mut listed = BTreeSet::new();
    let tell = |(at, identity): (usize, String)| {
        let key = identity_key(&identity);
        let now = Seen {
            fingerprint: evidence[at].texts,
            link: evidence[at].link,
            serial: evidence[at].serial,
            dated: evidence[at].dated,
            form: Seen::FORM,
            ..Seen::default()
        };
        let before = known[at];
        let is_edited = before.is_none_or(|(_, before)| {
            let is_other_text = before.fingerprint != now.fingerprint;
            let is_other_link = before.link != now.link && !has_moved;
            before.form == Seen::FORM && (is_other_text || is_other_link)
        });
        listed.insert(key).then_some(Told {
            identity,
            key,
            before,
            now,
            is_edited,
        })
    };
    names.into_iter().enumerate().map(tell).collect()
}

fn evidence(item: &Item) -> Evidence {
    let link = item.link.as_deref();
    let key = link.map(canonical::key);
    let hash = |parts: &[&str]| xxh3_64(parts.join("\0").as_bytes()).max(1);
    let value = |text: &Option<Text>| text.as_ref().map_or("", |text| &text.value).to_owned();
    let title = item.title.as_ref().map(Text::plain).unwrap_or_default();
    let (summary, content) = (value(&item.summary), value(&item.content));
    let texts = hash(&[&title, &summary, &content]);
    let dated = |date: Timestamp| hash(&[&title, &summary, &content, &date.to_string()]);
    let has_body = !summary.trim().is_empty() || !content.trim().is_empty();
    Evidence {
        // One that is the link says nothing beside it.
        guid: item
            .guid
            .as_deref()
            .filter(|guid| link != Some(*guid))
            .map(bounded),
        // A homepage is no item's own.
        link: key
            .as_deref()
            .filter(|key| !canonical::is_homepage(key))
            .map_or(0, |key| hash(&[key])),
        serial: key
            .as_deref()
            .and_then(serial)
            .map_or(0, |serial| hash(&[&serial])),
        key,
        texts,
        undated: if has_body && item.published.is_none() {
            texts
        } else {
            0
        },
        dated: item
            .published
            .filter(|_| has_body)
            .map_or(0, |moment| dated(moment.instant)),
        content: item.content_hash(),
        given_link: link.map(identity_key),
    }
}

/// The host and the longest number in an address, which newsrooms' systems give once, whatever becomes of
/// the words around it. Dates are none.
fn serial(key: &str) -> Option<String> {
    let path = key.strip_prefix("http://")?;
    let (host, path) = path.split_once('/')?;
    let numbers = path.split(|c: char| !c.is_ascii_digit());
    let is_date =
        |number: &str| number.len() == 8 && (number.starts_with("19") || number.starts_with("20"));
    let number = numbers
        .filter(|number| number.len() >= SERIAL_DIGITS && !is_date(number))
        .max_by_key(|number| number.len())?;
    Some(format!("{host} {number}"))
}

/// What each item goes by. A guid or a link that items with different addresses, or different texts, share
/// is a constant and no name.
fn named(evidence: &[Evidence], by: By) -> Vec<String> {
    let mut of_guid: BTreeMap<&str, u64> = BTreeMap::new();
    let mut of_link: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut shared_guids, mut shared_links) = (BTreeSet::new(), BTreeSet::new());
    for item in evidence {
        let address = item
            .key
            .as_ref()
            .map_or(item.texts, |key| xxh3_64(key.as_bytes()));
        if let Some(guid) = &item.guid
            && *of_guid.entry(guid).or_insert(address) != address
        {
            shared_guids.insert(guid.as_str());
        }
        if item.link != 0 && *of_link.entry(item.link).or_insert(item.texts) != item.texts {
            shared_links.insert(item.link);
        }
    }
    let name = |item: &Evidence| {
        let guid = item
            .guid
            .as_ref()
            .filter(|guid| !shared_guids.contains(guid.as_str()));
        let has_own_link = item.link != 0 && !shared_links.contains(&item.link);
        let link = item.key.as_deref().filter(|_| has_own_link).map(bounded);
        let guid = guid.cloned();
        let name = match by {
            By::Guid => guid.or(link),
            By::Link => link.or(guid),
        };
        name.unwrap_or_else(|| item.content.clone())
    };
    evidence.iter().map(name).collect()
}

/// Whether the guids name places in the list and not items: most of those that are known stand for
/// another address and another text than before.
fn are_places(names: &[String], evidence: &[Evidence], seen: &Listing) -> bool {
    let (mut known, mut others) = (0, 0);
    for (name, item) in names.iter().zip(evidence) {
        let Some(before) = seen.get(&identity_key(name)) else {
            continue;
        };
        known += 1;
        let is_other = before.link != item.link && before.fingerprint != item.texts;
        let is_same_serial = before.serial != 0 && before.serial == item.serial;
        others += usize::from(before.form == Seen::FORM && is_other && !is_same_serial);
    }
    others >= MOVE && others * 2 > known
}

/// A kind of evidence.
struct Mark {
    /// What an item says.
    said: fn(&Evidence) -> u64,
    /// What was noted.
    noted: fn(&Seen) -> u64,
    /// Whether it counts only in a feed that has shown that each item has one of its own. A number in a link
    /// may be the section's or the site's.
    is_to_be_proved: bool,
}

const LINK: Mark = Mark {
    said: |item| item.link,
    noted: |seen| seen.link,
    is_to_be_proved: false,
};
const SERIAL: Mark = Mark {
    said: |item| item.serial,
    noted: |seen| seen.serial,
    is_to_be_proved: true,
};
const DATED: Mark = Mark {
    said: |item| item.dated,
    noted: |seen| seen.dated,
    is_to_be_proved: false,
};
const UNDATED: Mark = Mark {
    said: |item| item.undated,
    noted: |seen| if seen.dated == 0 { seen.fingerprint } else { 0 },
    is_to_be_proved: false,
};

impl Mark {
    /// Whether the items noted so far each have one of their own: of a single one nobody can tell.
    fn is_proved(&self, seen: &Listing) -> bool {
        let marks: Vec<u64> = seen
            .values()
            .map(self.noted)
            .filter(|mark| *mark != 0)
            .collect();
        let distinct: BTreeSet<&u64> = marks.iter().collect();
        distinct.len() > 1 && distinct.len() * 10 >= marks.len() * 9
    }
}

type Known = Vec<Option<(IdentityKey, Seen)>>;

/// What is known of each item: by its name, else by the other evidence, strongest first.
fn recognised(names: &[String], evidence: &[Evidence], seen: &Listing) -> Known {
    let find = |key: IdentityKey| Some((key, *seen.get(&key)?));
    let mut known: Known = names.iter().map(|name| find(identity_key(name))).collect();
    let is_whole = known.iter().all(Option::is_some);
    if is_whole || seen.is_empty() {
        return known;
    }
    let mut taken: BTreeSet<IdentityKey> = known.iter().flatten().map(|(key, _)| *key).collect();
    for (known, item) in known
        .iter_mut()
        .zip(evidence)
        .filter(|(known, _)| known.is_none())
    {
        let given = item
            .given_link
            .filter(|key| !taken.contains(key))
            .and_then(find);
        // Only what was noted before links had canonical keys was called so.
        *known = given.filter(|(_, before)| before.form == 0);
        taken.extend(known.map(|(key, _)| key));
    }
    for mark in [LINK, SERIAL, DATED] {
        match_up(&mut known, &mut taken, (names, evidence), seen, &mark);
    }
    // Without dates the same texts may be said anew: only if nothing else of the document is known.
    if known.iter().all(Option::is_none) {
        let mut by_text = known.clone();
        match_up(&mut by_text, &mut taken, (names, evidence), seen, &UNDATED);
        let found = by_text.iter().flatten().count();
        if found >= MOVE && found * 2 >= known.len() {
            known = by_text;
        }
    }
    known
}

/// Gives items that are not known yet the entries that say the same, where both are the only ones. An item
/// that is listed twice is one.
fn match_up(
    known: &mut Known,
    taken: &mut BTreeSet<IdentityKey>,
    (names, evidence): (&[String], &[Evidence]),
    seen: &Listing,
    mark: &Mark,
) {
    let mut asked: BTreeMap<u64, Option<usize>> = BTreeMap::new();
    for (at, item) in evidence.iter().enumerate() {
        let said = (mark.said)(item);
        if said != 0 && known[at].is_none() {
            let only = asked.entry(said).or_insert(Some(at));
            if only.is_some_and(|first| names[first] != names[at]) {
                *only = None;
            }
        }
    }
    if asked.is_empty() || (mark.is_to_be_proved && !mark.is_proved(seen)) {
        return;
    }
    let mut found: BTreeMap<u64, Option<(IdentityKey, Seen)>> = BTreeMap::new();
    for (key, seen) in seen.iter().filter(|(key, _)| !taken.contains(*key)) {
        let noted = (mark.noted)(seen);
        if asked.contains_key(&noted) {
            found
                .entry(noted)
                .and_modify(|only| *only = None)
                .or_insert(Some((*key, *seen)));
        }
    }
    for (said, entry) in found {
        if let (Some(entry), Some(Some(at))) = (entry, asked.get(&said)) {
            known[*at] = Some(entry);
            taken.insert(entry.0);
        }
    }
}

/// Takes up whether the feed's guids hold.
fn learn(naming: &mut Naming, names: &[String], known: &Known) {
    let is_renamed =
        |(name, known): &(&String, &(IdentityKey, Seen))| known.0 != identity_key(name);
    let pairs = names.iter().zip(known);
    let known = pairs.filter_map(|(name, known)| Some((name, known.as_ref()?)));
    let known: Vec<_> = known
        .filter(|(_, (_, before))| before.form == Seen::FORM)
        .collect();
    let renamed = known.iter().filter(|known| is_renamed(known)).count();
    if naming.by == By::Link || known.is_empty() {
        return;
    }
    if renamed * 2 <= known.len() {
        naming.unstable = 0;
        return;
    }
    naming.unstable += 1;
    if naming.unstable >= UNSTABLE_READINGS {
        *naming = Naming {
            by: By::Link,
            unstable: 0,
        };
    }
}

/// Whether the feed has moved: most of the known items say the same under another link.
fn has_moved(evidence: &[Evidence], known: &Known) -> bool {
    let pairs = evidence.iter().zip(known);
    let known: Vec<_> = pairs
        .filter_map(|(item, known)| Some((item, known.as_ref()?.1)))
        .collect();
    let is_moved = |(item, before): &&(&Evidence, Seen)| {
        before.form == Seen::FORM && before.link != item.link && before.fingerprint == item.texts
    };
    let moved = known.iter().filter(is_moved).count();
    moved >= MOVE && moved * 2 >= known.len()
}
