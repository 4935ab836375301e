//! What waits to be fetched, by host: one request under way a host, an interval between two, and
//! otherwise in the order in which things are due.
//!
//! Pure and without a clock: `now` is an argument. Derived from a task's state, so never stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

/// Keys that wait, grouped by host. Every operation costs O(log n).
#[derive(Debug)]
pub(crate) struct Frontier<K> {
    hosts: BTreeMap<Arc<str>, Host<K>>,
    /// Every host that is not busy, at the moment when there is something to do for it.
    agenda: BTreeSet<(Timestamp, Arc<str>)>,
    waiting: BTreeMap<K, (Arc<str>, Timestamp)>,
    in_flight: BTreeMap<K, Arc<str>>,
    /// No host is asked before this.
    floor: Timestamp,
}

#[derive(Debug)]
struct Host<K> {
    queue: BTreeSet<(Timestamp, K)>,
    /// Not asked before this.
    free_at: Timestamp,
    busy: bool,
    /// Where it stands in the agenda.
    wake_at: Option<Timestamp>,
}

impl<K> Default for Frontier<K> {
    fn default() -> Self {
        Self {
            hosts: BTreeMap::new(),
            agenda: BTreeSet::new(),
            waiting: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            floor: Timestamp::UNIX_EPOCH,
        }
    }
}

impl<K: Ord + Clone> Frontier<K> {
    /// Asks no host before `floor`: after a restart nobody knows when a host was asked last.
    pub(crate) fn start_at(&mut self, floor: Timestamp) {
        self.floor = floor;
        let hosts: Vec<Arc<str>> = self.hosts.keys().cloned().collect();
        for host in hosts {
            self.hold(&host, floor);
        }
    }

    /// Has `key` wait until `due`, or changes what it waits for. Nothing where it is under way.
    pub(crate) fn insert(&mut self, key: K, host: &str, due: Timestamp) {
        if self.in_flight.contains_key(&key) {
            return;
        }
        self.remove(&key);
        let name = self.host(host);
        if let Some(host) = self.hosts.get_mut(&name) {
            host.queue.insert((due, key.clone()));
        }
        self.reschedule(&name);
        self.waiting.insert(key, (name, due));
    }

    /// Has `key` wait no more. What is under way stays so.
    pub(crate) fn remove(&mut self, key: &K) {
        let Some((name, due)) = self.waiting.remove(key) else {
            return;
        };
        if let Some(host) = self.hosts.get_mut(&name) {
            host.queue.remove(&(due, key.clone()));
        }
        self.reschedule(&name);
    }

    /// Leaves `host` alone until `until`.
    pub(crate) fn hold(&mut self, host: &str, until: Timestamp) {
        let name = self.host(host);
        if let Some(host) = self.hosts.get_mut(&name) {
            host.free_at = host.free_at.max(until);
        }
        self.reschedule(&name);
    }

    /// The next key to fetch now, which is under way from here on.
    pub(crate) fn pick(&mut self, now: Timestamp) -> Option<K> {
        loop {
            let (wake_at, name) = self.agenda.first()?.clone();
            if wake_at > now {
                return None;
            }
            self.agenda.remove(&(wake_at, Arc::clone(&name)));
            let host = self.hosts.get_mut(&name)?;
            host.wake_at = None;
            let Some((_, key)) = host.queue.pop_first() else {
                // Nothing waits and the interval is over: the host can be forgotten.
                self.hosts.remove(&name);
                continue;
            };
            host.busy = true;
            self.waiting.remove(&key);
            self.in_flight.insert(key.clone(), name);
            return Some(key);
        }
    }

    /// Tells that `key` is under way no more and its host may be asked again at `free_at`. The host.
    pub(crate) fn finish(&mut self, key: &K, free_at: Timestamp) -> Option<Arc<str>> {
        let name = self.in_flight.remove(key)?;
        if let Some(host) = self.hosts.get_mut(&name) {
            host.busy = false;
            host.free_at = host.free_at.max(free_at);
        }
        self.reschedule(&name);
        Some(name)
    }

