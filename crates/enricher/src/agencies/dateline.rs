//! The dateline: place, day and agency before the first sentence.

use std::ops::Range;

use super::credits::{Rest, Share, read_credit};
use super::cues::cues;
use super::mentions::Mention;
use super::pictures::is_picture;
use super::{Spelled, country_of};
use crate::words::folded;

/// A dateline ends within so many bytes; scripts of three bytes a character need more of them.
const REACH: usize = 200;
/// The place before the agency has at most so many words.
const PLACE_WORDS: usize = 12;

/// So many mentions are tried: the place may be called like an agency.
const TRIED: usize = 3;

/// How the text is the agencies', which of the mentions belong to the dateline, and where it stands.
type Dateline = (Share, Range<usize>, Range<usize>);

/// Reads the dateline of a paragraph in which `mentions` stand. `leads`: text follows in the next paragraph, so
/// that this one may have none of its own.
pub(crate) fn dateline(paragraph: &str, mentions: &[Mention], leads: bool) -> Option<Dateline> {
    let counts = mentions.iter().enumerate().filter(|(_, mention)| {
        mention.how != Spelled::Homonym && mention.how != Spelled::Sign && mention.start <= REACH
    });
    counts.take(TRIED).find_map(|(first, _)| {
        bracketed(paragraph, mentions, first, leads)
            .or_else(|| slashed(paragraph, mentions, first))
            .or_else(|| telegraphed(paragraph, mentions, first))
            .or_else(|| led(paragraph, mentions, first))
            .or_else(|| bare(paragraph, mentions, first))
            .or_else(|| alone(paragraph, mentions, first, leads))
    })
}

/// A place behind its agency is not longer, in bytes.
const LED_PLACE: usize = 60;

const DASHES: [char; 3] = ['—', '–', '-'];
const OPENING: [char; 7] = ['(', '[', '【', '（', '〔', '［', '<'];
const QUOTES: [char; 6] = ['"', '“', '”', '„', '«', '»'];
const CLOSING: [char; 7] = [')', ']', '】', '）', '〕', '］', '>'];

/// `CITY, May 3 (AP) —`, `(EFE).-`, `【6月18日 AFP】`, `(서울=연합뉴스)`.
fn bracketed(paragraph: &str, mentions: &[Mention], first: usize, leads: bool) -> Option<Dateline> {
    let start = mentions[first].start;
    let open = paragraph[..start].rfind(OPENING)?;
    let inner = open + paragraph[open..].chars().next()?.len_utf8();
    let close = start + paragraph[start..].find(CLOSING)?;
    // "LONDON (Reuters) - Oil fell" between quotation marks is shown and not sent.
    let quoted = paragraph[..open].contains(QUOTES);
    if close - open > 120 || paragraph[inner..start].contains(CLOSING) || quoted {
        return None;
    }
    let behind = close + paragraph[close..].chars().next()?.len_utf8();
    let rest = paragraph[behind..].trim_start();
    let place = paragraph[..open].trim();
    // Where lines are run together, the headline stands before the place; the dash alone says what it is.
    let dashed =
        rest.starts_with(['—', '–', '-']) || rest.starts_with(".-") || rest.starts_with(". -");
    let bare = rest
        .trim_start_matches(['—', '–', '-', '.', ' '])
        .is_empty();
    let sentence = rest.trim_start_matches(['—', '–', '-', '.', ' ']);
    let alone = leads && bare && is_shouted(place);
    // A dash says that what follows is the text, however short it is.
    let least = if dashed { 3 } else { 12 };
    let fits = alone || sentence.len() >= least && (is_place(place) || dashed && !is_shown(place));
    // "Ann Person (AP), Bob Other (Reuters)"
    let listed = rest.starts_with([',', ';', '/', '、']);
    if !fits || listed || is_picture(&paragraph[..behind]) {
        return None;
    }
    // "(AP) said": the short form of a name is explained, and the sentence goes on.
    let goes_on = rest.starts_with(char::is_lowercase)
        || !is_place(place) && sentence.starts_with(char::is_lowercase);
    let last = first
        + mentions[first..]
            .iter()
            .take_while(|mention| mention.end <= close)
            .count();
    if goes_on || explains(place, &paragraph[inner..close]) {
        return None;
    }
    let shifted: Vec<Mention> = mentions[first..last]
        .iter()
        .map(|mention| Mention {
            start: mention.start - inner,
            end: mention.end - inner,
            ..*mention
        })
        .collect();
    let inside = &paragraph[inner..close];
    let reading = match read_credit(inside, &shifted, "") {
        Some((_, Rest::Nothing)) => Share::Wire,
        // In East Asian brackets the place stands beside the agency.
        Some(_) if !inside.is_ascii() && place.is_empty() => Share::Wire,
        Some((reading, Rest::Named)) => reading,
        None => return None,
    };
    Some((reading, first..last, 0..behind))
}

