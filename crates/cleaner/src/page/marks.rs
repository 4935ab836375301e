//! What an element's names say of its content.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::lists::entries;

/// A set of remarks on an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks(u16);

impl Marks {
    pub(crate) const NONE: Self = Self(0);
    /// Menus, share bars, related links, newsletter boxes, ...
    pub(crate) const FURNITURE: Self = Self(1);
    /// Not shown.
    pub(crate) const HIDDEN: Self = Self(2);
    /// Says something of a picture or film.
    pub(crate) const CAPTION: Self = Self(4);
    /// Says who wrote, and when.
    pub(crate) const BYLINE: Self = Self(8);
    /// Named as the holder of the running text.
    pub(crate) const CONTAINER: Self = Self(16);
    /// Marked up as the article's body by `itemprop`.
    pub(crate) const BODY: Self = Self(32);
    /// A post of a social network.
    pub(crate) const EMBED: Self = Self(64);
    /// Written by readers.
    pub(crate) const COMMENT: Self = Self(128);
    /// Says when.
    pub(crate) const DATE: Self = Self(256);
    /// Furniture by its element, whatever share of the page it holds.
    pub(crate) const NEVER: Self = Self(512);
    /// Stands between headline and text and says what it is about.
    pub(crate) const STANDFIRST: Self = Self(1024);
    /// Belongs to a picture or film.
    pub(crate) const PICTURE: Self = Self(2048);
    /// Tells of other articles, or of their authors.
    pub(crate) const ELSEWHERE: Self = Self(4096);
    /// Says whose the rights are.
    pub(crate) const RIGHTS: Self = Self(8192);
    /// Says who wrote, and no more.
    pub(crate) const AUTHOR: Self = Self(16384);
    /// Says who made a picture.
    pub(crate) const CREDIT: Self = Self(32768);
    /// What an element hands down to its descendants.
    pub(crate) const INHERITED: Self = Self(1 | 2 | 4 | 8 | 64 | 128 | 1024);
    /// What keeps a block out of the text.
    pub(crate) const UNWANTED: Self = Self(1 | 2 | 4 | 8 | 64 | 128);

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// How many words of one name are looked at.
const MAX_WORDS: usize = 48;

/// How many words a name has that says something as a whole.
const WHOLE: usize = 2;

/// What each word of the lists says.
static WORDS: LazyLock<HashMap<&'static str, Marks>> = LazyLock::new(|| {
    let lists = [
        (include_str!("../../data/furniture.txt"), Marks::FURNITURE),
        (include_str!("../../data/comments.txt"), Marks::COMMENT),
        (include_str!("../../data/captions.txt"), Marks::CAPTION),
        (include_str!("../../data/bylines.txt"), Marks::BYLINE),
        (
            include_str!("../../data/authors.txt"),
            Marks::BYLINE.with(Marks::AUTHOR),
        ),
        (
            include_str!("../../data/credits.txt"),
            Marks::CAPTION.with(Marks::CREDIT),
        ),
        (include_str!("../../data/pictures.txt"), Marks::PICTURE),
        (include_str!("../../data/elsewhere.txt"), Marks::ELSEWHERE),
        (include_str!("../../data/rights.txt"), Marks::RIGHTS),
        (include_str!("../../data/dates.txt"), Marks::DATE),
        (include_str!("../../data/containers.txt"), Marks::CONTAINER),
        (
            include_str!("../../data/standfirsts.txt"),
            Marks::STANDFIRST,
        ),
    ];
    let mut words: HashMap<&'static str, Marks> = HashMap::new();
    for (list, mark) in lists {
        for word in entries(list) {
            let known = words.entry(word).or_default();
            *known = known.with(mark);
        }
    }
    words
});

/// What a class list, an id or another name says.
pub(crate) fn of_names(names: &str) -> Marks {
    let mut marks = Marks::NONE;
    for name in names.split_ascii_whitespace() {
        marks = marks.with(of_name(name));
    }
    marks
}

fn of_name(name: &str) -> Marks {
    let words = Words::of(name);
    // `has-sidebar`, `no-comments`, `with-ads` tell of the layout, not of the content.
    let first = words.run(0, 0);
    if matches!(first, "has" | "no" | "is" | "with" | "js" | "hide") {
        return Marks::NONE;
    }
    // `written-by` names an author, `premiums-written-by-insurers` is an address.
    let last = words.ends.len().saturating_sub(1);
    let mut marks = if last < WHOLE {
        look_up(&format!("={}", words.run(0, last)))
    } else {
        Marks::NONE
    };
    for index in 0..words.ends.len() {
        marks = marks.with(look_up(words.run(index, index)));
        if index + 1 < words.ends.len() {
            marks = marks.with(look_up(words.run(index, index + 1)));
        }
    }
    marks
}

fn look_up(word: &str) -> Marks {
    WORDS.get(word).copied().unwrap_or_default()
}

/// A name's lower-case words, see `data/README.md`, joined by hyphens, so that a pair of them is a part of it.
struct Words {
    joined: String,
    /// Where each word ends.
    ends: Vec<usize>,
}

impl Words {
    fn of(name: &str) -> Self {
        let mut words = Self {
            joined: String::with_capacity(name.len() + 8),
            ends: Vec::with_capacity(8),
        };
        let mut was_lower = false;
        for c in name.chars() {
            let starts = c.is_ascii_uppercase() && was_lower;
            if starts || !c.is_alphanumeric() {
                words.close();
                if words.ends.len() == MAX_WORDS {
                    return words;
                }
            }
            was_lower = c.is_ascii_lowercase();
            if c.is_alphanumeric() {
                words.joined.push(c.to_ascii_lowercase());
            }
        }
        words.close();
        words
    }

    /// Ends the word under way, where there is one.
    fn close(&mut self) {
        let end = self.joined.len();
        if end > self.ends.last().map_or(0, |last| last + 1) {
            self.ends.push(end);
            self.joined.push('-');
        }
    }

    /// The words from one to another; empty where there are none.
    fn run(&self, first: usize, last: usize) -> &str {
        let start = first
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] + 1);
        let end = self.ends.get(last).copied().unwrap_or(start);
        &self.joined[start..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &str, expected: Marks) {
        assert_eq!(of_names(names), expected, "{names}");
    }

    #[test]
    fn names_are_read_word_by_word() {
        check("c-articleBody__main", Marks::CONTAINER);
        check(
            "story related-links",
            Marks::FURNITURE.with(Marks::ELSEWHERE),
        );
        check("RelatedArticles", Marks::FURNITURE.with(Marks::ELSEWHERE));
        check("photoCaption", Marks::CAPTION.with(Marks::PICTURE));
        check("header", Marks::NONE);
        let author = Marks::BYLINE.with(Marks::AUTHOR);
        for name in ["written-by", "authoredBy", "автор", "作者", "기자", "yazar"] {
            check(name, author);
        }
        check("premiums-written-by-insurers", Marks::NONE);
        check("sort-by", Marks::NONE);
        check("ruby", Marks::NONE);
        check("shadow adobe", Marks::NONE);
    }

    #[test]
    fn a_layout_is_no_content() {
        check("has-sidebar no-comments", Marks::NONE);
    }
}
