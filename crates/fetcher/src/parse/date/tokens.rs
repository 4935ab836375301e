//! A date's text cut into numbers, words and marks.

use super::names::fold;
use super::zones::{self, Zone};

/// Longer texts are no dates.
const LONGEST: usize = 200;

/// Of a fraction of a second. With one more, sums of such numbers would overflow.
const MOST_DIGITS: usize = 18;

/// A piece of a date's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits, of any script.
    Number {
        value: u64,
        /// How many digits.
        digits: usize,
    },
    /// Letters, folded. Han characters stand alone but for "morning" and "afternoon".
    Word(String),
    /// Punctuation; white space of any length is one blank.
    Mark(char),
    /// Taken by whoever understood it. Parts what stood around it.
    Gone,
}

/// A text in pieces, with the zone that stood in it as a name of the tz database.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    pub(super) region: Option<Zone>,
    /// What stood in parentheses: a zone, or nothing of interest.
    pub(super) aside: String,
    /// How far from UTC the newsrooms are that write like this, in hours; 0 where that does not show.
    pub(super) home: i8,
}

impl Tokens {
    /// Only what a text in parentheses says, for the zone in it.
    pub(super) fn of_aside(text: &str) -> Option<Self> {
        Some(Self {
            list: cut(text)?,
            region: None,
            aside: String::new(),
            home: 0,
        })
    }

    /// Cuts a text. `None` where it is too long, or holds what no date does.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || "\"'\u{feff}".contains(c));
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        // Escaped line ends of a template that went wrong; the first year of an era is not numbered.
        let text = text
            .replace("\\n", " ")
            .replace("\\r", " ")
            .replace("\\t", " ");
        let (text, region) = without_region(&text.replace("元年", "1年"));
        let (text, aside) = without_aside(&text);
        let list = cut(&text)?;
        let home = home(&text);
        Some(Self {
            list,
            region,
            aside,
            home,
        })
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        match self.list.get(at)? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, at: usize, mark: char) -> bool {
        self.list.get(at) == Some(&Token::Mark(mark))
    }

    /// Value and digits of the number at a place.
    pub(super) fn number(&self, at: usize) -> Option<(u64, usize)> {
        match self.list.get(at)? {
            Token::Number { value, digits } => Some((*value, *digits)),
            _ => None,
        }
    }

    /// The value of a number of one or two digits.
    pub(super) fn small(&self, at: usize) -> Option<u64> {
        self.number(at)
            .filter(|(_, digits)| *digits <= 2)
            .map(|(value, _)| value)
    }

    pub(super) fn take(&mut self, range: std::ops::Range<usize>) {
        for token in &mut self.list[range] {
            *token = Token::Gone;
        }
    }

    /// The first place from `at` on that is no blank.
    pub(super) fn after_blank(&self, at: usize) -> usize {
        let is_blank = |token: &Token| matches!(token, Token::Mark(' ') | Token::Gone);
        at + self.list[at.min(self.list.len())..]
            .iter()
            .take_while(|token| is_blank(token))
            .count()
    }
}

/// Where Korean, Japanese and Chinese dates are at home: their newsrooms leave the zone out.
fn home(text: &str) -> i8 {
    const CHINESE: [&str; 6] = ["上午", "下午", "星期", "周", "週", "时"];
    const JAPANESE: [&str; 5] = ["午前", "午後", "曜", "時", "令和"];
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    match () {
        () if text.chars().any(|c| matches!(c, '\u{ac00}'..='\u{d7a3}')) => 9,
        () if has(&CHINESE) => 8,
        () if has(&JAPANESE) => 9,
        () if text.contains('年') => 8,
        () => 0,
    }
}

/// The text without a name like `Europe/Brussels`, and what zone that is.
fn without_region(text: &str) -> (String, Option<Zone>) {
    let is_name =
        |piece: &&str| piece.contains('/') && piece.starts_with(|c: char| c.is_ascii_alphabetic());
    let Some(name) = text.split_whitespace().find(is_name) else {
        return (text.to_owned(), None);
    };
    (
        text.replacen(name, " ", 1),
        zones::region(name.trim_matches(|c: char| !c.is_alphanumeric())),
    )
}

/// The text without what stands in parentheses, and that.
fn without_aside(text: &str) -> (String, String) {
    let (mut rest, mut aside) = (String::new(), String::new());
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => {
                depth = depth.saturating_sub(1);
                rest.push(' ');
                aside.push(' ');
            }
            _ if depth > 0 => aside.push(c),
            _ => rest.push(c),
        }
    }
    (rest, aside)
}

fn cut(text: &str) -> Option<Vec<Token>> {
    let mut list = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if digit(first).is_some() {
            let (token, length) = number(rest)?;
            list.push(token);
            length
        } else if is_letter(first) {
            let length = word(rest);
            list.push(Token::Word(fold(&rest[..length])));
            length
        } else {
            let mark = mark(first)?;
            if let Some(mark) =
                mark.filter(|mark| *mark != ' ' || !list.ends_with(&[Token::Mark(' ')]))
            {
                list.push(Token::Mark(mark));
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    Some(list)
}

fn number(text: &str) -> Option<(Token, usize)> {
    let (mut value, mut digits, mut length) = (0u64, 0, 0);
    for c in text.chars() {
        let Some(digit) = digit(c) else { break };
        digits += 1;
        if digits > MOST_DIGITS {
            return None;
        }
        value = value * 10 + digit;
        length += c.len_utf8();
    }
    Some((Token::Number { value, digits }, length))
}

/// The length of the word that a text begins with: dots between its letters belong to it.
fn word(text: &str) -> usize {
    const TWO: [&str; 7] = ["上午", "下午", "午前", "午後", "早上", "凌晨", "晚上"];
    if let Some(pair) = TWO.iter().find(|pair| text.starts_with(**pair)) {
        return pair.len();
    }
    let mut length = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let is_inner_dot = c == '.' && letters.peek().is_some_and(|(_, next)| is_letter(*next));
        let ends = !is_letter(c) && !is_inner_dot && c != '_' || at > 0 && is_han(c);
        if ends {
            break;
        }
        length = at + c.len_utf8();
        if is_han(c) {
            break;
        }
    }
    length
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// Letters, and the marks that some scripts write on them.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{200c}' | 'ʼ')
}

/// The value of a digit of the scripts that dates are written in.
fn digit(c: char) -> Option<u64> {
    const ZEROS: [char; 9] = ['0', '٠', '۰', '०', '০', '௦', '౦', '๐', '０'];
    let zero = ZEROS.into_iter().filter(|zero| *zero <= c).max()?;
    let value = u64::from(u32::from(c) - u32::from(zero));
    (value < 10).then_some(value)
}

/// What a character between words and numbers counts as: `None` where no date holds it, `Some(None)`
/// where it can be left out.
#[allow(clippy::option_option)]
fn mark(c: char) -> Option<Option<char>> {
    Some(Some(match c {
        ' ' | '|' | '·' | '•' | '~' | '@' | '"' | '\u{60c}' | '\u{3001}' => ' ',
        _ if c.is_whitespace() => ' ',
        ',' | '，' | ';' => ',',
        ':' | '：' | '꞉' => ':',
        '-' | '‐' | '‑' | '–' | '—' | '−' | '－' => '-',
        '/' | '／' | '\\' => '/',
        '.' | '。' | '．' => '.',
        '+' | '＋' => '+',
        '\'' | '’' | '`' => '\'',
        'º'
        | 'ª'
        | '°'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{ad}' => return Some(None),
        _ => return None,
    }))
}
