//! Whether what a server answers can be written down: records have a limit, and text takes more room in JSON
//! than it has.

use pipeline::MAX_RECORD;

/// What the rest of a poll's record takes at the most: the feed's facts and the answer's header.
const REST: usize = 512 << 10;
/// How many bytes of JSON a byte takes at the most: `\u0000`.
const WORST: usize = 6;

/// Whether the record of a poll takes a body.
pub(super) fn fits(body: &[u8]) -> bool {
    let room = MAX_RECORD - REST;
    // Of nearly all nothing needs to be counted.
    body.len() <= room / WORST || in_json(body) <= room
}

/// Why one is not taken that does not fit.
pub(super) fn refusal(body: &[u8]) -> String {
    format!(
        "its {} bytes take {} in a record, which has room for {}",
        body.len(),
        in_json(body),
        MAX_RECORD - REST
    )
}

/// How many bytes a body takes in JSON, as [`article::Bytes`] is written.
fn in_json(body: &[u8]) -> usize {
    if std::str::from_utf8(body).is_err() {
        return body.len().div_ceil(3) * 4;
    }
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..=0x1f => WORST,
        _ => 1,
    };
    body.iter().map(escaped).sum()
}

#[cfg(test)]
mod tests {
    use article::Bytes;
    use proptest::prelude::*;

    use super::*;

    const MIB: usize = 1 << 20;

    #[track_caller]
    fn check(body: &[u8], mib: usize, expected: bool) {
        let body = body.repeat(mib * MIB / body.len());
        assert_eq!(fits(&body), expected, "{}", refusal(&body));
    }

    #[test]
    fn what_is_largest_fits_unless_it_needs_another_form() {
        let line =
            b"<item><title>The ferry is \"late\"</title><link>https://a.example/1</link></item>\n";
        check(line, 7, true);
        check(line, 8, false);
        // Base64, since it is no UTF-8.
        let line = b"<item><title>Die F\xe4hre hat Versp\xe4tung</title></item>\n";
        check(line, 5, true);
        check(line, 7, false);
        check(b"\"\"\"\n", 3, true);
        check(b"\"\"\"\n", 4, false);
    }

    proptest! {
        #[test]
        fn it_is_counted_as_it_is_written(body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            any::<String>().prop_map(String::into_bytes),
            prop::collection::vec(0..0x60_u8, 0..200),
        ]) {
            let written = serde_json::to_string(&Bytes(body.clone())).expect("it can be written");
            let form = if written.starts_with('{') { "{\"base64\":\"\"}" } else { "\"\"" };
            prop_assert_eq!(in_json(&body), written.len() - form.len());
        }
    }
}
