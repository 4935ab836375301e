//! What stands beside the text: fields that name authors, lines that credit.

use article::{Credit, Place, ZoneKind, host_of};

use super::confidence::{NAMED_ABOVE, SIGNED};
use super::line::{first_sentence, is_prefixed, is_strict};
use super::{Desk, compact};
use crate::agencies::{
    Mention, Rest, Share, is_of_newsroom, is_photographer, is_picture_right, read_credit,
    syndicated, taken_over,
};
use crate::words::folded;

impl Desk<'_> {
    /// The fields that name authors. A person beside an agency wrote with its material.
    pub(super) fn author_fields(&mut self) {
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
        self.signed = items
            .iter()
            .zip(&mentioned)
            .any(|(item, mentions)| mentions.is_empty() && is_person(item, &outlet, &host));
        for (item, mentions) in items.iter().zip(&mentioned) {
            let Some((reading, rest)) = read_credit(item, mentions, self.outlet()) else {
                continue;
            };
            let alone = rest == Rest::Nothing && item.len() < 60;
            let reading = match reading {
                Share::Wire if alone && self.signed => Share::Contrib,
                reading => reading,
            };
            let credit = Credit {
                place: Place::AuthorField,
                text: (*item).to_owned(),
                offset: None,
            };
            self.add_credit(reading, mentions, &credit, NAMED_ABOVE);
        }
    }

    /// Lines beside the text.
    pub(super) fn lines(&mut self) {
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
            if let Some((reading, which)) = syndicated(line, &mentions) {
                self.add_credit(reading, &mentions[which..=which], &credit(line), SIGNED);
                continue;
            }
            let right =
                line.contains(['©', '®']) || line.contains("opyright") || line.contains("(c)");
            let by_photographer = place == Place::CreditLine && is_photographer(line, &mentions);
            if by_photographer
                || right && (place == Place::Byline || is_picture_right(line, &mentions))
            {
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
            // Where a person signs the text, a name alone is more often a picture's.
            let bare = rest == Rest::Nothing && !is_prefixed(line_read);
            if bare && self.signed {
                continue;
            }
            let before = self.found.len();
            self.add_credit(reading, &mentions, &credit(line), NAMED_ABOVE);
            for found in &mut self.found[before..] {
                found.weak = right;
            }
        }
    }
}

/// Whether a field names a person: two or more words with capitals, none of which is the outlet's.
fn is_person(item: &str, outlet: &str, host: &str) -> bool {
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
            (word.starts_with(char::is_uppercase) || folded.len() <= 3) && !is_of_newsroom(&folded)
        })
}
