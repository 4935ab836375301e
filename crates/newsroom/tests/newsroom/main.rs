//! The newsroom as its readers see it: over HTTP.

mod bundled;
mod client;
mod feeds;
mod misbehaviour;
mod recorded;
mod scale;
