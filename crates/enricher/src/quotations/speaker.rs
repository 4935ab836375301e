//! Who said it: the subject of the verb of saying about a quotation.

use super::setting::{Read, Setting};
use crate::normalise::{Normalised, Span};

/// Somebody named in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub start: usize,
    pub end: usize,
    pub how: How,
}

/// How a speaker is known, from the surest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// Subject of the verb of saying.
    Stated,
    /// By "according to".
    Source,
    /// A pronoun or a role, which means somebody named before.
    Resolved,
    /// The quotation goes on with that before it.
    Continued,
}

/// Who is found in a clause.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    Name(usize, usize),
    /// A noun, and whether it is a certain one, that may have been named.
    Noun(usize, usize, bool),
    Pronoun,
    /// A pronoun at a verb of answering: not whoever spoke last.
    Replier,
    /// Nobody: "it says in the report".
    Nobody,
}

/// Names the speakers of the quotations of a text.
pub(crate) fn speakers(
    text: &str,
    body: &Normalised,
    spans: &[Span],
    language: &str,
) -> Vec<Option<Named>> {
    let read = Read {
        text,
        body,
        spans,
        language,
    };
    let settings: Vec<Setting<'_>> = (0..spans.len()).map(|at| Setting::of(&read, at)).collect();
    let mut stated: Vec<Option<(Who, How)>> = settings.iter().map(Setting::stated).collect();
    for at in (1..settings.len()).rev() {
        // The words about the next one are about this one too, where both share a sentence or are
        // paragraphs of one quotation.
        let (one, next) = (&settings[at - 1], &settings[at]);
        let shared = next.shares_sentence && !one.shares_sentence;
        if stated[at - 1].is_none() && (shared || one.span.left_open) {
            stated[at - 1] = stated[at];
        }
    }
    let mut found: Vec<Option<Named>> = Vec::with_capacity(spans.len());
    for (at, (setting, own)) in settings.iter().zip(stated).enumerate() {
        let before = found.last().copied().flatten();
        // Paragraphs of one quotation are said by one.
        let goes_on = own.is_none() && at > 0 && settings[at - 1].span.left_open;
        let how = How::Continued;
        let same = before
            .filter(|_| goes_on)
            .map(|before| Named { how, ..before });
        let last = at.checked_sub(1).map(|at| &settings[at]);
        found.push(same.or_else(|| setting.speaker(own, before, last)));
    }
    found
}

impl Setting<'_> {
    fn speaker(
        &self,
        own: Option<(Who, How)>,
        before: Option<Named>,
        last: Option<&Self>,
    ) -> Option<Named> {
        match own {
            Some((Who::Name(start, end), how)) => Some(Named { start, end, how }),
            Some((Who::Noun(start, end, certain), how)) => {
                let meant = certain.then(|| self.meant(start, before)).flatten();
                meant.or(Some(Named { start, end, how }))
            }
            Some((Who::Pronoun, _)) => self.meant(self.span.open, before),
            Some((Who::Replier, _)) => self.replier(before, last),
            Some((Who::Nobody, _)) => None,
            None => self.continued(before).or_else(|| self.reported_before()),
        }
    }
}
