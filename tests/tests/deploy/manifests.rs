//! The manifests of Kubernetes, but for what runs in the pods: see [`crate::pods`].

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kustomize::{Built, build};
use crate::tree::{Tree, entries, list, text, texts};
use crate::{pods, rig, schema};

/// The folders that are applied.
const FOLDERS: [&str; 2] = ["deploy/k8s/base", "deploy/k8s/overlays/example"];
/// What a service reads: its stages in the metrics, and the topics that they read.
const READS: [(&str, &[&str], &[&str]); 3] = [
    (
        "fetcher",
        &["poll", "page"],
        &["feeds", "articles.discovered"],
    ),
    ("cleaner", &["clean"], &["articles.fetched"]),
    ("enricher", &["enrich"], &["articles.cleaned"]),
];

/// What is wrong with the manifests.
pub(crate) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for folder in FOLDERS {
        let built = build(tree, folder);
        let mut own = built.faults.clone();
        own.extend(pods::faults(&built));
        for object in &built.objects {
            let name = format!(
                "{} {}",
                text(object, "/kind"),
                text(object, "/metadata/name")
            );
            let found = schema::kubernetes(object)
                .into_iter()
                .chain(selected(&built, object));
            own.extend(found.map(|fault| format!("{name}: {fault}")));
        }
        own.extend(disruptions(&built));
        own.extend(standby(&built));
        own.extend(scaled(&built));
        own.extend(monitored(tree, &built));
        faults.extend(own.into_iter().map(|fault| format!("{folder}: {fault}")));
    }
    faults
}

/// The components that have pods.
fn components(built: &Built) -> BTreeSet<&str> {
    let workloads = built.of_kind("StatefulSet").chain(built.of_kind("Job"));
    let component = "/spec/template/metadata/labels/app.kubernetes.io~1component";
    workloads
        .map(|workload| text(workload, component))
        .collect()
}

/// What an object selects by component is there, and so is the port that it names.
fn selected(built: &Built, object: &Value) -> Vec<String> {
    const LABEL: &str = "app.kubernetes.io~1component";
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let chosen = [
        format!("/selector/{LABEL}"),
        format!("/selector/matchLabels/{LABEL}"),
        format!("/podSelector/matchLabels/{LABEL}"),
    ];
    let chosen = chosen.iter().map(|pointer| text(spec, pointer).to_owned());
    let more = texts(spec, "/selector/matchExpressions/0/values");
    let there = components(built);
    let mut faults = Vec::new();
    for component in chosen.chain(more).filter(|component| !component.is_empty()) {
        if !there.contains(component.as_str()) {
            faults.push(format!("it selects {component}, which has no pods"));
        }
    }
    let ports = list(spec, "/ports")
        .iter()
        .map(|port| text(port, "/targetPort"));
    let scraped = list(spec, "/podMetricsEndpoints")
        .iter()
        .map(|it| text(it, "/port"));
    let allowed = list(spec, "/ingress").iter();
    let allowed = allowed.flat_map(|rule| list(rule, "/ports").iter().map(|it| text(it, "/port")));
    for port in ports.chain(scraped).chain(allowed) {
        if port != "admin" {
            faults.push(format!("port {port:?} is not the pods' admin port"));
        }
    }
    faults
}

/// Each service may lose one pod at a time on purpose, and no more.
fn disruptions(built: &Built) -> Vec<String> {
    let mut faults = Vec::new();
    for workload in built.of_kind("StatefulSet") {
        let name = text(workload, "/metadata/name");
        let budget = built.find("PodDisruptionBudget", name);
        let at_most = budget.and_then(|budget| budget.pointer("/spec/maxUnavailable"));
        if at_most != Some(&Value::from(1)) {
            faults.push(format!("{name} has no PodDisruptionBudget of one"));
        }
        if built
            .find("Service", text(workload, "/spec/serviceName"))
            .is_none()
        {
            faults.push(format!("{name} names a service that is not there"));
        }
    }
    faults
}

/// The partitions of what a service reads, as its configuration has them.
fn partitions(built: &Built, service: &str) -> Result<u64, String> {
    let settings = pods::settings(built, service)?;
    let read = READS.iter().find(|(name, ..)| *name == service);
    let (_, _, topics) = read.ok_or_else(|| format!("{service} is no service"))?;
    let counts = topics.iter().map(|topic| {
        let bare = format!("topics.{topic}.partitions");
        let quoted = format!("topics.\"{topic}\".partitions");
        let count = settings.get(&bare).or_else(|| settings.get(&quoted));
        count.and_then(|count| count.parse().ok()).unwrap_or(0)
    });
    Ok(counts.max().unwrap_or(0))
}

