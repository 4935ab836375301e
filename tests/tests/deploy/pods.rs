//! What runs in the pods of Kubernetes.

use serde_json::Value;

use crate::kustomize::Built;
use crate::rig::{self, Environment, STOP_SECONDS, Settings, VERSION};
use crate::tree::{list, text, texts};

/// Time to restore a state, at the least, before a pod is ended for not being ready.
const RESTORE_SECONDS: u64 = 20 * 60;

/// What is wrong with the pods.
pub(crate) fn faults(built: &Built) -> Vec<String> {
    let mut faults = Vec::new();
    if built.images.get("copydesk").map(String::as_str) != Some(VERSION) {
        faults.push(format!("the image is not of version {VERSION}"));
    }
    for workload in built.of_kind("StatefulSet").chain(built.of_kind("Job")) {
        let name = text(workload, "/metadata/name");
        let pod = workload
            .pointer("/spec/template/spec")
            .unwrap_or(&Value::Null);
        let container = pod.pointer("/containers/0").unwrap_or(&Value::Null);
        let mut own = locked_down(pod, container);
        own.extend(rig::command_line(&texts(container, "/args")).err());
        own.extend(mounted(built, workload, container));
        if text(workload, "/kind") == "StatefulSet" {
            own.extend(identity(container));
            own.extend(life(pod, container));
        }
        match settings(built, name) {
            Ok(settings) => own.extend(fitting(&settings, container)),
            Err(error) => own.push(error),
        }
        faults.extend(own.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    faults
}

/// The effective settings of a workload's pods.
pub(crate) fn settings(built: &Built, name: &str) -> Result<Settings, String> {
    let workload = built
        .find("StatefulSet", name)
        .or_else(|| built.find("Job", name));
    let workload = workload.ok_or_else(|| format!("there is no {name}"))?;
    let container = workload.pointer("/spec/template/spec/containers/0");
    let container = container.unwrap_or(&Value::Null);
    let variables = list(container, "/env").iter().map(|variable| {
        let of_pod = text(variable, "/valueFrom/fieldRef/fieldPath") == "metadata.name";
        let value = if of_pod {
            format!("{name}-0")
        } else {
            text(variable, "/value").to_owned()
        };
        (text(variable, "/name").to_owned(), value)
    });
    let environment: Environment = variables.collect();
    let path = environment.get("COPYDESK_CONFIG");
    let file = path.and_then(|path| file_at(built, container, path));
    rig::settings(&environment, file.as_deref())
}

/// The file of a config map that is mounted at `path`.
fn file_at(built: &Built, container: &Value, path: &str) -> Option<String> {
    let mut mounts = list(container, "/volumeMounts").iter();
    let mount = mounts.find(|mount| text(mount, "/mountPath") == path)?;
    let mut files = built.files.values();
    files.find_map(|files| files.get(text(mount, "/subPath")).cloned())
}

/// What the namespace's own rule ("restricted") asks for, and a root folder that nobody writes.
fn locked_down(pod: &Value, container: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for (of, pointer, wanted) in [
        (pod, "/automountServiceAccountToken", "false"),
        (pod, "/securityContext/runAsNonRoot", "true"),
        (pod, "/securityContext/runAsUser", "10001"),
        (pod, "/securityContext/fsGroup", "10001"),
        (
            pod,
            "/securityContext/seccompProfile/type",
            "\"RuntimeDefault\"",
        ),
        (
            container,
            "/securityContext/allowPrivilegeEscalation",
            "false",
        ),
        (container, "/securityContext/readOnlyRootFilesystem", "true"),
        (container, "/securityContext/capabilities/drop", "[\"ALL\"]"),
    ] {
        let is = of.pointer(pointer).unwrap_or(&Value::Null).to_string();
        if is != wanted {
            faults.push(format!("{pointer} is {is} and not {wanted}"));
        }
    }
    for amount in [
        "/resources/requests/cpu",
        "/resources/requests/memory",
        "/resources/limits/memory",
    ] {
        if text(container, amount).is_empty() {
            faults.push(format!("it has no {amount}"));
        }
    }
    faults
}

/// Every mount is of a volume that is there, and every file that the command names is mounted.
fn mounted(built: &Built, workload: &Value, container: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let volumes = list(workload, "/spec/template/spec/volumes").iter();
    let claims = list(workload, "/spec/volumeClaimTemplates").iter();
    let mut names: Vec<&str> = volumes
        .clone()
        .map(|volume| text(volume, "/name"))
        .collect();
    names.extend(claims.map(|claim| text(claim, "/metadata/name")));
    for mount in list(container, "/volumeMounts") {
        let name = text(mount, "/name");
        if !names.contains(&name) {
            faults.push(format!("it mounts {name}, which is no volume"));
        }
        let file = text(mount, "/subPath");
        let path = text(mount, "/mountPath");
        if !file.is_empty() && file_at(built, container, path).is_none() {
            faults.push(format!("{file} is in no config map"));
        }
    }
    for volume in volumes {
        let map = text(volume, "/configMap/name");
        if !map.is_empty() && !built.files.contains_key(map) {
            faults.push(format!("config map {map} is made by nobody"));
        }
    }
    for word in texts(container, "/args") {
        if word.starts_with('/') && file_at(built, container, &word).is_none() {
            faults.push(format!("{word} is not mounted"));
        }
    }
    faults
}

/// A pod has the name in the consumer group under which it comes back.
fn identity(container: &Value) -> Option<String> {
    let mut variables = list(container, "/env").iter();
    let named = variables.find(|it| text(it, "/name") == "COPYDESK_KAFKA__INSTANCE");
    let from = named.map_or("", |it| text(it, "/valueFrom/fieldRef/fieldPath"));
    (from != "metadata.name").then(|| "kafka.instance is not the pod's name".to_owned())
}

/// It is given the time to restore and to drain, and is asked at paths that are there.
fn life(pod: &Value, container: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let number = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_u64);
    let grace = number(pod, "/terminationGracePeriodSeconds").unwrap_or(30);
    if grace < STOP_SECONDS {
        faults.push(format!(
            "terminationGracePeriodSeconds is under {STOP_SECONDS}"
        ));
    }
    for (probe, path) in [
        ("startupProbe", "/readyz"),
        ("livenessProbe", "/healthz"),
        ("readinessProbe", "/readyz"),
    ] {
        let asked = text(container, &format!("/{probe}/httpGet/path"));
        if asked != path || !rig::paths_told().iter().any(|told| told == path) {
            faults.push(format!("{probe} asks {asked:?} and not {path}"));
        }
        if text(container, &format!("/{probe}/httpGet/port")) != "admin" {
            faults.push(format!("{probe} does not ask the admin port"));
        }
    }
    let times = number(container, "/startupProbe/failureThreshold").unwrap_or(3);
    let every = number(container, "/startupProbe/periodSeconds").unwrap_or(10);
    if times * every < RESTORE_SECONDS {
        faults.push(format!(
            "startupProbe gives less than {RESTORE_SECONDS} s to restore"
        ));
    }
    faults
}

/// What the settings name is there.
fn fitting(settings: &Settings, container: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let port = rig::admin_port(settings);
    for opened in list(container, "/ports") {
        if text(opened, "/name") == "admin" && opened["containerPort"] != port {
            faults.push(format!(
                "admin.listen has port {port}, which is not the pod's"
            ));
        }
    }
    if !rig::is_reached(settings) {
        faults.push("admin.listen is open to nobody outside of the pod".to_owned());
    }
    let mounts = list(container, "/volumeMounts").iter();
    let below = |path: &str, written: bool| {
        let mut mounts = mounts.clone();
        mounts.any(|mount| {
            let is_read_only = mount["readOnly"] == true;
            let folder = text(mount, "/mountPath");
            is_read_only != written
                && text(mount, "/subPath").is_empty()
                && std::path::Path::new(path).starts_with(folder)
        })
    };
    for (key, value) in settings {
        let path = value.trim_matches('"');
        let is_file = key.ends_with("_file") && !path.is_empty();
        if is_file && !below(path, false) {
            faults.push(format!("{key} {path} is on no volume"));
        }
    }
    let data = rig::setting(settings, "data_dir");
    if !below(data, true) {
        faults.push(format!(
            "data_dir {data} is on no volume that can be written"
        ));
    }
    if rig::setting(settings, "kafka.bootstrap_servers").is_empty() {
        faults.push("kafka.bootstrap_servers is not set".to_owned());
    }
    faults
}

#[test]
fn secrets_are_for_the_pod_alone() {
    let built = crate::kustomize::build(&crate::tree::Tree::default(), "deploy/k8s/base");
    for workload in built.of_kind("StatefulSet").chain(built.of_kind("Job")) {
        let mut volumes = list(workload, "/spec/template/spec/volumes").iter();
        let secret = volumes.find_map(|volume| volume.get("secret"));
        // Kubernetes reads octal as YAML 1.1 does, our reader as 1.2: the number is in decimal.
        let mode = secret.and_then(|secret| secret["defaultMode"].as_u64());
        assert_eq!(mode, Some(0o440), "{}", text(workload, "/metadata/name"));
    }
}
