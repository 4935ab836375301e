//! Who wrote an item or is responsible for a feed.

use super::super::person::Person;
use super::super::vocabulary::Field;
use super::Reader;
use super::capture::{Capture, Piece};
use super::fields::MAX_PARTS;

impl Reader<'_> {
    /// Takes a person of one of the elements that name one.
    pub(super) fn take_author(&mut self, capture: &Capture<'_>, pieces: &[Piece<'_>]) {
        let rank = match capture.field {
            Field::Author => 8,
            Field::ManagingEditor => 7,
            Field::DcCreator => 6,
            Field::ItunesAuthor => 5,
            Field::WebMaster => 4,
            Field::ItunesOwner => 3,
            Field::MediaCredit => 2,
            _ => 1,
        };
        let is_structured = pieces.iter().any(|piece| matches!(piece, Piece::Open(..)));
        let person = if is_structured {
            self.structured(pieces)
        } else {
            Person::of(&self.plain(pieces))
        };
        let is_room = self.draft().authors.len() < MAX_PARTS;
        if self.is_room(is_room) {
            self.draft().author(rank, person);
        }
    }

    /// A person of elements: Atom's `name` and `email`, and what resembles them.
    fn structured(&mut self, pieces: &[Piece<'_>]) -> Option<Person> {
        let (mut name, mut email) = (None, None);
        for (at, piece) in pieces.iter().enumerate() {
            let Piece::Open(tag, _) = piece else { continue };
            let local = tag.rsplit_once(':').map_or(*tag, |(_, local)| local);
            let end = pieces[at + 1..]
                .iter()
                .position(|piece| matches!(piece, Piece::Open(..) | Piece::Close(_)));
            let inner = &pieces[at + 1..end.map_or(pieces.len(), |end| at + 1 + end)];
            let slot = match local.to_ascii_lowercase().as_str() {
                "name" => &mut name,
                "email" => &mut email,
                _ => continue,
            };
            if slot.is_none() {
                *slot =
                    Some(Capture::text(inner, &mut self.entities, &mut self.report).into_owned());
            }
        }
        if name.is_none() && email.is_none() {
            return Person::of(&self.plain(pieces));
        }
        match (name, email) {
            // Some put both into the name.
            (Some(name), None) => Person::of(&name),
            (name, email) => Person::of_parts(name, email),
        }
    }
}
