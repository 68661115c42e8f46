//! Serves a router on connections: those of TCP addresses, those of a Unix
//! socket, or a single one that stays inside the process.

mod connection;
mod impatient;
mod places;
mod socket;
mod tcp;
mod tls;

use std::future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixListener;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use places::Places;

pub(crate) use places::counted_as;

pub use connection::{Peer, serve_connection};
pub use socket::{bind, connect};
pub use tcp::TcpDoor;
pub use tls::{Tls, TlsError};

/// How long requests may take to end once the server stops.
const REQUESTS_GRACE: Duration = Duration::from_secs(3);

/// Time between two tries to accept a connection when that fails.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves a socket until `closing` fires and the requests under way have ended.
pub async fn serve(listener: UnixListener, router: Router, closing: CancellationToken) {
    let door = Door::new(router, closing);
    while let Some((place, (stream, _))) = door.next(|| listener.accept()).await {
        door.serve(place, future::ready(Some(stream)), None);
    }
    door.drain().await;
}

/// What is the same for all connections that come in at one place.
struct Door {
    router: Router,
    places: Arc<Places>,
    closing: CancellationToken,
    connections: TaskTracker,
}

impl Door {
    fn new(router: Router, closing: CancellationToken) -> Self {
        Self {
            router,
            places: Arc::default(),
            closing,
            connections: TaskTracker::new(),
        }
    }

    /// The next connection, and what keeps its place; none when no more are to
    /// come.
    async fn next<T, F>(&self, accept: impl Fn() -> F) -> Option<(OwnedSemaphorePermit, T)>
    where
        F: Future<Output = io::Result<T>>,
    {
        let place = self
            .closing
            .run_until_cancelled(self.places.take())
            .await??;
        loop {
            match self.closing.run_until_cancelled(accept()).await? {
                Ok(accepted) => return Some((place, accepted)),
                // Out of file handles, say: what is open may close meanwhile.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Serves a connection beside all others, once it is `opened`.
    fn serve<S>(
        &self,
        place: impl Send + 'static,
        opened: impl Future<Output = Option<S>> + Send + 'static,
        peer: Option<Peer>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (router, closing) = (self.router.clone(), self.closing.clone());
        self.connections.spawn(async move {
            if let Some(Some(stream)) = closing.run_until_cancelled(opened).await {
                connection::until_closing(stream, router, peer, closing).await;
            }
            drop(place);
        });
    }

    /// Waits for the connections, which know that they are to end.
    async fn drain(self) {
        self.connections.close();
        self.connections.wait().await;
    }
}
