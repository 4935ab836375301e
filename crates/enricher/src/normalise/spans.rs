//! Where words stand between quotation marks, whatever marks a language or a keyboard has.
//!
//! A mark alone says little: `“` opens in English and closes in German, `»` does either, `"` both. What
//! decides is what stands on its two sides, what is open, and then the direction it is drawn in.

use super::signs::{Placed, Shape, read_marks};
use super::singles::Singles;
use crate::letters;

/// Marks deeper than this are read over: nobody nests so far, and the work stays linear.
const DEEPEST: usize = 6;

/// Lines that a quotation goes on over where nothing but its marks tells that they are one paragraph.
const MOST_LINES: usize = 8;

/// So many inches are looked past for the mark that closes: the work stays linear.
const MOST_INCHES: usize = 8;

/// Words between marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where the opening mark stands, in bytes.
    pub open: usize,
    /// Where the words begin.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// Behind the closing mark.
    pub close: usize,
    /// What kind of mark opened it.
    pub shape: Shape,
    /// Nothing closes it in its paragraph: it goes on in the next one.
    pub left_open: bool,
}

/// The outermost quotations of a text whose signs are known, in its order. Titles and single words are among
/// them.
pub(super) fn spans(text: &str, signs: &[super::Mark]) -> Vec<Span> {
    let mut spans = Vec::new();
    if signs.iter().all(|mark| mark.sign == '\n') {
        return spans;
    }
    let mut reader = Reader {
        text,
        carried: None,
        first: true,
        marks: Vec::new(),
        stack: Vec::new(),
        closed: Vec::new(),
    };
    let (mut start, mut first) = (0, 0);
    while start < text.len() {
        let (mut end, mut behind) = line(text, signs, first);
        for _ in 0..MOST_LINES {
            let read = reader.is_open(start, end, &signs[first..behind]);
            // What ends a sentence is a paragraph: nothing says that the mark is to go on over the next ones, unless
            // it has a side.
            let read = read.filter(|open| open.only_opens() || !ends_sentence(&text[start..end]));
            let Some(next) = read.and_then(|open| reader.closing_line(open, end, &signs[behind..]))
            else {
                break;
            };
            (end, behind) = (next.0, behind + next.1);
        }
        let whole = start + text[start..end].trim_end().len();
        // The line's own end is a sign too, and what is trimmed is behind it.
        let inside =
            first + signs[first..behind].partition_point(|mark| (mark.at as usize) < whole);
        reader.paragraph(start, whole, &signs[first..inside], &mut spans);
        (start, first) = (end + 1, behind);
    }
    spans
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end()
        .ends_with(|c| matches!(c, '.' | '!' | '?') || letters::ends_sentence(c))
}

/// Where the line ends whose first sign is `first`, and the first sign behind it.
fn line(text: &str, signs: &[super::Mark], first: usize) -> (usize, usize) {
    let length = signs[first..].iter().position(|mark| mark.sign == '\n');
    length.map_or((text.len(), signs.len()), |length| {
        (signs[first + length].at as usize, first + length + 1)
    })
}

struct Reader<'t> {
    text: &'t str,
    /// The mark of a quotation that its paragraph left open.
    carried: Option<Shape>,
    first: bool,
    marks: Vec<Placed>,
    stack: Vec<Placed>,
    closed: Vec<Span>,
}

