//! Talks to the v1 API: over the socket of whoever holds the data directory,
//! over a pipe to the same router in this process, or over the network.

use std::path::PathBuf;
use std::time::Duration;

use baton_model::ErrorCode;
use baton_server::http::Router;
use baton_server::http::error::ProblemBody;
use baton_server::listen;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, LOCATION};
use hyper::http::request::Builder;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::remote::Server;
use crate::sse::SilenceMax;

/// How long another process may take until it begins to answer.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// How long a server elsewhere may say nothing on a stream: machines vanish
/// without a word.
const NEWS_MAX: Duration = Duration::from_mins(1);

/// Size of the pipe to a router in this process.
const PIPE_BYTES: usize = 64 * 1024;

/// Where the API is.
#[derive(Clone)]
pub(crate) enum Api {
    /// Another process holds the data directory.
    Socket(PathBuf),
    /// This process does, or nobody.
    InProcess(Router),
    /// A server is asked, wherever it is.
    Remote(Server),
}

/// How a call can fail.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The server said no.
    Refused(Box<ProblemBody>),
    /// Nobody was there to be asked.
    Unreached(String),
    /// There was no answer, or not one that makes sense.
    Broken(String),
    /// Somebody is there and did not even begin to answer.
    Silent(String),
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(problem) => f.write_str(&problem.detail),
            Self::Unreached(reason) | Self::Broken(reason) => {
                write!(f, "no answer from the server: {reason}")
            }
            Self::Silent(who) => {
                write!(f, "{who} has not answered for {} s", SILENCE_MAX.as_secs())
            }
        }
    }
}

impl std::error::Error for ApiError {}

impl ApiError {
    fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }

    /// Whether it may be no more than that the process that was asked is
    /// going away.
    pub(crate) fn is_departure(&self) -> bool {
        match self {
            Self::Refused(problem) => problem.code == ErrorCode::Unavailable.as_str(),
            Self::Unreached(_) | Self::Broken(_) => true,
            Self::Silent(_) => false,
        }
    }

    /// Whether what was asked for may have been done all the same.
    pub(crate) fn may_be_done(&self) -> bool {
        match self {
            Self::Refused(problem) => problem.code == ErrorCode::Unavailable.as_str(),
            Self::Unreached(_) => false,
            Self::Broken(_) | Self::Silent(_) => true,
        }
    }

    /// Whether the server says that there is no such thing.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.code == ErrorCode::NotFound.as_str())
    }
}

impl Api {
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        read(self.send(get(path)?).await?).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        idempotency_key: Option<&str>,
    ) -> Result<T, ApiError> {
        let mut request = builder(Method::POST, path);
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        self.ask(request, body).await
    }

    /// Asks with a method that may be repeated.
    pub(crate) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        self.ask(builder(method, path), body).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: Builder,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        let body = serde_json::to_vec(body).map_err(ApiError::broken)?;
        let request = request
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(ApiError::broken)?;
        read(self.send(request).await?).await
    }

    /// A response whose body comes bit by bit.
    pub(crate) async fn open(&self, path: &str) -> Result<Response<Incoming>, ApiError> {
        let response = self.send(get(path)?).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        match read::<serde_json::Value>(response).await {
            Ok(_) => Err(ApiError::Broken("an error without words".to_owned())),
            Err(error) => Err(error),
        }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, ApiError> {
        match self {
            Self::Socket(path) => {
                let stream = listen::connect(path).await;
                let stream = stream.map_err(|error| ApiError::Unreached(error.to_string()))?;
                let who = "the process that holds the data directory";
                within(SILENCE_MAX, who, exchange(stream, request)).await
            }
            Self::InProcess(router) => {
                let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
                let router = router.clone();
                tokio::spawn(listen::serve_connection(theirs, router));
                exchange(ours, request).await
            }
            Self::Remote(server) => {
                let request = addressed(server, request)?;
                let stream = server.connect().await.map_err(|error| {
                    ApiError::Unreached(format!("cannot reach {}: {error}", server.url()))
                })?;
                let answer = within(SILENCE_MAX, server.url(), exchange(stream, request)).await;
                answer.map(|mut response| {
                    response.extensions_mut().insert(SilenceMax(NEWS_MAX));
                    response
                })
            }
        }
    }
}

