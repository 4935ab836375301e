//! Brokers that want TLS, or to know who asks: what lets a log in, and what a user is told who is not.

mod tokens;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pipeline::log::Log;
use pipeline::log::conformance::{record, topic, values, write};
use pipeline::log::kafka::{KafkaConfig, KafkaLog, Mechanism, Security};
use pipeline::topics::Cleanup;
use tempfile::TempDir;
use tests::{Broker, BrokerOptions, await_that};
use tokens::TokenEndpoint;

/// How long a user waits at the most to be told that it does not work.
const PATIENCE: Duration = Duration::from_secs(14);

/// An authority that signed nobody.
const ANOTHER_AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBmTCCAT+gAwIBAgIUECpn0aIRC2T7Y1Gzgk56TbwJXzUwCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWYW5vdGhlciB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjIyMTQ0
NDRaGA8yMTI2MTAyOTIxNDQ0NFowITEfMB0GA1UEAwwWYW5vdGhlciB0ZXN0IGF1
dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKDC2GSzrh8pW9NEzqBM
3osDd4XjQKSFRu9bacLeZ0dRq8WHpNShmulcH+QMsusG0L4SiZsNewPOuBBr0SxG
nwGjUzBRMB0GA1UdDgQWBBQja8YNV4EthxoIqha+soUKzzxyYjAfBgNVHSMEGDAW
gBQja8YNV4EthxoIqha+soUKzzxyYjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49
BAMCA0gAMEUCIQDKnbHKrU2d5qL+zLo6PQJdwt3ykGYTC9NcloDBcIgVZgIgeLq9
zyUB9795gzNvQse15DNtI0gDKQDzOStGELLDJ4s=
-----END CERTIFICATE-----
";

/// The one broker of these tests, with every secured listener. Ends with the process.
#[track_caller]
fn broker() -> Option<&'static Broker> {
    static SECURED: OnceLock<Option<Broker>> = OnceLock::new();
    let options = BrokerOptions {
        sasl: true,
        tls: true,
        ..BrokerOptions::default()
    };
    SECURED.get_or_init(|| Broker::start(&options)).as_ref()
}

/// A folder for secrets.
struct Secrets(TempDir);

impl Secrets {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A file that holds a text.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    fn missing(&self) -> PathBuf {
        self.0.path().join("missing")
    }
}

/// For a listener with TLS alone, or with nothing.
fn open(servers: String, security: Security) -> KafkaConfig {
    KafkaConfig {
        bootstrap_servers: servers,
        security,
        ..KafkaConfig::default()
    }
}

/// For the SASL listener: the broker's user, with a password from a file.
fn named(broker: &Broker, mechanism: Mechanism, password: PathBuf) -> KafkaConfig {
    KafkaConfig {
        sasl_mechanism: mechanism,
        sasl_username: Broker::USER.to_owned(),
        sasl_password_file: password,
        ..open(broker.sasl(), Security::SaslPlaintext)
    }
}

/// The same over TLS.
fn in_tls(broker: &Broker, config: KafkaConfig) -> KafkaConfig {
    KafkaConfig {
        bootstrap_servers: broker.sasl_tls(),
        security: Security::SaslSsl,
        ca_file: broker.ca_pem(),
        ..config
    }
}

/// Makes a topic, writes to it and reads it: each takes a client of another kind.
#[track_caller]
fn check_works(config: &KafkaConfig) {
    static TOPICS: AtomicU32 = AtomicU32::new(0);
    config.validate().expect("the settings fit each other");
    let log = KafkaLog::connect(config, None).expect("the broker lets us in");
    let name = format!("secured.{}", TOPICS.fetch_add(1, Ordering::SeqCst));
    let wanted = topic(&name, 1, Cleanup::Delete);
    log.create(std::slice::from_ref(&wanted)).expect("made");
    assert_eq!(log.topic(&name).expect("described"), Some(wanted));
    let mut producer = log.producer(&name).expect("a producer");
    write(&mut producer, [record(&name, 0, "key", "value")]);
    assert_eq!(values(&log, &name, 0), ["value"]);
    assert_eq!(log.committed("secured", &name, 0).expect("asked"), None);
}

