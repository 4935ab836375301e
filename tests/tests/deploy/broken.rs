//! Every check finds what it looks for: a file with one thing wrong, and what is then said.

use crate::tree::Tree;
use crate::{compose, dockerfile, manifests, units};

#[track_caller]
fn check(faults: fn(&Tree) -> Vec<String>, path: &str, from: &str, to: &str, expected: &str) {
    let found = faults(&Tree::broken(path, from, to));
    assert!(
        found.iter().any(|fault| fault.contains(expected)),
        "{path} with {to:?} for {from:?}: {found:#?}"
    );
}

#[test]
fn a_broken_dockerfile_is_found() {
    for (from, to, expected) in [
        ("debian:13.2-slim", "debian", "image debian is not pinned"),
        ("rust:1.91.1-slim", "rust:1.89.0-slim", "older than the rust-version"),
        ("--from=build", "--from=builder", "no stage builder"),
        ("--locked ", "", "cargo build runs without --locked"),
        ("--no-install-recommends g++", "g++", "apt-get install has no --no-install"),
        ("USER 10001:10001", "USER root", "USER \"root\" is no number"),
        ("USER 10001:10001", "USER 0", "USER \"0\" is no number"),
        ("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL", "STOPSIGNAL is not SIGTERM"),
        ("ENV COPYDESK_DATA_DIR", "ENV COPYDESK_DATADIR", "is not a setting"),
        ("VOLUME [\"/var/lib", "VOLUME [\"/srv", "is no VOLUME"),
        ("\"run\", \"--quiet\"", "\"run\", \"--quite\"", "'--quite'"),
        ("[\"copydesk\", \"health\"]", "[\"copydesk\", \"helth\"]", "'helth'"),
        ("[\"copydesk\", \"health\"]", "[\"curl\", \"x\"]", "does not ask the binary"),
        ("ENTRYPOINT [\"copydesk\"]", "ENTRYPOINT copydesk", "ENTRYPOINT is not"),
        ("image.licenses", "image.license", "no label org.opencontainers.image.licenses"),
        ("VERSION=0.1.0", "VERSION=0.0.9", "where the binary is"),
        ("RUN [\"copydesk\", \"--version\"]", "RUN true", "not started once"),
    ] {
        check(dockerfile::faults, "deploy/Dockerfile", from, to, expected);
    }
    let ignore = ".dockerignore";
    check(dockerfile::faults, ignore, "!.cargo\n", "", "leaves out .cargo");
    check(dockerfile::faults, ignore, "\n*\n", "\ntarget\n", "leaving everything out");
}

#[test]
fn a_broken_compose_file_is_found() {
    for (from, to, expected) in [
        ("mem_limit: 512m", "memory: 512m", "'memory' was unexpected"),
        ("name: copydesk", "name: [", "did not find expected"),
        ("apache/kafka:4.4.0", "apache/kafka:latest", "is not pinned"),
        ("apache/kafka:4.4.0", "apache/kafka:4.3.0", "of deploy/kafka/pom.xml"),
        ("copydesk:0.1.0", "copydesk:0.0.9", "not of version"),
        ("127.0.0.1:3000:3000", "3000:3000", "open to other machines"),
        ("expose: [\"9600\"]", "ports: [\"127.0.0.1:9600:9600\"]", "leaves the compose network"),
        ("0.0.0.0:9600", "0.0.0.0:9601", "not at the port that is exposed"),
        ("0.0.0.0:9600", "127.0.0.1:9600", "not at the port that is exposed"),
        ("BOOTSTRAP_SERVERS: kafka:9092", "BOOTSTRAP_SERVERS: kafka:9093", "Kafka advertises"),
        ("COPYDESK_LOGGING__FORMAT: json", "COPYDESK_LOGGING__FORM: json", "is not a setting"),
        ("COPYDESK_LOGGING__FORMAT: json", "COPYDESK_LOGGING__FORMAT: xml", "it must be one of"),
        ("http://jaeger:4318", "http://tempo:4318", "exposed by no service"),
        ("stop_grace_period: 40s", "stop_grace_period: 10s", "stop_grace_period is under"),
        ("[\"cleaner\"]", "[\"cleanser\"]", "'cleanser'"),
        ("\"health\", \"--ready\"", "\"health\", \"--redy\"", "'--redy'"),
        ("compose-cleaner", "compose-fetcher", "two services have one kafka.instance"),
        ("COPYDESK_KAFKA__INSTANCE: compose-cleaner", "COPYDESK_DATA_DIR: x", "new name"),
        ("/run/secrets/admin-token", "/run/secrets/token", "is no secret of it"),
        ("../config/feeds.opml", "../config/feed.opml", "which is not there"),
        ("feeds.opml:ro", "feeds:ro", "feeds.opml is not mounted"),
        ("  grafana:/var", "  grafna:/var", "grafna, which is not there"),
        ("- kafka:/var/lib", "- ./kafka:/var/lib", "nothing mounts volume kafka"),
        ("restart: on-failure", "restart: always", "which is started again"),
        ("condition: service_healthy", "condition: service_helthy", "service_helthy"),
        ("cap_drop: [ALL]", "cap_drop: []", "cap_drop is not"),
        ("./compose/secrets/admin-token", "./admin-token", "secrets.sh makes"),
    ] {
        check(compose::faults, "deploy/compose.yaml", from, to, expected);
    }
    let scraped = "deploy/prometheus/prometheus.yml";
    check(compose::faults, scraped, "cleaner:9600", "cleaner:9602", "Prometheus scrapes");
}