/// The same request for a server elsewhere: where, and who asks.
fn addressed(
    server: &Server,
    mut request: Request<Full<Bytes>>,
) -> Result<Request<Full<Bytes>>, ApiError> {
    let uri = format!("{}{}", server.base(), request.uri());
    *request.uri_mut() = uri.parse().map_err(ApiError::broken)?;
    let headers = request.headers_mut();
    headers.insert(HOST, server.authority().clone());
    if let Some(authorization) = server.authorization() {
        headers.insert(AUTHORIZATION, authorization.clone());
    }
    Ok(request)
}

fn builder(method: Method, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(HOST, "localhost")
}

fn get(path: &str) -> Result<Request<Full<Bytes>>, ApiError> {
    builder(Method::GET, path)
        .body(Full::default())
        .map_err(ApiError::broken)
}

/// The beginning of an answer, for which nobody waits for ever: whoever holds
/// the data directory may have been stopped, or have all its places taken.
async fn within<T>(
    patience: Duration,
    who: &str,
    answer: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let answer = tokio::time::timeout(patience, answer).await;
    answer.unwrap_or_else(|_elapsed| Err(ApiError::Silent(who.to_owned())))
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, ApiError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(ApiError::broken)?;
    // Its errors show in the response, too.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(ApiError::broken)
}

async fn read<T: DeserializeOwned>(response: Response<Incoming>) -> Result<T, ApiError> {
    let status = response.status();
    let moved_to = response.headers().get(LOCATION).cloned();
    let body = response
        .into_body()
        .collect()
        .await
        .map_err(ApiError::broken)?
        .to_bytes();
    if status.is_success() {
        // What is empty says no more than that it was done.
        let document: &[u8] = if body.is_empty() { b"null" } else { &body };
        return serde_json::from_slice(document).map_err(ApiError::broken);
    }
    match serde_json::from_slice(&body) {
        Ok(problem) => Err(ApiError::Refused(Box::new(problem))),
        Err(_) => Err(ApiError::Broken(not_baton(status, moved_to.as_ref()))),
    }
}

/// An error that Baton does not write.
fn not_baton(status: StatusCode, moved_to: Option<&HeaderValue>) -> String {
    match moved_to.and_then(|place| place.to_str().ok()) {
        Some(place) if status.is_redirection() => {
            format!("status {status}, it is at {place}; name it with --server")
        }
        Some(_) | None => format!("status {status}, which is not how Baton answers"),
    }
}

/// A text as one segment of a path or one value of a query.
pub(crate) fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut escaped, byte| {
            if plain(byte) {
                escaped.push(char::from(byte));
            } else {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
                escaped.extend(['%', digit(byte >> 4), digit(byte & 0xF)]);
            }
            escaped
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_is_there_and_says_nothing_is_not_waited_for_for_ever() {
        let (ours, _theirs) = tokio::io::duplex(PIPE_BYTES);
        let answer = within(SILENCE_MAX, "it", exchange(ours, get("/").unwrap())).await;
        assert!(matches!(answer, Err(ApiError::Silent(_))), "{answer:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_vanishes_while_it_is_listened_to_is_given_up() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (ours, mut theirs) = tokio::io::duplex(PIPE_BYTES);
        tokio::spawn(async move {
            let mut request = [0; 1024];
            assert_ne!(theirs.read(&mut request).await.unwrap(), 0);
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            theirs.write_all(head).await.unwrap();
            std::future::pending::<()>().await;
        });
        let mut response = exchange(ours, get("/").unwrap()).await.unwrap();
        response.extensions_mut().insert(SilenceMax(NEWS_MAX));
        let heard = crate::sse::Stream::new(response).next().await;
        assert!(matches!(heard, Err(ApiError::Broken(_))), "{heard:?}");
    }

    #[test]
    fn any_text_can_stand_in_a_path() {
        assert_eq!(escape("a-b_c.d~e"), "a-b_c.d~e");
        assert_eq!(escape("a/b ?é"), "a%2Fb%20%3F%C3%A9");
    }
}
