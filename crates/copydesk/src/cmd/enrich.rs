//! Enrich documents of a user's own, here and now, by the enricher's own code.

mod last;
mod lines;

use std::io::{BufWriter, Write};

use article::{ArticleId, Cleaned};
use enricher::{Output, Window};
use pipeline::{Record, Reject, Stage as _, State as _};

use self::last::Last;
use self::lines::Lines;
use crate::cli::Enrich;
use crate::config::Config;
use crate::documents::{Documents, Name};

pub(super) fn run(config: &Config, enrich: &Enrich) -> anyhow::Result<()> {
    let mut documents = Documents::open(enrich.file.as_deref())?;
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    let mut desk = Desk::new(config);
    if enrich.final_ {
        let mut last = Last::default();
        read_all(&mut documents, &mut desk, |id, name, outputs, _| {
            last.take(id, name, outputs);
            Ok(())
        })?;
        last.print(&mut out)?;
    } else {
        // Whoever sends documents one by one waits for the answers.
        let one_by_one = enrich.file.is_none();
        if one_by_one {
            documents = documents.at_once();
        }
        let mut lines = Lines::default();
        read_all(&mut documents, &mut desk, |_, name, outputs, window| {
            lines.print(name, outputs, window, &mut out)?;
            if one_by_one {
                out.flush()?;
            }
            Ok(())
        })?;
    }
    out.flush()?;
    documents.end()
}

/// Enriches the documents one after the other, and gives what each has brought to `take`.
fn read_all(
    documents: &mut Documents,
    desk: &mut Desk,
    mut take: impl FnMut(&ArticleId, &Name, &[Output], &Window) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while let Some(document) = documents.read()? {
        let id = document.article.id.clone();
        if desk.window.remembers(&id) {
            documents.repeat(&document.name);
        }
        match desk.enrich(document.article) {
            Ok(outputs) => take(&id, &document.name, &outputs, &desk.window)?,
            Err(reject) => documents.refuse(&reject.detail),
        }
        if !desk.window.remembers(&id) {
            documents.late(&document.name);
        }
    }
    Ok(())
}

/// The stage with its window, run as the pipeline runs it.
pub(super) struct Desk {
    pub(super) stage: enricher::Enrich,
    pub(super) window: Window,
    offset: u64,
}

impl Desk {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            stage: config.enrich(),
            window: Window::default(),
            offset: 0,
        }
    }

    pub(super) fn enrich(&mut self, article: Cleaned) -> Result<Vec<Output>, Reject> {
        let record = Record {
            topic: "articles.cleaned".to_owned(),
            partition: 0,
            offset: self.offset,
            written_at: article.fetched_at,
            value: article,
        };
        self.offset += 1;
        let outputs = self.stage.apply(record, &mut self.window);
        // There is no changelog here: what was changed stands, or is undone as a task would.
        if outputs.is_err() {
            let mut undone = false;
            for table in self.window.tables() {
                undone |= table.undo();
            }
            if undone {
                self.window.rebuild();
            }
        }
        for table in self.window.tables() {
            table.keep();
            drop(table.take_changes(usize::MAX));
        }
        outputs
    }
}
