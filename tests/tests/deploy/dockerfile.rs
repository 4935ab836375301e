//! deploy/Dockerfile, and what .dockerignore lets into its build.

use crate::rig::{self, Environment, VERSION, is_pinned};
use crate::tree::Tree;

const FILE: &str = "deploy/Dockerfile";

/// An instruction, its lines joined.
struct Instruction {
    name: String,
    rest: String,
}

impl Instruction {
    /// The words of the form that runs no shell; empty for the other.
    fn exec(&self) -> Vec<String> {
        let at = self.rest.find('[').unwrap_or(self.rest.len());
        serde_json::from_str(&self.rest[at..]).unwrap_or_default()
    }
}

fn instructions(text: &str) -> Vec<Instruction> {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let lines = joined
        .lines()
        .filter_map(|line| line.trim().split_once(' '));
    let read = lines.map(|(name, rest)| Instruction {
        name: name.to_owned(),
        rest: rest.split_whitespace().collect::<Vec<_>>().join(" "),
    });
    read.collect()
}

/// What is wrong with the image's recipe.
pub(crate) fn faults(tree: &Tree) -> Vec<String> {
    let all = instructions(&tree.read(FILE));
    let mut faults = stages(tree, &all);
    faults.extend(build(tree, &all));
    faults.extend(last_stage(&all));
    faults
}

fn stages(tree: &Tree, all: &[Instruction]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut names = Vec::new();
    for from in all.iter().filter(|one| one.name == "FROM") {
        let image = from.rest.split(' ').next().unwrap_or_default();
        if !is_pinned(image) {
            faults.push(format!("image {image} is not pinned"));
        }
        names.extend(from.rest.split_once(" AS ").map(|(_, name)| name));
        if let Some(tag) = image.strip_prefix("rust:")
            && older(tag, &oldest_rust(tree))
        {
            faults.push(format!(
                "{image} is older than the rust-version of Cargo.toml"
            ));
        }
    }
    for copy in all.iter().filter(|one| one.name == "COPY") {
        let from = copy
            .rest
            .split(' ')
            .find_map(|word| word.strip_prefix("--from="));
        match from {
            Some(stage) if !names.contains(&stage) => {
                faults.push(format!("there is no stage {stage} to copy from"));
            }
            _ => {}
        }
    }
    faults
}

fn oldest_rust(tree: &Tree) -> String {
    let manifest = tree.read("Cargo.toml");
    let line = manifest
        .lines()
        .find(|line| line.starts_with("rust-version"));
    let version = line.and_then(|line| line.split('"').nth(1));
    version.expect("Cargo.toml names it").to_owned()
}

fn older(tag: &str, than: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        let number = text.split('-').next().unwrap_or_default();
        number
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect()
    };
    numbers(tag) < numbers(than)
}

fn build(tree: &Tree, all: &[Instruction]) -> Vec<String> {
    let mut faults = Vec::new();
    let runs = || all.iter().filter(|one| one.name == "RUN");
    for run in runs().filter(|run| run.rest.contains("apt-get install")) {
        for part in [
            "apt-get update &&",
            "--no-install-recommends",
            "rm -rf /var/lib/apt/lists/*",
        ] {
            if !run.rest.contains(part) {
                faults.push(format!("a RUN with apt-get install has no {part}"));
            }
        }
    }
    let cargo = runs().find(|run| run.rest.contains("cargo build"));
    let cargo = cargo.map_or("", |run| run.rest.as_str());
    for part in [
        "--locked",
        "--release",
        "--mount=type=cache,target=/usr/local/cargo/registry",
    ] {
        if !cargo.contains(part) {
            faults.push(format!("cargo build runs without {part}"));
        }
    }
    if !runs().any(|run| run.exec() == ["copydesk", "--version"]) {
        faults.push("the binary is not started once, with --version".to_owned());
    }
    let ignore = tree.read(".dockerignore");
    let let_in: Vec<&str> = ignore
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    if ignore.lines().find(|line| !line.starts_with('#')) != Some("*") {
        faults.push(".dockerignore does not begin with leaving everything out".to_owned());
    }
    for needed in [".cargo", "Cargo.toml", "Cargo.lock", "crates", "tests"] {
        if !let_in.contains(&needed) {
            faults.push(format!(
                ".dockerignore leaves out {needed}, which cargo reads"
            ));
        }
    }
    for path in let_in {
        if !tree.has(path) {
            faults.push(format!(".dockerignore lets in {path}, which is not there"));
        }
    }
    faults
}

fn last_stage(all: &[Instruction]) -> Vec<String> {
    let start = all.iter().rposition(|one| one.name == "FROM").unwrap_or(0);
    let last = |name: &str| {
        let found = all[start..].iter().rfind(|one| one.name == name);
        found.map_or("", |one| one.rest.as_str())
    };
    let mut faults = Vec::new();
    let user = last("USER").split(':').next().unwrap_or_default();
    if !user.parse().is_ok_and(|number: u32| number >= 1000) {
        faults.push(format!(
            "USER {user:?} is no number of somebody other than root"
        ));
    }
    if last("STOPSIGNAL") != "SIGTERM" {
        faults.push("STOPSIGNAL is not SIGTERM, at which tasks drain".to_owned());
    }
    let environment = environment(&all[start..]);
    match rig::settings(&environment, None) {
        Ok(settings) => {
            let folder = rig::setting(&settings, "data_dir");
            if !last("VOLUME").contains(&format!("{folder:?}")) {
                faults.push(format!("data_dir {folder} is no VOLUME"));
            }
        }
        Err(error) => faults.push(error),
    }
    faults.extend(labels(last("LABEL"), all));
    faults.extend(commands(&all[start..]));
    faults
}

fn environment(stage: &[Instruction]) -> Environment {
    let lines = stage.iter().filter(|one| one.name == "ENV");
    let pairs = lines.flat_map(|env| env.rest.split(' ').filter_map(|pair| pair.split_once('=')));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn labels(labels: &str, all: &[Instruction]) -> Vec<String> {
    let mut faults = Vec::new();
    for key in ["title", "description", "licenses", "version", "revision"] {
        if !labels.contains(&format!("org.opencontainers.image.{key}=")) {
            faults.push(format!("there is no label org.opencontainers.image.{key}"));
        }
    }
    let version = all.iter().find_map(|one| one.rest.strip_prefix("VERSION="));
    if version != Some(VERSION) {
        faults.push(format!(
            "ARG VERSION is {version:?} where the binary is {VERSION}"
        ));
    }
    faults
}

/// The three command lines of the image, each a word a string: there is no shell to take them apart.
fn commands(stage: &[Instruction]) -> Vec<String> {
    let exec = |name: &str| {
        let found = stage.iter().rfind(|one| one.name == name);
        found.map_or_else(Vec::new, Instruction::exec)
    };
    let mut faults = Vec::new();
    if exec("ENTRYPOINT") != ["copydesk"] {
        faults.push("ENTRYPOINT is not [\"copydesk\"]".to_owned());
    }
    faults.extend(rig::command_line(&exec("CMD")).err());
    match exec("HEALTHCHECK").as_slice() {
        [first, rest @ ..] if first == "copydesk" => faults.extend(rig::command_line(rest).err()),
        other => faults.push(format!(
            "HEALTHCHECK {other:?} does not ask the binary itself"
        )),
    }
    faults
}

#[test]
fn the_image_is_built_and_started_as_the_binary_wants_it() {
    assert_eq!(faults(&Tree::default()), [""; 0]);
}
