//! How the broker is reached: what a user may say, and what librdkafka is told.

mod clients;
mod identity;
mod passthrough;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(super) use clients::{REQUEST, TRANSACTION, largest};

/// Everything about Apache Kafka that can be configured. Without `bootstrap_servers` the log is the
/// embedded one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KafkaConfig {
    /// Brokers to begin with: `host:port`, several with commas between. Empty: no Kafka.
    pub bootstrap_servers: String,
    /// Names this installation in its consumer groups, so that a restart keeps its partitions. Empty:
    /// a name that is made once and kept in the data folder.
    pub instance: String,
    /// Seconds after which the partitions of an instance that is gone go to another, 1 to 300. A
    /// restart that takes longer moves partitions.
    pub session_timeout_seconds: u64,
    /// How many brokers keep each topic that is made. 0: what the broker is configured with.
    pub replication_factor: u16,
    /// How the connection is secured.
    pub security: Security,
    /// The certificate authorities in PEM. Empty: those of the system.
    pub ca_file: PathBuf,
    /// This client's certificate chain in PEM, where the broker asks for one.
    pub certificate_file: PathBuf,
    /// Its private key in PEM.
    pub key_file: PathBuf,
    /// A file with the private key's password, where it has one.
    pub key_password_file: PathBuf,
    /// How the client says who it is, where `security` is one with SASL.
    pub sasl_mechanism: Mechanism,
    /// Its name.
    pub sasl_username: String,
    /// A file with its password.
    pub sasl_password_file: PathBuf,
    /// Where OAUTHBEARER gets its tokens: an OpenID Connect token endpoint.
    pub oauth_token_endpoint: String,
    /// The client id that tokens are asked for with.
    pub oauth_client_id: String,
    /// A file with the client secret.
    pub oauth_client_secret_file: PathBuf,
    /// The scope that is asked for. Empty: none.
    pub oauth_scope: String,
    /// Settings of librdkafka by their own names, for all clients. Those that exactly once rests on are
    /// refused.
    pub librdkafka: BTreeMap<String, String>,
}

/// How the connection to the broker is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Not at all.
    #[default]
    Plaintext,
    /// TLS.
    Ssl,
    /// The client says who it is, over an open connection.
    SaslPlaintext,
    /// The client says who it is, over TLS.
    SaslSsl,
}

/// How the client says who it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// Name and password as they are: only over TLS.
    #[default]
    #[serde(rename = "PLAIN")]
    Plain,
    /// A proof of the password, SHA-256.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// A proof of the password, SHA-512.
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
    /// A token.
    #[serde(rename = "OAUTHBEARER")]
    OauthBearer,
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} must be {allowed}")]
pub struct KafkaConfigError {
    /// The key below `kafka`; a librdkafka setting stands behind `librdkafka/`.
    pub key: String,
    /// What it may be.
    pub allowed: String,
}

impl Default for KafkaConfig {
    fn default() -> Self {
        Self {
            bootstrap_servers: String::new(),
            instance: String::new(),
            session_timeout_seconds: 15,
            replication_factor: 0,
            security: Security::default(),
            ca_file: PathBuf::new(),
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            key_password_file: PathBuf::new(),
            sasl_mechanism: Mechanism::default(),
            sasl_username: String::new(),
            sasl_password_file: PathBuf::new(),
            oauth_token_endpoint: String::new(),
            oauth_client_id: String::new(),
            oauth_client_secret_file: PathBuf::new(),
            oauth_scope: String::new(),
            librdkafka: BTreeMap::new(),
        }
    }
}

impl KafkaConfig {
    /// Whether a broker is configured at all.
    pub fn is_set(&self) -> bool {
        !self.bootstrap_servers.is_empty()
    }

    /// Checks what serde cannot, without touching a file or the network.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), KafkaConfigError> {
        check(
            (1..=300).contains(&self.session_timeout_seconds),
            "session_timeout_seconds",
            "1 to 300",
        )?;
        let hosts = self.bootstrap_servers.split(',');
        let has_ports = hosts.clone().all(|host| {
            let port = host.trim().rsplit_once(':').map(|(_, port)| port);
            port.is_some_and(|port| port.parse::<u16>().is_ok())
        });
        check(
            !self.is_set() || has_ports,
            "bootstrap_servers",
            "host:port, several with commas between",
        )?;
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        check(
            self.instance.len() <= 100 && self.instance.chars().all(named),
            "instance",
            "up to 100 letters, digits, '.', '_' and '-'",
        )?;
        passthrough::validate(&self.librdkafka)?;
        self.validate_identity()
    }

    fn validate_identity(&self) -> Result<(), KafkaConfigError> {
        if !self.is_set() {
            return Ok(());
        }
        check(
            is_empty(&self.certificate_file) == is_empty(&self.key_file),
            "key_file",
            "given together with certificate_file, or not at all",
        )?;
        if !self.has_sasl() {
            return Ok(());
        }
        if self.sasl_mechanism == Mechanism::OauthBearer {
            return self.validate_tokens();
        }
        check(
            !self.sasl_username.is_empty(),
            "sasl_username",
            "a name where security is one with SASL",
        )?;
        check(
            !is_empty(&self.sasl_password_file),
            "sasl_password_file",
            "a file with the password where security is one with SASL",
        )
    }

    /// Tokens come from what librdkafka has built in: the binding hands its requests for others only
    /// to clients that are polled, and never to the one that makes topics.
    fn validate_tokens(&self) -> Result<(), KafkaConfigError> {
        if self.oauth_token_endpoint.is_empty() {
            return check(
                passthrough::has_tokens(&self.librdkafka),
                "oauth_token_endpoint",
                "the address of a token endpoint where sasl_mechanism is OAUTHBEARER; for tests, \
                 enable.sasl.oauthbearer.unsecure.jwt and sasl.oauthbearer.config under librdkafka do as \
                 well",
            );
        }
        check(
            passthrough::carries_oidc(),
            "oauth_token_endpoint",
            "left out: this copydesk was built without libcurl, and so gets no tokens; build it in its \
             own folder, where .cargo/config.toml sees to that",
        )?;
        check(
            !self.oauth_client_id.is_empty(),
            "oauth_client_id",
            "the client id that the token endpoint knows",
        )?;
        check(
            !is_empty(&self.oauth_client_secret_file),
            "oauth_client_secret_file",
            "a file with the secret that the token endpoint knows",
        )
    }

    fn has_sasl(&self) -> bool {
        matches!(self.security, Security::SaslPlaintext | Security::SaslSsl)
    }

    fn has_tls(&self) -> bool {
        matches!(self.security, Security::Ssl | Security::SaslSsl)
    }
}

fn check(holds: bool, key: &str, allowed: &str) -> Result<(), KafkaConfigError> {
    if holds {
        Ok(())
    } else {
        Err(wrong(key, allowed))
    }
}

fn wrong(key: &str, allowed: &str) -> KafkaConfigError {
    KafkaConfigError {
        key: key.to_owned(),
        allowed: allowed.to_owned(),
    }
}

fn is_empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}
