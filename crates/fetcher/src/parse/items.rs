//! The items of a document, up to a number.

use super::item::Item;
use super::report::{Loss, Report};

/// How many items are kept: as many as a sitemap may have.
pub(super) const MAX_ITEMS: usize = 50_000;

/// The items so far. Where there are too many, the newest stay; those without a date are taken to be
/// in the usual order, the newest first.
#[derive(Debug, Default)]
pub(super) struct Items {
    items: Vec<Item>,
    dropped: u64,
}

impl Items {
    pub(super) fn push(&mut self, item: Item) {
        self.items.push(item);
        // Twice the number, so that the work stays proportional to the items.
        if self.items.len() >= 2 * MAX_ITEMS {
            self.prune();
        }
    }

    pub(super) fn finish(mut self, report: &mut Report) -> Vec<Item> {
        self.prune();
        report.lost(Loss::TooManyItems, self.dropped);
        self.items
    }

    fn prune(&mut self) {
        if self.items.len() <= MAX_ITEMS {
            return;
        }
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        // Stable, so that equals stay in the order of the document.
        order.sort_by_key(|at| {
            let item = &self.items[*at];
            let moment = item.published.or(item.updated).or(item.created);
            std::cmp::Reverse(moment.map(|moment| moment.instant))
        });
        let mut is_kept = vec![false; self.items.len()];
        for at in order.into_iter().take(MAX_ITEMS) {
            is_kept[at] = true;
        }
        self.dropped += (self.items.len() - MAX_ITEMS) as u64;
        let mut kept = is_kept.into_iter();
        self.items.retain(|_| kept.next().unwrap_or_default());
    }
}
