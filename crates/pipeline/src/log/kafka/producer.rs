//! Transactional producers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{Offset as KafkaOffset, TopicPartitionList};

use super::claim::KafkaClaim;
use super::client::{Watch, make};
use super::config::{KafkaConfig, REQUEST, TRANSACTION};
use super::failure::{failure, for_good, of_code};
use super::hold::Hold;
use crate::log::{Failure, Offset, Producer, ToSend};

/// How long a step may take before it is given up for now: a little longer than one request.
const STEP: Duration = Duration::from_secs(15);
/// How long a record may be neither delivered nor refused: a little longer than librdkafka takes to say so.
const DELIVERY: Duration = TRANSACTION.saturating_add(Duration::from_secs(2));
/// How often deliveries are looked for. `BaseProducer::flush`, which a commit calls, looks every 100 ms
/// and returns late: measured 98 ms for a transaction of one record, 9 ms when we drain first.
const LOOK: Duration = Duration::from_millis(1);

/// A transactional producer. See [`Producer`].
pub struct KafkaProducer {
    id: String,
    producer: BaseProducer<Watch>,
    /// Whether a transaction is open, as far as librdkafka knows.
    open: bool,
    /// Why the producer must not be used again.
    burned: Option<String>,
    began: Instant,
    /// The claims whose offsets are in the transaction.
    holds: Vec<Arc<Hold>>,
}

impl std::fmt::Debug for KafkaProducer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaProducer")
            .field("id", &self.id)
            .field("open", &self.open)
            .field("burned", &self.burned)
            .finish_non_exhaustive()
    }
}

impl KafkaProducer {
    /// Fences whoever has the id, ends what they left open, and waits until its markers are written.
    pub(super) fn init(config: &KafkaConfig, id: &str) -> Result<Self, Failure> {
        let producer: BaseProducer<Watch> = make(config.producer(id), Watch::default())?;
        producer
            .init_transactions(Duration::from_secs(30))
            .map_err(|error| failure(&format!("producer {id} cannot begin"), &error))?;
        Ok(Self {
            id: id.to_owned(),
            producer,
            open: false,
            burned: None,
            began: Instant::now(),
            holds: Vec::new(),
        })
    }

    fn watch(&self) -> &Watch {
        self.producer.context()
    }

    fn failure(&self, doing: &str, error: &KafkaError) -> Failure {
        failure(&format!("producer {}: {doing}", self.id), error)
    }

    /// Waits until every record has arrived or is known not to have.
    fn drain(&self, within: Duration) -> Result<(), Failure> {
        let started = Instant::now();
        while self.producer.in_flight_count() > 0 {
            self.producer.poll(LOOK);
            if started.elapsed() > within {
                return Err(Failure::Reopen(format!(
                    "producer {}: {} records are neither delivered nor refused after {within:?}",
                    self.id,
                    self.producer.in_flight_count()
                )));
            }
        }
        self.producer.poll(Duration::ZERO);
        let Some((code, text)) = self.watch().undelivered() else {
            return Ok(());
        };
        let text = format!("producer {}: {text}", self.id);
        // What a failed transaction, or a fenced producer, still had to send counts as purged; the
        // reason is elsewhere. Asked to begin another transaction, librdkafka tells it, and does nothing.
        let is_purged = matches!(
            code,
            RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight
        );
        if is_purged && let Err(cause) = self.producer.begin_transaction() {
            return Err(for_good(failure(&text, &cause)));
        }
        Err(for_good(of_code(code, text)))
    }

    fn check_usable(&self) -> Result<(), Failure> {
        if let Some((code, reason)) = self.producer.client().fatal_error() {
            return Err(of_code(code, format!("producer {}: {reason}", self.id)));
        }
        match &self.burned {
            Some(why) => Err(Failure::Reopen(format!("producer {}: {why}", self.id))),
            None => Ok(()),
        }
    }

    fn check_claims(&self) -> Result<(), Failure> {
        match self.holds.iter().find(|hold| hold.is_lost()) {
            Some(hold) => Err(hold.lost()),
            None => Ok(()),
        }
    }
}

impl Producer for KafkaProducer {
    type Claim = KafkaClaim;

