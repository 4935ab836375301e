//! Places of chosen records.

use std::collections::VecDeque;

use pipeline::log::Offset;

/// Places in a topic, to be met in the order in which a scan meets them: 8 bytes each.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The offsets of each partition, ascending.
    parts: Vec<VecDeque<Offset>>,
    gone: u64,
}

impl Places {
    pub(super) fn of(mut places: Vec<(u32, Offset)>) -> Self {
        places.sort_unstable();
        let mut parts: Vec<VecDeque<Offset>> = Vec::new();
        for (partition, offset) in places {
            let partition = partition as usize;
            if parts.len() <= partition {
                parts.resize_with(partition + 1, VecDeque::new);
            }
            parts[partition].push_back(offset);
        }
        Self { parts, gone: 0 }
    }

    /// Whether this is one of them. Those that a scan has passed are counted as gone.
    pub(super) fn meets(&mut self, partition: u32, offset: Offset) -> bool {
        let Some(part) = self.parts.get_mut(partition as usize) else {
            return false;
        };
        while let Some(next) = part.front().copied() {
            if next > offset {
                return false;
            }
            part.pop_front();
            if next == offset {
                return true;
            }
            self.gone += 1;
        }
        false
    }

    /// How many were not met.
    pub(super) fn left(&self) -> u64 {
        let ahead: usize = self.parts.iter().map(VecDeque::len).sum();
        self.gone + ahead as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_met_once_or_counted() {
        let mut places = Places::of(vec![(0, 9), (2, 1), (0, 3), (0, 5)]);
        assert!(!places.meets(0, 2));
        assert!(places.meets(0, 3));
        assert!(!places.meets(0, 3), "met already");
        assert!(!places.meets(0, 6), "5 is gone");
        assert!(!places.meets(1, 1), "nothing is wanted there");
        assert_eq!(places.left(), 3);
        assert!(places.meets(2, 1));
        assert!(places.meets(0, 9));
        assert_eq!(places.left(), 1);
    }
}