/// `MOSCOW, March 3. /TASS/.`
fn slashed(paragraph: &str, mentions: &[Mention], first: usize) -> Option<Dateline> {
    let Mention { start, end, .. } = mentions[first];
    let before = paragraph[..start].trim_end().strip_suffix('/');
    let inside = paragraph[start..].starts_with('/');
    let after = paragraph[end..].trim_start();
    let (place, behind) = match before {
        Some(place) if after.starts_with('/') && !place.ends_with(char::is_alphanumeric) => {
            (place, paragraph.len() - after.len() + 1)
        }
        // The table may hold the slashes too.
        None if inside => (&paragraph[..start], end),
        _ => return None,
    };
    let fits = is_place(place.trim()) && paragraph[behind..].trim().len() >= 12;
    fits.then_some((Share::Wire, first..first + 1, 0..behind))
}

/// `新华社北京11月17日电`.
fn telegraphed(paragraph: &str, mentions: &[Mention], first: usize) -> Option<Dateline> {
    let Mention { start, end, .. } = mentions[first];
    if paragraph[..start].chars().count() > 3 || paragraph[start..end].is_ascii() {
        return None;
    }
    let window_end = paragraph[end..]
        .char_indices()
        .nth(32)
        .map_or(paragraph.len(), |(at, _)| end + at);
    let window = &paragraph[end..window_end];
    let sign = window.find(['电', '電', '讯', '訊'])?;
    let stops = window.find(['，', '。', ',']);
    if stops.is_some_and(|stops| stops < sign) {
        return None;
    }
    Some((Share::Wire, first..first + 1, 0..end + sign + 3))
}

/// `AP, PORT ELDER — It rained`: the agency stands before the place.
fn led(paragraph: &str, mentions: &[Mention], first: usize) -> Option<Dateline> {
    let Mention { start, end, .. } = mentions[first];
    let behind = paragraph[end..].strip_prefix([',', '/'])?;
    let dash = behind.find(DASHES)?;
    let place = behind[..dash].trim();
    let text = behind[dash..].trim_start_matches(DASHES).trim_start();
    let fits = paragraph[..start].trim().is_empty()
        && place.len() <= LED_PLACE
        && is_shouted(place)
        && text.len() >= 12
        && !text.starts_with(char::is_lowercase);
    let length = paragraph.len() - text.len();
    fits.then_some((Share::Wire, first..first + 1, 0..length))
}

/// `AFP — It rained`, `МОСКВА, 3 мар — РИА Новости.`, `دمشق-سانا`.
fn bare(paragraph: &str, mentions: &[Mention], first: usize) -> Option<Dateline> {
    let mut last = first;
    // "AFP/Reuters — "
    while let Some(next) = mentions.get(last + 1)
        && is_joint(paragraph[mentions[last].end..next.start].trim())
    {
        last += 1;
    }
    let (start, end) = (mentions[first].start, mentions[last].end);
    let place = paragraph[..start].trim();
    let behind = paragraph[end..].trim_start();
    let sign = behind.chars().next()?;
    let is_dash = matches!(sign, '—' | '–' | '―' | '-' | '|');
    let spaced = paragraph[end..].starts_with(char::is_whitespace) || !behind.starts_with('-');
    let rest = behind.trim_start_matches(['—', '–', '―', '-', '.', ':', ' ', '|']);
    // "dpa-Zentralbild": a word is no dateline.
    let hyphened = behind.strip_prefix('-');
    let hyphened = hyphened.is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    if rest.len() < 12
        || hyphened && !spaced
        || rest.starts_with(|c: char| c.is_lowercase())
        || is_picture(&paragraph[..end])
    {
        return None;
    }
    let fits = if place.is_empty() {
        is_dash && spaced
    } else {
        let joins = place.ends_with(['—', '–', '-', '.', ',', ':', '/', '|']);
        // "BERLIN dpa | Die ...", "دمشق-سانا ...".
        let shouted = !place.contains(char::is_lowercase) && sign == '|';
        let hyphen = place.ends_with('-') && !place.is_ascii() && place.chars().count() < 30;
        // "رام الله 1-12-2026 وفا- ...", where no comma stands.
        let dated = !place.is_ascii() && place.ends_with(char::is_numeric) && is_dash;
        (joins || shouted || dated)
            && is_place(place)
            && place.len() <= 90
            && (is_dash || sign == '.' || hyphen)
    };
    if !fits || mentions[first].how == Spelled::Unnamed {
        return None;
    }
    let length = paragraph.len() - rest.len();
    Some((Share::Wire, first..last + 1, 0..length))
}