/// Checks that there is no way in, and that its words hold each of `wanted` and no secret.
#[track_caller]
fn check_refused(config: &KafkaConfig, secret: &str, wanted: &[&str]) {
    let started = Instant::now();
    let Err(error) = KafkaLog::connect(config, None) else {
        panic!("{config:?} lets us in");
    };
    let (words, took) = (error.to_string(), started.elapsed());
    println!("{took:?}: {words}");
    assert!(took < PATIENCE, "{took:?}: {words}");
    for part in wanted {
        assert!(words.contains(part), "no {part:?}: {words}");
    }
    assert!(!words.contains(secret), "tells the secret: {words}");
}

#[test]
fn whoever_knows_the_password_is_let_in() {
    let Some(broker) = broker() else { return };
    let secrets = Secrets::new();
    // As an editor, and one of Windows, leaves it.
    let password = secrets.file("password", &format!("{}\r\nnot this\n", Broker::PASSWORD));
    for mechanism in [
        Mechanism::Plain,
        Mechanism::ScramSha256,
        Mechanism::ScramSha512,
    ] {
        let config = named(broker, mechanism, password.clone());
        check_works(&config);
        check_works(&in_tls(broker, config));
    }
}

#[test]
fn tls_takes_the_authority_from_a_file() {
    let Some(broker) = broker() else { return };
    check_works(&KafkaConfig {
        ca_file: broker.ca_pem(),
        ..open(broker.tls(), Security::Ssl)
    });
}

#[test]
fn unsecured_tokens_let_in_where_the_broker_takes_them() {
    let Some(broker) = broker() else { return };
    let settings = [
        ("enable.sasl.oauthbearer.unsecure.jwt", "true"),
        ("sasl.oauthbearer.config", "principal=copydesk"),
    ];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let config = KafkaConfig {
        sasl_mechanism: Mechanism::OauthBearer,
        librdkafka: settings.into(),
        ..open(broker.sasl(), Security::SaslPlaintext)
    };
    check_works(&config);
    check_works(&in_tls(broker, config));
}

/// With tokens from an endpoint. Addresses such as this are all over http in these tests.
fn with_tokens(broker: &Broker, endpoint: &TokenEndpoint, secret: PathBuf) -> KafkaConfig {
    KafkaConfig {
        sasl_mechanism: Mechanism::OauthBearer,
        oauth_token_endpoint: endpoint.address(),
        oauth_client_id: TokenEndpoint::CLIENT.to_owned(),
        oauth_client_secret_file: secret,
        oauth_scope: "kafka".to_owned(),
        ..open(broker.sasl(), Security::SaslPlaintext)
    }
}

#[test]
fn tokens_of_an_endpoint_let_in_and_are_renewed_although_nobody_polls() {
    let Some(broker) = broker() else { return };
    let endpoint = TokenEndpoint::start(Duration::from_secs(600));
    let secrets = Secrets::new();
    let secret = secrets.file("secret", TokenEndpoint::SECRET);
    let config = with_tokens(broker, &endpoint, secret.clone());
    check_works(&config);
    assert_eq!(endpoint.scopes(), ["kafka"], "asked for it each time");
    check_works(&in_tls(broker, config));

    let lifetime = Duration::from_secs(4);
    let hasty = TokenEndpoint::start(lifetime);
    let config = with_tokens(broker, &hasty, secret);
    let _idle = KafkaLog::connect(&config, None).expect("the broker lets us in");
    let given = hasty.given();
    // Its two clients, each twice.
    await_that(
        lifetime * 5,
        || hasty.given() >= given + 4,
        || format!("{given} tokens, then {}", hasty.given()),
    );
}

