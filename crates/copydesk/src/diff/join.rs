//! Which records of the two sides belong together, and which of them differ.

use std::collections::{HashMap, HashSet, VecDeque};

use super::cover::{Cover, Lies};
use super::survey::{DELETED, Key, Seen, UNKNOWN};
use super::values::Place;

/// What came of the join.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) same: u64,
    /// What differs: first by its place on the first side, then by that on the second.
    pub(super) items: Vec<Item>,
    /// By side, how many records lie before what the other side covers, or beyond it.
    pub(super) before: [u64; 2],
    pub(super) beyond: [u64; 2],
}

/// A record that only one side has, or that differs between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) a: Option<Place>,
    pub(super) b: Option<Place>,
}

/// What two records have in common that belong together.
type Name = (Key, u16, u64, u32);

/// Joins the two sides. In a table the last value of a key counts, and one that was deleted is none.
pub(super) fn join(a: Vec<Seen>, b: Vec<Seen>, covers: &[Cover; 2], is_table: bool) -> Joined {
    let (mut a, mut b) = (a, b);
    if !is_table {
        place_untold(&mut a, &b);
        place_untold(&mut b, &a);
    }
    let (a, b) = (named(a, is_table), named(b, is_table));
    let mut joined = Joined::default();
    walk(&a, &b, is_table, |one, other| {
        let whereabouts = [
            one.map(|seen| covers[1].locate(seen)),
            other.map(|seen| covers[0].locate(seen)),
        ];
        joined.take(one, other, whereabouts);
    });
    // Items without a first side come last.
    joined
        .items
        .sort_by_key(|item| (item.a.is_none(), item.a, item.b));
    joined
}

impl Joined {
    fn take(&mut self, a: Option<&Seen>, b: Option<&Seen>, lies: [Option<Lies>; 2]) {
        if let (Some(a), Some(b)) = (a, b)
            && a.hash == b.hash
        {
            self.same += 1;
            return;
        }
        if let Some(side) = lies.iter().position(|lies| *lies == Some(Lies::Beyond)) {
            self.beyond[side] += 1;
            return;
        }
        let is_single = a.is_none() || b.is_none();
        if let Some(side) = lies.iter().position(|lies| *lies == Some(Lies::Before))
            && is_single
        {
            self.before[side] += 1;
            return;
        }
        self.items.push(Item {
            a: a.map(Seen::place),
            b: b.map(Seen::place),
        });
    }
}

/// Gives records that do not tell what they were made from the place of the same record on the other side: a
/// fetcher at work makes articles of polls that it writes down itself, a replay of it reads them.
fn place_untold(side: &mut [Seen], other: &[Seen]) {
    let untold = side.iter().filter(|seen| seen.at == UNKNOWN);
    let untold: HashSet<(Key, u64)> = untold.map(|seen| (seen.key, seen.hash)).collect();
    if untold.is_empty() {
        return;
    }
    let told = |seen: &&Seen| seen.at != UNKNOWN && untold.contains(&(seen.key, seen.hash));
    let own = side.iter().filter(told);
    let own: HashSet<(Key, u16, u64)> = own.map(|seen| (seen.key, seen.input, seen.at)).collect();
    let mut places: HashMap<(Key, u64), VecDeque<(u16, u64)>> = HashMap::new();
    for seen in other.iter().filter(told) {
        if !own.contains(&(seen.key, seen.input, seen.at)) {
            let there = places.entry((seen.key, seen.hash)).or_default();
            there.push_back((seen.input, seen.at));
        }
    }
    for seen in side.iter_mut().filter(|seen| seen.at == UNKNOWN) {
        let there = places.get_mut(&(seen.key, seen.hash));
        if let Some((input, at)) = there.and_then(VecDeque::pop_front) {
            (seen.input, seen.at) = (input, at);
        }
    }
}

/// The records by name.
pub(super) fn named(mut seen: Vec<Seen>, is_table: bool) -> Vec<Seen> {
    if is_table {
        seen.sort_unstable_by_key(|seen| (seen.key, std::cmp::Reverse(seen.offset)));
        seen.dedup_by_key(|seen| seen.key);
        seen.retain(|seen| seen.hash != DELETED);
        return seen;
    }
    seen.sort_unstable_by_key(|seen| (seen.key, seen.input, seen.at, seen.partition, seen.offset));
    for index in 1..seen.len() {
        let (before, this) = (seen[index - 1], &mut seen[index]);
        if (before.key, before.input, before.at) == (this.key, this.input, this.at) {
            this.nth = before.nth + 1;
        }
    }
    seen
}

/// Goes through both sides in the order of names, and hands on what belongs together.
pub(super) fn walk<'a>(
    a: &'a [Seen],
    b: &'a [Seen],
    is_table: bool,
    mut meet: impl FnMut(Option<&'a Seen>, Option<&'a Seen>),
) {
    let name = |seen: &Seen| -> Name {
        if is_table {
            (seen.key, 0, 0, 0)
        } else {
            (seen.key, seen.input, seen.at, seen.nth)
        }
    };
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let (one, other) = (a.peek().copied(), b.peek().copied());
        let (one, other) = match (one, other) {
            (None, None) => return,
            (Some(one), Some(other)) if name(one) < name(other) => (Some(one), None),
            (Some(one), Some(other)) if name(one) > name(other) => (None, Some(other)),
            both => both,
        };
        meet(one, other);
        if one.is_some() {
            a.next();
        }
        if other.is_some() {
            b.next();
        }
    }
}
