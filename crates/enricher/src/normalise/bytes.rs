//! What single bytes are to the pass: most of a text is told by them.

/// What a byte is to the pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Byte {
    Other,
    /// An ASCII letter or digit.
    Word,
    /// May stand within a word: `'`, `,`, `.`.
    Joins,
    /// Ends a sentence, or what is like one: `!`, `?`, `:`.
    Ends,
    Newline,
    /// `"` and the backtick.
    Quotes,
    At,
    /// The first byte of a character that is not ASCII.
    Wide,
}

/// Of every byte what it is.
pub(super) const BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => Byte::Word,
            b'\'' | b',' | b'.' => Byte::Joins,
            b'!' | b'?' | b':' => Byte::Ends,
            b'\n' => Byte::Newline,
            b'"' | b'`' => Byte::Quotes,
            b'@' => Byte::At,
            0x80.. => Byte::Wide,
            _ => Byte::Other,
        };
        byte += 1;
    }
    bytes
};

/// Whether a mark at `at` stands right behind a sign or a letter, and so closes.
pub(super) fn closes_here(bytes: &[u8], at: usize) -> bool {
    at > 0 && !bytes[at - 1].is_ascii_whitespace()
}

/// Whether two commas stand there for the low mark that keyboards lack: behind a gap and before a word.
pub(super) fn opens_low(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| bytes[at]);
    let behind = bytes.get(at + 2);
    bytes[at..].starts_with(b",,")
        && before.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b':'))
        && behind.is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte >= 0x80)
}
