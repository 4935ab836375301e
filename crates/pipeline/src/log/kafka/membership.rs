//! Memberships in consumer groups, and claims. One consumer for a group; each partition has a queue of
//! its own, which its claim reads.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::Message as _;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata};
use rdkafka::error::RDKafkaErrorCode;

use super::assignments::{Assignments, Touch};
use super::claim::KafkaClaim;
use super::client::{close_aside, make};
use super::failure::{check_welcome, of_code};
use super::orphans::Orphans;
use super::{KafkaLog, lock};
use crate::log::{Change, Failure, Membership};
use crate::waker::Waker;

/// How long passes at least until a member joins anew again because records do not come.
const MEND_EVERY: Duration = Duration::from_secs(120);
/// How long leaving a group may take.
const LEAVE: Duration = Duration::from_secs(5);

/// A member of a group. See [`Membership`].
pub struct KafkaMembership {
    consumer: Arc<BaseConsumer<Assignments>>,
    log: KafkaLog,
    instance: Option<String>,
    orphans: Orphans,
    /// When it joined anew because records did not come.
    mended: Option<Instant>,
}

impl std::fmt::Debug for KafkaMembership {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaMembership")
            .field("group", &self.consumer.context().group)
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}

impl KafkaMembership {
    pub(super) fn join(log: &KafkaLog, group: &str, topic: &str) -> Result<Self, Failure> {
        Ok(Self {
            consumer: subscribed(log, group, topic)?,
            log: log.clone(),
            instance: log.instance().map(str::to_owned),
            orphans: Orphans::watch(),
            mended: None,
        })
    }

    /// Joins anew where the old consumer was fenced after it had lost touch, most likely by itself; false where
    /// it had not, so that it was another process.
    ///
    /// Whoever hears nothing of the broker for a session joins as one who is new, and the broker takes the
    /// member that it still knows by that name for another: what the old one has under way is answered
    /// with a fence, which ends a consumer for good (seen where a broker stood still for two sessions).
    /// Once for each loss of touch: a process that was paused while another took its name drives that one out,
    /// and ends when it is started again.
    fn see_to_fence(&mut self) -> Result<bool, Failure> {
        let assignments = self.consumer.context();
        if !lock(&assignments.held).touch.explains_a_fence() {
            return Ok(false);
        }
        tracing::warn!(
            group = %assignments.group,
            "out of touch with the broker and fenced after it: joining anew"
        );
        self.join_anew()?;
        Ok(true)
    }

    /// Joins anew where the client stands still and says nothing: it was cut off for good, as in
    /// [`super::renewed`]; or it does not ask for a partition that it has, while it asks for others (seen
    /// where the broker that leads them was off the cluster's list for a moment, and members lost and got
    /// back their partitions meanwhile).
    fn see_to_silence(&mut self) -> Result<(), Failure> {
        let assignments = self.consumer.context();
        let why = {
            let held = lock(&assignments.held);
            let forsaken = held.holds.iter().find(|(_, hold)| hold.is_forsaken());
            // Where another client does no better, the reason is elsewhere: all of them would be asked to
            // begin again for ever.
            let may_help = self.mended.is_none_or(|at| at.elapsed() >= MEND_EVERY);
            match forsaken {
                Some((partition, _)) if may_help => {
                    self.mended = Some(Instant::now());
                    let topic = &assignments.topic;
                    format!("the client does not fetch {topic}/{partition}")
                }
                _ if held.touch.is_cut_off() => "still out of touch with the group".to_owned(),
                _ => return Ok(()),
            }
        };
        tracing::warn!(group = %assignments.group, "{why}: joining anew");
        self.join_anew()
    }

    /// Joins with a new consumer. What the old one had is revoked.
    fn join_anew(&mut self) -> Result<(), Failure> {
        let assignments = self.consumer.context();
        let held = std::mem::take(&mut *lock(&assignments.held));
        let mut changes = held.changes;
        for (partition, hold) in held.holds {
            hold.lose();
            changes.push(Change::Revoked(partition));
        }
        let consumer = subscribed(&self.log, &assignments.group, &assignments.topic)?;
        {
            let mut held = lock(&consumer.context().held);
            held.changes = changes;
            held.touch = Touch::Anew(Instant::now());
        }
        close_aside(std::mem::replace(&mut self.consumer, consumer));
        Ok(())
    }

    fn note_astray(&self, partition: i32) {
        let held = lock(&self.consumer.context().held);
        if let Some(hold) = held.holds.get(&partition.unsigned_abs()) {
            hold.stray();
        }
    }

