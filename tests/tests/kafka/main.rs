//! The log on a real Apache Kafka, by itself: the conformance suite, and what only it has.

mod claims;
mod conforms;
mod overview;
mod secured;
mod topics;
