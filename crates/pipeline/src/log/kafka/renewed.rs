//! Clients that ask: for topics, for their ends, for groups' offsets. They live as long as the process, unless
//! they are no longer answered.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::client::close_aside;
use super::lock;
use crate::log::Failure;

/// How old a client that is not answered must be before another one takes its place: a broker that is away
/// is waited for by librdkafka itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client that is made anew when it may have been cut off for good.
///
/// The controller takes a broker that was not heard of for a session (9 s, where nobody says otherwise) off the cluster's list until it is
/// back. A client that asks just then is told of a cluster without brokers, forgets those that it knows, and
/// never asks again (librdkafka 2.10 and later, confluentinc/librdkafka#5301; here in one of about five runs
/// of a single broker that stands still for two sessions).
pub(super) struct Renewed<C> {
    current: Mutex<Option<Made<C>>>,
}

struct Made<C> {
    client: Arc<C>,
    at: Instant,
}

impl<C> Made<C> {
    fn of(client: C) -> Self {
        Self {
            client: Arc::new(client),
            at: Instant::now(),
        }
    }
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
        if let Err(Failure::Retry(_) | Failure::Reopen(_)) = &answer {
            self.give_up(&client);
        }
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

    /// Leaves it to the next question to make another client, unless this one is young, or another already.
    fn give_up(&self, client: &Arc<C>) {
        let mut current = lock(&self.current);
        let is_over =
            |made: &mut Made<C>| Arc::ptr_eq(&made.client, client) && made.at.elapsed() >= PATIENCE;
        if let Some(made) = current.take_if(is_over) {
            close_aside(made.client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a question to a client that was made `age` ago and is answered with `answer`: which client the
    /// next question is put to, the first or another.
    #[track_caller]
    fn check(age: Duration, answer: Result<(), Failure>, expected: &str) {
        let clients = Renewed::of("first");
        let made = Instant::now().checked_sub(age).expect("a moment");
        if let Some(first) = &mut *lock(&clients.current) {
            first.at = made;
        }
        let another = || Ok("another");
        let _ = clients.ask(another, |_| answer);
        let asked = clients.ask(another, |client| Ok(*client));
        assert_eq!(asked.expect("it answers"), expected);
    }

    #[test]
    fn a_client_is_replaced_where_it_is_old_and_not_answered() {
        let away = || Failure::Retry("all brokers are down".into());
        check(PATIENCE, Ok(()), "first");
        check(PATIENCE, Err(away()), "another");
        check(PATIENCE, Err(Failure::Reopen("lost".into())), "another");
        check(PATIENCE / 2, Err(away()), "first");
        check(
            PATIENCE,
            Err(Failure::Fatal("not permitted".into())),
            "first",
        );
    }
}
