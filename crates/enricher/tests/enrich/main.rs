//! The stage through its public face.

mod credits;
mod labelled;
mod newsdesk;
mod normalise;
mod quotations;
mod quoted;
mod replay;
mod ties;
mod window;
