//! The stage through its public face.

mod agencies;
mod credits;
mod labelled;
mod newsdesk;
mod normalise;
mod quotations;
mod quoted;
mod replay;
mod ties;
mod window;
