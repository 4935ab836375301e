//! What a PromQL expression reads. Whether it is PromQL at all, promtool says.

use std::collections::BTreeSet;

/// Words between operands.
const OPERATORS: [&str; 8] = [
    "and", "or", "unless", "bool", "offset", "atan2", "nan", "inf",
];
/// Words before a list of labels.
const LISTS: [&str; 6] = [
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
];

/// What an expression reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// Each series with the labels that it is selected by.
    pub(crate) series: BTreeSet<(String, Vec<String>)>,
    /// The labels that results are grouped by or joined on.
    pub(crate) grouped: BTreeSet<String>,
}

/// A piece of an expression that matters here.
#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Sign(char),
}

/// What `expression` reads.
pub(crate) fn reads(expression: &str) -> Reads {
    let tokens = tokens(expression);
    let mut reads = Reads::default();
    let mut at = 0;
    while at < tokens.len() {
        let Token::Word(word) = &tokens[at] else {
            at += 1;
            continue;
        };
        let next = tokens.get(at + 1);
        at += 1;
        if LISTS.contains(&word.as_str()) {
            if next == Some(&Token::Sign('(')) {
                let listed = words_until(&tokens[at..], ')');
                at += 1 + listed.len();
                reads.grouped.extend(listed);
            }
        } else if is_series(word, next) {
            let selected = match next {
                Some(Token::Sign('{')) => words_until(&tokens[at..], '}'),
                _ => Vec::new(),
            };
            if next == Some(&Token::Sign('{')) {
                at += 1 + selected.len();
            }
            reads.series.insert((word.clone(), selected));
        }
    }
    reads
}

/// A word is a series' name unless it is an operator, a function, or an aggregation, which is followed
/// by its operand or by what it groups by.
fn is_series(word: &str, next: Option<&Token>) -> bool {
    let grouped = matches!(next, Some(Token::Word(next)) if next == "by" || next == "without");
    !OPERATORS.contains(&word.to_lowercase().as_str())
        && next != Some(&Token::Sign('('))
        && !grouped
}

fn words_until(tokens: &[Token], end: char) -> Vec<String> {
    let inside = tokens
        .iter()
        .take_while(|token| **token != Token::Sign(end));
    let words = inside.filter_map(|token| match token {
        Token::Word(word) => Some(word.clone()),
        Token::Sign(_) => None,
    });
    words.collect()
}

/// Words and signs; strings, numbers and durations are left out.
fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => 1 + string(&rest[1..]),
            '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
            _ if is_in_word(first) => rest.find(|c| !is_in_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        // A word that begins with a digit is a number or a duration.
        if is_in_word(first) && !first.is_ascii_digit() {
            tokens.push(Token::Word(rest[..length].to_owned()));
        } else if "(){}".contains(first) {
            tokens.push(Token::Sign(first));
        }
        rest = &rest[length..];
    }
    tokens
}

fn is_in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

/// The length of a string from after its first quote on, the last one included.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    rest.len()
}

#[track_caller]
fn check(expression: &str, series: &[(&str, &[&str])], grouped: &[&str]) {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let expected = Reads {
        series: series
            .iter()
            .map(|(name, labels)| ((*name).to_owned(), owned(labels)))
            .collect(),
        grouped: grouped.iter().map(|label| (*label).to_owned()).collect(),
    };
    assert_eq!(reads(expression), expected, "{expression}");
}

#[test]
fn what_an_expression_reads_is_found() {
    check("up", &[("up", &[])], &[]);
    check("1 - a:b:c / 0.01", &[("a:b:c", &[])], &[]);
    check(
        r#"sum by (le, stage) (rate(x_bucket{stage=~"a } b{c=\"d\"", outcome!="e"}[5m] offset 5m)) > 3e2"#,
        &[("x_bucket", &["stage", "outcome"])],
        &["le", "stage"],
    );
    check(
        r#"label_replace(vector(0), "stage", "poll", "", "") unless on (stage) sum(x) by (stage) > 0"#,
        &[("x", &[])],
        &["stage"],
    );
    check(
        "x / on (a) group_left (b) y and topk(5, max without (c) (z)) or nan",
        &[("x", &[]), ("y", &[]), ("z", &[])],
        &["a", "b", "c"],
    );
}
