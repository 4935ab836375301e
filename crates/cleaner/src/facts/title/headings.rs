//! Headings of the first rank, and what each says beside the page's titles.

use std::collections::BTreeSet;

use super::{Claim, HEADING, READ_HEADING, SAID_HEADING};
use crate::facts::linked_data::LinkedData;
use crate::fold;
use crate::page::{Block, Page, Tag};

/// How many are looked at.
const MAX_HEADINGS: usize = 6;

/// How long the name of a site is, in characters without white space.
const SITE: usize = 40;

/// Between what lengths a heading may be a headline in words of its own, in letters as [`width`] counts them.
const HEADLINE: std::ops::RangeInclusive<usize> = 20..=200;

/// The headings in the order of the page, each with what it weighs as the headline.
pub(super) fn weighed(page: &Page, titles: &[Claim], linked: &LinkedData) -> Vec<(String, f64)> {
    let headings = shown(page, titles);
    let is_said = |heading: &String| says(heading, titles);
    let words: Vec<BTreeSet<String>> = titles.iter().map(|title| words(&title.text)).collect();
    let is_kin = |heading: &String| is_kin(heading, &words);
    // Newsrooms write the headline of their data; plug-ins fill in the page's title.
    let is_open = !linked.is_news() && !headings.iter().any(is_said);
    let read = headings
        .iter()
        .position(|heading| is_open && is_kin(heading));
    let weight = |(place, heading): (usize, String)| {
        let weight = if read == Some(place) {
            READ_HEADING
        } else if linked.headline.is_none() && is_kin(&heading) {
            SAID_HEADING
        } else {
            HEADING
        };
        (heading, weight)
    };
    headings.into_iter().enumerate().map(weight).collect()
}

/// Headings of the first rank in the order of the page. Logos among them find no agreement, and where they are no
/// more than a link are none of the titles' beginnings.
fn shown(page: &Page, titles: &[Claim]) -> Vec<String> {
    let begins_title = |text: &str| {
        let lower = text.to_lowercase();
        let mut titles = titles.iter();
        titles.any(|title| title.text.to_lowercase().starts_with(&lower))
    };
    let is_logo = |block: &&Block| {
        let is_link = block.link_density() > 0.8 && block.length <= SITE;
        is_link && !begins_title(&block.text)
    };
    page.blocks
        .iter()
        .filter(|block| block.kind == Tag::Headline)
        .filter(|block| !is_logo(block))
        .take(MAX_HEADINGS)
        .map(|block| block.text.clone())
        .collect()
}

/// Whether a heading is one of the titles, or their beginning, or one with a line over it or below it. One that goes
/// on from a title with a sign, as in `Bridge shut: what we know`, says more than that.
fn says(heading: &str, titles: &[Claim]) -> bool {
    let own = fold::key(heading);
    let lower = heading.to_lowercase();
    let goes_on = |title: &Claim| {
        let rest = lower.strip_prefix(title.text.to_lowercase().as_str());
        rest.is_some_and(|rest| !rest.starts_with(char::is_whitespace))
    };
    titles.iter().any(|title| {
        title.key.starts_with(&own)
            || own.ends_with(&title.key)
            || (own.starts_with(&title.key) && !goes_on(title))
    })
}

/// Whether a heading is as long as a headline and shares words with one of the titles: a section's name does not.
fn is_kin(heading: &str, titles: &[BTreeSet<String>]) -> bool {
    let own = words(heading);
    let shares = |other: &BTreeSet<String>| {
        let shared: Vec<&String> = own.intersection(other).collect();
        // `the` and `of` are shared by all.
        let is_telling = shared.iter().any(|word| width(word) >= TELLING);
        is_telling && shared.len() >= 2 && shared.len() * 10 >= own.len().min(other.len()) * 3
    };
    HEADLINE.contains(&width(heading)) && titles.iter().any(shares)
}

/// How long a word is at least that tells something, in letters.
const TELLING: usize = 4;

/// How long a text is, in letters: characters that say as much as several, or that stand in no words, count double.
fn width(text: &str) -> usize {
    let is_wide = |c: &char| fold::is_dense(*c) || fold::is_hangul(*c) || fold::is_unspaced(*c);
    let wide = text.chars().filter(is_wide);
    text.chars().count() + wide.count()
}

/// The words of a text in lower case; where a script writes none apart, its characters in pairs.
fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let mut words = BTreeSet::new();
    let is_run = |c: char| fold::is_dense(c) || fold::is_unspaced(c);
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        if word.contains(is_run) {
            let letters: Vec<char> = word.chars().collect();
            words.extend(letters.windows(2).map(|pair| pair.iter().collect()));
        } else if !word.is_empty() {
            words.insert(word.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, heading: &str, expected: f64) {
        let html = format!("<title>{title}</title><h1>{heading}</h1><p>Text.</p>");
        let page = crate::page::read(&crate::tidy::tidy(&html));
        let mut titles = Vec::new();
        super::super::claim(&mut titles, "title", title, 0.2);
        let found = weighed(&page, &titles, &LinkedData::default());
        let weights: Vec<f64> = found.into_iter().map(|(_, weight)| weight).collect();
        assert_eq!(weights, [expected], "{title} / {heading}");
    }

    #[test]
    fn a_headline_in_other_words_is_told_from_what_is_no_headline() {
        for (title, heading) in [
            (
                "Old bridge in Osier shut for months",
                "Why the old bridge in Osier is shut until spring",
            ),
            (
                "Alte Brücke in Osier: so lange gesperrt",
                "Die alte Brücke in Osier bleibt bis zum Frühling zu",
            ),
            (
                "Старый мост в городе закрыт на месяцы",
                "Почему старый мост в городе закрыт до весны",
            ),
            (
                "川にかかる古い橋が春まで通行止めに",
                "古い橋が春まで通行止め、川の町に不安広がる",
            ),
            (
                "강 위 오래된 다리 봄까지 통제",
                "오래된 다리 봄까지 못 건넌다 시민 불편",
            ),
            (
                "Old bridge shut",
                "Old bridge shut: what we know of the river",
            ),
        ] {
            check(title, heading, READ_HEADING);
        }
        for (title, heading) in [
            (
                "Old bridge in Osier shut for months",
                "News from town and country",
            ),
            (
                "古い橋が春まで通行止め",
                "地域のニュース一覧と天気予報の案内",
            ),
            ("Old bridge in Osier shut", "Old bridge"),
            (
                "The end of the old bridge",
                "The best of the week in pictures",
            ),
        ] {
            check(title, heading, HEADING);
        }
        // One that says the title, whole, cut short or with a line over it, is that title.
        for (title, heading) in [
            ("Old bridge in Osier shut", "Old bridge in Osier shut"),
            (
                "Old bridge in Osier shut for months",
                "Old bridge in Osier shut",
            ),
            (
                "Old bridge in Osier shut",
                "River news Old bridge in Osier shut",
            ),
            (
                "Old bridge in Osier shut",
                "Old bridge in Osier shut Lovely walks at home",
            ),
        ] {
            check(title, heading, SAID_HEADING);
        }
    }
}
