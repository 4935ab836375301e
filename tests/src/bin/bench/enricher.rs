//! What it costs to tie an article to those before it, with a window of 100,000 and of a million; beside
//! gaoya and datasketch over the same texts, each in a process of its own on one core.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Windows of so many articles of 4.2 KB. The peers read fewer: they take no longer with more.
const WINDOWS: [u32; 2] = [100_000, 1_000_000];
const PEERS: u32 = 5_000;
const DATASKETCH: &str = "datasketch==2.0.0";

/// `only`: a window of so many articles alone.
pub(crate) fn bench(only: Option<u32>) {
    let Some(program) = program() else {
        println!("enricher: skipped: the example throughput of the enricher is not built\n");
        return;
    };
    println!(
        "enricher: candidates, verification, stories, and signals too; articles of 4.2 KB, one core"
    );
    let windows = only.map_or_else(|| WINDOWS.to_vec(), |count| vec![count]);
    for count in windows {
        for signals in [&["--alone"][..], &[]] {
            let mut command = Command::new(&program);
            let said = command.arg(count.to_string()).args(signals).output();
            let said = said.expect("the example runs");
            print!("{}", String::from_utf8_lossy(&said.stdout));
        }
    }
    println!(
        "  aims: sketches 100,000/s, 15,000/s at 100,000, 10,000/s at 1,000,000, 3,000/s with signals; \
         2,000 bytes of memory an article"
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let documents = folder.path().join("documents.jsonl");
    let printed = Command::new(&program)
        .args([&PEERS.to_string(), "4200", "--print"])
        .stdout(File::create(&documents).expect("a file"))
        .status();
    assert!(
        printed.is_ok_and(|ended| ended.success()),
        "texts are printed"
    );
    measure("gaoya", gaoya(), &documents);
    measure("datasketch", datasketch(), &documents);
    println!();
}

/// The example lies beside this program.
fn program() -> Option<PathBuf> {
    let bench = std::env::current_exe().ok()?;
    let program = bench.parent()?.join("examples/throughput");
    program.exists().then_some(program)
}

fn measure(name: &str, command: Option<Command>, documents: &Path) {
    let Some(mut command) = command else { return };
    let said = command.arg(documents).stderr(Stdio::null()).output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let said = said.unwrap_or_default();
    let mut numbers = said.split_whitespace();
    match (numbers.next(), numbers.next()) {
        (Some(rate), Some(bytes)) => println!(
            "  {name:<12} {rate:>6}/s over {PEERS} of the same texts, {bytes} bytes an article, \
             nothing verified"
        ),
        _ => println!("  {name} printed no figures, so it is not measured"),
    }
}

/// gaoya lies in a package of its own, so that nobody else builds it.
fn gaoya() -> Option<Command> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args([
            "build",
            "--release",
            "--quiet",
            "--bin",
            "gaoya",
            "--manifest-path",
        ])
        .arg(home.join("peers/Cargo.toml"))
        .arg("--target-dir")
        .arg(home.join("../target/peers"))
        .status();
    if built.is_ok_and(|status| status.success()) {
        return Some(Command::new(home.join("../target/peers/release/gaoya")));
    }
    println!("  skipped: tests/peers cannot be built here, so gaoya is not measured");
    None
}

/// datasketch, where it can be installed.
fn datasketch() -> Option<Command> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let venv = home.join("../target/peers/datasketch");
    let python = venv.join("bin/python");
    let quietly = |command: &mut Command| command.output().is_ok_and(|out| out.status.success());
    let is_there = || quietly(Command::new(&python).args(["-c", "import datasketch"]));
    if !is_there() {
        let made = quietly(Command::new("python3").args(["-m", "venv"]).arg(&venv));
        let pip = venv.join("bin/pip");
        let _ = made && quietly(Command::new(pip).args(["install", "--quiet", DATASKETCH]));
    }
    if !is_there() {
        println!("  skipped: {DATASKETCH} cannot be installed here, so it is not measured");
        return None;
    }
    let mut command = Command::new(python);
    command.arg(home.join("src/bin/bench/datasketch_peer.py"));
    Some(command)
}
