//! What every client of librdkafka has in common: it says what went wrong, and somebody listens.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::config::{FromClientConfigAndContext, RDKafkaLogLevel};
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryResult, ProducerContext};
use rdkafka::{ClientConfig, Message as _};

use super::config::KafkaConfigError;
use crate::log::{Failure, Offset};
use crate::metrics::KAFKA_REQUEST_TIMEOUTS;

/// How long a broker may take to answer a question that nothing depends on yet.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// What a client told of itself.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// The last trouble with a connection, since the client was made.
    trouble: Option<String>,
    /// Whether a connection that carried requests was lost, or a request timed out, since the client was
    /// made.
    lost_requests: bool,
    /// The first record of the transaction that was not delivered, and why.
    undelivered: Option<(RDKafkaErrorCode, String)>,
    /// The offset after the last record delivered in this transaction, by topic and partition.
    delivered: Vec<(String, i32, Offset)>,
}

impl Watch {
    /// The last trouble with a connection, since the client was made.
    pub(super) fn trouble(&self) -> Option<String> {
        self.lock().trouble.clone()
    }

    /// Whether a request may have been sent twice since the client was made: librdkafka repeats what was
    /// under way when a connection was lost or the answer did not come in time.
    pub(super) fn has_lost_requests(&self) -> bool {
        self.lock().lost_requests
    }

    /// Forgets what was delivered, and what was not.
    pub(super) fn begin(&self) {
        let mut seen = self.lock();
        seen.undelivered = None;
        seen.delivered.clear();
    }

    /// The first record of the transaction that was not delivered.
    pub(super) fn undelivered(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.lock().undelivered.clone()
    }

    /// The offset after the last record that was delivered there in this transaction.
    pub(super) fn delivered(&self, topic: &str, partition: u32) -> Option<Offset> {
        let seen = self.lock();
        let mut places = seen.delivered.iter();
        let is_there = |place: &&(String, i32, Offset)| {
            place.0 == topic && u32::try_from(place.1) == Ok(partition)
        };
        places.find(is_there).map(|place| place.2)
    }

    /// A panic elsewhere leaves plain values whole.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Watch {
    /// The closing of a connection is no error event, however many requests it carried: librdkafka only
    /// logs it, and `BaseProducer` tells of the event only where no broker is left.
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        let is_timeout = facility == "REQTMOUT";
        if facility == "FAIL" || is_timeout {
            let mut seen = self.lock();
            seen.trouble = Some(message.to_owned());
            // Before a connection is up it has carried nothing that matters.
            seen.lost_requests |= is_timeout || IN_USE.iter().any(|state| message.contains(state));
        }
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if !is_trouble(&error) {
            return;
        }
        tracing::debug!("kafka client: {error}: {reason}");
        let code = error.rdkafka_error_code();
        // "All brokers are down" comes last, and says less than what brought them down.
        let is_summary = code == Some(RDKafkaErrorCode::AllBrokersDown);
        let mut seen = self.lock();
        if seen.trouble.is_none() || !is_summary {
            seen.trouble = Some(reason.to_owned());
        }
        seen.lost_requests |= is_summary || code == Some(RDKafkaErrorCode::OperationTimedOut);
    }
}

/// Passes on what a client logs: what it calls an error is trouble that it deals with itself.
pub(super) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    if facility == "REQTMOUT" {
        metrics::counter!(KAFKA_REQUEST_TIMEOUTS).increment(timed_out(message));
    }
    match level {
        // A user's setting for clients of another kind.
        _ if facility == "CONFWARN" => tracing::debug!("{facility}: {message}"),
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning => tracing::warn!("{facility}: {message}"),
        _ => tracing::debug!("{facility}: {message}"),
    }
}

/// How many requests a report of timeouts tells of. librdkafka reports the first few of them one by one as
/// well, by name; those are counted in the report of all.
fn timed_out(message: &str) -> u64 {
    let Some((_, counts)) = message.split_once("Timed out ") else {
        return 0;
    };
    // "3 in-flight, 0 retry-queued, 1 out-queue, 0 partially-sent requests": the last are among those of
    // the queue.
    let counts = counts.split(", ").take(3);
    let numbers = counts.filter_map(|count| count.split_once(' ')?.0.parse::<u64>().ok());
    numbers.sum()
}

/// How librdkafka's log says that a connection was up when it was lost, or on its way up again: of
/// identical reports in a row it logs two, so the one that matters may be left out.
const IN_USE: [&str; 4] = [
    "in state UP",
    "in state REAUTH",
    "in state AUTH",
    "in state APIVERSION",
];

/// Whether an event tells of a connection or a broker, and not of the end of a partition.
pub(super) fn is_trouble(error: &KafkaError) -> bool {
    error.rdkafka_error_code() != Some(RDKafkaErrorCode::PartitionEOF)
        && !matches!(error, KafkaError::PartitionEOF(_))
}

impl ConsumerContext for Watch {}

impl ProducerContext for Watch {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): Self::DeliveryOpaque) {
        let mut seen = self.lock();
        match result {
            Ok(record) => {
                let next = Offset::try_from(record.offset()).map_or(0, |offset| offset + 1);
                let (topic, partition) = (record.topic(), record.partition());
                let mut places = seen.delivered.iter_mut();
                match places.find(|place| place.0 == topic && place.1 == partition) {
                    Some(place) => place.2 = place.2.max(next),
                    None => seen.delivered.push((topic.to_owned(), partition, next)),
                }
            }
            Err((error, record)) => {
                let code = error
                    .rdkafka_error_code()
                    .unwrap_or(RDKafkaErrorCode::Unknown);
                let text = format!(
                    "a record for {}/{} was not delivered: {error}",
                    record.topic(),
                    record.partition()
                );
                seen.undelivered.get_or_insert((code, text));
            }
        }
    }
}

/// Makes a client.
pub(super) fn make<C, T>(
    config: Result<ClientConfig, KafkaConfigError>,
    context: C,
) -> Result<T, Failure>
where
    C: ClientContext,
    T: FromClientConfigAndContext<C>,
{
    let config = config.map_err(|error| Failure::Fatal(format!("kafka.{error}")))?;
    config
        .create_with_context(context)
        .map_err(|error| Failure::Fatal(format!("a client of Kafka cannot be made: {error}")))
}

/// Closes a client where nobody waits: that takes 100 ms and more.
pub(super) fn close_aside<T: Send + 'static>(client: T) {
    // Where no thread can be had, it is closed here.
    let _ = std::thread::Builder::new()
        .name("kafka close".into())
        .spawn(move || drop(client));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_timeouts_is_counted_once() {
        let report = "[thrd:b:9092/1]: b:9092/1: Timed out 3 in-flight, 2 retry-queued, 4 out-queue, 1 \
                      partially-sent requests";
        assert_eq!(timed_out(report), 9);
        let one = "[thrd:b:9092/1]: b:9092/1: Timed out FetchRequest in flight (after 10001ms, timeout #0)";
        assert_eq!(timed_out(one), 0);
        assert_eq!(timed_out("b:9092/1: 2 request(s) timed out: disconnect"), 0);
    }
}
