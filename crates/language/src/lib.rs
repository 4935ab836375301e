//! What language a text is in.
pub mod grams;
pub mod model;
mod detect;
pub mod script;
pub mod words;
pub use detect::{Detected, Prior, detect, detect_with, languages};
