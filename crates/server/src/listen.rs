//! Serves a router on connections: those of a Unix socket, or a single one
//! that stays inside the process.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;

use crate::http::v1::stream::STREAMS_MAX;

/// Connections served at once; more wait to be accepted. As many as this are
/// left when all streams there may be are open.
const REQUESTS_MAX: usize = 256;
const CONNECTIONS_MAX: usize = STREAMS_MAX + REQUESTS_MAX;

/// How long a connection may ask for nothing.
const HEAD_SILENCE_MAX: Duration = Duration::from_secs(30);

/// Longest path the kernel takes for a socket: 108 bytes with the NUL.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// A name for a socket file that the kernel takes, however long its path is.
struct SocketName {
    path: PathBuf,
    /// The short name goes through this handle.
    _directory: Option<File>,
}

impl SocketName {
    fn of(path: &Path) -> io::Result<Self> {
        let (directory, name) = match (path.parent(), path.file_name()) {
            (Some(directory), Some(name))
                if path.as_os_str().as_bytes().len() > SOCKET_PATH_BYTES_MAX =>
            {
                (directory, name)
            }
            _ => {
                return Ok(Self {
                    path: path.to_owned(),
                    _directory: None,
                });
            }
        };
        let directory = OpenOptions::new().read(true).open(directory)?;
        let handle = directory.as_raw_fd();
        Ok(Self {
            path: Path::new("/proc/self/fd")
                .join(handle.to_string())
                .join(name),
            _directory: Some(directory),
        })
    }
}

/// Reaches whoever listens on the socket file.
pub async fn connect(path: &Path) -> io::Result<UnixStream> {
    let name = SocketName::of(path)?;
    UnixStream::connect(&name.path).await
}

/// Opens the socket file, readable by its owner only. A file that an earlier
/// process left there is replaced: whoever holds the data directory owns it.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let name = SocketName::of(path)?;
    let listener = UnixListener::bind(&name.path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Serves until `closing` fires.
pub async fn serve(listener: UnixListener, router: Router, closing: CancellationToken) {
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = std::sync::Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            () = closing.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let (router, closing) = (router.clone(), closing.clone());
                tokio::spawn(async move {
                    closing
                        .run_until_cancelled(serve_connection(stream, router))
                        .await;
                    drop(place);
                });
            }
            // Out of file handles, say: what is open may close meanwhile.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Serves one connection until the other side closes it.
pub async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
) {
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_SILENCE_MAX)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_asks_for_nothing_gives_its_place_back() {
        for said in ["", "GET / HTTP/1.1\r\nhost:", "GET / HTTP/1.1\r\n\r\n"] {
            let (mut client, server) = tokio::io::duplex(1024);
            let start = Instant::now();
            let serving = tokio::spawn(serve_connection(server, Router::new()));
            client.write_all(said.as_bytes()).await.unwrap();
            serving.await.unwrap();
            assert_eq!(
                start.elapsed().as_secs(),
                HEAD_SILENCE_MAX.as_secs(),
                "{said:?}"
            );
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(
                answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
                "{answer}"
            );
        }
    }
}
