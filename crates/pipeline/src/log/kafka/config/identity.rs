//! Whom a client trusts, and how it says who it is. Secrets come from files, and no error shows one.

use std::path::Path;

use rdkafka::ClientConfig;

use super::{KafkaConfig, KafkaConfigError, Mechanism, Security, is_empty, wrong};

impl KafkaConfig {
    pub(super) fn protocol(&self) -> &'static str {
        match self.security {
            Security::Plaintext => "plaintext",
            Security::Ssl => "ssl",
            Security::SaslPlaintext => "sasl_plaintext",
            Security::SaslSsl => "sasl_ssl",
        }
    }

    pub(super) fn trust(&self, client: &mut ClientConfig) -> Result<(), KafkaConfigError> {
        if self.has_tls() {
            // OpenSSL is built in and looks where it would have been installed, which is nowhere.
            client.set("ssl.ca.location", "probe");
        }
        let files = [
            ("ssl.ca.location", "ca_file", &self.ca_file),
            (
                "ssl.certificate.location",
                "certificate_file",
                &self.certificate_file,
            ),
            ("ssl.key.location", "key_file", &self.key_file),
        ];
        for (theirs, ours, path) in files {
            if !is_empty(path) {
                client.set(theirs, readable(ours, path)?);
            }
        }
        if !is_empty(&self.key_password_file) {
            let password = secret("key_password_file", &self.key_password_file)?;
            client.set("ssl.key.password", password);
        }
        Ok(())
    }

    pub(super) fn identify(&self, client: &mut ClientConfig) -> Result<(), KafkaConfigError> {
        let mechanism = match self.sasl_mechanism {
            Mechanism::Plain => "PLAIN",
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::ScramSha512 => "SCRAM-SHA-512",
            Mechanism::OauthBearer => "OAUTHBEARER",
        };
        client.set("sasl.mechanism", mechanism);
        if self.sasl_mechanism != Mechanism::OauthBearer {
            let password = secret("sasl_password_file", &self.sasl_password_file)?;
            client.set("sasl.username", &self.sasl_username);
            client.set("sasl.password", password);
            return Ok(());
        }
        if self.oauth_token_endpoint.is_empty() {
            return Ok(());
        }
        let client_secret = secret("oauth_client_secret_file", &self.oauth_client_secret_file)?;
        client
            .set("sasl.oauthbearer.method", "oidc")
            .set(
                "sasl.oauthbearer.token.endpoint.url",
                &self.oauth_token_endpoint,
            )
            .set("sasl.oauthbearer.client.id", &self.oauth_client_id)
            .set("sasl.oauthbearer.client.secret", client_secret);
        if !self.oauth_scope.is_empty() {
            client.set("sasl.oauthbearer.scope", &self.oauth_scope);
        }
        if !["https.ca.location", "https.ca.pem"]
            .iter()
            .any(|key| client.get(key).is_some())
        {
            client.set("https.ca.location", "probe");
        }
        Ok(())
    }
}

/// The path as librdkafka takes it, of a file that it can read.
fn readable<'a>(key: &str, path: &'a Path) -> Result<&'a str, KafkaConfigError> {
    let shown = path.display();
    if let Err(error) = std::fs::File::open(path) {
        let allowed = format!("a file that can be read, and {shown} is not: {error}");
        return Err(wrong(key, &allowed));
    }
    let is_taken = path.is_file();
    let text = path.to_str().filter(|_| is_taken);
    text.ok_or_else(|| {
        wrong(
            key,
            &format!("a file, by a path in UTF-8, and {shown} is not"),
        )
    })
}

/// The first line of a file with a secret. The error never tells what stands there.
fn secret(key: &str, path: &Path) -> Result<String, KafkaConfigError> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let allowed = format!("a file that can be read, and {shown} is not: {error}");
        wrong(key, &allowed)
    })?;
    let line = text.lines().next().unwrap_or_default();
    let line = line.trim_end_matches('\r');
    if line.is_empty() || line.contains('\0') {
        let allowed = format!("a file whose first line is the secret, and that of {shown} is not");
        return Err(wrong(key, &allowed));
    }
    Ok(line.to_owned())
}
