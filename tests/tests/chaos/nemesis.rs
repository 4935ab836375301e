//! Whoever makes things fail.

use std::time::{Duration, Instant};

use tests::{ApiKey, Broker, Fault, Fleet, Proxy, Random, Rule};

use crate::trial::{SESSION, Trial};

/// How long a process stands still: past its session, so that others take over.
const STANDSTILL: Duration = Duration::from_secs(SESSION + 3);
/// How long a rule of the proxy holds, and how long it rests after.
const STORM: Duration = Duration::from_millis(1_500);
const LULL: Duration = Duration::from_millis(1_500);

/// What the requests of transactions may suffer.
const APIS: [ApiKey; 4] = [
    ApiKey::END_TXN,
    ApiKey::ADD_OFFSETS_TO_TXN,
    ApiKey::TXN_OFFSET_COMMIT,
    ApiKey::PRODUCE,
];

/// The one who makes things fail, as a trial allows.
pub(crate) struct Nemesis<'a> {
    trial: &'a Trial,
    broker: &'a Broker,
    proxies: &'a [Proxy],
    random: Random,
    pub(crate) broker_kills: u32,
    next_kill: Instant,
    next_weather: Instant,
    is_storm: bool,
}

impl<'a> Nemesis<'a> {
    pub(crate) fn new(
        trial: &'a Trial,
        broker: &'a Broker,
        proxies: &'a [Proxy],
        random: Random,
    ) -> Self {
        let now = Instant::now();
        Self {
            trial,
            broker,
            proxies,
            random,
            broker_kills: 0,
            next_kill: now + Duration::from_secs(1),
            next_weather: now,
            is_storm: false,
        }
    }

    /// Makes things fail for the length of the trial.
    pub(crate) fn strike(&mut self, fleet: &mut Fleet<'_>) {
        let began = Instant::now();
        while began.elapsed() < self.trial.length {
            std::thread::sleep(Duration::from_millis(50));
            fleet.supervise();
            if let Some(long_ago) = Instant::now().checked_sub(STANDSTILL) {
                fleet.thaw(long_ago);
            }
            if self.trial.processes && Instant::now() > self.next_kill {
                self.strike_processes(fleet);
            }
            if self.trial.network && Instant::now() > self.next_weather {
                self.change_weather();
            }
            // Spread evenly over the trial.
            let share = began.elapsed().as_secs_f64() / self.trial.length.as_secs_f64();
            let due = share * f64::from(self.trial.broker_kills + 1) - 1.0;
            if self.trial.broker_kills > self.broker_kills && due > f64::from(self.broker_kills) {
                self.strike_broker();
            }
        }
        fleet.thaw(Instant::now());
        self.proxies.iter().for_each(Proxy::calm);
    }

    fn strike_processes(&mut self, fleet: &mut Fleet<'_>) {
        let pause = 300 + self.random.below(1_200);
        self.next_kill = Instant::now() + Duration::from_millis(pause);
        if self.random.below(4) == 0 {
            fleet.freeze_one(&mut self.random);
        } else {
            fleet.kill_one(&mut self.random);
        }
    }

    fn strike_broker(&mut self) {
        let nodes = if self.trial.three_nodes { 3 } else { 1 };
        let node = 1 + self.random.below(nodes) as usize;
        self.broker.kill(node);
        std::thread::sleep(Duration::from_millis(200 + self.random.below(1_500)));
        self.broker.restart(node);
        self.broker_kills += 1;
    }

    fn change_weather(&mut self) {
        self.is_storm = !self.is_storm;
        self.next_weather = Instant::now() + if self.is_storm { STORM } else { LULL };
        self.proxies.iter().for_each(Proxy::calm);
        if !self.is_storm {
            return;
        }
        let late = Duration::from_millis(200 + self.random.below(3_000));
        let faults = [
            Fault::DelayRequest(late),
            Fault::DelayPast(late),
            Fault::DelayPast(late),
            Fault::DropRequest,
            Fault::DropResponse,
            Fault::Cut,
            Fault::CutAfter,
            Fault::Duplicate,
            Fault::Slice(7),
        ];
        for proxy in self.proxies {
            proxy.rule(Rule {
                api: *self.random.one_of(&APIS),
                fault: *self.random.one_of(&faults),
                chance: 0.3,
                times: Some(6),
            });
        }
    }
}
