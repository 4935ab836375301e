//! Somebody else on the cluster, with a client of their own and none of our rules.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::{ClientContext, DefaultClientContext};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer as _, ProducerContext};
use rdkafka::{ClientConfig, Message as _, Offset, TopicPartitionList};
use tests::await_that;

use crate::MINUTE;

/// A record as somebody else writes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Foreign {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
}

/// A plain producer, in no transaction.
pub(crate) struct Stranger {
    producer: BaseProducer<Deliveries>,
}

/// Where the last record came to lie.
#[derive(Debug, Default)]
struct Deliveries(Mutex<Option<Result<u64, String>>>);

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let delivered = match result {
            Ok(record) => Ok(u64::try_from(record.offset()).expect("a place in the partition")),
            Err((error, _)) => Err(error.to_string()),
        };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(delivered);
    }
}

impl Stranger {
    pub(crate) fn at(servers: &str) -> Self {
        let producer = ClientConfig::new()
            .set("bootstrap.servers", servers)
            .set("message.max.bytes", "20000000")
            .create_with_context(Deliveries::default())
            .expect("a producer");
        Self { producer }
    }

    /// Writes a record, and returns its offset.
    #[track_caller]
    pub(crate) fn write(&self, topic: &str, partition: u32, record: &Foreign) -> u64 {
        let number = i32::try_from(partition).expect("few partitions");
        let mut headers = OwnedHeaders::new();
        for (name, value) in &record.headers {
            let value = Some(value);
            headers = headers.insert(Header { key: name, value });
        }
        let mut sent = BaseRecord::<[u8], [u8]>::to(topic).partition(number);
        sent = sent.headers(headers);
        if let Some(key) = &record.key {
            sent = sent.key(key);
        }
        if let Some(value) = &record.value {
            sent = sent.payload(value);
        }
        let taken = self.producer.send(sent).map_err(|(error, _)| error);
        taken.expect("the record is taken");
        let deadline = Instant::now() + MINUTE;
        loop {
            self.producer.poll(Duration::from_millis(5));
            let last = &self.producer.context().0;
            let delivered = last.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(delivered) = delivered {
                return delivered.expect("the record is delivered");
            }
            assert!(Instant::now() < deadline, "{topic} takes no records");
        }
    }
}

/// Commits that `group` reads next at `offset`, as soon as the group has no member any more: a process
/// with a name of its own stays one until its session ends.
#[track_caller]
pub(crate) fn move_group(servers: &str, group: &str, topic: &str, partition: u32, offset: u64) {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .create()
        .expect("a consumer");
    let mut list = TopicPartitionList::new();
    let number = i32::try_from(partition).expect("few partitions");
    let at = Offset::Offset(i64::try_from(offset).expect("few records"));
    list.add_partition_offset(topic, number, at)
        .expect("a list takes it");
    let mut last = String::new();
    let moved = || match consumer.commit(&list, CommitMode::Sync) {
        Ok(()) => true,
        Err(error) => {
            last = error.to_string();
            false
        }
    };
    await_that(MINUTE, moved, || format!("{group} has members"));
}

/// Makes a topic as somebody does who knows of no setting: with the broker's defaults.
#[track_caller]
pub(crate) fn create_topic(servers: &str, topic: &str, partitions: i32) {
    let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    let made = administer(servers, async |admin, options| {
        admin.create_topics([&new], options).await
    });
    for outcome in made.expect("the broker answers") {
        outcome.expect("the topic is made");
    }
}

/// Deletes a topic for good.
#[track_caller]
pub(crate) fn delete_topic(servers: &str, topic: &str) {
    let deleted = administer(servers, async |admin, options| {
        admin.delete_topics(&[topic], options).await
    });
    for outcome in deleted.expect("the broker answers") {
        outcome.expect("the topic goes");
    }
}

fn administer<T>(
    servers: &str,
    ask: impl AsyncFnOnce(&AdminClient<DefaultClientContext>, &AdminOptions) -> T,
) -> T {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .create()
        .expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a tokio runtime");
    let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(10)));
    runtime.block_on(ask(&admin, &options))
}