    fn begin(&mut self) -> Result<(), Failure> {
        self.check_usable()?;
        self.holds.clear();
        self.watch().begin();
        self.began = Instant::now();
        self.producer
            .begin_transaction()
            .map_err(|error| self.failure("a transaction cannot begin", &error))?;
        self.open = true;
        Ok(())
    }

    fn send(&mut self, record: ToSend) -> Result<(), Failure> {
        let partition = i32::try_from(record.partition)
            .map_err(|_| Failure::Fatal(format!("no partition {}", record.partition)))?;
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.0.len());
        for (name, value) in &record.headers.0 {
            // A name from a foreign record may hold a zero byte, which ends a C string.
            let name = name.replace('\0', "\u{fffd}");
            headers = headers.insert(Header {
                key: &name,
                value: Some(value),
            });
        }
        let mut sent = BaseRecord::<[u8], [u8]>::to(&record.topic)
            .partition(partition)
            .headers(headers);
        if let Some(key) = &record.key {
            sent = sent.key(key);
        }
        if let Some(value) = &record.value {
            sent = sent.payload(value);
        }
        let started = Instant::now();
        loop {
            match self.producer.send(sent) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), again))
                    if started.elapsed() < DELIVERY =>
                {
                    sent = again;
                    self.producer.poll(LOOK);
                }
                Err((error, _)) => {
                    let doing = format!("a record for {} is not taken", record.topic);
                    return Err(self.failure(&doing, &error));
                }
            }
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.drain(DELIVERY)
    }

    fn send_offsets(&mut self, claim: &KafkaClaim, next: Offset) -> Result<(), Failure> {
        let hold = claim.hold();
        if hold.is_lost() {
            return Err(hold.lost());
        }
        // What the group's member is now, not what it was when the batch was read: the broker refuses
        // an older generation.
        let Some(member) = claim.member() else {
            return Err(hold.lost());
        };
        let mut offsets = TopicPartitionList::new();
        let offset = KafkaOffset::Offset(i64::try_from(next).unwrap_or(i64::MAX));
        offsets
            .add_partition_offset(hold.topic(), hold.partition(), offset)
            .map_err(|error| self.failure("an offset cannot be sent", &error))?;
        self.producer
            .send_offsets_to_transaction(&offsets, &member, STEP)
            .map_err(|error| self.failure("the offset is not taken", &error))?;
        self.holds.push(hold.clone());
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.check_usable()?;
        self.check_claims()?;
        self.drain(DELIVERY)?;
        self.check_claims()?;
        if let Err(error) = self.producer.commit_transaction(STEP) {
            let failure = self.failure("the transaction does not commit", &error);
            // By then the broker has aborted it, or has what was to be committed and needs nobody for it. A
            // client that was cut off would be asked again for ever: see `super::renewed`.
            let is_over = self.began.elapsed() >= TRANSACTION;
            return Err(if is_over { for_good(failure) } else { failure });
        }
        self.open = false;
        Ok(())
    }

    fn written(&self, topic: &str, partition: u32) -> Option<Offset> {
        self.watch().delivered(topic, partition)
    }

    /// An abort under the same epoch must not overtake a record that is still under way: arriving after
    /// the abort's marker it would open a transaction that nobody ends. So where any is, the transaction
    /// is left to the next producer of the id, whose epoch is higher.
    fn abort(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        self.holds.clear();
        // A record whose delivery timed out counts as gone here, and may still be on its way.
        if let Err(failure) = self.drain(Duration::from_secs(1)) {
            self.burned = Some(format!("left to the next producer of its id: {failure}"));
            return;
        }
        if let Err(error) = self.producer.abort_transaction(STEP) {
            let failure = self.failure("the transaction does not abort", &error);
            self.burned = Some(failure.to_string());
        }
    }

    /// Once a connection was lost or a request timed out, for good: librdkafka may have sent the commit
    /// again, and a late first copy of it would end a later transaction of the same epoch. It does not
    /// repeat an identical message within 30 s, so the first one must be enough.
    fn is_suspect(&self) -> bool {
        // A poll without patience serves one event.
        for _ in 0..self.producer.in_flight_count() {
            self.producer.poll(Duration::ZERO);
        }
        // A commit that takes longer than a request may has seen one fail, whether we were told or not.
        self.watch().has_lost_requests() || self.began.elapsed() > REQUEST
    }

    fn is_broken(&self) -> bool {
        self.producer.client().fatal_error().is_some()
    }
}
