//! deploy/compose.yaml.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::rig::{self, Environment, STOP_SECONDS, VERSION, is_pinned, seconds};
use crate::schema;
use crate::tree::{Tree, beside, entries, text, texts};

const FILE: &str = "deploy/compose.yaml";
const FOLDER: &str = "deploy";

/// What is wrong with the compose file.
pub(crate) fn faults(tree: &Tree) -> Vec<String> {
    let document = match tree.yaml(FILE) {
        Ok(documents) => documents.into_iter().next().unwrap_or_default(),
        Err(error) => return vec![error],
    };
    let mut faults = schema::compose(&document);
    let services = entries(&document, "/services");
    for (name, service) in &services {
        let own = general(service, &document)
            .into_iter()
            .chain(mounts(tree, service, &document));
        faults.extend(own.map(|fault| format!("{name}: {fault}")));
        if text(service, "/image").starts_with("copydesk:") {
            let own = ours(name, service, &document);
            faults.extend(own.into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    faults.extend(kafka(tree, &document));
    faults.extend(scraped(tree, &document));
    faults.extend(declared(&document));
    let instances = services.iter();
    let instances = instances.map(|(_, it)| text(it, "/environment/COPYDESK_KAFKA__INSTANCE"));
    let instances: Vec<&str> = instances.filter(|instance| !instance.is_empty()).collect();
    if instances.iter().collect::<BTreeSet<_>>().len() < instances.len() {
        faults.push(format!(
            "two services have one kafka.instance: {instances:?}"
        ));
    }
    faults
}

/// What every container needs.
fn general(service: &Value, document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let image = text(service, "/image");
    if !is_pinned(image) {
        faults.push(format!("image {image} is not pinned"));
    }
    if service.get("mem_limit").is_none() {
        faults.push("it has no mem_limit".to_owned());
    }
    if service.get("healthcheck").is_none() {
        faults.push("it has no healthcheck".to_owned());
    }
    for port in texts(service, "/ports") {
        if !port.starts_with("127.0.0.1:") {
            faults.push(format!("port {port} is open to other machines"));
        }
    }
    for (other, needed) in entries(service, "/depends_on") {
        let Some(target) = document.pointer(&format!("/services/{other}")) else {
            faults.push(format!("depends_on names {other}, which is no service"));
            continue;
        };
        let is_probed = target.pointer("/healthcheck/test").is_some()
            && target.pointer("/healthcheck/disable") != Some(&Value::Bool(true));
        let ends = matches!(text(target, "/restart"), "on-failure" | "no" | "");
        match text(needed, "/condition") {
            "service_healthy" if !is_probed => {
                faults.push(format!(
                    "it waits for the health of {other}, which has no check"
                ));
            }
            "service_completed_successfully" if !ends => {
                faults.push(format!(
                    "it waits for the end of {other}, which is started again"
                ));
            }
            _ => {}
        }
    }
    faults
}

/// What it mounts is there.
fn mounts(tree: &Tree, service: &Value, document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for volume in texts(service, "/volumes") {
        let source = volume.split(':').next().unwrap_or_default();
        let is_there = if source.starts_with('.') {
            tree.has(&beside(FOLDER, source))
        } else {
            document["volumes"].get(source).is_some()
        };
        if !is_there {
            faults.push(format!("it mounts {source}, which is not there"));
        }
    }
    for secret in texts(service, "/secrets") {
        if document["secrets"].get(&secret).is_none() {
            faults.push(format!("secret {secret} is not declared"));
        }
    }
    faults
}

/// Named volumes are used; secrets are made by the script and kept out of the repository.
fn declared(document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let services = document["services"].to_string();
    for (volume, _) in entries(document, "/volumes") {
        if !services.contains(&format!("\"{volume}:/")) {
            faults.push(format!("nothing mounts volume {volume}"));
        }
    }
    let script = Tree::default().read("deploy/compose/secrets.sh");
    let ignored = Tree::default().read(".gitignore");
    for (secret, told) in entries(document, "/secrets") {
        let made = format!("./compose/secrets/{secret}");
        let is_kept_out = ignored
            .lines()
            .any(|line| line == "deploy/compose/secrets/");
        if text(told, "/file") != made || !script.contains(secret) || !is_kept_out {
            faults.push(format!(
                "secret {secret} is not what deploy/compose/secrets.sh makes"
            ));
        }
    }
    faults
}

/// What a container of ours needs.
fn ours(name: &str, service: &Value, document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if text(service, "/image") != format!("copydesk:{VERSION}") {
        faults.push(format!("the image is not of version {VERSION}"));
    }
    for (key, wanted) in [("read_only", "true"), ("cap_drop", "[\"ALL\"]")] {
        let is = service[key].to_string();
        if is != wanted {
            faults.push(format!("{key} is not {wanted}"));
        }
    }
    let command = texts(service, "/command");
    faults.extend(rig::command_line(&command).err());
    let probe = texts(service, "/healthcheck/test");
    match probe.as_slice() {
        [cmd, ours, rest @ ..] if cmd == "CMD" && ours == "copydesk" => {
            faults.extend(rig::command_line(rest).err());
        }
        _ if service.pointer("/healthcheck/disable").is_some() => {}
        other => faults.push(format!("{other:?} does not ask the binary itself")),
    }
    if seconds(text(service, "/stop_grace_period")) < STOP_SECONDS {
        faults.push(format!("stop_grace_period is under {STOP_SECONDS} s"));
    }
    for argument in command.iter().filter(|word| word.starts_with('/')) {
        let mut targets = texts(service, "/volumes").into_iter();
        if !targets.any(|volume| volume.split(':').nth(1) == Some(argument)) {
            faults.push(format!("{argument} is not mounted"));
        }
    }
    let environment: Environment = entries(service, "/environment")
        .into_iter()
        .map(|(name, value)| {
            (
                name.to_owned(),
                value.as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    match rig::settings(&environment, None) {
        Ok(settings) => faults.extend(fitting(name, &settings, service, document)),
        Err(error) => faults.push(error),
    }
    faults
}

/// What the settings name is there.
fn fitting(name: &str, settings: &rig::Settings, service: &Value, document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let port = rig::admin_port(settings).to_string();
    if texts(service, "/expose") != [port.as_str()] || !rig::is_reached(settings) {
        faults.push(format!(
            "admin.listen is not at the port that is exposed: {port}"
        ));
    }
    if service.get("ports").is_some() {
        faults.push("its admin port leaves the compose network".to_owned());
    }
    let token = rig::setting(settings, "admin.token_file");
    let secrets = texts(service, "/secrets").into_iter();
    let mut secrets = secrets.map(|secret| format!("/run/secrets/{secret}"));
    if !secrets.any(|path| path == token) {
        faults.push(format!("admin.token_file {token} is no secret of it"));
    }
    if name != "topics" && rig::setting(settings, "kafka.instance").is_empty() {
        faults.push("kafka.instance is not set: a new container takes a new name".to_owned());
    }
    let brokers = rig::setting(settings, "kafka.bootstrap_servers");
    let told = "/services/kafka/environment/KAFKA_ADVERTISED_LISTENERS";
    if !text(document, told).ends_with(&format!("//{brokers}")) {
        faults.push(format!(
            "kafka.bootstrap_servers {brokers} is not what Kafka advertises"
        ));
    }
    let traces = rig::setting(settings, "tracing.otlp_endpoint");
    let (host, port) = traces
        .strip_prefix("http://")
        .and_then(|address| address.split_once(':'))
        .unwrap_or_default();
    if !texts(document, &format!("/services/{host}/expose")).contains(&port.to_owned()) {
        faults.push(format!(
            "tracing.otlp_endpoint {traces} is exposed by no service"
        ));
    }
    faults
}

/// The broker is the one that the tests run against.
fn kafka(tree: &Tree, document: &Value) -> Vec<String> {
    let pom = tree.read("deploy/kafka/pom.xml");
    let version = pom.split("<kafka.version>").nth(1);
    let version = version
        .and_then(|rest| rest.split('<').next())
        .unwrap_or_default();
    let image = text(document, "/services/kafka/image");
    if image == format!("apache/kafka:{version}") {
        return Vec::new();
    }
    vec![format!(
        "kafka: {image} is not the {version} of deploy/kafka/pom.xml"
    )]
}

/// What Prometheus scrapes are the admin ports of this file.
fn scraped(tree: &Tree, document: &Value) -> Vec<String> {
    let config = match tree.yaml("deploy/prometheus/prometheus.yml") {
        Ok(documents) => documents.into_iter().next().unwrap_or_default(),
        Err(error) => return vec![error],
    };
    let mut targets = texts(&config, "/scrape_configs/0/static_configs/0/targets");
    targets.sort();
    let services = entries(document, "/services").into_iter();
    let ours = services.filter(|(name, service)| {
        text(service, "/image").starts_with("copydesk:") && *name != "topics"
    });
    let mut wanted: Vec<String> = ours
        .flat_map(|(name, service)| {
            let ports = texts(service, "/expose").into_iter();
            ports.map(move |port| format!("{name}:{port}"))
        })
        .collect();
    wanted.sort();
    if targets == wanted {
        return Vec::new();
    }
    vec![format!(
        "Prometheus scrapes {targets:?} where the admin ports are {wanted:?}"
    )]
}

#[test]
fn the_compose_file_is_what_the_binary_wants() {
    assert_eq!(faults(&Tree::default()), [""; 0]);
}
