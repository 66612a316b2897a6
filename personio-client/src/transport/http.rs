//! The transport over HTTP; the one file that names the HTTP library.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;

use super::{Method, Request, Response, Transport, TransportError, TransportErrorKind};
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct HttpTransport {
    http: reqwest::Client,
}

impl HttpTransport {
    /// Builds a connection pool; `roots` are PEM bundles trusted beside the certificates of the platform.
    pub(crate) fn new(roots: &[Vec<u8>]) -> Result<Self> {
        let builder = reqwest::Client::builder()
            // Its own retry has no back-off and does not know which request is safe to repeat.
            .retry(reqwest::retry::never())
            // The token must not follow a redirect to another host, and the API has none of its own.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT);
        let http = with_roots(builder, roots)?.build().map_err(|_| {
            Error::configuration(
                "TLS could not be set up; install the package ca-certificates, or pass root certificates to the builder",
            )
        })?;
        Ok(Self { http })
    }

    pub(crate) fn from_host(http: reqwest::Client) -> Self {
        Self { http }
    }
}

#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn with_roots(
    builder: reqwest::ClientBuilder,
    roots: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder> {
    let mut certificates = Vec::new();
    for pem in roots {
        let bundle = reqwest::Certificate::from_pem_bundle(pem)
            .map_err(|_| Error::configuration("a root certificate is not in PEM format"))?;
        if bundle.is_empty() {
            return Err(Error::configuration(
                "a bundle of root certificates holds no certificate",
            ));
        }
        certificates.extend(bundle);
    }
    if certificates.is_empty() {
        return Ok(builder);
    }
    Ok(builder.tls_certs_merge(certificates))
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn with_roots(
    builder: reqwest::ClientBuilder,
    roots: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder> {
    if roots.is_empty() {
        return Ok(builder);
    }
    Err(Error::configuration(
        "root certificates need the feature `rustls` or `rustls-no-provider`",
    ))
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut outgoing = self
            .http
            .request(method, &request.url)
            .timeout(request.timeout);
        for (name, value) in &request.headers {
            outgoing = outgoing.header(*name, value);
        }
        if let Some(body) = request.body {
            outgoing = outgoing.body(body);
        }
        let answer = outgoing.send().await.map_err(transport_error)?;
        let status = answer.status().as_u16();
        let headers: Vec<(String, String)> = answer
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        let body = read_body(answer, request.max_answer_size).await?;
        Ok(Response::new(status, headers, body))
    }
}

/// Reads the body piece by piece, so that a small compressed answer cannot fill the memory.
async fn read_body(answer: reqwest::Response, max_size: usize) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    let mut pieces = answer.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(transport_error)?;
        if body.len() + piece.len() > max_size {
            return Err(TransportError::new(
                TransportErrorKind::TooLarge,
                format!("more than {max_size} bytes"),
            ));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn transport_error(error: reqwest::Error) -> TransportError {
    let kind = if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_builder() {
        TransportErrorKind::Other
    } else {
        TransportErrorKind::Interrupted
    };
    // The URL holds mail addresses in its query.
    TransportError::new(kind, error.without_url())
}
