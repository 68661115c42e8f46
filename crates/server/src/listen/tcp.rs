//! A TCP address that is listened on, with TLS or without.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::impatient::Impatient;
use super::{Door, Peer, Tls};

/// A TCP address that connections come in at.
#[derive(Debug)]
pub struct TcpDoor {
    listener: TcpListener,
    local: SocketAddr,
    tls: Option<Tls>,
}

impl TcpDoor {
    /// Takes an address; port 0 stands for any that is free. Nobody is served
    /// yet.
    pub async fn open(address: SocketAddr, tls: Option<Tls>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let local = listener.local_addr()?;
        Ok(Self {
            listener,
            local,
            tls,
        })
    }

    /// The address, with the port that was taken.
    pub const fn address(&self) -> SocketAddr {
        self.local
    }

    /// Whether nobody on the way can read along.
    pub const fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// How a browser names it.
    pub fn url(&self) -> String {
        let scheme = if self.is_encrypted() { "https" } else { "http" };
        format!("{scheme}://{}", self.local)
    }

    /// Serves whoever connects, until `closing` fires and the requests under way
    /// have ended.
    pub async fn serve(self, router: Router, closing: CancellationToken) {
        let door = Door::new(router, closing);
        while let Some((place, (stream, remote))) = door.next(|| self.listener.accept()).await {
            let Some(share) = door.places.share(remote.ip()) else {
                tracing::debug!(%remote, "a peer has more connections than its share");
                continue;
            };
            let Ok(peer) = peer(&stream, remote) else {
                continue;
            };
            let place = (place, share);
            match &self.tls {
                None => {
                    let opened = std::future::ready(Some(Impatient::new(stream)));
                    door.serve(place, opened, Some(peer));
                }
                Some(tls) => {
                    let opening = tls.clone().accept(stream);
                    let opened = async { opening.await.map(Impatient::new) };
                    door.serve(place, opened, Some(peer));
                }
            }
        }
        drop(self.listener);
        door.drain().await;
    }
}

/// Both ends, and small answers on their way at once.
fn peer(stream: &TcpStream, remote: SocketAddr) -> io::Result<Peer> {
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    Ok(Peer { remote, local })
}
