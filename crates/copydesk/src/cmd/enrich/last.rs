//! Where each document ended: its last story, family and origin.

use std::collections::HashMap;
use std::io::Write;

use article::{ArticleId, FamilyId, Origin, StoryId};
use enricher::Output;
use serde::Serialize;

use super::lines::Credit;
use crate::documents::Name;

/// What was last told of each document. Some 200 bytes each.
#[derive(Default)]
pub(super) struct Last {
    places: HashMap<ArticleId, usize>,
    ends: Vec<End>,
    /// Where stories went that another took in.
    merged: HashMap<StoryId, StoryId>,
}

struct End {
    name: Name,
    story: StoryId,
    family: FamilyId,
    origin: Option<Box<Origin>>,
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a Name,
    story: &'a StoryId,
    family: &'a FamilyId,
    origin: Option<Credit<'a>>,
}

impl Last {
    /// Takes what the stage made of the document `name`, which is the article `id`.
    pub(super) fn take(&mut self, id: &ArticleId, name: &Name, outputs: &[Output]) {
        for output in outputs {
            match output {
                Output::Enriched(_) => {}
                Output::Lineage(lineage) => {
                    let end = End {
                        name: name.clone(),
                        story: lineage.story.clone(),
                        family: lineage.family.clone(),
                        origin: lineage.origin.clone().map(Box::new),
                    };
                    match self.places.get(&lineage.id) {
                        Some(&place) => {
                            let name = std::mem::replace(&mut self.ends[place], end).name;
                            self.ends[place].name = name;
                        }
                        None if lineage.id == *id => {
                            self.places.insert(id.clone(), self.ends.len());
                            self.ends.push(end);
                        }
                        None => {}
                    }
                }
                Output::Story(story) => match &story.merged_into {
                    Some(into) => _ = self.merged.insert(story.id.clone(), into.clone()),
                    // What was split off may have the name that it had before it was taken in.
                    None => _ = self.merged.remove(&story.id),
                },
            }
        }
    }

    /// Prints a line for each document, in the order in which they came first.
    pub(super) fn print(&self, out: &mut impl Write) -> anyhow::Result<()> {
        for end in &self.ends {
            let line = Line {
                id: &end.name,
                story: self.story(&end.story),
                family: &end.family,
                origin: end.origin.as_deref().map(Credit::of),
            };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// The story that a story has become part of. Members that the window had forgotten by then are told
    /// of no more, so the stories are followed.
    fn story<'a>(&'a self, story: &'a StoryId) -> &'a StoryId {
        let mut at = story;
        // A story only merges into an older one, so there is no circle; the bound is for the reader.
        for _ in 0..self.merged.len() {
            match self.merged.get(at) {
                Some(into) => at = into,
                None => break,
            }
        }
        at
    }
}
