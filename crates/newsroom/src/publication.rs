//! How many articles are out, and since when.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::Pace;

/// The course of publication: a function of the time since the start, so that it costs nothing to
/// keep, however many articles there are.
#[derive(Debug)]
pub(crate) struct Publication {
    total: usize,
    /// When the newsroom opened, and how fast articles have appeared since.
    opened: Course,
    /// Set once by [`Publication::begin`], in place of that.
    begun: OnceLock<Course>,
    /// Set once by [`Publication::publish_all`]: how many were out then, and when that was.
    rest: OnceLock<(usize, Timestamp)>,
}

/// A pace from a moment on.
#[derive(Debug)]
struct Course {
    pace: Pace,
    began: Instant,
    began_at: Timestamp,
}

impl Course {
    fn now(pace: Pace) -> Self {
        // Read first: what is out by the one clock must not be due by the other.
        let began_at = Timestamp::now();
        Self {
            pace,
            began: Instant::now(),
            began_at,
        }
    }
}

impl Publication {
    pub(crate) fn start(total: usize, pace: Pace) -> Self {
        Self {
            total,
            opened: Course::now(pace),
            begun: OnceLock::new(),
            rest: OnceLock::new(),
        }
    }

    /// Begins to publish at `pace`, where nothing has been published yet. The second call changes
    /// nothing.
    pub(crate) fn begin(&self, pace: Pace) {
        self.begun.get_or_init(|| Course::now(pace));
    }

    fn course(&self) -> &Course {
        self.begun.get().unwrap_or(&self.opened)
    }

    /// The time since the newsroom opened.
    pub(crate) fn elapsed(&self) -> Duration {
        self.opened.began.elapsed()
    }

    /// Whether articles appear one after the other.
    pub(crate) fn is_paced(&self) -> bool {
        self.course().pace.per_second.is_some()
    }

    /// How many articles are out.
    pub(crate) fn published(&self) -> usize {
        let course = self.course();
        match course.pace.per_second {
            Some(rate) if self.rest.get().is_none() => {
                let due = course.began.elapsed().as_secs_f64() * rate;
                (due as usize).min(self.total)
            }
            _ => self.total,
        }
    }

    /// Publishes the rest now.
    pub(crate) fn publish_all(&self) {
        let out = self.published();
        self.rest.get_or_init(|| (out, Timestamp::now()));
    }

    /// When the article at `index` was published or is due. Stays the same from its publication on.
    pub(crate) fn published_at(&self, index: usize) -> Timestamp {
        if let Some((out, at)) = self.rest.get()
            && index >= *out
        {
            return *at;
        }
        let course = self.course();
        let seconds = match course.pace.per_second {
            Some(rate) => (index + 1) as f64 / rate,
            // Everything is there: the newest is a second old, the one before it two.
            None => -((self.total - index.min(self.total)) as f64),
        };
        // A rate of zero is due at infinity, and a tiny one after the end of the calendar.
        Duration::try_from_secs_f64(seconds.abs())
            .ok()
            .and_then(|distance| {
                if seconds < 0.0 {
                    course.began_at.checked_sub(distance).ok()
                } else {
                    course.began_at.checked_add(distance).ok()
                }
            })
            .unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_there_without_a_pace_and_in_order() {
        let publication = Publication::start(3, Pace::default());
        assert_eq!(publication.published(), 3);
        assert!(publication.published_at(0) < publication.published_at(1));
        assert!(publication.published_at(2) < Timestamp::now());
    }

    #[test]
    fn nothing_appears_at_pace_zero_until_all_is_published() {
        let pace = Pace {
            per_second: Some(0.0),
        };
        let publication = Publication::start(3, pace);
        assert_eq!(publication.published(), 0);
        publication.publish_all();
        let at = publication.published_at(2);
        publication.publish_all();
        assert_eq!(publication.published(), 3);
        assert_eq!(publication.published_at(2), at);
    }

    #[test]
    fn a_newsroom_that_waited_begins_when_it_is_told() {
        let held = Pace {
            per_second: Some(0.0),
        };
        let publication = Publication::start(3, held);
        let before = Timestamp::now();
        publication.begin(Pace {
            per_second: Some(1e6),
        });
        while publication.published() < 3 {
            std::hint::spin_loop();
        }
        assert!(publication.published_at(0) >= before);
    }

    #[test]
    fn what_is_out_was_published_before_now() {
        let pace = Pace {
            per_second: Some(1e6),
        };
        let publication = Publication::start(usize::MAX / 2, pace);
        while publication.published() == 0 {
            std::hint::spin_loop();
        }
        let out = publication.published();
        assert!(publication.published_at(out - 1) <= Timestamp::now());
    }
}
