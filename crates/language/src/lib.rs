//! What language a text is in: 80 and some languages, or none.
//!
//! Where a script belongs to one language the script decides. Between languages that share a script,
//! a linear model over n-grams of one to four letters and over whole words does. The model is data,
//! `data/model.zst`; `train` makes it, and `data/README.md` says from what. A text is read no further
//! than its first 600 letters, so a headline followed by its article is as good as the article.
//!
//! ```
//! assert_eq!(language::detect("Die Ministerin tritt zurück").language, "de");
//! assert_eq!(language::detect("2-1 (1-0)").language, language::UNDETERMINED);
//! ```

mod detect;
mod grams;
pub mod model;
mod prior;
pub mod script;
pub mod words;

pub use detect::{Detected, UNDETERMINED, detect, detect_with, languages};
pub use prior::Prior;
