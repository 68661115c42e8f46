//! A stream whose other side has to take what it is given: one that asks and
//! never reads would keep its place for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long nothing at all may be taken.
const STALL_MAX: Duration = Duration::from_mins(1);

/// Fails when the other side takes nothing for too long.
pub(super) struct Impatient<S> {
    stream: S,
    /// Set while something waits to be taken.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    pub(super) const fn new(stream: S) -> Self {
        let deadline = None;
        Self { stream, deadline }
    }

    fn bounded<T>(
        &mut self,
        context: &mut Context<'_>,
        taken: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if taken.is_ready() {
            self.deadline = None;
            return taken;
        }
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(STALL_MAX)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, taken)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.bounded(context, taken)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let taken = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(context, taken)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let taken = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bounded(context, taken)
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    use super::*;
    use crate::listen::serve_connection;

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_and_does_not_read_is_not_kept_for_ever() {
        let long = || async { "x".repeat(100_000) };
        let (mut client, server) = tokio::io::duplex(1024);
        let router = Router::new().route("/", get(long));
        let serving = tokio::spawn(serve_connection(Impatient::new(server), router));
        let start = Instant::now();
        let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        client.write_all(request).await.unwrap();
        serving.await.unwrap();
        assert_eq!(start.elapsed(), STALL_MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_on_and_on_and_never_reads_is_not_kept_for_ever() {
        for n_bytes in [0, 10, 100_000] {
            let answer = move || async move { "x".repeat(n_bytes) };
            let (mut client, server) = tokio::io::duplex(1024);
            let router = Router::new().route("/", get(answer));
            let serving = tokio::spawn(serve_connection(Impatient::new(server), router));
            let start = Instant::now();
            let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
            // Until the other side hangs up.
            while client.write_all(request).await.is_ok() {}
            serving.await.unwrap();
            assert_eq!(start.elapsed(), STALL_MAX, "answers of {n_bytes} bytes");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_reads_slowly_gets_everything() {
        let long = || async { "x".repeat(20_000) };
        let (mut client, server) = tokio::io::duplex(1024);
        let router = Router::new().route("/", get(long));
        tokio::spawn(serve_connection(Impatient::new(server), router));
        let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        while client.read_buf(&mut answer).await.unwrap() > 0 {
            sleep(STALL_MAX / 2).await;
        }
        assert!(answer.len() > 20_000);
    }
}
