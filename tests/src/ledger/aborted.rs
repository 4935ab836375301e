//! What a broker keeps and shows to nobody who reads what is committed.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{ClientConfig, Message as _, Offset, TopicPartitionList};

const PATIENCE: Duration = Duration::from_secs(30);

/// The key of the tombstones that whoever opens a partition aborts, to end what a predecessor left open:
/// each opening writes some, also where nothing ever failed.
const SETTLED: &[u8] = b"settled";

/// How many records a partition holds, those of aborted transactions too. Those that only settle are left
/// out.
pub(super) fn count_all(servers: &str, topic: &str, partition: u32) -> u64 {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", "judge")
        .set("isolation.level", "read_uncommitted")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("fetch.message.max.bytes", "16777216")
        .create()
        .expect("a consumer");
    let mut list = TopicPartitionList::new();
    let number = i32::try_from(partition).expect("few partitions");
    list.add_partition_offset(topic, number, Offset::Beginning)
        .expect("a list takes it");
    consumer.assign(&list).expect("assigned");
    let deadline = Instant::now() + PATIENCE;
    let mut count = 0;
    loop {
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(record)) => {
                let settles = record.key() == Some(SETTLED) && record.payload().is_none();
                count += u64::from(!settles);
            }
            Some(Err(KafkaError::PartitionEOF(_))) => return count,
            Some(Err(_)) | None => {
                assert!(Instant::now() < deadline, "{topic} is not read to its end");
            }
        }
    }
}
