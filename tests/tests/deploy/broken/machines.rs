//! The image, the compose file and the units.

use super::check;
use crate::{compose, dockerfile, units};

const IMAGE: &[(&str, &str, &str)] = &[
    ("debian:13.2-slim", "debian", "image debian is not pinned"),
    (
        "rust:1.91.1-slim",
        "rust:1.89.0-slim",
        "older than the rust-version",
    ),
    ("--from=build", "--from=builder", "no stage builder"),
    ("--locked ", "", "cargo build runs without --locked"),
    (
        "--no-install-recommends g++",
        "g++",
        "apt-get install has no --no-install",
    ),
    (
        "USER 10001:10001",
        "USER root",
        "USER \"root\" is no number",
    ),
    ("USER 10001:10001", "USER 0", "USER \"0\" is no number"),
    (
        "STOPSIGNAL SIGTERM",
        "STOPSIGNAL SIGKILL",
        "STOPSIGNAL is not SIGTERM",
    ),
    (
        "ENV COPYDESK_DATA_DIR",
        "ENV COPYDESK_DATADIR",
        "is not a setting",
    ),
    ("VOLUME [\"/var/lib", "VOLUME [\"/srv", "is no VOLUME"),
    ("\"run\", \"--quiet\"", "\"run\", \"--quite\"", "'--quite'"),
    (
        "[\"copydesk\", \"health\"]",
        "[\"copydesk\", \"helth\"]",
        "'helth'",
    ),
    (
        "[\"copydesk\", \"health\"]",
        "[\"curl\", \"x\"]",
        "does not ask the binary",
    ),
    (
        "ENTRYPOINT [\"copydesk\"]",
        "ENTRYPOINT copydesk",
        "ENTRYPOINT is not",
    ),
    (
        "image.licenses",
        "image.license",
        "no label org.opencontainers.image.licenses",
    ),
    ("VERSION=0.1.0", "VERSION=0.0.9", "where the binary is"),
    (
        "RUN [\"copydesk\", \"--version\"]",
        "RUN true",
        "not started once",
    ),
];

#[test]
fn a_broken_dockerfile_is_found() {
    for (from, to, expected) in IMAGE {
        check(dockerfile::faults, "deploy/Dockerfile", from, to, expected);
    }
    let ignore = ".dockerignore";
    check(
        dockerfile::faults,
        ignore,
        "!.cargo\n",
        "",
        "leaves out .cargo",
    );
    check(
        dockerfile::faults,
        ignore,
        "\n*\n",
        "\ntarget\n",
        "leaving everything out",
    );
}

const COMPOSE: &[(&str, &str, &str)] = &[
    ("mem_limit: 512m", "memory: 512m", "'memory' was unexpected"),
    ("name: copydesk", "name: [", "did not find expected"),
    ("apache/kafka:4.4.0", "apache/kafka:latest", "is not pinned"),
    (
        "apache/kafka:4.4.0",
        "apache/kafka:4.3.0",
        "of deploy/kafka/pom.xml",
    ),
    ("copydesk:0.1.0", "copydesk:0.0.9", "not of version"),
    ("127.0.0.1:3000:3000", "3000:3000", "open to other machines"),
    (
        "expose: [\"9600\"]",
        "ports: [\"127.0.0.1:9600:9600\"]",
        "leaves the compose network",
    ),
    (
        "0.0.0.0:9600",
        "0.0.0.0:9601",
        "not at the port that is exposed",
    ),
    (
        "0.0.0.0:9600",
        "127.0.0.1:9600",
        "not at the port that is exposed",
    ),
    (
        "BOOTSTRAP_SERVERS: kafka:9092",
        "BOOTSTRAP_SERVERS: kafka:9093",
        "Kafka advertises",
    ),
    (
        "COPYDESK_LOGGING__FORMAT: json",
        "COPYDESK_LOGGING__FORM: json",
        "is not a setting",
    ),
    (
        "COPYDESK_LOGGING__FORMAT: json",
        "COPYDESK_LOGGING__FORMAT: xml",
        "it must be one of",
    ),
    (
        "http://jaeger:4318",
        "http://tempo:4318",
        "exposed by no service",
    ),
    (
        "stop_grace_period: 40s",
        "stop_grace_period: 10s",
        "stop_grace_period is under",
    ),
    ("[\"cleaner\"]", "[\"cleanser\"]", "'cleanser'"),
    (
        "\"health\", \"--ready\"",
        "\"health\", \"--redy\"",
        "'--redy'",
    ),
    (
        "compose-cleaner",
        "compose-fetcher",
        "two services have one kafka.instance",
    ),
    (
        "COPYDESK_KAFKA__INSTANCE: compose-cleaner",
        "COPYDESK_DATA_DIR: x",
        "new name",
    ),
    (
        "/run/secrets/admin-token",
        "/run/secrets/token",
        "is no secret of it",
    ),
    (
        "../config/feeds.opml",
        "../config/feed.opml",
        "which is not there",
    ),
    ("feeds.opml:ro", "feeds:ro", "feeds.opml is not mounted"),
    (
        "- grafana:/var",
        "- grafna:/var",
        "grafna, which is not there",
    ),
    (
        "- kafka:/var/lib",
        "- ./kafka:/var/lib",
        "nothing mounts volume kafka",
    ),
    (
        "restart: on-failure",
        "restart: always",
        "which is started again",
    ),
    (
        "condition: service_healthy",
        "condition: service_helthy",
        "service_helthy",
    ),
    ("cap_drop: [ALL]", "cap_drop: []", "cap_drop is not"),
    (
        "./compose/secrets/admin-token",
        "./admin-token",
        "secrets.sh makes",
    ),
];

#[test]
fn a_broken_compose_file_is_found() {
    for (from, to, expected) in COMPOSE {
        check(compose::faults, "deploy/compose.yaml", from, to, expected);
    }
    let scraped = "deploy/prometheus/prometheus.yml";
    check(
        compose::faults,
        scraped,
        "cleaner:9600",
        "cleaner:9602",
        "Prometheus scrapes",
    );
}

const UNIT: &[(&str, &str, &str)] = &[
    (
        "ExecStart=",
        "ExecStartPre=/usr/bin/copydesk check\nExecStart=",
        "in ExecStartPre is tried again",
    ),
    (
        "IntervalSec=60",
        "IntervalSec=300",
        "who waits for a broker is given up",
    ),
    ("RestartSec=2", "RestartSec=5", "tried for ever"),
    ("run --quiet", "run --quietly", "'--quietly'"),
    (
        "TimeoutStopSec=40",
        "TimeoutStopSec=20",
        "TimeoutStopSec is under",
    ),
    ("Restart=always", "Restart=no", "Restart is \"no\""),
    (
        "ExitStatus=78",
        "ExitStatus=77",
        "RestartPreventExitStatus is",
    ),
    ("User=copydesk", "User=copydesks", "made by nobody"),
    (
        "COPYDESK_LOGGING__FORMAT",
        "COPYDESK_LOG__FORMAT",
        "is not a setting",
    ),
    (
        "DATA_DIR=/var/lib/copydesk",
        "DATA_DIR=/srv/copydesk",
        "is not the StateDirectory",
    ),
    ("StartLimitBurst=20\n", "", "tried for ever"),
];

#[test]
fn a_broken_unit_is_found() {
    let one = "deploy/systemd/copydesk.service";
    for (from, to, expected) in UNIT {
        check(units::faults, one, from, to, expected);
    }
    let many = "deploy/systemd/copydesk@.service";
    check(
        units::faults,
        many,
        "copydesk %i",
        "copydesk run-%i",
        "'run-fetcher'",
    );
}
