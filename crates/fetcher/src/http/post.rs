//! Forms that are sent: to hubs, and with the same manners and checks as every other request.

use std::time::Instant;

use reqwest::header;
use url::{Url, form_urlencoded};

use super::{Http, redirected, trouble};
use crate::gate::PATIENCE;
use crate::outcome::Trouble;
use crate::resolve::bare;

/// How many redirects are followed that keep the method.
const REDIRECTS: usize = 3;

impl Http {
    /// Sends a form; the status that comes back. Redirects that keep the method are followed.
    pub(crate) async fn submit(
        &self,
        url: &str,
        form: &[(&'static str, String)],
    ) -> Result<u16, Trouble> {
        let mut url = Url::parse(url).map_err(|_| Trouble::Address(url.to_owned()))?;
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut patience = PATIENCE;
        for _ in 0..=REDIRECTS {
            let host = bare(url.host_str().unwrap_or_default());
            self.policy.check(&url)?;
            let came = Instant::now();
            let _turn = self.gates.enter(&host, patience).await?;
            patience = patience.saturating_sub(came.elapsed());
            let request = self
                .client
                .post(self.policy.dialled(&url))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body.clone());
            let response = tokio::time::timeout(self.header_timeout, request.send()).await;
            let response = response
                .map_err(|_| Trouble::Timeout("header"))?
                .map_err(|error| trouble(&error))?;
            let status = response.status().as_u16();
            match redirected(&url, &response)? {
                Some(target) if matches!(status, 307 | 308) => url = target,
                _ => return Ok(status),
            }
        }
        Err(Trouble::Redirect(format!("more than {REDIRECTS} times")))
    }
}