/// A place that is known, its day and its agency on a line of their own: `Riyadh, December 1, 2026, SPA`.
fn alone(paragraph: &str, mentions: &[Mention], first: usize, leads: bool) -> Option<Dateline> {
    let mention = &mentions[first];
    let place = paragraph[..mention.start].trim();
    let dated = place.contains(char::is_numeric) && country_of(place).is_some();
    let ends = !paragraph[mention.end..].contains(char::is_alphanumeric);
    let fits = leads && ends && dated && is_place(place) && mention.how != Spelled::Unnamed;
    (fits && !is_picture(paragraph)).then_some((Share::Wire, first..first + 1, 0..paragraph.len()))
}

/// Whether what stands between two agencies makes one credit of them.
fn is_joint(between: &str) -> bool {
    matches!(between, "/" | "-" | "," | "&") || cues().and.has(&folded(between))
}

/// Whether the words before a place say that a dateline is shown, and not that the text has one.
fn is_shown(place: &str) -> bool {
    let words = place.split(|c: char| !c.is_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty());
    words.any(|word| cues().shown_as.has(&folded(word)))
}

/// Whether words may be a place and a day: few, no sentence, and no head of a list ("Winners: Ann Person").
fn is_place(place: &str) -> bool {
    let heads = place.split_once(':');
    if heads.is_some_and(|(_, rest)| rest.contains(char::is_alphabetic)) || is_shown(place) {
        return false;
    }
    let mut words = 0;
    let mut lower = 0;
    for word in place.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let Some(first) = word.chars().next() else {
            continue;
        };
        words += 1;
        // Months and particles of names are in lower case in many languages.
        lower += usize::from(first.is_lowercase() && word.chars().count() > 3);
    }
    let starts = place.chars().find(|c| c.is_alphanumeric());
    words <= PLACE_WORDS
        && lower <= 2
        && place.chars().count() <= 100
        && !starts.is_some_and(char::is_lowercase)
        && !place.contains(QUOTES)
        && !place.contains(['?', '!', '©'])
}

/// Whether words are a place in capitals, and perhaps a day: `MADRID, 3 May.`. A caption has others.
fn is_shouted(place: &str) -> bool {
    let words = place.split(|c: char| !c.is_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    let shouted = |word: &str| word.chars().all(char::is_uppercase);
    let opens = words
        .peek()
        .is_some_and(|first| shouted(first) && first.chars().count() > 2);
    let numbered = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    opens && words.all(|word| shouted(word) || numbered(word) || cues().dates.has(&folded(word)))
}

/// Whether a bracket holds the initials of what stands before it, the small words of it left out or not.
pub(crate) fn explains(place: &str, inside: &str) -> bool {
    let inside = folded(inside.trim());
    let initials = |counts: fn(char) -> bool| -> String {
        place
            .split(|c: char| !c.is_alphanumeric())
            .filter_map(|word| word.chars().next())
            .filter(|first| counts(*first))
            .map(|first| folded(&first.to_string()))
            .collect()
    };
    let is_of = |initials: String| initials.ends_with(&inside);
    inside.len() >= 2 && (is_of(initials(|_| true)) || is_of(initials(|c| !c.is_lowercase())))
}