impl Reader<'_> {
    fn paragraph(
        &mut self,
        start: usize,
        end: usize,
        signs: &[super::Mark],
        spans: &mut Vec<Span>,
    ) {
        if start == end {
            return;
        }
        self.read(start, end, signs);
        let carried = self.carried.take();
        let mut lead: Option<Span> = None;
        for at in 0..self.marks.len() {
            let mark = self.marks[at];
            if self.take(at) || lead.is_some() || at > 0 {
                continue;
            }
            // The first mark closes what this paragraph did not open.
            let goes_on = carried.is_some_and(|open| pair(open, mark.shape));
            let cut_off = self.first && mark.shape != Shape::Straight;
            if mark.closes && (goes_on || cut_off) {
                lead = Some(Span {
                    open: start,
                    start,
                    end: mark.at,
                    close: mark.end,
                    shape: carried.unwrap_or(Shape::Left),
                    left_open: false,
                });
            }
        }
        self.first = false;
        self.leave_open(start, end);
        if let Some(lead) = lead {
            self.closed.push(lead);
        }
        self.closed
            .sort_by_key(|span| (span.open, std::cmp::Reverse(span.close)));
        let singles = Singles::of(self.text, (start, end), signs);
        let mut reached = start;
        let first = spans.len();
        for span in &self.closed {
            if span.open < reached {
                continue;
            }
            let around = singles.around(reached, span, end);
            let outer = around.unwrap_or_else(|| trimmed(self.text, *span));
            singles.between(reached, outer.open, spans);
            spans.push(outer);
            reached = outer.close;
        }
        singles.between(reached, end, spans);
        spans[first..].sort_by_key(|span| span.open);
    }

    fn read(&mut self, start: usize, end: usize, signs: &[super::Mark]) {
        self.marks.clear();
        self.closed.clear();
        self.stack.clear();
        read_marks(self.text, (start, end), signs, &mut self.marks);
    }

    /// What the lines from `start` to `end` leave open.
    fn is_open(&mut self, start: usize, end: usize, signs: &[super::Mark]) -> Option<Shape> {
        self.read(start, end, signs);
        for at in 0..self.marks.len() {
            self.take(at);
        }
        self.stack.first().map(|open| open.shape)
    }

    /// Where the line ends that closes `open`, and how many signs there are until then: the next one that has a mark,
    /// before an empty line.
    fn closing_line(
        &mut self,
        open: Shape,
        end: usize,
        signs: &[super::Mark],
    ) -> Option<(usize, usize)> {
        let (mut start, mut first) = (end + 1, 0);
        for _ in 0..MOST_LINES {
            let rest = self.text.get(start..)?;
            let (stop, behind) = line(self.text, signs, first);
            if rest[..stop - start].trim().is_empty() {
                return None;
            }
            self.read(start, stop, &signs[first..behind]);
            if let Some(mark) = self.marks.first() {
                let closes = (mark.closes && !mark.opens || mark.shape.only_closes())
                    && pair(open, mark.shape);
                return closes.then_some((stop, behind));
            }
            (start, first) = (stop + 1, behind);
        }
        None
    }

    /// Opens or closes with a mark. False where it does neither.
    fn take(&mut self, at: usize) -> bool {
        let mark = self.marks[at];
        let top = self.stack.last().copied();
        let under = self
            .stack
            .iter()
            .rposition(|open| pair(open.shape, mark.shape));
        match mark.shape {
            Shape::Corner | Shape::WhiteCorner | Shape::Book => self.open(mark),
            Shape::CornerEnd | Shape::WhiteCornerEnd | Shape::BookEnd => self.close(under, mark),
            Shape::Low => match under {
                Some(_) if mark.closes => self.close(under, mark),
                _ => self.open(mark),
            },
            Shape::Left => match (under, top.map(|top| top.shape)) {
                (Some(_), Some(Shape::Low | Shape::Right)) if !mark.opens => {
                    self.close(under, mark)
                }
                (Some(_), _) if mark.closes => self.close(under, mark),
                _ if mark.closes && top.is_none() => false,
                _ => self.open(mark),
            },
            Shape::Right | Shape::Guillemot | Shape::Guillemet => {
                let same = top.is_some_and(|top| top.shape == mark.shape);
                match under {
                    Some(_) if same && mark.opens => self.open(mark),
                    // Within » «, a « before a word opens one inside.
                    Some(_) if mark.shape == Shape::Guillemet && mark.opens => self.open(mark),
                    Some(_) => self.close(under, mark),
                    None if mark.closes || mark.inside => false,
                    None if mark.shape == Shape::Guillemet || mark.opens => self.open(mark),
                    None if mark.shape == Shape::Guillemot && top.is_none() => self.open(mark),
                    None => false,
                }
            }
            Shape::Straight => self.straight(at, under),
            Shape::Single => false,
        }
    }

    fn straight(&mut self, at: usize, under: Option<usize>) -> bool {
        let mark = self.marks[at];
        let left = self.marks.len() - at - 1;
        match under {
            Some(under) if self.stack[under].shape == Shape::Straight => {
                // Inches within: a word goes on behind them, and another mark closes.
                if self.is_inches(mark) && self.closes_behind(at) {
                    return true;
                }
                // Two that open in a row: one within the other, where enough follow to close both.
                if mark.opens && left >= 2 && self.marks[at + 1].closes && self.marks[at + 2].closes
                {
                    return self.open(mark);
                }
                self.close(Some(under), mark)
            }
            // Written with another key than the mark that opened, unless that one's own follows.
            Some(under) if mark.closes => {
                let open = self.stack[under].shape;
                let own = self.marks[at + 1..].iter().take(4);
                let own = own.take_while(|next| next.shape != open);
                if own
                    .clone()
                    .any(|next| next.shape != Shape::Straight && pair(open, next.shape))
                {
                    return false;
                }
                self.close(Some(under), mark)
            }
            _ if mark.closes || mark.inside => false,
            _ => self.open(mark),
        }
    }

    /// `12" pipe`: a number stands before it and a word behind.
    fn is_inches(&self, mark: Placed) -> bool {
        let mut behind = self.text[mark.end..].chars();
        mark.shape == Shape::Straight
            && self.text[..mark.at].ends_with(|c: char| c.is_ascii_digit())
            && behind.next() == Some(' ')
            && behind.next().is_some_and(char::is_lowercase)
    }

    /// Whether the next mark that is not of inches closes.
    fn closes_behind(&self, at: usize) -> bool {
        let mut behind = self.marks[at + 1..].iter().take(MOST_INCHES);
        behind
            .find(|&&mark| !self.is_inches(mark))
            .is_some_and(|mark| mark.shape == Shape::Straight && mark.closes && !mark.opens)
    }

    fn open(&mut self, mark: Placed) -> bool {
        if self.stack.len() < DEEPEST {
            self.stack.push(mark);
        }
        true
    }

    fn close(&mut self, under: Option<usize>, mark: Placed) -> bool {
        let Some(under) = under else { return false };
        let open = self.stack[under];
        self.stack.truncate(under);
        self.closed.push(Span {
            open: open.at,
            start: open.end,
            end: mark.at,
            close: mark.end,
            shape: open.shape,
            left_open: false,
        });
        true
    }

    /// What the paragraph leaves open goes to its end, where it has the look of a quotation: it begins
    /// the paragraph, or stands behind a colon, or the next paragraph opens with the same mark.
    fn leave_open(&mut self, start: usize, end: usize) {
        let Some(open) = self.stack.first().copied() else {
            return;
        };
        let before = self.text[start..open.at].trim_end();
        let begins = before.chars().all(|c| !c.is_alphanumeric());
        let next = self.text[end..].trim_start();
        let again = next.starts_with(&self.text[open.at..open.end]);
        let mut words = self.text[open.end..end].split_whitespace();
        if (begins || again || before.ends_with([':', '：'])) && words.nth(3).is_some() {
            self.carried = Some(open.shape);
            self.closed.retain(|span| span.close <= open.at);
            self.closed.push(Span {
                open: open.at,
                start: open.end,
                end,
                close: end,
                shape: open.shape,
                left_open: true,
            });
        }
    }
}

/// Whether `close` can end what `open` began.
fn pair(open: Shape, close: Shape) -> bool {
    matches!(
        (open, close),
        (
            Shape::Straight | Shape::Left | Shape::Right,
            Shape::Straight | Shape::Right | Shape::Left
        ) | (
            Shape::Low,
            Shape::Left | Shape::Right | Shape::Straight | Shape::Low
        ) | (Shape::Guillemet, Shape::Guillemot)
            | (Shape::Guillemot, Shape::Guillemet | Shape::Guillemot)
            | (Shape::Corner, Shape::CornerEnd)
            | (Shape::WhiteCorner, Shape::WhiteCornerEnd)
            | (Shape::Book, Shape::BookEnd)
    )
}

/// Without the gaps that some languages set inside of the marks.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let words = &text[span.start..span.end];
    let start = span.end - words.trim_start().len();
    Span {
        start,
        end: start + words.trim().len(),
        ..span
    }
}
