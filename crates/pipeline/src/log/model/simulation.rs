//! The scheduler: one step after the other, whichever chance picks.

use std::sync::{Arc, Mutex, MutexGuard};

use article::Message;

use super::chance::Chance;
use super::cluster::{Cluster, Faults};
use super::link::{Process, lock};
use super::process::Machine;
use super::protocol::Place;
use super::rates::Rates;
use super::report::{Report, Violation, Wrong};
use super::tally::{Arrival, Mention, NAME, PARTITIONS, Truth};
use super::variant::Variant;
use super::{ModelLog, oracle};
use crate::headers::Headers;
use crate::log::{Failure, Stored};
use crate::store::MemoryStores;
use crate::topics::{TopicConfig, Topology};

const MACHINES: usize = 3;
/// For how many steps there are faults, where work is not done before.
const FAULTY: u64 = 1_500;
/// Within how many steps after the last fault everything must be done: three times what the slowest of
/// 100,000 schedules took.
const PATIENCE: u64 = 6_000;
/// After how many steps without faults the coordinator aborts what is open.
const TRANSACTION_TIMEOUT: u64 = 600;
/// How many of a thousand steps of a thread go to a group's.
const ATTENDING: usize = 150;
/// A stall lasts up to so many steps: long enough for a successor to take over, and to finish work.
const STALL: usize = 400;
/// A machine that stands still for longer loses its partitions.
const SESSION: usize = 100;
/// How often it is looked whether everything is done.
const LOOK: u64 = 16;

/// Runs the pipeline in a schedule that is all the seed's choice: faults first, then calm, in which all
/// work must come to its end. Then judges what came out.
///
/// # Errors
/// What broke, with the trace.
pub fn simulate(seed: u64, variant: Variant) -> Result<Report, Box<Violation>> {
    let mut simulation = Simulation::new(seed, variant);
    if simulation.run().is_ok() {
        return Ok(simulation.report());
    }
    // The same again, this time with the trace written.
    drop(simulation);
    let mut simulation = Simulation::new(seed, variant);
    simulation.cluster().trace = Some(Vec::new());
    let Err(what) = simulation.run() else {
        unreachable!(
            "seed {seed} breaks {variant:?} only once: the simulation is not deterministic"
        );
    };
    let report = simulation.report();
    let trace = simulation.cluster().trace.take().unwrap_or_default();
    Err(Box::new(Violation {
        seed,
        variant,
        what,
        report,
        trace,
    }))
}

struct Simulation {
    cluster: Arc<Mutex<Cluster>>,
    topology: Arc<Topology>,
    truth: Arc<Truth>,
    machines: Vec<Machine>,
    rates: Rates,
    /// Whether nothing goes wrong any more.
    is_calm: bool,
    /// How many of the input's transactions have arrived.
    arrived: usize,
}

impl Simulation {
    fn new(seed: u64, variant: Variant) -> Self {
        let mut chance = Chance::new(seed);
        let truth = Arc::new(Truth::new(&mut chance));
        let rates = Rates::choose(&mut chance);
        let faults = Faults::choose(&mut chance);
        let halves = TopicConfig {
            partitions: Some(PARTITIONS),
            ..TopicConfig::default()
        };
        let topology = Topology::new(1, |name| (name != crate::topics::DEAD).then_some(&halves));
        let topology = Arc::new(topology);
        let stores: Vec<MemoryStores> = (0..MACHINES)
            .map(|_| MemoryStores::new(chance.next(), 40))
            .collect();
        let mut cluster = Cluster::new(variant.rules(), chance);
        cluster.faults = faults;
        prepare(&mut cluster, &topology).expect("topics of a new cluster are as they shall be");
        let cluster = Arc::new(Mutex::new(cluster));
        let machines = stores.into_iter().enumerate().map(|(number, stores)| {
            let process = Arc::new(Process::new(number, stores));
            let log = ModelLog::within(cluster.clone(), process.clone());
            Machine::new(log, process, topology.clone(), truth.clone())
        });
        Self {
            machines: machines.collect(),
            cluster,
            topology,
            truth,
            rates,
            is_calm: false,
            arrived: 0,
        }
    }

