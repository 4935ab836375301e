//! The words about a quotation, as tokens with their roles.

use super::reporting::{Reporting, Roles};
use crate::letters::plain;
use crate::lexicon::Small;

/// A word, a number or a mark of punctuation.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what the eye sees of a word, each on its own"
)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub start: usize,
    pub end: usize,
    /// The character, where it is no word.
    pub mark: Option<char>,
    pub roles: Roles,
    /// It has a capital where names have one.
    pub capital: bool,
    /// It opens a sentence, where a capital says nothing.
    pub opens: bool,
    /// `Trump’s`: the next word belongs to another.
    pub possessive: bool,
    /// `dit-il`: verb and pronoun in one.
    pub inverted: bool,
    /// It begins in lower case.
    pub lower: bool,
}

impl Token {
    pub(crate) fn is(&self, role: Roles) -> bool {
        self.roles.is(role)
    }

    pub(crate) fn is_word(&self) -> bool {
        self.mark.is_none()
    }

    /// A word that can be part of a name.
    pub(crate) fn is_name(&self) -> bool {
        self.capital
            && self.mark.is_none()
            && !self.is(Roles::PRONOUN)
            && !(self.opens && self.roles.is_frame())
            && !self.is(Roles::OPEN)
    }
}

/// A soft hyphen and the like, which nobody sees.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
}

/// What ends a sentence.
pub(crate) fn is_sentence_end(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।'
    )
}

/// Reads `text[start..end]` as tokens. `opens` says whether it begins a sentence.
pub(crate) fn tokens(
    text: &str,
    start: usize,
    end: usize,
    opens: bool,
    reporting: &Reporting,
) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut folded: Vec<String> = Vec::new();
    let mut at = start;
    let mut opens = opens;
    while at < end {
        let Some(c) = text[at..end].chars().next() else {
            break;
        };
        if c.is_whitespace() || is_invisible(c) {
            at += c.len_utf8();
            continue;
        }
        if !c.is_alphanumeric() && c != '@' {
            tokens.push(Token {
                start: at,
                end: at + c.len_utf8(),
                mark: Some(c),
                roles: Roles::default(),
                capital: false,
                opens: false,
                possessive: false,
                inverted: false,
                lower: false,
            });
            folded.push(String::new());
            at += c.len_utf8();
            let initial = tokens.len() >= 2 && is_initial(text, &tokens[tokens.len() - 2]);
            opens = opens || is_sentence_end(c) && !initial;
            continue;
        }
        let word_end = word_end(text, at, end);
        let word_end = elided(text, at, word_end, reporting).unwrap_or(word_end);
        let (token, plain) = word(text, at, word_end, opens, reporting);
        tokens.push(token);
        folded.push(plain);
        opens = false;
        at = word_end;
    }
    phrases(&mut tokens, &folded, reporting);
    tokens
}

/// `J` in "J. Smith", `Dr` in "Dr. Smith".
fn is_initial(text: &str, token: &Token) -> bool {
    let word = &text[token.start..token.end];
    token.capital && (word.chars().count() <= 2 || token.is(Roles::TITLE) && word.len() <= 4)
}

fn word_end(text: &str, start: usize, end: usize) -> usize {
    let mut chars = text[start..end].char_indices().peekable();
    chars.next();
    while let Some((offset, c)) = chars.next() {
        if c.is_alphanumeric() || is_joined(c) || is_invisible(c) {
            continue;
        }
        let inner = matches!(
            c,
            '-' | '\'' | '’' | '‑' | '·' | '_' | '\u{200c}' | '.' | '&' | '@'
        );
        let next = chars.peek().map(|&(_, next)| next);
        let goes_on = next.is_some_and(|next| match c {
            // "U.S", and no end of a sentence whose next one lacks its space.
            '.' => {
                next.is_alphanumeric()
                    && (next.is_numeric() || text[start..start + offset].len() <= 3)
            }
            _ => next.is_alphanumeric() || next == '\u{ad}',
        });
        if !(inner && goes_on) {
            return start + offset;
        }
    }
    end
}

/// Vowel signs and the like, which are part of their letter.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0591}'..='\u{05c7}' | '\u{064b}'..='\u{065f}' | '\u{0900}'..='\u{0dff}'
        | '\u{0e31}'..='\u{0e4e}' | '\u{1000}'..='\u{109f}')
}

/// The end of an article that is written together with its noun: `l'`, `dell'`.
fn elided(text: &str, start: usize, end: usize, reporting: &Reporting) -> Option<usize> {
    let word = &text[start..end];
    let at = word.find(['\'', '’'])?;
    let rest = word[at..].chars().nth(1)?;
    let before = &word[..at];
    let short = Small::Clitic.has(&before.to_lowercase());
    let capital = before.chars().next().is_some_and(char::is_uppercase);
    if !short || capital && rest.is_uppercase() || !reporting.role(&plain(word)).is_plain() {
        return None;
    }
    let mark = word[at..].chars().next()?;
    Some(start + at + mark.len_utf8())
}

fn word(
    text: &str,
    start: usize,
    end: usize,
    opens: bool,
    reporting: &Reporting,
) -> (Token, String) {
    let written = &text[start..end];
    let mut folded = plain(written);
    let possessive = folded.ends_with("'s");
    let mut roles = reporting.role(&folded);
    let mut inverted = false;
    if roles.is_plain() && folded.contains('-') {
        let (first, last) = (folded.split('-').next(), folded.rsplit('-').next());
        let verb = reporting.role(first.unwrap_or_default());
        let pronoun = reporting.role(last.unwrap_or_default());
        if verb.is(Roles::VERB) || pronoun.is(Roles::PRONOUN) && folded.contains("-t-") {
            roles = verb;
            inverted = pronoun.is(Roles::PRONOUN);
        }
    }
    let first = written.chars().find(|c| c.is_alphanumeric());
    let token = Token {
        start,
        end,
        mark: None,
        roles,
        capital: first.is_some_and(char::is_uppercase)
            || is_capital_inside(written)
            || written.starts_with('@'),
        opens,
        possessive,
        inverted,
        lower: !first.is_some_and(char::is_uppercase),
    };
    folded.truncate(folded.strip_suffix("'s").map_or(folded.len(), str::len));
    (token, folded)
}

/// `uMkhize`, `iPhone`: a capital behind a prefix.
fn is_capital_inside(word: &str) -> bool {
    let mut chars = word.chars();
    let prefix = chars.by_ref().take_while(|c| c.is_lowercase()).count();
    (1..=4).contains(&prefix) && chars.next().is_some_and(char::is_lowercase) && {
        let capital = word.chars().nth(prefix);
        capital.is_some_and(char::is_uppercase)
    }
}

/// Gives each phrase's role to its first word or, where it is a verb, to its last, and takes those of the
/// others.
fn phrases(tokens: &mut [Token], folded: &[String], reporting: &Reporting) {
    for at in 0..tokens.len() {
        let following = |next: usize| folded.get(at + 1 + next).map(String::as_str);
        if let Some((more, role)) = reporting.phrase(&folded[at], following) {
            for token in &mut tokens[at..=at + more] {
                token.roles = Roles::SKIP;
            }
            tokens[at + more].roles = role;
        }
    }
}
