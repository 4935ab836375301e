//! Flags that choose records by what they say.

use clap::Args;

use crate::select::{Group, OutletPattern, Select, StoryPrefix};

/// Flags that choose records by what they say.
#[derive(Clone, Debug, Default, Args)]
pub struct Wanted {
    /// Only this story: its id, or the first six digits or more; give it again for more of them
    #[arg(long, value_name = "ID")]
    pub story: Vec<StoryPrefix>,
    /// Only this outlet: its name, in any case, * for any part of it; give it again for more of them
    #[arg(long, value_name = "NAME")]
    pub outlet: Vec<OutletPattern>,
    /// Only one article of each: for tail the first that comes, for export the original, else the earliest
    #[arg(long, value_name = "GROUP")]
    pub one_per: Option<Group>,
}

impl Wanted {
    /// The flags as one selection.
    pub fn select(&self) -> Select {
        Select {
            stories: self.story.clone(),
            outlets: self.outlet.clone(),
            one_per: self.one_per,
        }
    }
}
