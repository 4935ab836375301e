use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pipeline::log::conformance::{self, World};
use pipeline::log::kafka::{KafkaConfig, KafkaLog};
use tests::Broker;

/// A view of the shared broker with names of its own. It cannot hurry time: what depends on retention
/// is the broker's own business.
struct Kafka {
    number: u32,
    config: KafkaConfig,
    instance: Option<String>,
    log: RefCell<Option<KafkaLog>>,
}

impl Kafka {
    fn new(bootstrap_servers: &str, is_named: bool) -> Self {
        static WORLDS: AtomicU32 = AtomicU32::new(0);
        let number = WORLDS.fetch_add(1, Ordering::SeqCst);
        Self {
            number,
            config: KafkaConfig {
                bootstrap_servers: bootstrap_servers.to_owned(),
                ..KafkaConfig::default()
            },
            instance: is_named.then(|| format!("conformance-{number}")),
            log: RefCell::new(None),
        }
    }
}

impl World for Kafka {
    type Log = KafkaLog;

    fn log(&self) -> KafkaLog {
        let connect = || {
            KafkaLog::connect(&self.config, self.instance.as_deref()).expect("the broker answers")
        };
        self.log.borrow_mut().get_or_insert_with(connect).clone()
    }

    fn name(&self, base: &str) -> String {
        format!("{}.{}", base.replace(' ', "-"), self.number)
    }

    fn restart(&mut self) {
        self.log.take();
    }

    fn pass(&self, _time: Duration) -> bool {
        false
    }

    fn forgets_members(&self) -> bool {
        self.instance.is_none()
    }

    /// Each partition's marker is written by itself.
    fn shows_at_once(&self) -> bool {
        false
    }
}

#[test]
fn kafka_conforms_for_members_with_a_name() {
    let Some(broker) = Broker::shared() else {
        return;
    };
    conformance::all(|| Kafka::new(&broker.bootstrap(), true));
}

#[test]
fn kafka_conforms_for_passing_members() {
    let Some(broker) = Broker::shared() else {
        return;
    };
    conformance::all(|| Kafka::new(&broker.bootstrap(), false));
}