#[test]
fn a_broken_unit_is_found() {
    let one = "deploy/systemd/copydesk.service";
    for (from, to, expected) in [
        ("copydesk check", "copydesk chek", "'chek'"),
        ("ExecStartPre=/usr/bin/copydesk check\n", "", "not checked before the start"),
        ("run --quiet", "run --quietly", "'--quietly'"),
        ("TimeoutStopSec=40", "TimeoutStopSec=20", "TimeoutStopSec is under"),
        ("Restart=always", "Restart=no", "Restart is \"no\""),
        ("ExitStatus=78", "ExitStatus=77", "RestartPreventExitStatus is"),
        ("User=copydesk", "User=copydesks", "made by nobody"),
        ("COPYDESK_LOGGING__FORMAT", "COPYDESK_LOG__FORMAT", "is not a setting"),
        ("DATA_DIR=/var/lib/copydesk", "DATA_DIR=/srv/copydesk", "is not the StateDirectory"),
        ("StartLimitBurst=20\n", "", "tried for ever"),
    ] {
        check(units::faults, one, from, to, expected);
    }
    let many = "deploy/systemd/copydesk@.service";
    check(units::faults, many, "copydesk %i", "copydesk run-%i", "'run-fetcher'");
}

#[test]
fn broken_manifests_are_found() {
    let base = "deploy/k8s/base";
    for (file, from, to, expected) in [
        ("fetcher.yaml", "podManagementPolicy", "podManagmentPolicy", "'podManagmentPolicy'"),
        ("fetcher.yaml", "apps/v1", "apps/v1beta1", "none of the kinds"),
        ("fetcher.yaml", "periodSeconds: 5", "periodSeconds: \"5\"", "is not of type"),
        ("cleaner.yaml", "[\"cleaner\"]", "[\"cleanser\"]", "'cleanser'"),
        ("cleaner.yaml", "PeriodSeconds: 40", "PeriodSeconds: 20", "PeriodSeconds is under"),
        ("cleaner.yaml", "path: /healthz", "path: /health", "livenessProbe asks \"/health\""),
        ("cleaner.yaml", "failureThreshold: 360", "failureThreshold: 36", "s to restore"),
        ("cleaner.yaml", "fieldPath: metadata.name", "fieldPath: metadata.uid", "the pod's name"),
        ("cleaner.yaml", "containerPort: 9600", "containerPort: 9602", "is not the pod's"),
        ("cleaner.yaml", "targetPort: admin", "targetPort: http", "not the pods' admin port"),
        ("cleaner.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot is false"),
        ("cleaner.yaml", "drop: [ALL]", "drop: [NET_RAW]", "capabilities/drop is"),
        ("cleaner.yaml", "limits: {memory: 512Mi}", "limits: {}", "no /resources/limits/memory"),
        ("cleaner.yaml", "name: COPYDESK_CONFIG", "name: COPYDESK_CONF", "no configuration file"),
        ("cleaner.yaml", "subPath: copydesk.toml", "subPath: copydesk.conf", "in no config map"),
        ("cleaner.yaml", "- name: data\n", "- name: date\n", "mounts data, which is no volume"),
        ("cleaner.yaml", "maxUnavailable: 1", "minAvailable: 1", "no PodDisruptionBudget of one"),
        ("cleaner.yaml", "serviceName: cleaner", "serviceName: clean", "that is not there"),
        ("fetcher.yaml", "mountPath: /etc/copydesk/feeds.opml", "mountPath: /etc/feeds.opml", "feeds.opml is not mounted"),
        ("enricher.yaml", "replicas: 2", "replicas: 1", "one standing by are 2"),
        ("topics.yaml", "\"apply\"", "\"aply\"", "'aply'"),
        ("network.yaml", "component: fetcher", "component: fetchers", "fetchers, which has no pods"),
        ("network.yaml", "port: admin", "port: metrics", "\"metrics\" is not the pods'"),
        ("copydesk.toml", "token_file", "token_fil", "is not a setting"),
        ("copydesk.toml", "0.0.0.0:9600", "127.0.0.1:9600", "open to nobody outside"),
        ("copydesk.toml", "/etc/copydesk/secrets", "/run/secrets", "is on no volume"),
        ("copydesk.toml", "/var/lib/copydesk", "/srv/copydesk", "no volume that can be written"),
        ("kustomization.yaml", "newTag: 0.1.0", "newTag: 0.0.9", "not of version"),
        ("kustomization.yaml", "  - network.yaml\n", "", "nothing names network.yaml"),
        ("kustomization.yaml", "resources:", "resource:", "resource is not known"),
        ("kustomization.yaml", "- cleaner.yaml", "- cleaners.yaml", "no cleaners.yaml"),
    ] {
        check(manifests::faults, &format!("{base}/{file}"), from, to, expected);
    }
}