/// The enricher has one more pod than partitions: it follows the state and takes over.
fn standby(built: &Built) -> Vec<String> {
    let wanted = match partitions(built, "enricher") {
        Ok(partitions) => partitions + 1,
        Err(error) => return vec![error],
    };
    let workload = built.find("StatefulSet", "enricher");
    let replicas = workload.and_then(|it| it.pointer("/spec/replicas")?.as_u64());
    if replicas == Some(wanted) {
        return Vec::new();
    }
    vec![format!(
        "enricher has {replicas:?} pods where one at work and one standing by are {wanted}"
    )]
}

fn scaled(built: &Built) -> Vec<String> {
    let mut faults = Vec::new();
    for object in built.of_kind("ScaledObject") {
        let target = text(object, "/spec/scaleTargetRef/name");
        let kind = text(object, "/spec/scaleTargetRef/kind");
        let Some(workload) = built.find(kind, target) else {
            faults.push(format!("there is no {kind} {target} to scale"));
            continue;
        };
        if workload.pointer("/spec/replicas").is_some() {
            faults.push(format!(
                "{target} has replicas, which undo what the autoscaler did"
            ));
        }
        let most = object
            .pointer("/spec/maxReplicaCount")
            .and_then(Value::as_u64);
        match partitions(built, target) {
            Ok(partitions) if most == Some(partitions) => {}
            Ok(partitions) => faults.push(format!(
                "{target} is scaled to {most:?} pods where its input has {partitions} partitions"
            )),
            Err(error) => faults.push(error),
        }
        for trigger in list(object, "/spec/triggers") {
            faults.extend(asked(target, text(trigger, "/metadata/query")));
        }
    }
    faults
}

/// The autoscaler asks for a lag in seconds, of stages that the service has.
fn asked(service: &str, query: &str) -> Vec<String> {
    let metric = query
        .split(['(', '{'])
        .find(|part| part.starts_with("copydesk_"));
    let metric = metric.unwrap_or_default();
    let mut faults = Vec::new();
    let known = pipeline::metrics::ALL.iter().any(|it| it.name == metric);
    if !known || !metric.ends_with("_seconds") {
        faults.push(format!(
            "{service} is scaled on {metric:?}, which is no lag in seconds"
        ));
    }
    let stages = query
        .split("stage=~\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let stages: Vec<&str> = stages.unwrap_or_default().split('|').collect();
    let own = READS.iter().find(|(name, ..)| *name == service);
    if own.is_none_or(|(_, own, _)| *own != stages) {
        faults.push(format!(
            "{service} is scaled on stages {stages:?}, which are not its own"
        ));
    }
    faults
}

/// The pods are scraped where they answer, under the job that boards and alerts know.
fn monitored(tree: &Tree, built: &Built) -> Vec<String> {
    let mut faults = Vec::new();
    let config = tree
        .yaml("deploy/prometheus/prometheus.yml")
        .unwrap_or_default();
    let job = config
        .first()
        .map_or("", |it| text(it, "/scrape_configs/0/job_name"));
    for monitor in built.of_kind("PodMonitor") {
        for endpoint in list(monitor, "/spec/podMetricsEndpoints") {
            let path = text(endpoint, "/path");
            if !rig::paths_told().iter().any(|told| told == path) {
                faults.push(format!("the admin port has no {path} to scrape"));
            }
            let relabelled = list(endpoint, "/relabelings").iter();
            let mut jobs = relabelled.filter(|it| text(it, "/targetLabel") == "job");
            if !jobs.any(|it| text(it, "/replacement") == job) {
                faults.push(format!("the pods are not scraped as job {job}"));
            }
        }
        let scraped: BTreeSet<String> = texts(monitor, "/spec/selector/matchExpressions/0/values")
            .into_iter()
            .collect();
        for (name, ..) in READS {
            if !scraped.contains(name) {
                faults.push(format!("{name} is not scraped"));
            }
        }
    }
    faults
}

#[test]
fn the_manifests_are_what_the_binary_wants() {
    assert_eq!(faults(&Tree::default()), [""; 0]);
}

#[test]
fn the_example_has_what_a_cluster_may_have() {
    let built = build(&Tree::default(), FOLDERS[1]);
    for kind in [
        "PodMonitor",
        "ScaledObject",
        "NetworkPolicy",
        "Job",
        "StatefulSet",
    ] {
        assert!(built.of_kind(kind).next().is_some(), "{kind}");
    }
    let enricher = built.find("StatefulSet", "enricher").expect("it is there");
    let limits = "/spec/template/spec/containers/0/resources/limits";
    let names: Vec<&str> = entries(enricher, limits)
        .iter()
        .map(|pair| pair.0)
        .collect();
    assert_eq!(names, ["memory"]);
    let memory = text(enricher, &format!("{limits}/memory"));
    assert_eq!(memory, "6Gi", "the patch holds");
}