#[test]
fn whoever_is_not_let_in_is_told_why() {
    let Some(broker) = broker() else { return };
    let secrets = Secrets::new();
    let wrong = "correct horse battery staple";
    let password = secrets.file("wrong", wrong);
    let right = secrets.file("right", Broker::PASSWORD);
    let other = secrets.file("other.pem", ANOTHER_AUTHORITY);
    let endpoint = TokenEndpoint::start(Duration::from_secs(60));
    let nobody = KafkaConfig {
        oauth_token_endpoint: "http://127.0.0.1:1/token".to_owned(),
        ..with_tokens(broker, &endpoint, right.clone())
    };
    let plain = |mechanism| named(broker, mechanism, password.clone());
    let tls = |servers: String, ca_file: PathBuf| KafkaConfig {
        ca_file,
        ..open(servers, Security::Ssl)
    };
    let cases = [
        (plain(Mechanism::Plain), "Authentication failed"),
        (plain(Mechanism::ScramSha256), "Authentication failed"),
        (
            in_tls(broker, plain(Mechanism::ScramSha512)),
            "Authentication failed",
        ),
        (tls(broker.tls(), other), "certificate verify failed"),
        // The system's authorities do not know the broker either.
        (
            tls(broker.tls(), PathBuf::new()),
            "certificate verify failed",
        ),
        (open(broker.tls(), Security::Plaintext), "in state "),
        (open(broker.sasl(), Security::Plaintext), "in state "),
        (
            tls(broker.bootstrap(), broker.ca_pem()),
            "in state SSL_HANDSHAKE",
        ),
        (
            KafkaConfig {
                bootstrap_servers: broker.bootstrap(),
                ..named(broker, Mechanism::Plain, right)
            },
            "handshake failed",
        ),
        (
            with_tokens(broker, &endpoint, password.clone()),
            "invalid_client",
        ),
        (nobody, "token"),
    ];
    // Each is patient.
    std::thread::scope(|scope| {
        for (config, reason) in &cases {
            let advice = "do kafka.security, kafka.ca_file and the SASL settings fit";
            scope.spawn(move || check_refused(config, wrong, &[*reason, advice]));
        }
    });
}

#[test]
fn a_file_that_cannot_be_used_is_told_by_its_key() {
    let secrets = Secrets::new();
    let missing = secrets.missing();
    let empty = secrets.file("empty", "\n");
    let is_no_certificate = secrets.file("no.pem", "hello\n");
    let right = secrets.file("right", "hunter2");
    let sasl = |sasl_password_file: &Path| KafkaConfig {
        sasl_username: "ann".to_owned(),
        sasl_password_file: sasl_password_file.to_owned(),
        ..open("127.0.0.1:1".to_owned(), Security::SaslSsl)
    };
    let tls = |key: &str, path: &Path| {
        let mut config = sasl(&right);
        let field = match key {
            "ca_file" => &mut config.ca_file,
            "certificate_file" => &mut config.certificate_file,
            "key_file" => &mut config.key_file,
            _ => &mut config.key_password_file,
        };
        path.clone_into(field);
        config
    };
    let tokens = |oauth_client_secret_file: &Path| KafkaConfig {
        sasl_mechanism: Mechanism::OauthBearer,
        oauth_token_endpoint: "http://127.0.0.1:1/".to_owned(),
        oauth_client_id: "ann".to_owned(),
        oauth_client_secret_file: oauth_client_secret_file.to_owned(),
        ..sasl(&missing)
    };
    for (config, wanted) in [
        (sasl(&missing), "kafka.sasl_password_file"),
        (sasl(&empty), "kafka.sasl_password_file"),
        (sasl(secrets.0.path()), "kafka.sasl_password_file"),
        (tokens(&missing), "kafka.oauth_client_secret_file"),
        (tokens(&empty), "kafka.oauth_client_secret_file"),
        (tls("ca_file", &missing), "kafka.ca_file"),
        (tls("ca_file", secrets.0.path()), "kafka.ca_file"),
        (tls("ca_file", &is_no_certificate), "ssl.ca.location"),
        (tls("certificate_file", &missing), "kafka.certificate_file"),
        (tls("key_file", &missing), "kafka.key_file"),
        (
            tls("key_password_file", &missing),
            "kafka.key_password_file",
        ),
        (tls("key_password_file", &empty), "kafka.key_password_file"),
    ] {
        check_refused(&config, "hunter2", &[wanted]);
    }
}