#[test]
fn broken_components_and_overlays_are_found() {
    let k8s = "deploy/k8s";
    for (file, from, to, expected) in [
        ("components/autoscaling/cleaner.yaml", "maxReplicaCount: 4", "maxReplicaCount: 5", "its input has 4"),
        ("components/autoscaling/cleaner.yaml", "lag_seconds", "lag_records", "no lag in seconds"),
        ("components/autoscaling/cleaner.yaml", "lag_seconds", "lags_seconds", "no lag in seconds"),
        ("components/autoscaling/cleaner.yaml", "~\"clean\"", "~\"enrich\"", "not its own"),
        ("components/autoscaling/cleaner.yaml", "    name: cleaner", "    name: cleaners", "no StatefulSet cleaners"),
        ("components/autoscaling/cleaner.yaml", "threshold: \"60\"", "threshold: 60", "is not of type"),
        ("components/monitoring/podmonitor.yaml", "path: /metrics", "path: /metric", "no /metric to scrape"),
        ("components/monitoring/podmonitor.yaml", "replacement: copydesk", "replacement: news", "as job copydesk"),
        ("components/monitoring/podmonitor.yaml", "cleaner, ", "", "cleaner is not scraped"),
        ("overlays/example/copydesk.toml", "[tracing]", "[traces]", "is not a setting"),
        ("overlays/example/copydesk.toml", "sasl_username = \"copydesk\"", "", "sasl_username"),
        ("overlays/example/enricher.yaml", "name: enricher", "name: enrichers", "enrichers to patch"),
        ("overlays/example/enricher.yaml", "memory: 6Gi", "memory: [6]", "limits/memory"),
        ("overlays/example/kustomization.yaml", "behavior: merge", "behavior: create", "made twice"),
        ("base/fetcher.yaml", "serviceName:", "replicas: 3\n  serviceName:", "undo what the autoscaler"),
    ] {
        check(manifests::faults, &format!("{k8s}/{file}"), from, to, expected);
    }
}
