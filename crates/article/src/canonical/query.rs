//! The query of an address.

use super::data;
use super::path::decoded;

/// The query as it stands in a key: what may tell pages apart, by name. Values keep their case.
pub(super) fn folded(host: &str, query: &str) -> String {
    // Undecoded where it is not UTF-8: two values would decode to the same replacement characters.
    let mut kept: Vec<(String, String)> = Vec::new();
    for piece in query.split('&') {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let name = bare(&decoded(&name.replace('+', "%20"), b"!$'()*,:@/[]"));
        let value = decoded(&value.replace('+', "%20"), b"!$'()*,:@/=[]");
        let lower = name.to_ascii_lowercase();
        let says_nothing = name.is_empty() && value.is_empty();
        if !says_nothing && !is_amp(&lower, &value) && !data::is_tracking(host, &lower, &value) {
            kept.push((name, value));
        }
    }
    // Stable: the order of values under one name may have a meaning.
    kept.sort_by(|(a, _), (b, _)| a.cmp(b));
    let pieces: Vec<String> = kept
        .into_iter()
        .map(|(name, value)| {
            if value.is_empty() {
                name
            } else {
                format!("{name}={value}")
            }
        })
        .collect();
    pieces.join("&")
}

/// The name without what is left of an `&amp;` that nobody decoded.
fn bare(name: &str) -> String {
    let mut rest = name;
    while let Some(more) = rest.strip_prefix("amp;") {
        rest = more;
    }
    rest.to_owned()
}

/// Whether a parameter asks for the AMP form of a page.
fn is_amp(name: &str, value: &str) -> bool {
    match name {
        "amp" | "_amp" | "isamp" | "is_amp" => matches!(value, "" | "1" | "true" | "yes"),
        "outputtype" | "output" | "format" | "view" | "type" | "mode" => {
            value.eq_ignore_ascii_case("amp")
        }
        _ => false,
    }
}
