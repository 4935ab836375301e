//! The words that tell an article from the others of the window.

use article::Keyword;

use crate::sign::{Key, Sketch};
use crate::vocabulary::Vocabulary;

/// Keywords listed of one article.
const MOST: usize = 12;
/// Words of one keyword: neighbours that are keys both are one.
const LONGEST: usize = 4;

/// The most telling words first. A word that stands in the headline only is none: it has no place in the text.
pub(crate) fn keywords(sketch: &Sketch<'_>, vocabulary: &Vocabulary) -> Vec<Keyword> {
    let weight = |key: &Key| {
        f64::from(vocabulary.weight(key.term))
            * [1.0, 1.0, 1.4, 1.7][key.count.min(3)]
            * if key.lede { 1.3 } else { 1.0 }
    };
    let mut found: Vec<(Keyword, usize, usize)> = Vec::new();
    // Keys are in the order of the text.
    for key in &sketch.keys {
        let Some(at) = key.word.map(|at| at as usize) else {
            continue;
        };
        let word = &sketch.body.words[at];
        if word.number {
            continue;
        }
        let weight = weight(key);
        if let Some((keyword, first, last)) = found.last_mut() {
            let between = &sketch.text[sketch.body.words[*last].range().end..word.range().start];
            if *last + 1 == at && at - *first < LONGEST && matches!(between, "" | " " | "-") {
                *last = at;
                let start = keyword.start as usize;
                sketch.text[start..word.range().end].clone_into(&mut keyword.word);
                keyword.weight = keyword.weight.max(weight);
                continue;
            }
        }
        let keyword = Keyword {
            word: sketch.text[word.range()].to_owned(),
            weight,
            start: word.start,
        };
        found.push((keyword, at, at));
    }
    let mut keywords: Vec<Keyword> = found.into_iter().map(|(keyword, ..)| keyword).collect();
    keywords.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.start.cmp(&b.start)));
    keywords.truncate(MOST);
    for keyword in &mut keywords {
        // A hundredth says enough, and reads better.
        keyword.weight = (keyword.weight * 100.0).round() / 100.0;
    }
    keywords
}
