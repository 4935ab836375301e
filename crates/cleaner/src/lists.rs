//! Word lists of `data`.

/// The entries of a list: its lines, but for comments and empty ones.
pub(crate) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = list.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}
