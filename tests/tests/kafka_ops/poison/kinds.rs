//! Everything that a stranger may do wrong.

use pipeline::MAX_RECORD;

use crate::stranger::Foreign;

/// How large a record may be for the broker, in bytes with key, headers and envelope.
const LARGEST: usize = MAX_RECORD + (2 << 20);

/// A record that no stage can handle, and what its letter says.
pub(super) struct Poison {
    pub(super) name: &'static str,
    pub(super) record: Foreign,
    pub(super) reason: &'static str,
    /// Whether the letter has the record whole: otherwise the beginning of it.
    pub(super) is_whole: bool,
}

fn poison(name: &'static str, reason: &'static str, value: &[u8]) -> Poison {
    Poison {
        name,
        record: Foreign {
            key: Some(format!("poison: {name}").into_bytes()),
            value: Some(value.to_vec()),
            headers: vec![("from", b"nowhere".to_vec())],
        },
        reason,
        is_whole: true,
    }
}

/// Bytes that no codec makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Everything that a stranger may do wrong. A compacted topic takes no record without a key.
pub(super) fn poisons(is_compacted: bool) -> Vec<Poison> {
    let mut text = vec![b'x'; MAX_RECORD];
    text[0] = b'"';
    text[MAX_RECORD - 1] = b'"';
    let mut all = vec![
        poison("no JSON", "undecodable", b"\0 garbage {"),
        poison("other JSON", "undecodable", b"[[1], [2]]"),
        poison("cut", "undecodable", b"{\"url\": \"https://a.exa"),
        poison("empty", "undecodable", b""),
        poison("as long as may be", "undecodable", &noise(MAX_RECORD)),
        poison("one long string", "undecodable", &text),
    ];
    let mut newer = poison("a form from the future", "unknown_schema", b"{}");
    newer.record.headers = vec![("schema", b"article.imagined/7".to_vec())];
    all.push(newer);
    let mut none = poison("no value", "undecodable", b"");
    none.record.value = None;
    // A tombstone is a feed's end, unless its key can be no address.
    none.record.key = Some(vec![0xff, 0, 0xfe]);
    all.push(none);
    let mut headers = poison("headers", "undecodable", b"nor this");
    headers.record.headers = vec![
        ("schema", vec![0, 0xff, 0]),
        ("twice", b"1".to_vec()),
        ("twice", b"2".to_vec()),
        ("", b"no name".to_vec()),
        ("no value", Vec::new()),
        // What a marker says that a letter was sent back.
        ("dead.retried", b"0".to_vec()),
    ];
    all.push(headers);
    let mut heavy = poison("more beside the value than in it", "too_large", b"light");
    heavy.record.headers = vec![("heavy", noise(LARGEST - 300))];
    heavy.is_whole = false;
    all.push(heavy);
    let mut keyed = poison("a key as long as may be", "too_large", b"locked");
    keyed.record.key = Some(noise(LARGEST - 200));
    keyed.is_whole = false;
    all.push(keyed);
    let mut larger = poison("larger than may be", "too_large", &noise(MAX_RECORD + 1));
    larger.is_whole = false;
    all.push(larger);
    if !is_compacted {
        let mut keyless = poison("no key", "undecodable", b"whose?");
        keyless.record.key = None;
        all.push(keyless);
    }
    all
}
