//! The manifests of Kubernetes.

use super::check;
use crate::manifests;

const BASE: &[(&str, &str, &str, &str)] = &[
    (
        "fetcher.yaml",
        "podManagementPolicy",
        "podManagmentPolicy",
        "'podManagmentPolicy'",
    ),
    (
        "fetcher.yaml",
        "apps/v1",
        "apps/v1beta1",
        "none of the kinds",
    ),
    (
        "fetcher.yaml",
        "periodSeconds: 5",
        "periodSeconds: \"5\"",
        "is not of type",
    ),
    (
        "cleaner.yaml",
        "[\"cleaner\"]",
        "[\"cleanser\"]",
        "'cleanser'",
    ),
    (
        "cleaner.yaml",
        "PeriodSeconds: 40",
        "PeriodSeconds: 20",
        "PeriodSeconds is under",
    ),
    (
        "cleaner.yaml",
        "path: /healthz",
        "path: /health",
        "livenessProbe asks \"/health\"",
    ),
    (
        "cleaner.yaml",
        "failureThreshold: 360",
        "failureThreshold: 36",
        "s to restore",
    ),
    (
        "cleaner.yaml",
        "fieldPath: metadata.name",
        "fieldPath: metadata.uid",
        "the pod's name",
    ),
    (
        "cleaner.yaml",
        "containerPort: 9600",
        "containerPort: 9602",
        "is not the pod's",
    ),
    (
        "cleaner.yaml",
        "targetPort: admin",
        "targetPort: http",
        "not the pods' admin port",
    ),
    (
        "cleaner.yaml",
        "runAsNonRoot: true",
        "runAsNonRoot: false",
        "runAsNonRoot is false",
    ),
    (
        "cleaner.yaml",
        "drop: [ALL]",
        "drop: [NET_RAW]",
        "capabilities/drop is",
    ),
    (
        "cleaner.yaml",
        "limits: {memory: 512Mi}",
        "limits: {}",
        "no /resources/limits/memory",
    ),
    (
        "cleaner.yaml",
        "value: /etc/copydesk/copydesk.toml",
        "value: /etc/copydesk/copydesk.conf",
        "no configuration file",
    ),
    (
        "cleaner.yaml",
        "subPath: copydesk.toml",
        "subPath: copydesk.conf",
        "in no config map",
    ),
    (
        "cleaner.yaml",
        "- name: data\n",
        "- name: date\n",
        "mounts data, which is no volume",
    ),
    (
        "cleaner.yaml",
        "maxUnavailable: 1",
        "minAvailable: 1",
        "no PodDisruptionBudget of one",
    ),
    (
        "cleaner.yaml",
        "serviceName: cleaner",
        "serviceName: clean",
        "that is not there",
    ),
    (
        "fetcher.yaml",
        "mountPath: /etc/copydesk/feeds.opml",
        "mountPath: /etc/feeds.opml",
        "feeds.opml is not mounted",
    ),
    (
        "enricher.yaml",
        "replicas: 2",
        "replicas: 1",
        "one standing by are 2",
    ),
    ("topics.yaml", "\"apply\"", "\"aply\"", "'aply'"),
    (
        "network.yaml",
        "component: fetcher",
        "component: fetchers",
        "fetchers, which has no pods",
    ),
    (
        "network.yaml",
        "port: admin",
        "port: metrics",
        "\"metrics\" is not the pods'",
    ),
    (
        "copydesk.toml",
        "token_file",
        "token_fil",
        "is not a setting",
    ),
    (
        "copydesk.toml",
        "0.0.0.0:9600",
        "127.0.0.1:9600",
        "open to nobody outside",
    ),
    (
        "copydesk.toml",
        "/etc/copydesk/secrets",
        "/run/secrets",
        "is on no volume",
    ),
    (
        "copydesk.toml",
        "/var/lib/copydesk",
        "/srv/copydesk",
        "no volume that can be written",
    ),
    (
        "kustomization.yaml",
        "newTag: 0.1.0",
        "newTag: 0.0.9",
        "not of version",
    ),
    (
        "kustomization.yaml",
        "  - network.yaml\n",
        "",
        "nothing names network.yaml",
    ),
    (
        "kustomization.yaml",
        "resources:",
        "resource:",
        "resource is not known",
    ),
    (
        "kustomization.yaml",
        "- cleaner.yaml",
        "- cleaners.yaml",
        "no cleaners.yaml",
    ),
];

#[test]
fn broken_manifests_are_found() {
    let base = "deploy/k8s/base";
    for (file, from, to, expected) in BASE {
        check(
            manifests::faults,
            &format!("{base}/{file}"),
            from,
            to,
            expected,
        );
    }
}

const BEYOND: &[(&str, &str, &str, &str)] = &[
    (
        "components/autoscaling/cleaner.yaml",
        "maxReplicaCount: 4",
        "maxReplicaCount: 5",
        "its input has 4",
    ),
    (
        "components/autoscaling/cleaner.yaml",
        "lag_seconds",
        "lag_records",
        "no lag in seconds",
    ),
    (
        "components/autoscaling/cleaner.yaml",
        "lag_seconds",
        "lags_seconds",
        "no lag in seconds",
    ),
    (
        "components/autoscaling/cleaner.yaml",
        "~\"clean\"",
        "~\"enrich\"",
        "not its own",
    ),
    (
        "components/autoscaling/cleaner.yaml",
        "    name: cleaner",
        "    name: cleaners",
        "no StatefulSet cleaners",
    ),
    (
        "components/autoscaling/cleaner.yaml",
        "threshold: \"60\"",
        "threshold: 60",
        "is not of type",
    ),
    (
        "components/monitoring/podmonitor.yaml",
        "path: /metrics",
        "path: /metric",
        "no /metric to scrape",
    ),
    (
        "components/monitoring/podmonitor.yaml",
        "replacement: copydesk",
        "replacement: news",
        "as job copydesk",
    ),
    (
        "components/monitoring/podmonitor.yaml",
        "cleaner, ",
        "",
        "cleaner is not scraped",
    ),
    (
        "overlays/example/copydesk.toml",
        "[tracing]",
        "[traces]",
        "is not a setting",
    ),
    (
        "overlays/example/copydesk.toml",
        "sasl_username = \"copydesk\"",
        "",
        "sasl_username",
    ),
    (
        "overlays/example/enricher.yaml",
        "name: enricher",
        "name: enrichers",
        "enrichers to patch",
    ),
    (
        "overlays/example/enricher.yaml",
        "memory: 6Gi",
        "memory: [6]",
        "limits/memory",
    ),
    (
        "overlays/example/kustomization.yaml",
        "behavior: merge",
        "behavior: create",
        "made twice",
    ),
    (
        "base/fetcher.yaml",
        "serviceName:",
        "replicas: 3\n  serviceName:",
        "undo what the autoscaler",
    ),
];

#[test]
fn broken_components_and_overlays_are_found() {
    let k8s = "deploy/k8s";
    for (file, from, to, expected) in BEYOND {
        check(
            manifests::faults,
            &format!("{k8s}/{file}"),
            from,
            to,
            expected,
        );
    }
}