    fn cluster(&self) -> MutexGuard<'_, Cluster> {
        lock(&self.cluster)
    }

    fn report(&self) -> Report {
        let cluster = self.cluster();
        Report {
            committed: cluster.coordinator.committed,
            aborted: cluster.coordinator.aborted,
            ..cluster.report
        }
    }

    fn run(&mut self) -> Result<(), Wrong> {
        if !self.run_until(FAULTY)? {
            let calm_since = self.calm_down();
            if !self.run_until(calm_since + PATIENCE)? {
                return Err(Wrong::Stalled(self.describe()));
            }
        }
        oracle::judge(&self.cluster(), &self.topology, &self.truth)
    }

    /// Makes steps until everything is done, or until `limit`. True where it is done.
    fn run_until(&mut self, limit: u64) -> Result<bool, Wrong> {
        loop {
            let steps = {
                let mut cluster = self.cluster();
                if let Some(wrong) = cluster.wrong.take() {
                    return Err(wrong);
                }
                cluster.report.steps += 1;
                cluster.report.steps
            };
            if steps.is_multiple_of(LOOK) && self.is_done() {
                return Ok(true);
            }
            if steps > limit {
                return Ok(false);
            }
            self.step(steps);
        }
    }

    /// From now on nothing goes wrong any more. Returns the present step.
    fn calm_down(&mut self) -> u64 {
        self.rates = Rates::calm();
        self.is_calm = true;
        for machine in &mut self.machines {
            machine.stalled_until = 0;
        }
        let mut cluster = self.cluster();
        cluster.faults = Faults::default();
        cluster.note(|| "calm".to_owned());
        cluster.report.steps
    }

    fn step(&mut self, now: u64) {
        let rates = self.rates;
        let mut dice = self.cluster().chance.below(1000);
        let mut is = |rate: usize| {
            let hit = dice < rate;
            dice = if hit { usize::MAX } else { dice - rate };
            hit
        };
        if is(rates.marker) {
            self.cluster().write_marker();
        } else if is(rates.late) {
            self.cluster().arrive();
        } else if is(rates.arrival) {
            self.arrive();
        } else if is(rates.crash) {
            self.crash();
        } else if is(rates.restart) {
            let number = self.any_machine();
            self.machines[number].stop();
            let mut cluster = self.cluster();
            cluster.report.restarts += 1;
            cluster.note(|| format!("process {number} is asked to stop"));
        } else if is(rates.stall) {
            self.stall(now);
        } else if is(rates.rebalance) {
            self.rebalance();
        } else if is(rates.hand_over) {
            self.hand_over();
        } else if is(rates.timeout) {
            self.time_out(now);
        } else if is(rates.compaction) {
            self.compact();
        } else {
            self.resume(now);
        }
    }

    /// Lets some thread of a machine that does not stand still go on.
    fn resume(&mut self, now: u64) {
        let attends = self.cluster().chance.per_mille(ATTENDING);
        let mut able = Vec::with_capacity(MACHINES * (PARTITIONS as usize + 1));
        for (number, machine) in self.machines.iter().enumerate() {
            if machine.stalled_until > now {
                continue;
            }
            let threads = if attends { 0..1 } else { 1..machine.threads() };
            let busy = threads.filter(|thread| machine.is_busy(*thread));
            able.extend(busy.map(|thread| (number, thread)));
        }
        if able.is_empty() {
            return;
        }
        let (number, thread) = able[self.cluster().chance.below(able.len())];
        self.machines[number].resume(thread);
    }

    /// A transaction of the input's writers.
    fn arrive(&mut self) {
        let truth = self.truth.clone();
        let Some(arrival) = truth.arrivals.get(self.arrived) else {
            return;
        };
        self.arrived += 1;
        let Arrival {
            partition,
            mentions,
            commit,
        } = arrival;
        let mut cluster = self.cluster();
        let place = self.input(&cluster) + *partition as usize;
        let now = cluster.now();
        let records = mentions.iter().map(|mention| Stored {
            offset: 0,
            written_at: now,
            key: Some(mention.key().into_bytes()),
            value: serde_json::to_vec(mention).ok(),
            headers: Headers::new(),
        });
        let records = records.collect();
        cluster.append_from_outside(place, records, *commit);
    }

    fn crash(&mut self) {
        let number = self.any_machine();
        let forgets = {
            let mut cluster = self.cluster();
            cluster.report.crashes += 1;
            let forgets = cluster.chance.per_mille(150);
            cluster.report.forgotten += u64::from(forgets);
            if cluster.chance.per_mille(500) {
                cluster.group(&self.topology.group(NAME)).raise_generation();
            }
            cluster.note(|| format!("process {number} crashes"));
            forgets
        };
        let machine = &mut self.machines[number];
        machine.crash();
        if forgets {
            machine.forget();
        }
    }

    /// Lets a machine stand still. After a while the group gives its partitions to others, of which it
    /// hears when it goes on.
    fn stall(&mut self, now: u64) {
        let number = self.any_machine();
        let mut cluster = self.cluster();
        cluster.report.stalls += 1;
        let steps = cluster.chance.below(STALL);
        let until = now + steps as u64;
        cluster.note(|| format!("process {number} stands still until {until}"));
        if steps > SESSION {
            let heir = (number + 1 + cluster.chance.below(MACHINES - 1)) % MACHINES;
            let group = cluster.group(&self.topology.group(NAME));
            let given = group.give_all(number, heir);
            group.raise_generation();
            cluster.report.rebalances += given as u64;
        }
        drop(cluster);
        self.machines[number].stalled_until = until;
    }

    fn rebalance(&mut self) {
        let (place, member) = (self.any_place(), self.any_machine());
        let mut cluster = self.cluster();
        cluster.report.rebalances += 1;
        cluster.note(|| format!("partition {place} is given to process {member}"));
        let group = cluster.group(&self.topology.group(NAME));
        group.give(place, member);
        group.raise_generation();
    }

    fn hand_over(&mut self) {
        let (place, heir) = (self.any_place(), self.any_machine());
        let mut cluster = self.cluster();
        cluster.report.hand_overs += 1;
        cluster.note(|| format!("partition {place} is to go to process {heir}"));
        let group = cluster.group(&self.topology.group(NAME));
        group.hand_over(place, heir);
    }

    fn time_out(&mut self, now: u64) {
        let mut cluster = self.cluster();
        let cluster = &mut *cluster;
        // While there are faults, clocks may leap too.
        let before = if self.is_calm {
            now.saturating_sub(TRANSACTION_TIMEOUT)
        } else {
            now
        };
        if cluster.coordinator.time_out(before, &mut cluster.chance) {
            cluster.report.timeouts += 1;
            cluster.note(|| "the coordinator aborts a transaction".to_owned());
        }
    }

    fn compact(&mut self) {
        let topic = self.topology.changelog(NAME, PARTITIONS).name;
        let mut cluster = self.cluster();
        let now = cluster.now();
        let places = cluster.places(&topic).unwrap_or_default();
        for place in places {
            cluster.partition_mut(place).compact(now);
        }
    }

    fn any_machine(&self) -> usize {
        self.cluster().chance.below(MACHINES)
    }

    fn any_place(&self) -> Place {
        let mut cluster = self.cluster();
        self.input(&cluster) + cluster.chance.below(PARTITIONS as usize)
    }

    fn input(&self, cluster: &Cluster) -> Place {
        let topic = self.topology.topic(Mention::TOPIC);
        let places = topic.and_then(|topic| cluster.places(&topic.name).ok());
        places.expect("the input was created first").start
    }

    /// Whether all input is handled and nothing is on its way any more.
    fn is_done(&self) -> bool {
        let mut cluster = self.cluster();
        if self.arrived < self.truth.arrivals.len()
            || !cluster.under_way.is_empty()
            || !cluster.coordinator.is_quiet()
            || (cluster.rules.misses_markers && !cluster.is_settled())
        {
            return false;
        }
        let first = self.input(&cluster);
        let group = cluster.group(&self.topology.group(NAME));
        (0..PARTITIONS).all(|partition| {
            let committed = group.committed(first + partition as usize);
            committed == Ok(Some(self.truth.end(partition)))
        })
    }

    /// Where everything stands, for whoever wonders why it does not go on.
    fn describe(&self) -> String {
        let mut cluster = self.cluster();
        let first = self.input(&cluster);
        let mut told = Vec::new();
        for partition in 0..PARTITIONS {
            let group = cluster.group(&self.topology.group(NAME));
            let committed = group.committed(first + partition as usize);
            told.push(format!(
                "partition {partition} at {committed:?} of {}",
                self.truth.end(partition)
            ));
        }
        told.join(", ")
    }
}

/// Makes the topics, and gives each partition of the input to some process.
fn prepare(cluster: &mut Cluster, topology: &Topology) -> Result<(), Failure> {
    cluster.create(topology.topics())?;
    cluster.create(&[topology.changelog(NAME, PARTITIONS)])?;
    let places = cluster.places(Mention::TOPIC)?;
    for place in places {
        let member = cluster.chance.below(MACHINES);
        cluster.group(&topology.group(NAME)).give(place, member);
    }
    Ok(())
}
