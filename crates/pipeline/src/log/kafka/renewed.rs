//! Clients that ask: for topics, for their ends, for groups' offsets. They live as long as the process, unless
//! they are no longer answered.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::client::close_aside;
use super::lock;
use crate::log::Failure;

/// For how long a client's questions may come to nothing before another one takes its place: a broker that is
/// away is waited for by librdkafka itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client that is made anew when it may have been cut off for good.
///
/// The controller takes a broker that was not heard of for a session (9 s, where nobody says otherwise) off
/// the cluster's list until it is back. A client that asks just then is told of a cluster without brokers,
/// forgets those that it knows, and never asks again (librdkafka 2.10 and later, confluentinc/librdkafka#5301;
/// here in one of about five runs of a single broker that stands still for two sessions).
pub(super) struct Renewed<C> {
    current: Mutex<Option<Made<C>>>,
}

struct Made<C> {
    client: Arc<C>,
    /// When a question came to nothing, where none has been answered since.
    failing_since: Option<Instant>,
}

impl<C> Default for Renewed<C> {
    fn default() -> Self {
        Self {
            current: Mutex::new(None),
        }
    }
}

impl<C: Send + Sync + 'static> Renewed<C> {
    pub(super) fn of(client: C) -> Self {
        Self {
            current: Mutex::new(Some(Made::of(client))),
        }
    }

    /// Puts `question` to the client, which `make` makes where there is none.
    pub(super) fn ask<T>(
        &self,
        make: impl FnOnce() -> Result<C, Failure>,
        question: impl FnOnce(&C) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let client = self.client(make)?;
        let answer = question(&client);
        let is_answered = !matches!(&answer, Err(Failure::Retry(_) | Failure::Reopen(_)));
        self.note(client, is_answered);
        answer
    }

    fn client(&self, make: impl FnOnce() -> Result<C, Failure>) -> Result<Arc<C>, Failure> {
        let mut current = lock(&self.current);
        if let Some(made) = &*current {
            return Ok(made.client.clone());
        }
        let made = current.insert(Made::of(make()?));
        Ok(made.client.clone())
    }

    /// Leaves it to the next question to make another client, where this one has come to nothing for long.
    fn note(&self, client: Arc<C>, is_answered: bool) {
        let mut current = lock(&self.current);
        // It may be another by now.
        let Some(made) = current
            .as_mut()
            .filter(|made| Arc::ptr_eq(&made.client, &client))
        else {
            return;
        };
        if is_answered {
            made.failing_since = None;
            return;
        }
        let since = *made.failing_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= PATIENCE {
            close_aside((current.take(), client));
        }
    }
}

impl<C> Made<C> {
    fn of(client: C) -> Self {
        Self {
            client: Arc::new(client),
            failing_since: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a question that comes to `answer` to a client of which none was answered for `failing`: which
    /// client the next question is put to, the first or another.
    #[track_caller]
    fn check(failing: Duration, answer: Result<(), Failure>, expected: &str) {
        let clients = Renewed::of("first");
        if let Some(first) = &mut *lock(&clients.current) {
            first.failing_since = Instant::now().checked_sub(failing);
        }
        let another = || Ok("another");
        let _ = clients.ask(another, |_| answer);
        let asked = clients.ask(another, |client| Ok(*client));
        assert_eq!(asked.expect("it answers"), expected);
    }

    #[test]
    fn a_client_is_replaced_where_nothing_has_been_answered_for_a_while() {
        let away = || Failure::Retry("all brokers are down".into());
        check(PATIENCE, Err(away()), "another");
        check(PATIENCE, Err(Failure::Reopen("lost".into())), "another");
        check(PATIENCE / 2, Err(away()), "first");
        check(PATIENCE, Ok(()), "first");
        let refused = Failure::Fatal("not permitted".into());
        check(PATIENCE, Err(refused), "first");
    }

    #[test]
    fn an_answer_is_enough_to_be_trusted_again() {
        let clients = Renewed::of("first");
        for failed in [true, false, true] {
            if let Some(first) = &mut *lock(&clients.current)
                && let Some(since) = &mut first.failing_since
            {
                *since -= PATIENCE;
            }
            let answer = if failed {
                Err(Failure::Retry("all brokers are down".into()))
            } else {
                Ok(())
            };
            let _ = clients.ask(|| Ok("another"), |_| answer);
        }
        let asked = clients.ask(|| Ok("another"), |client| Ok(*client));
        assert_eq!(asked.expect("it answers"), "first");
    }
}
