//! The signs that can be quotation marks, and what stands on their two sides.

/// A kind of mark, in whatever characters it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `"`, and `''`.
    Straight,
    /// `„`, and `,,`.
    Low,
    /// `“`.
    Left,
    /// `”`.
    Right,
    /// `«`.
    Guillemet,
    /// `»`.
    Guillemot,
    /// `「`.
    Corner,
    /// `」`.
    CornerEnd,
    /// `『`.
    WhiteCorner,
    /// `』`.
    WhiteCornerEnd,
    /// `《`, for titles.
    Book,
    /// `》`.
    BookEnd,
    /// A single mark of any kind, which may be an apostrophe.
    Single,
}

impl Shape {
    /// Whether its signs open whatever stands beside them.
    pub(super) fn only_opens(self) -> bool {
        matches!(self, Self::Corner | Self::WhiteCorner)
    }

    /// Whether its signs close whatever stands beside them: East Asian ones touch the words on both sides.
    pub(super) fn only_closes(self) -> bool {
        matches!(self, Self::CornerEnd | Self::WhiteCornerEnd)
    }
}

/// A sign with what its sides say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub at: usize,
    pub end: usize,
    pub shape: Shape,
    /// It stands before a word and behind a gap: it can only open; and the reverse.
    pub opens: bool,
    pub closes: bool,
    /// It stands inside a word.
    pub inside: bool,
}

/// What of `found`, the signs of one paragraph, can be marks. The paragraph ends at `end`, and begins at `start`.
pub(super) fn read_marks(
    text: &str,
    (start, end): (usize, usize),
    found: &[super::Mark],
    marks: &mut Vec<Placed>,
) {
    let mut from = start;
    for sign in found {
        let at = sign.at as usize;
        // The second half of a mark that is written as two, or the end of the line.
        if at < from || at >= end {
            continue;
        }
        let Some((shape, length)) = shape_at(&text[at..end]) else {
            continue;
        };
        from = at + length;
        let before = text[start..at].chars().next_back();
        let after = text[from..end].chars().next();
        marks.extend(placed(at, length, shape, before, after));
    }
}

/// The double mark that `rest` begins with, and its bytes.
fn shape_at(rest: &str) -> Option<(Shape, usize)> {
    let mut chars = rest.chars();
    let c = chars.next()?;
    let twice = chars.next() == Some(c);
    let shape = match c {
        '"' | '＂' | '״' => Shape::Straight,
        '„' | '〝' => Shape::Low,
        '“' | '‟' | '❝' => Shape::Left,
        '”' | '〞' | '〟' | '❞' => Shape::Right,
        '«' => Shape::Guillemet,
        '»' => Shape::Guillemot,
        '「' | '｢' | '﹁' => Shape::Corner,
        '」' | '｣' | '﹂' => Shape::CornerEnd,
        '『' | '﹃' => Shape::WhiteCorner,
        '』' | '﹄' => Shape::WhiteCornerEnd,
        '《' => Shape::Book,
        '》' => Shape::BookEnd,
        '`' | '‘' if twice => return Some((Shape::Left, 2 * c.len_utf8())),
        '’' if twice => return Some((Shape::Right, 2 * c.len_utf8())),
        '\'' if twice => return Some((Shape::Straight, 2)),
        '‚' | ',' if twice => return Some((Shape::Low, 2 * c.len_utf8())),
        _ => return None,
    };
    Some((shape, c.len_utf8()))
}

/// A mark with what its sides say. `None` for what is no mark there: inches, a Hebrew acronym.
fn placed(
    at: usize,
    length: usize,
    shape: Shape,
    before: Option<char>,
    after: Option<char>,
) -> Option<Placed> {
    let gap_before = before.is_none_or(is_gap);
    let gap_after = after.is_none_or(char::is_whitespace);
    let inside =
        before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
    if shape == Shape::Straight && inside && before.is_some_and(is_hebrew) {
        return None;
    }
    let ends_before = before.is_some_and(|c| !c.is_whitespace() && !opens_behind(c));
    let stop_after = after.is_none_or(|c| c.is_whitespace() || is_stop(c));
    Some(Placed {
        at,
        end: at + length,
        shape,
        opens: gap_before && !gap_after && !after.is_some_and(is_stop),
        closes: ends_before && stop_after,
        // Scripts that glue particles or set no spaces have marks amid letters.
        inside: inside && !before.is_some_and(is_glued),
    })
}

pub(super) fn is_gap(c: char) -> bool {
    c.is_whitespace() || opens_behind(c)
}

/// Whether what stands right behind the sign may open.
pub(super) fn opens_behind(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '<'
            | '—'
            | '–'
            | '―'
            | '-'
            | '/'
            | ':'
            | '¿'
            | '¡'
            | '“'
            | '„'
            | '«'
            | '‘'
            | '‚'
            | '‹'
            | '（'
            | '【'
            | '：'
            | '「'
            | '『'
            | '《'
            | '\''
            | '’'
            | '\u{200b}'
            | '\u{feff}'
            | '\u{200f}'
            | '\u{200e}'
            | '\u{2066}'
            | '\u{2067}'
            | '\u{2068}'
            | '\u{202a}'
            | '\u{202b}'
    )
}

pub(super) fn is_stop(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '>'
            | '…'
            | '”'
            | '»'
            | '’'
            | '›'
            | '—'
            | '–'
            | '-'
            | '/'
            | '、'
            | '。'
            | '，'
            | '！'
            | '？'
            | '；'
            | '：'
            | '）'
            | '】'
            | '」'
            | '』'
            | '》'
            | '،'
            | '؛'
            | '؟'
            | '۔'
            | '।'
            | '*'
            | '\u{200f}'
            | '\u{200e}'
            | '\u{2069}'
            | '\u{202c}'
    )
}

fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{05ff}')
}

/// Letters of scripts in which a word may touch a mark that opens behind it.
fn is_glued(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08ff}' | '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{20000}'..='\u{3ffff}')
}
