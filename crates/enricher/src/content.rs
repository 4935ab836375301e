//! What stands in a text: what is quoted, what is named, what tells it from others.

use article::{Cleaned, Content};

use crate::config::Config;
use crate::keywords::keywords;
use crate::names::names;
use crate::normalise::{Normalised, normalise};
use crate::places::places;
use crate::quotations;
use crate::sign::Sketch;
use crate::vocabulary::Vocabulary;

/// What stands in a text that is no article, in a language by its code; `""` where it is not known. Without a
/// window nothing is known of other articles: it has no keywords, and its names stand in none.
pub fn content_of(text: &str, language: &str) -> Content {
    let read = normalise(text);
    Content {
        quotations: quotations::read(text, &read, language, None),
        names: names(text, &read.words, language, None),
        places: places(text, &read.words),
        keywords: Vec::new(),
    }
}

/// Reads what the settings ask for and the text alone tells. A pure function of the article and the settings.
pub(crate) fn of_text(article: &Cleaned, body: &Normalised, config: &Config) -> Content {
    let text = article.text.as_str();
    let mut content = Content::default();
    if config.quotations {
        let layout = (!article.layout.is_empty()).then_some(&article.layout);
        content.quotations = quotations::read(text, body, language(article), layout);
    }
    if config.places {
        content.places = places(text, &body.words);
    }
    content
}

/// Adds what the vocabulary of other articles tells.
pub(crate) fn completed(
    mut content: Content,
    article: &Cleaned,
    sketch: &Sketch<'_>,
    vocabulary: &Vocabulary,
    config: &Config,
) -> Content {
    let (text, words) = (article.text.as_str(), sketch.body.words.as_slice());
    if config.names {
        content.names = names(text, words, language(article), Some(vocabulary));
    }
    if config.keywords {
        content.keywords = keywords(sketch, vocabulary);
    }
    content
}

/// The language that the text was found to be in, else the one that is declared.
pub(crate) fn language(article: &Cleaned) -> &str {
    let found = article.metadata.text_language.as_ref();
    let found = found.map(|found| found.code.as_str());
    let declared = article.language.as_deref();
    found
        .filter(|code| *code != "und")
        .or(declared)
        .unwrap_or("")
}
