//! Word lists of `data`.

/// The entries of a list: its lines, but for comments and empty ones.
pub(crate) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = list.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The entries of a list under headings in brackets, each with its heading; empty before the first.
pub(crate) fn sections(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    entries(list).filter_map(move |line| {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            return None;
        }
        Some((section, line))
    })
}

/// The entries of a list under one heading.
pub(crate) fn under(list: &'static str, heading: &str) -> impl Iterator<Item = &'static str> {
    let own = sections(list).filter(move |(section, _)| *section == heading);
    own.map(|(_, line)| line)
}
