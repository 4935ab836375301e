//! What somebody probably meant.

/// The name among `known` that `given` is a slip of, where there is one.
pub fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let score = |name: &str| strsim::jaro_winkler(given, name);
    known
        .filter(|name| score(name) > 0.8)
        .max_by(|a, b| score(a).total_cmp(&score(b)))
}
