//! Values that a shell can complete and that may be others all the same.

use std::ffi::OsStr;

use article::{Cleaned, Discovered, Enriched, Feed, Fetched, Lineage, Message as _, Polled, Story};
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};
use pipeline::Reason;
use pipeline::topics::DEAD;

/// Takes any text and offers some: clap's own lists of values refuse what is not in them.
#[derive(Clone, Debug)]
pub(super) struct Offered(Vec<&'static str>);

impl Offered {
    /// The topics of generation 1. Later generations and changelogs have names of their own.
    pub(super) fn topics() -> Self {
        Self(vec![
            Feed::TOPIC,
            Polled::TOPIC,
            Discovered::TOPIC,
            Fetched::TOPIC,
            Cleaned::TOPIC,
            Enriched::TOPIC,
            Lineage::TOPIC,
            Story::TOPIC,
            DEAD,
        ])
    }

    /// Why records die, as far as this version knows.
    pub(super) fn reasons() -> Self {
        Self(vec![
            Reason::Undecodable.as_str(),
            Reason::UnknownSchema.as_str(),
            Reason::Empty.as_str(),
            Reason::Unprocessable.as_str(),
            Reason::Panic.as_str(),
            Reason::TooLarge.as_str(),
            Reason::Unfetchable.as_str(),
            Reason::NotAFeed.as_str(),
        ])
    }
}

impl TypedValueParser for Offered {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().copied().map(PossibleValue::new)))
    }
}
