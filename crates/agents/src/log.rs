//! The log lines of one attempt: valid UTF-8, bounded, and in an order that
//! depends on the attempt's files alone.
//!
//! That order is what lets a second server go on where the first one stopped:
//! it makes the same lines again and leaves out as many as are known.

mod split;

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::dispatcher::{AgentLine, AgentStream};
use crate::secrets::{Mask, Part};
use split::LineSplitter;

/// How much of one attempt is logged.
const LINES_MAX: usize = 10_000;
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// How soon a line shows up while the attempt works.
const TICK: Duration = Duration::from_millis(100);
const CHUNK_BYTES: usize = 64 * 1024;

/// Where the lines of one attempt go.
pub(crate) struct AttemptLog {
    receiver: mpsc::Sender<AgentLine>,
    lines_to_skip: u64,
    lines_left: usize,
    bytes_left: usize,
    /// Takes secrets out of every line.
    mask: Mask,
}

impl AttemptLog {
    /// A log whose first `lines_known` lines have been received already.
    pub(crate) fn new(receiver: mpsc::Sender<AgentLine>, lines_known: u64) -> Self {
        Self {
            receiver,
            lines_to_skip: lines_known,
            lines_left: LINES_MAX,
            bytes_left: BYTES_MAX,
            mask: Mask::default(),
        }
    }

    /// Takes these secrets out of every line from now on.
    pub(crate) fn mask(&mut self, mask: Mask) {
        self.mask = mask;
    }

    /// The same without the secrets of the attempt.
    pub(crate) fn masked(receiver: mpsc::Sender<AgentLine>, lines_known: u64, mask: Mask) -> Self {
        Self {
            mask,
            ..Self::new(receiver, lines_known)
        }
    }

    /// Baton's own words; they are never cut.
    pub(crate) async fn note(&mut self, text: String) {
        self.send(AgentStream::System, text).await;
    }

    /// A part of a text without the secrets of the attempt.
    pub(crate) fn masked_part<'t>(&self, text: &'t [u8], part: Part) -> Cow<'t, [u8]> {
        self.mask.part(text, part)
    }

    /// A JSON document without the secrets of the attempt. Whatever would be
    /// no document without them, or is none, keeps them.
    pub(crate) fn without_secrets<'d>(&self, document: &'d [u8]) -> Cow<'d, [u8]> {
        self.mask.json(document)
    }

    /// Logs a whole text, line by line.
    pub(crate) async fn text(&mut self, stream: AgentStream, text: &[u8]) {
        // As a whole, for a secret may lie where a line is cut, or on several.
        let text = self.mask.bytes(text);
        let mut splitter = LineSplitter::default();
        for line in splitter.push(&text).into_iter().chain(splitter.finish()) {
            self.line(stream, line).await;
        }
    }

    /// Logs what is written to a file until `ended` fires and all that was
    /// written by then is read. A missing file has no lines.
    pub(crate) async fn follow(
        &mut self,
        path: &Path,
        ended: &CancellationToken,
    ) -> io::Result<()> {
        let mut file = match File::open(path).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut splitter = LineSplitter::default();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            // Asked before reading, so that nothing written before the end is missed.
            let is_last_look = ended.is_cancelled();
            loop {
                let length = file.read(&mut chunk).await?;
                if length == 0 || self.is_full() {
                    break;
                }
                for line in splitter.push(chunk.get(..length).unwrap_or_default()) {
                    self.line(AgentStream::Stderr, line).await;
                }
            }
            if is_last_look || self.is_full() {
                break;
            }
            tokio::select! {
                () = ended.cancelled() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
        if let Some(line) = splitter.finish() {
            self.line(AgentStream::Stderr, line).await;
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.lines_left == 0
    }

    async fn line(&mut self, stream: AgentStream, text: String) {
        if self.is_full() {
            return;
        }
        if self.lines_left == 1 || text.len() > self.bytes_left {
            self.lines_left = 0;
            let mebibytes = BYTES_MAX / (1024 * 1024);
            self.note(format!(
                "the log ends here: more than {LINES_MAX} lines or {mebibytes} MiB"
            ))
            .await;
            return;
        }
        self.lines_left -= 1;
        self.bytes_left -= text.len();
        self.send(stream, text).await;
    }

    async fn send(&mut self, stream: AgentStream, text: String) {
        if self.lines_to_skip > 0 {
            self.lines_to_skip -= 1;
            return;
        }
        let text = self.mask.text(text);
        if self
            .receiver
            .send(AgentLine { stream, text })
            .await
            .is_err()
        {
            // Nobody listens any more; that is no reason to end the attempt.
            self.lines_left = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines_of(text: &[u8], lines_known: u64) -> Vec<AgentLine> {
        let (sender, mut receiver) = mpsc::channel(2 * LINES_MAX);
        let mut log = AttemptLog::new(sender, lines_known);
        log.text(AgentStream::Stderr, text).await;
        drop(log);
        let mut lines = Vec::new();
        while let Some(line) = receiver.recv().await {
            lines.push(line);
        }
        lines
    }

    #[tokio::test]
    async fn a_flood_is_cut_and_says_so_once() {
        let lines = lines_of("line\n".repeat(3 * LINES_MAX).as_bytes(), 0).await;
        assert_eq!(lines.len(), LINES_MAX);
        let last = lines.last().unwrap();
        assert_eq!(last.stream, AgentStream::System);
        assert_eq!(
            last.text,
            "the log ends here: more than 10000 lines or 4 MiB"
        );
    }

    #[tokio::test]
    async fn a_line_is_masked_wherever_it_is_cut() {
        const SECRET: &str = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC";
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stderr");
        // The first line is cut in the middle of a line of the secret.
        let room = 8 * 1024 - 10;
        let text = format!("{}MIIEvQIBADANBgkq\nkey:\n{SECRET}\n", "x".repeat(room));
        std::fs::write(&path, &text).unwrap();
        let (sender, mut receiver) = mpsc::channel(100);
        let mut log = AttemptLog::masked(sender, 0, Mask::of([SECRET]));
        let ended = CancellationToken::new();
        ended.cancel();
        log.follow(&path, &ended).await.unwrap();
        log.text(AgentStream::Stdout, text.as_bytes()).await;
        drop(log);
        let mut lines = Vec::new();
        while let Some(line) = receiver.recv().await {
            lines.push(line.text);
        }
        let told = lines.join("\n");
        assert!(
            SECRET.lines().all(|line| !told.contains(&line[..8])),
            "{told}"
        );
        assert!(told.contains("[secret]… [line cut]"), "{told}");
        assert_eq!(lines.len(), 5 + 3);
    }

    #[tokio::test]
    async fn known_lines_are_left_out() {
        let lines = lines_of(b"a\nb\nc", 2).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].text, "c");
    }
}
