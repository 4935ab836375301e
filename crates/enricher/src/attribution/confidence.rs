//! How surely each place says whose text it is, the surest first.

/// The page, or the feed, is the agency's own.
pub(super) const OWN_PAGE: f64 = 1.0;
/// A field, a byline or a dateline names it: these are there to say so.
pub(super) const NAMED_ABOVE: f64 = 0.95;
/// A credit in or behind the text names it, which may be that of a part or of a picture.
pub(super) const SIGNED: f64 = 0.9;
/// The text says from which outlet it was taken over.
pub(super) const TAKEN_OVER: f64 = 0.9;
/// A credit says that it was made with the agency's, whatever the place.
pub(super) const MADE_WITH: f64 = 0.85;
/// A sentence names it with a word of saying.
pub(super) const CITED_SURELY: f64 = 0.7;
/// A sentence names it with what may mean other things.
pub(super) const CITED_PERHAPS: f64 = 0.6;
/// A headline names it as its source.
pub(super) const CITED_IN_TITLE: f64 = 0.6;
