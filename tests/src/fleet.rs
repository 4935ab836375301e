//! Several processes of each service.

use std::time::Instant;

use crate::{Place, Random, Service};

/// The services of the pipeline.
pub const SERVICES: [&str; 3] = ["fetcher", "cleaner", "enricher"];

/// One process, which is started again whenever it ends.
#[derive(Debug)]
struct Member {
    service: &'static str,
    process: Service,
    frozen_since: Option<Instant>,
}

/// What happened to a fleet.
#[derive(Debug, Default)]
pub struct Casualties {
    /// Processes that were killed.
    pub kills: u32,
    /// Processes that stood still for a while.
    pub freezes: u32,
    /// Processes that ended by themselves: a zombie whose name was taken over may.
    pub ended: u32,
}

/// Every process of a pipeline that is spread over many.
#[derive(Debug)]
pub struct Fleet<'a> {
    place: &'a Place,
    members: Vec<Member>,
    /// What happened to it so far.
    pub casualties: Casualties,
}

impl<'a> Fleet<'a> {
    /// Starts `each` processes of every service.
    pub fn start(place: &'a Place, each: usize) -> Self {
        let services = SERVICES.iter().flat_map(|service| vec![*service; each]);
        let members = services.map(|service| Member {
            service,
            process: place.start_service(service),
            frozen_since: None,
        });
        Self {
            place,
            members: members.collect(),
            casualties: Casualties::default(),
        }
    }

    /// Kills a process at random and starts it again at once.
    pub fn kill_one(&mut self, random: &mut Random) {
        let number = random.below(self.members.len() as u64) as usize;
        let member = &mut self.members[number];
        let successor = || self.place.start_service(member.service);
        member.process.end();
        member.process = successor();
        member.frozen_since = None;
        self.casualties.kills += 1;
    }

    /// Stops a process at random where it stands, unless one stands already.
    pub fn freeze_one(&mut self, random: &mut Random) {
        if self
            .members
            .iter()
            .any(|member| member.frozen_since.is_some())
        {
            return;
        }
        let number = random.below(self.members.len() as u64) as usize;
        let member = &mut self.members[number];
        if member.process.is_running() {
            member.process.freeze();
            member.frozen_since = Some(Instant::now());
            self.casualties.freezes += 1;
        }
    }

    /// Lets those go on that have stood since before `moment`.
    pub fn thaw(&mut self, moment: Instant) {
        for member in &mut self.members {
            if member.frozen_since.is_some_and(|since| since <= moment) {
                member.process.thaw();
                member.frozen_since = None;
            }
        }
    }

    /// Starts those again that ended by themselves, as whoever supervises them would.
    pub fn supervise(&mut self) {
        for member in &mut self.members {
            if member.frozen_since.is_none() && !member.process.is_running() {
                println!(
                    "{} ended by itself: {}",
                    member.service,
                    self.place.last_words()
                );
                member.process = self.place.start_service(member.service);
                self.casualties.ended += 1;
            }
        }
    }

    /// Asks every process to stop, and waits until all have.
    ///
    /// # Panics
    /// Where one does not end well.
    #[track_caller]
    pub fn stop(self) {
        for member in &self.members {
            member.process.ask();
        }
        for member in self.members {
            let status = member.process.ended();
            assert!(status.success(), "{} ends with {status}", member.service);
        }
    }
}
