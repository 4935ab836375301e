//! The units of systemd.

use std::process::Command;

use tests::binary;

use crate::rig::{self, Environment, STOP_SECONDS, seconds};
use crate::tree::Tree;

const UNITS: [&str; 2] = [
    "deploy/systemd/copydesk.service",
    "deploy/systemd/copydesk@.service",
];
/// Where the units have the binary.
const INSTALLED: &str = "/usr/bin/copydesk";
/// What `systemd-analyze security` may make of a unit at the most: 0 is best, 10 worst.
const EXPOSURE: f64 = 1.5;

/// What is wrong with the units.
pub(crate) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for path in UNITS {
        let own = unit(tree, &tree.read(path));
        faults.extend(own.into_iter().map(|fault| format!("{path}: {fault}")));
    }
    faults
}

/// The values of a key, in order.
fn values<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    let lines = unit.lines().filter_map(|line| line.split_once('='));
    let of_key = lines.filter(|(name, _)| *name == key);
    of_key.map(|(_, value)| value.trim()).collect()
}

fn unit(tree: &Tree, unit: &str) -> Vec<String> {
    let last = |key: &str| values(unit, key).last().copied().unwrap_or_default();
    let mut faults = Vec::new();
    let start = values(unit, "ExecStart");
    if start.is_empty() {
        faults.push("it lacks ExecStart".to_owned());
    }
    for line in start {
        faults.extend(command(line));
    }
    // What ends there is tried again whatever its exit status says.
    if !last("ExecStartPre").is_empty() {
        faults.push("a wrong configuration in ExecStartPre is tried again".to_owned());
    }
    if seconds(last("TimeoutStopSec")) < STOP_SECONDS {
        faults.push(format!("TimeoutStopSec is under {STOP_SECONDS} s"));
    }
    for (key, wanted) in [
        ("Restart", "always"),
        ("RestartPreventExitStatus", "78"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
    ] {
        if last(key) != wanted {
            faults.push(format!("{key} is {:?} and not {wanted}", last(key)));
        }
    }
    faults.extend(tries(
        seconds(last("StartLimitIntervalSec")),
        last("StartLimitBurst").parse().unwrap_or(0),
        seconds(last("RestartSec")),
    ));
    let users = tree.read("deploy/systemd/copydesk.sysusers.conf");
    if !users.contains(&format!("u {} ", last("User"))) {
        faults.push(format!("user {:?} is made by nobody", last("User")));
    }
    faults.extend(settings(unit, last("StateDirectory")));
    faults
}

/// How long a process looks for a broker before it ends, in seconds.
const LOOKS_FOR_A_BROKER: u64 = 10;

/// What is wrong with how often a start that fails is tried again: `burst` times within `interval`, with
/// pauses of `pause`, all in seconds.
fn tries(interval: u64, burst: u64, pause: u64) -> Option<String> {
    if burst == 0 || interval / pause.max(1) < burst {
        return Some("a start that fails at once is tried for ever".to_owned());
    }
    let waiting = interval / (pause + LOOKS_FOR_A_BROKER);
    (waiting >= burst).then(|| "who waits for a broker is given up".to_owned())
}

/// A command line, once for each service where the unit is a template.
fn command(line: &str) -> Vec<String> {
    let Some(arguments) = line.strip_prefix(INSTALLED) else {
        return vec![format!("{line} does not start {INSTALLED}")];
    };
    let services: &[&str] = if line.contains("%i") {
        &["fetcher", "cleaner", "enricher"]
    } else {
        &[""]
    };
    let tried = services.iter().filter_map(|service| {
        let words = arguments.replace("%i", service);
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        rig::command_line(&words).err()
    });
    tried.collect()
}

fn settings(unit: &str, state: &str) -> Vec<String> {
    let pairs = values(unit, "Environment").into_iter();
    let environment: Environment = pairs
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    match rig::settings(&environment, Some("")) {
        Ok(settings) => {
            let folder = rig::setting(&settings, "data_dir");
            if folder == format!("/var/lib/{state}") {
                return Vec::new();
            }
            vec![format!(
                "data_dir {folder} is not the StateDirectory {state:?}"
            )]
        }
        Err(error) => vec![error],
    }
}

#[test]
fn the_units_start_and_stop_the_binary_as_it_wants() {
    assert_eq!(faults(&Tree::default()), [""; 0]);
}

#[test]
fn a_wrong_configuration_ends_with_what_the_units_do_not_try_again() {
    let output = Command::new(binary())
        .arg("run")
        .env_clear()
        .env("COPYDESK_NO_SETTING", "1")
        .output()
        .expect("copydesk runs");
    assert_eq!(output.status.code(), Some(78));
}

/// The units in a folder of their own, with the binary where it was built.
fn installed(tree: &Tree) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let built = binary().display().to_string();
    for path in UNITS {
        let name = path.rsplit('/').next().expect("a name");
        // What systemd starts for a template is one of its instances.
        let name = name.replace('@', "@fetcher");
        let unit = tree.read(path).replace(INSTALLED, &built);
        std::fs::write(folder.path().join(name), unit).expect("written");
    }
    folder
}

/// What `systemd-analyze` says of each unit; `None` where this machine has none.
fn analyzed(tree: &Tree, arguments: &[&str]) -> Option<Vec<(bool, String)>> {
    let folder = installed(tree);
    let mut all = Vec::new();
    for unit in ["copydesk.service", "copydesk@fetcher.service"] {
        let output = Command::new("systemd-analyze")
            .args(arguments)
            .arg(folder.path().join(unit))
            .output();
        let Ok(output) = output else {
            let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!is_ci, "systemd-analyze runs where CI=true");
            println!("skipped: systemd-analyze is not on this machine");
            return None;
        };
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        all.push((output.status.success(), text));
    }
    Some(all)
}

#[test]
fn systemd_takes_the_units_without_a_word() {
    let Some(said) = analyzed(&Tree::default(), &["verify", "--man=no"]) else {
        return;
    };
    assert_eq!(said, [(true, String::new()), (true, String::new())]);
    let path = UNITS[0];
    let broken = Tree::broken(path, "Restart=always", "Restrt=always");
    let said = analyzed(&broken, &["verify", "--man=no"]).expect("it is there");
    assert!(said[0].1.contains("Unknown key"), "{}", said[0].1);
}

#[test]
fn the_units_expose_little_of_the_machine() {
    let threshold = format!("--threshold={}", (EXPOSURE * 10.0) as u32);
    let arguments = [
        "security",
        "--offline=true",
        "--no-pager",
        threshold.as_str(),
    ];
    let Some(said) = analyzed(&Tree::default(), &arguments) else {
        return;
    };
    for (holds, text) in said {
        let last = text.lines().last().unwrap_or_default();
        assert!(holds, "over {EXPOSURE}: {last}");
    }
    let broken = Tree::broken(UNITS[0], "CapabilityBoundingSet=\n", "");
    let said = analyzed(&broken, &arguments).expect("it is there");
    assert!(!said[0].0, "{}", said[0].1);
}
