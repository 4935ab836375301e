//! What each element of a feed or an item says.

use std::borrow::Cow;

use super::super::attributes::Attributes;
use super::super::draft::{Draft, language, moment};
use super::super::entity;
use super::super::report::Loss;
use super::super::text::Text;
use super::super::vocabulary::Field;
use super::Reader;
use super::capture::{Capture, Piece};

/// How many categories, authors, enclosures and links of one item or feed are taken.
pub(super) const MAX_PARTS: usize = 1_000;

impl Reader<'_> {
    /// A value of an attribute, its references decoded.
    pub(super) fn decoded(&mut self, raw: &str) -> String {
        let mut decoded = String::new();
        entity::decode(
            raw.trim(),
            &mut self.entities,
            &mut decoded,
            &mut self.report,
        );
        decoded
    }

    pub(super) fn attribute(&mut self, capture: &Capture<'_>, name: &str) -> Option<String> {
        let value = Attributes::raw(capture.attributes, name)?;
        let value = self.decoded(value);
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn is_in_entry(&self) -> bool {
        self.entry.is_some()
    }

    pub(super) fn draft(&mut self) -> &mut Draft {
        self.entry.as_mut().unwrap_or(&mut self.feed)
    }

    /// Puts the content of an element where it belongs.
    pub(super) fn take_field(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        use Field as F;
        match capture.field {
            F::Title | F::DcTitle | F::MediaTitle | F::ItunesTitle | F::NewsTitle => {
                self.take_title(capture, pieces);
            }
            F::Description
            | F::Abstract
            | F::Summary
            | F::Subtitle
            | F::DcDescription
            | F::ItunesSubtitle
            | F::ItunesSummary
            | F::MediaDescription => {
                self.take_summary(capture, pieces);
            }
            F::Content | F::Encoded | F::Body | F::FullItem => self.take_content(capture, pieces),
            F::Link | F::Enclosure | F::Comments | F::Loc => self.take_link(capture, pieces),
            F::Id | F::Guid | F::DcIdentifier => self.take_id(capture, pieces),
            F::Author
            | F::ManagingEditor
            | F::WebMaster
            | F::DcCreator
            | F::DcPublisher
            | F::ItunesAuthor
            | F::ItunesOwner
            | F::MediaCredit => self.take_author(capture, pieces),
            F::Published
            | F::PubDate
            | F::Issued
            | F::Updated
            | F::LastBuildDate
            | F::Modified
            | F::DcDate
            | F::DcModified
            | F::Created
            | F::LastMod
            | F::NewsDate => {
                self.take_date(capture.field, pieces);
            }
            F::Category | F::DcSubject | F::ItunesCategory | F::MediaCategory | F::Tags => {
                self.take_category(capture, pieces);
            }
            F::Rights | F::DcRights | F::MediaRights => self.take_rights(capture, pieces),
            F::Language
            | F::DcLanguage
            | F::Generator
            | F::GeneratorAgent
            | F::Ttl
            | F::SkipHours
            | F::SkipDays
            | F::UpdatePeriod
            | F::UpdateFrequency => self.take_fact(capture, pieces),
        }
    }

    fn rich(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) -> Option<Text> {
        capture.rich(pieces, &mut self.entities, &mut self.report)
    }

    pub(super) fn plain<'p>(&mut self, pieces: &[Piece<'p>]) -> Cow<'p, str> {
        Capture::text(pieces, &mut self.entities, &mut self.report)
    }

    fn take_title(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let Some(title) = self.rich(capture, pieces) else {
            return;
        };
        let rank = match capture.field {
            Field::Title | Field::NewsTitle => 5,
            Field::DcTitle => 3,
            Field::MediaTitle => 2,
            _ => 1,
        };
        self.draft().title.first(rank, title);
    }

    fn take_summary(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let Some(text) = self.rich(capture, pieces) else {
            return;
        };
        let rank = match capture.field {
            Field::Subtitle if !self.is_in_entry() => 7,
            Field::Description | Field::Abstract => 6,
            Field::Summary | Field::Subtitle => 5,
            Field::DcDescription => 4,
            Field::ItunesSummary => 3,
            Field::ItunesSubtitle => 2,
            _ => 1,
        };
        let draft = self.draft();
        // RSS with both: the summary of the longer one is no summary of it.
        if rank == 5 && draft.summary.rank() == Some(6) && capture.field == Field::Summary {
            draft.content.first(1, text);
        } else {
            draft.summary.first(rank, text);
        }
    }

    fn take_content(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let rank = match capture.field {
            Field::Encoded => 6,
            Field::Content => 5,
            _ => 4,
        };
        let text = self.rich(capture, pieces);
        self.draft().content.first(rank, text);
    }

    fn take_rights(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let rank = match capture.field {
            Field::Rights => 3,
            Field::DcRights => 2,
            _ => 1,
        };
        let text = self.rich(capture, pieces);
        self.draft().rights.first(rank, text);
    }

    fn take_id(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let id = self.plain(pieces).into_owned();
        if id.is_empty() {
            return;
        }
        let rank = match capture.field {
            Field::Guid => 5,
            Field::Id => 4,
            _ => 2,
        };
        let is_permalink = capture.field == Field::Guid
            && Attributes::raw(capture.attributes, "isPermaLink")
                .is_none_or(|said| !said.trim().eq_ignore_ascii_case("false"));
        let is_address = is_permalink && is_address(&id);
        let draft = self.draft();
        if is_address {
            draft.permalink = Some(id.clone());
        }
        draft.id.first(rank, id);
    }

    pub(super) fn is_room(&mut self, is_room: bool) -> bool {
        self.report.lost(Loss::TooManyParts, u64::from(!is_room));
        is_room
    }

    fn take_date(&mut self, field: Field, pieces: &[Piece<'_>]) {
        let said = self.plain(pieces);
        let Some(moment) = moment(&said, &mut self.report) else {
            return;
        };
        let draft = self.draft();
        match field {
            Field::Published | Field::PubDate | Field::NewsDate => draft.published.last(5, moment),
            Field::Issued => draft.published.last(4, moment),
            Field::Created => draft.created.last(5, moment),
            Field::DcDate => draft.updated.last(3, moment),
            Field::DcModified => draft.updated.last(4, moment),
            _ => draft.updated.last(5, moment),
        }
    }

    fn take_category(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let said = self.plain(pieces).into_owned();
        let attribute = match capture.field {
            Field::Category => self
                .attribute(capture, "term")
                .or_else(|| self.attribute(capture, "label")),
            Field::ItunesCategory => self.attribute(capture, "text"),
            _ => None,
        };
        let is_room = self.draft().categories.len() < MAX_PARTS;
        if !self.is_room(is_room) {
            return;
        }
        let draft = self.draft();
        match (capture.field, attribute) {
            (Field::Tags, _) => said
                .split(',')
                .take(MAX_PARTS)
                .for_each(|tag| draft.category(tag)),
            (_, Some(term)) => draft.category(&term),
            (_, None) => draft.category(&said),
        }
    }

    fn take_fact(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let said = self.plain(pieces).into_owned();
        let is_in_entry = self.is_in_entry();
        match capture.field {
            Field::Language | Field::DcLanguage => {
                let rank = if capture.field == Field::Language {
                    4
                } else {
                    3
                };
                if let Some(language) = language(&said) {
                    self.draft().language.first(rank, language);
                }
            }
            _ if is_in_entry => {}
            Field::Generator | Field::GeneratorAgent => {
                let uri = self
                    .attribute(capture, "uri")
                    .or_else(|| self.attribute(capture, "resource"));
                let uri = uri.or_else(|| self.attribute(capture, "rdf:resource"));
                let generator = Some(said).filter(|said| !said.is_empty()).or(uri);
                let rank = u8::from(capture.field == Field::Generator);
                if let Some(generator) = generator {
                    self.feed.generator.first(rank, generator);
                }
            }
            Field::Ttl => self.feed.ttl = said.parse().ok().or(self.feed.ttl),
            Field::UpdatePeriod => self.feed.period = period(&said),
            Field::UpdateFrequency => self.feed.frequency = said.parse().ok(),
            Field::SkipHours => {
                let hours = words(pieces).filter_map(|hour| hour.parse::<u8>().ok());
                // Some count from 1 to 24.
                self.feed.skip_hours = hours
                    .filter(|hour| *hour <= 24)
                    .map(|hour| hour % 24)
                    .take(24)
                    .collect();
            }
            Field::SkipDays => {
                self.feed.skip_days = words(pieces).map(str::to_ascii_lowercase).take(7).collect();
            }
            _ => {}
        }
    }
}

/// The texts among pieces.
fn words<'p>(pieces: &'p [Piece<'_>]) -> impl Iterator<Item = &'p str> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) | Piece::Cdata(text) => Some(text.trim()).filter(|text| !text.is_empty()),
        _ => None,
    })
}

/// The seconds of a period of the syndication module.
fn period(said: &str) -> Option<u64> {
    const HOUR: u64 = 3_600;
    Some(match said.to_ascii_lowercase().as_str() {
        "hourly" => HOUR,
        "daily" => 24 * HOUR,
        "weekly" => 7 * 24 * HOUR,
        "monthly" => 30 * 24 * HOUR,
        "yearly" => 365 * 24 * HOUR,
        _ => return None,
    })
}

/// Whether an id can be asked for.
fn is_address(id: &str) -> bool {
    let is_web = |scheme: &str| {
        id.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    };
    is_web("http://") || is_web("https://")
}
