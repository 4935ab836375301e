//! Who would read a record that is sent back: a generation has topics of its own, and has handled what lies
//! in those that it shares itself.

use pipeline::dead::Buried;
use pipeline::generations::Generations;
use pipeline::topics::{REPLAYED, STAGES, Stage, Topology, base, generation_of};

/// The stages of the live generation.
#[derive(Clone, Copy, Debug)]
pub struct Readers<'a> {
    /// The topics of the live generation.
    pub topology: &'a Topology,
    /// What is known of generations.
    pub known: &'a Generations,
}

impl Readers<'_> {
    /// Why it does not help to send back a letter that lies in `dead_topic`; `None` where it may.
    pub(super) fn refusal(&self, dead_topic: &str, letter: &Buried) -> Option<String> {
        if letter.is_cut() {
            return Some("only the beginning of its value was kept".to_owned());
        }
        let topic = letter.topic.as_str();
        let mut stages = STAGES.iter();
        let read = stages.find(|stage| base(topic) == Some(stage.input));
        let Some(Stage {
            name: reader,
            input,
            ..
        }) = read
        else {
            let mut replayed = REPLAYED.iter();
            return Some(
                match replayed.find(|stage| base(topic) == Some(stage.input)) {
                    Some(stage) => format!(
                        "no service reads {topic} a second time; `copydesk replay {} --generation N` reads all of \
                     it with this version",
                        stage.service
                    ),
                    None => format!("no stage reads {topic}"),
                },
            );
        };
        let live = self.topology.generation_of(reader);
        let reads = self.topology.topic(input).map(|topic| topic.name.as_str());
        if reads != Some(topic) {
            return Some(format!(
                "no stage of the live generation reads {topic}: its {reader} reads {}, which has been \
                 derived anew, this record too",
                reads.unwrap_or(input)
            ));
        }
        let is_older = generation_of(dead_topic) != live;
        (is_older && letter.stage == *reader && self.has_handled(live, reader, letter)).then(|| {
            format!(
                "generation {live}, which is live, has handled this record of {topic} itself; where it \
                 failed too, `copydesk dead list` has a letter of that generation"
            )
        })
    }

    /// Whether the replay that made a generation has written what comes of the record, or its services have.
    fn has_handled(&self, generation: u32, stage: &str, letter: &Buried) -> bool {
        let made = self.known.get(generation).ok().flatten();
        let step = made.and_then(|made| made.steps.iter().find(|step| step.stage == stage));
        let Some((partition, offset)) = letter.source else {
            return false;
        };
        let span = step.and_then(|step| step.spans.get(partition as usize));
        span.is_some_and(|span| offset >= span.from)
    }
}
