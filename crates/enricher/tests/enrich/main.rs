//! The stage through its public face.

mod agencies;
mod apart;
mod credits;
mod degenerate;
mod labelled;
mod named;
mod newsdesk;
mod nobodys;
mod normalise;
mod pairs;
mod quotations;
mod quoted;
mod replay;
mod sources;
mod stories;
mod tables;
mod ties;
mod window;