    /// When there is something to do next, unless something lands before.
    pub(crate) fn wake_at(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(wake_at, _)| *wake_at)
    }

    /// How many keys wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn host(&mut self, name: &str) -> Arc<str> {
        if let Some((name, _)) = self.hosts.get_key_value(name) {
            return Arc::clone(name);
        }
        let name: Arc<str> = name.into();
        let host = Host {
            queue: BTreeSet::new(),
            free_at: self.floor,
            busy: false,
            wake_at: None,
        };
        self.hosts.insert(Arc::clone(&name), host);
        name
    }

    /// Puts a host where it belongs in the agenda.
    fn reschedule(&mut self, name: &Arc<str>) {
        let Some(host) = self.hosts.get_mut(name) else {
            return;
        };
        if let Some(wake_at) = host.wake_at.take() {
            self.agenda.remove(&(wake_at, Arc::clone(name)));
        }
        if host.busy {
            return;
        }
        let due = host.queue.first().map(|(due, _)| *due);
        let wake_at = due.map_or(host.free_at, |due| due.max(host.free_at));
        host.wake_at = Some(wake_at);
        self.agenda.insert((wake_at, Arc::clone(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a small number of seconds")
    }

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u8, u8, i64),
        Remove(u8),
        Hold(u8, i64),
        Pick,
        Finish,
        Pass(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..40u8, 0..5u8, 0..20i64).prop_map(|(k, h, d)| Step::Insert(k, h, d)),
            1 => (0..40u8).prop_map(Step::Remove),
            1 => (0..5u8, 0..20i64).prop_map(|(h, d)| Step::Hold(h, d)),
            4 => Just(Step::Pick),
            3 => Just(Step::Finish),
            2 => (1..6i64).prop_map(Step::Pass),
        ]
    }

    const INTERVAL: i64 = 3;

    /// What is known of hosts and keys without any cleverness.
    #[derive(Default)]
    struct Model {
        waiting: BTreeMap<u8, (u8, i64)>,
        flying: Vec<(u8, u8)>,
        free_at: BTreeMap<u8, i64>,
    }

    impl Model {
        fn may_fly(&self, host: u8, now: i64) -> bool {
            !self.flying.iter().any(|(_, h)| *h == host)
                && self.free_at.get(&host).is_none_or(|at| *at <= now)
        }

        fn picked(&mut self, key: u8, now: i64) {
            let (host, due) = self
                .waiting
                .remove(&key)
                .expect("only what waits is picked");
            assert!(due <= now, "{key} is due at {due}, not at {now}");
            assert!(self.may_fly(host, now), "host {host} is not free at {now}");
            self.flying.push((key, host));
        }

        fn could_pick(&self, now: i64) -> bool {
            self.waiting
                .values()
                .any(|(host, due)| *due <= now && self.may_fly(*host, now))
        }

        fn finished(&mut self, host: u8, free_at: i64) {
            let before = self.free_at.entry(host).or_insert(free_at);
            *before = (*before).max(free_at);
        }
    }

    proptest! {
        /// Never two under way for a host, never before the interval is over or a hold ends, never
        /// idle while something could start, and everything is served in the end.
        #[test]
        fn hosts_are_asked_politely_and_nothing_is_forgotten(steps in prop::collection::vec(step(), 0..200)) {
            let mut frontier = Frontier::default();
            let mut model = Model::default();
            let mut now = 0;
            for step in steps {
                match step {
                    Step::Insert(key, host, due) => {
                        frontier.insert(key, &host.to_string(), at(due));
                        if !model.flying.iter().any(|(k, _)| *k == key) {
                            model.waiting.insert(key, (host, due));
                        }
                    }
                    Step::Remove(key) => {
                        frontier.remove(&key);
                        model.waiting.remove(&key);
                    }
                    Step::Hold(host, until) => {
                        frontier.hold(&host.to_string(), at(until));
                        model.finished(host, until);
                    }
                    Step::Pick => match frontier.pick(at(now)) {
                        Some(key) => model.picked(key, now),
                        None => prop_assert!(!model.could_pick(now)),
                    },
                    Step::Finish => {
                        if let Some((key, host)) = model.flying.pop() {
                            frontier.finish(&key, at(now + INTERVAL));
                            model.finished(host, now + INTERVAL);
                        }
                    }
                    Step::Pass(seconds) => now += seconds,
                }
                prop_assert_eq!(frontier.waiting(), model.waiting.len());
            }
            while !model.waiting.is_empty() || !model.flying.is_empty() {
                while let Some(key) = frontier.pick(at(now)) {
                    model.picked(key, now);
                }
                for (key, host) in std::mem::take(&mut model.flying) {
                    frontier.finish(&key, at(now + INTERVAL));
                    model.finished(host, now + INTERVAL);
                }
                let wake = frontier.wake_at().expect("something waits or has just landed");
                now = (now + 1).max(wake.as_second());
                prop_assert!(now < 10_000, "the frontier does not come to an end");
            }
        }
    }

    #[test]
    fn hosts_take_turns() {
        let mut frontier = Frontier::default();
        for key in 0..4 {
            frontier.insert(key, if key < 2 { "a" } else { "b" }, at(key));
        }
        let first = frontier.pick(at(10)).expect("a is due");
        let second = frontier.pick(at(10)).expect("b is due");
        assert_eq!((first, second), (0, 2));
        assert_eq!(frontier.pick(at(10)), None);
        frontier.finish(&second, at(10));
        frontier.finish(&first, at(11));
        assert_eq!(frontier.pick(at(10)), Some(3));
        assert_eq!(frontier.wake_at(), Some(at(11)));
    }

    #[test]
    fn after_a_restart_every_host_rests_first() {
        let mut frontier = Frontier::default();
        frontier.insert(1, "a", at(0));
        frontier.start_at(at(5));
        frontier.insert(2, "b", at(0));
        assert_eq!(frontier.pick(at(4)), None);
        assert!(frontier.pick(at(5)).is_some());
        assert!(frontier.pick(at(5)).is_some());
    }
}