    /// Joins anew where partitions have long been nobody's: so the group deals all of them out again.
    fn see_to_orphans(&mut self) -> Result<(), Failure> {
        let Some(instance) = &self.instance else {
            // Whoever has no name leaves no place to come back to.
            return Ok(());
        };
        let Assignments { group, topic, .. } = self.consumer.context().as_ref();
        let found = self.orphans.found(&self.consumer, (group, topic), instance);
        if found.is_empty() {
            return Ok(());
        }
        tracing::warn!(
            %group,
            "partitions {found:?} of {topic} are no member's: joining anew, so that they are dealt out again"
        );
        self.consumer.unsubscribe();
        self.consumer
            .subscribe(&[topic])
            .map_err(|error| Failure::Fatal(format!("group {group} cannot be joined: {error}")))
    }

    fn check_alive(&mut self) -> Result<(), Failure> {
        if let Some(why) = &lock(&self.consumer.context().held).failed {
            return Err(Failure::Fatal(format!(
                "the partitions of group {} cannot be taken over: {why}",
                self.consumer.context().group
            )));
        }
        let Some((code, reason)) = self.consumer.client().fatal_error() else {
            return Ok(());
        };
        if code == RDKafkaErrorCode::FencedInstanceId && self.see_to_fence()? {
            return Ok(());
        }
        let group = &self.consumer.context().group;
        if code == RDKafkaErrorCode::FencedInstanceId {
            // Polling on would be a silent stand-still: this consumer never gets a partition again.
            let instance = self.instance.as_deref().unwrap_or_default();
            return Err(Failure::Fatal(format!(
                "another process has joined group {group} as {instance}, so this one ends; where both \
                 shall run, give each a kafka.instance of its own. Where there is no other, the broker \
                 was killed while the group was dealt out and remembers an older process of this name: \
                 start it again"
            )));
        }
        Err(of_code(code, format!("group {group}: {reason}")))
    }
}

/// A consumer that asks to be a member, and has no partition yet.
fn subscribed(
    log: &KafkaLog,
    group: &str,
    topic: &str,
) -> Result<Arc<BaseConsumer<Assignments>>, Failure> {
    let assignments = Assignments {
        group: Arc::from(group),
        topic: Arc::from(topic),
        held: Mutex::default(),
    };
    let config = log.config().member(group, log.instance());
    let consumer: BaseConsumer<Assignments> = make(config, assignments)?;
    consumer
        .subscribe(&[topic])
        .map_err(|error| Failure::Fatal(format!("group {group} cannot be joined: {error}")))?;
    Ok(Arc::new(consumer))
}

impl Membership for KafkaMembership {
    type Claim = KafkaClaim;

    fn poll(&mut self, wait: Duration) -> Result<Vec<Change>, Failure> {
        self.see_to_orphans()?;
        self.see_to_silence()?;
        let deadline = Instant::now() + wait;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.consumer.poll(left) {
                // Records come by the claims' own queues. One that comes here must not be missed in
                // silence.
                Some(Ok(message)) => self.note_astray(message.partition()),
                Some(Err(error)) => {
                    self.check_alive()?;
                    let group = &self.consumer.context().group;
                    tracing::debug!(%group, "kafka consumer: {error}");
                    check_welcome(group, &error)?;
                }
                None => {}
            }
            let changes = std::mem::take(&mut lock(&self.consumer.context().held).changes);
            if !changes.is_empty() {
                return Ok(changes);
            }
            self.check_alive()?;
            if Instant::now() >= deadline {
                return Ok(Vec::new());
            }
        }
    }

    fn claim(&mut self, partition: u32, waker: Waker) -> Result<KafkaClaim, Failure> {
        let assignments = self.consumer.context();
        let hold = lock(&assignments.held).holds.get(&partition).cloned();
        let Some(hold) = hold.filter(|hold| hold.is_current()) else {
            let (topic, group) = (&assignments.topic, &assignments.group);
            return Err(Failure::Fenced(format!(
                "partition {partition} of {topic} is no longer this member's in group {group}"
            )));
        };
        let consumer = self.consumer.clone();
        Ok(KafkaClaim::new(self.log.clone(), consumer, hold, waker))
    }

    fn is_settled(&self) -> bool {
        lock(&self.consumer.context().held).settled
    }
}

impl Drop for KafkaMembership {
    /// A named member does not leave: its partitions wait for its return until the session times out. A
    /// passing one leaves at once, also where a forgotten claim keeps its consumer alive.
    fn drop(&mut self) {
        let holds = std::mem::take(&mut lock(&self.consumer.context().held).holds);
        for hold in holds.values() {
            hold.lose();
        }
        if self.instance.is_some() {
            return;
        }
        self.consumer.unsubscribe();
        let deadline = Instant::now() + LEAVE;
        let is_empty = || {
            self.consumer
                .assignment()
                .is_ok_and(|list| list.count() == 0)
        };
        while !is_empty() && Instant::now() < deadline {
            let _ = self.consumer.poll(Duration::from_millis(20));
        }
    }
}

/// The member as the broker knows it, for a transaction's offsets.
pub(super) fn member(consumer: &BaseConsumer<Assignments>) -> Option<ConsumerGroupMetadata> {
    consumer.group_metadata()
}
