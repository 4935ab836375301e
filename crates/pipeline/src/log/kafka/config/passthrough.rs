//! The settings of librdkafka that a user may give by their own names, and those that are ours.

use std::collections::BTreeMap;

use rdkafka::ClientConfig;
use rdkafka::config::NativeClientConfig;
use rdkafka::error::KafkaError;

use super::KafkaConfigError;

/// Other names of the same settings. librdkafka takes whichever it is told last, and a client's
/// settings have no order, so each setting goes by one name here: the second.
const ALIASES: [(&str, &str); 11] = [
    ("compression.codec", "compression.type"),
    ("delivery.timeout.ms", "message.timeout.ms"),
    ("max.in.flight", "max.in.flight.requests.per.connection"),
    ("max.partition.fetch.bytes", "fetch.message.max.bytes"),
    ("message.send.max.retries", "retries"),
    ("metadata.broker.list", "bootstrap.servers"),
    ("queue.buffering.max.ms", "linger.ms"),
    ("request.required.acks", "acks"),
    (
        "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.client.id",
    ),
    (
        "sasl.oauthbearer.client.credentials.client.secret",
        "sasl.oauthbearer.client.secret",
    ),
    ("sasl.mechanisms", "sasl.mechanism"),
];

/// What exactly once rests on: isolation, fencing, order, the outcome of every record and request, and
/// sizes that fit each other.
const OWNED: [&str; 36] = [
    "acks",
    "api.version.request",
    "auto.commit.enable",
    "auto.offset.reset",
    "delivery.report.only.error",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.gapless.guarantee",
    "enable.idempotence",
    "enable.partition.eof",
    "enabled_events",
    "fetch.max.bytes",
    "fetch.message.max.bytes",
    "group.id",
    "group.protocol",
    "group.protocol.type",
    "group.remote.assignor",
    "isolation.level",
    "log.connection.close",
    // Set by us, so that the log tells of lost connections; what is shown is logging.filter's business.
    "log_level",
    "max.in.flight.requests.per.connection",
    // A partition that moves is held back inside a poll until its task has finished its batch.
    "max.poll.interval.ms",
    "message.max.bytes",
    "message.timeout.ms",
    "offset.store.method",
    "partition.assignment.strategy",
    "partitioner",
    // Foreign code in each client.
    "plugin.library.paths",
    "queuing.strategy",
    "receive.message.max.bytes",
    "retries",
    "socket.timeout.ms",
    "statistics.interval.ms",
    // Would put a cluster in memory in the place of the configured one.
    "test.mock.num.brokers",
    "transaction.timeout.ms",
    "transactional.id",
];

/// What has a key of its own, which stands second, and so one place where it is set and shown. Secrets
/// are among them: they come by file.
const KEYED: [(&str, &str); 19] = [
    ("bootstrap.servers", "bootstrap_servers"),
    ("group.instance.id", "instance"),
    ("sasl.mechanism", "sasl_mechanism"),
    ("sasl.oauthbearer.client.id", "oauth_client_id"),
    ("sasl.oauthbearer.client.secret", "oauth_client_secret_file"),
    ("sasl.oauthbearer.scope", "oauth_scope"),
    (
        "sasl.oauthbearer.token.endpoint.url",
        "oauth_token_endpoint",
    ),
    ("sasl.password", "sasl_password_file"),
    ("sasl.username", "sasl_username"),
    ("security.protocol", "security"),
    ("session.timeout.ms", "session_timeout_seconds"),
    ("ssl.ca.location", "ca_file"),
    ("ssl.ca.pem", "ca_file"),
    ("ssl.certificate.location", "certificate_file"),
    ("ssl.certificate.pem", "certificate_file"),
    ("ssl.key.location", "key_file"),
    ("ssl.key.password", "key_password_file"),
    ("ssl.key.pem", "key_file"),
    (
        "ssl.keystore.password",
        "key_file and certificate_file, both in PEM,",
    ),
];

/// Secrets that have no key of their own; what takes their place stands second.
const SECRET: [(&str, &str); 2] = [
    (
        "sasl.oauthbearer.assertion.private.key.passphrase",
        "a key without passphrase in sasl.oauthbearer.assertion.private.key.file",
    ),
    (
        "sasl.oauthbearer.assertion.private.key.pem",
        "sasl.oauthbearer.assertion.private.key.file",
    ),
];

/// The one name by which a setting goes here.
fn canonical(key: &str) -> &str {
    let known = ALIASES.iter().find(|(alias, _)| *alias == key);
    known.map_or(key, |(_, name)| name)
}

/// Adds a user's settings to a client's, in the place of what is there.
pub(super) fn add(settings: &BTreeMap<String, String>, client: &mut ClientConfig) {
    for (key, value) in settings {
        client.set(canonical(key), value);
    }
}

/// Refuses what is ours, what librdkafka does not know, and values that it does not take.
pub(super) fn validate(settings: &BTreeMap<String, String>) -> Result<(), KafkaConfigError> {
    let mut probe = ClientConfig::new();
    for (key, value) in settings {
        let refused = |allowed: String| KafkaConfigError {
            key: format!("librdkafka/{key}"),
            allowed,
        };
        if let Some(reason) = ours(canonical(key)) {
            return Err(refused(format!("left out: {reason}")));
        }
        probe.set(key, value);
        native(&probe).map_err(|reason| {
            refused(format!(
                "a setting of librdkafka, with a value that it takes ({reason})"
            ))
        })?;
    }
    Ok(())
}

/// Why a setting is not the user's, where it is not.
fn ours(key: &str) -> Option<String> {
    if OWNED.contains(&key) {
        return Some("copydesk sets it itself, because exactly once rests on it".to_owned());
    }
    if let Some((_, keyed)) = KEYED.iter().find(|(theirs, _)| *theirs == key) {
        return Some(format!("set {keyed} under [kafka] in its place"));
    }
    let (_, instead) = SECRET.iter().find(|(theirs, _)| *theirs == key)?;
    Some(format!("a secret comes from a file; use {instead}"))
}

/// The settings as librdkafka has them, or its reason against one: without the value where the key is
/// not known, because a mistyped key may stand before a secret.
pub(super) fn native(client: &ClientConfig) -> Result<NativeClientConfig, String> {
    client.create_native_config().map_err(|error| match error {
        KafkaError::ClientConfig(_, reason, _, _) => reason,
        other => other.to_string(),
    })
}

/// Whether this build of librdkafka can get tokens from an OpenID Connect endpoint, for which it needs
/// libcurl.
pub(super) fn carries_oidc() -> bool {
    let mut probe = ClientConfig::new();
    probe.set("sasl.oauthbearer.method", "oidc");
    native(&probe).is_ok()
}

/// Whether the user has librdkafka make or get its tokens in another way: unsecured ones, or those of
/// a cloud's machine.
pub(super) fn has_tokens(settings: &BTreeMap<String, String>) -> bool {
    let mut user = ClientConfig::new();
    add(settings, &mut user);
    let is = |key: &str, wanted: &str| {
        let native = native(&user).ok();
        native.and_then(|native| native.get(key).ok()).as_deref() == Some(wanted)
    };
    is("enable.sasl.oauthbearer.unsecure.jwt", "true") || is("sasl.oauthbearer.method", "oidc")
}
