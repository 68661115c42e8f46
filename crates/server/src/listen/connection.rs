//! One connection: its limits, who is at its other end, and how it ends.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1::{Builder, Connection};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::REQUESTS_GRACE;
use crate::cut::cut_at;

/// How long a connection may ask for nothing, or take to say what it asks for.
const HEAD_SILENCE_MAX: Duration = Duration::from_secs(30);

/// Longest request line and headers together; more is answered with 431.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// What is kept of a connection that is read or written faster than it is used.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Both ends of a TCP connection. Requests carry it as an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who has connected.
    pub remote: SocketAddr,
    /// The address they have connected to.
    pub local: SocketAddr,
}

/// Serves one connection until the other side closes it.
pub async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
) {
    until_closing(stream, router, None, CancellationToken::new()).await;
}

/// Serves one connection until the other side closes it, or `closing` fires:
/// then the request under way may end, and streams are cut off.
pub(super) async fn until_closing(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    peer: Option<Peer>,
    closing: CancellationToken,
) {
    let routes = TowerToHyperService::new(router);
    let service = service_fn(|mut request: Request<Incoming>| {
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        let answer = routes.call(request);
        let closing = closing.clone();
        async move {
            answer
                .await
                .map(|answer| cut_at(closing.cancelled_owned(), "the server stops", answer))
        }
    });
    let connection = Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_SILENCE_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = closing.cancelled() => {
            Connection::graceful_shutdown(connection.as_mut());
            tokio::time::timeout(REQUESTS_GRACE, connection).await.ok()
        }
    };
    match ended {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(%error, "a connection ended early"),
        None => tracing::info!("a request did not end in time and was cut off"),
    }
}

#[cfg(test)]
mod tests;
