//! Follows a program's output while it is written, and notices when there is
//! none: every sign of life counts for the limits.
//!
//! The log lines of an attempt follow from its files alone, so a later server
//! that reads them again makes the same ones.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::reader::{Heard, Reader};
use super::verdict::Stopped;
use crate::command::LOG_PATIENCE;
use crate::dispatcher::AgentStream;
use crate::log::AttemptLog;

/// How soon something shows up while the program works.
const TICK: Duration = Duration::from_millis(100);
const CHUNK_BYTES: usize = 64 * 1024;
/// A longer line holds something that nobody needs, such as a whole file.
const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long a program may keep silent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// None for one that has nothing to say before its end.
    pub(super) start: Option<Duration>,
    pub(super) idle: Duration,
    pub(super) linger: Duration,
}

/// Where a program writes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outputs<'p> {
    /// What is read.
    pub(super) stdout: &'p Path,
    /// What is a sign of life only, when it grows.
    pub(super) stderr: &'p Path,
}

/// Who listens to one program.
pub(super) struct Listener<'l> {
    reader: Box<dyn Reader>,
    lines: Lines,
    log: &'l mut AttemptLog,
    /// Whoever takes the lines does not listen any more.
    is_deaf: bool,
}

impl<'l> Listener<'l> {
    pub(super) fn new(reader: Box<dyn Reader>, log: &'l mut AttemptLog) -> Self {
        Self {
            reader,
            lines: Lines::default(),
            log,
            is_deaf: false,
        }
    }

    /// Reads what is written to standard output until `ended` fires and all that was
    /// written by then is read. `stop` is told, once, that the program has
    /// gone beyond a limit. A missing file has no lines.
    pub(super) async fn follow(
        &mut self,
        outputs: Outputs<'_>,
        limits: Limits,
        ended: &CancellationToken,
        mut stop: impl FnMut(Stopped),
    ) -> io::Result<()> {
        let mut file: Option<File> = None;
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut watch = Watch::new(limits);
        let mut stderr_length = 0;
        loop {
            // Asked before reading, so that nothing written before the end is missed.
            let is_last_look = ended.is_cancelled();
            if file.is_none() {
                // The supervisor makes it when it starts the program.
                file = open(outputs.stdout).await?;
            }
            while let Some(file) = &mut file {
                let length = file.read(&mut chunk).await?;
                if length == 0 {
                    break;
                }
                watch.heard_something();
                self.take(chunk.get(..length).unwrap_or_default(), ended)
                    .await;
            }
            if is_last_look {
                if !self.lines.is_empty() {
                    self.end_line(ended).await;
                }
                return Ok(());
            }
            let length = length_of(outputs.stderr).await?;
            if length > stderr_length {
                stderr_length = length;
                watch.heard_something();
            }
            if let Some(stopped) = watch.look(self.reader.has_answered()) {
                stop(stopped);
            }
            tokio::select! {
                () = ended.cancelled() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// What the program has said.
    pub(super) fn finish(self) -> Heard {
        self.reader.finish()
    }

    async fn take(&mut self, mut bytes: &[u8], ended: &CancellationToken) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            // Most lines lie in one piece, and are not copied.
            if self.lines.is_empty() {
                self.line(line, ended).await;
            } else {
                self.lines.push(line);
                self.end_line(ended).await;
            }
        }
        self.lines.push(bytes);
    }

    async fn end_line(&mut self, ended: &CancellationToken) {
        match self.lines.finish() {
            Some(line) => self.line(&line, ended).await,
            None => self.reader.missed(),
        }
    }

    async fn line(&mut self, line: &[u8], ended: &CancellationToken) {
        // Before a reader cuts anything: half a secret is not found any more.
        let line = self.log.without_secrets(line);
        for text in self.reader.line(&line) {
            if self.is_deaf {
                return;
            }
            let logged = self.log.text(AgentStream::Stdout, text.as_bytes());
            let out_of_patience = async {
                ended.cancelled().await;
                tokio::time::sleep(LOG_PATIENCE).await;
            };
            // A receiver that does not listen must not keep the answer back.
            tokio::select! {
                biased;
                () = logged => {}
                () = out_of_patience => self.is_deaf = true,
            }
        }
    }
}

async fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path).await {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// How long a file is; one that is missing has nothing in it.
async fn length_of(path: &Path) -> io::Result<u64> {
    match tokio::fs::metadata(path).await {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Counts how long a program keeps silent.
struct Watch {
    limits: Limits,
    since: Instant,
    has_spoken: bool,
    answered_at: Option<Instant>,
    is_stopped: bool,
}

impl Watch {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            since: Instant::now(),
            has_spoken: false,
            answered_at: None,
            is_stopped: false,
        }
    }

    fn heard_something(&mut self) {
        self.since = Instant::now();
        self.has_spoken = true;
    }

    /// The limit the program has gone beyond, told once.
    fn look(&mut self, has_answered: bool) -> Option<Stopped> {
        let now = Instant::now();
        let silent = now.duration_since(self.since);
        let stopped = if has_answered {
            let at = *self.answered_at.get_or_insert(now);
            (now.duration_since(at) >= self.limits.linger).then_some(Stopped::Stayed)
        } else if self.has_spoken {
            (silent >= self.limits.idle).then_some(Stopped::FellSilent)
        } else {
            let is_due = self.limits.start.is_some_and(|start| silent >= start);
            is_due.then_some(Stopped::NeverSpoke)
        };
        if self.is_stopped {
            return None;
        }
        self.is_stopped = stopped.is_some();
        stopped
    }
}

/// A line that is not whole yet.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    is_too_long: bool,
}

impl Lines {
    fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.is_too_long
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.is_too_long || self.bytes.len() + bytes.len() > LINE_BYTES_MAX {
            self.is_too_long = true;
            self.bytes = Vec::new();
            return;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The line; none when it was too long.
    fn finish(&mut self) -> Option<Vec<u8>> {
        let bytes = std::mem::take(&mut self.bytes);
        (!std::mem::take(&mut self.is_too_long)).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio::sync::mpsc;

    use super::super::claude::ClaudeReader;
    use super::super::plain::TextReader;
    use super::super::reader::End;
    use super::*;
    use crate::secrets::Mask;

    const LIMITS: Limits = Limits {
        start: Some(Duration::from_secs(5)),
        idle: Duration::from_mins(1),
        linger: Duration::from_secs(1),
    };

    async fn heard(text: &[u8]) -> (Heard, usize) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stdout");
        fs::write(&path, text).unwrap();
        let (sender, mut receiver) = mpsc::channel(100);
        let mut log = AttemptLog::new(sender, 0);
        let ended = CancellationToken::new();
        ended.cancel();
        let mut listener = Listener::new(Box::<TextReader>::default(), &mut log);
        listener
            .follow(outputs_of(&path), LIMITS, &ended, |_| {})
            .await
            .unwrap();
        let heard = listener.finish();
        drop(log);
        let mut n_lines = 0;
        while receiver.recv().await.is_some() {
            n_lines += 1;
        }
        (heard, n_lines)
    }

    /// A program that writes everything to one file.
    fn outputs_of(stdout: &Path) -> Outputs<'_> {
        let stderr = stdout;
        Outputs { stdout, stderr }
    }

    fn answer(heard: &Heard) -> &str {
        match &heard.end {
            Some(End::Answered(answer)) => &answer.text,
            end => panic!("{end:?}"),
        }
    }

    #[tokio::test]
    async fn lines_are_whole_wherever_they_are_cut() {
        let line = "x".repeat(CHUNK_BYTES - 1);
        let text = format!("{line}\n{line}y\nlast");
        let (heard, n_lines) = heard(text.as_bytes()).await;
        assert_eq!(answer(&heard), text);
        assert_eq!(n_lines, 3);
    }

    #[tokio::test]
    async fn empty_lines_belong_to_the_answer() {
        let (heard, n_lines) = heard(b"\n# One\n\n- two\r\n\r\n\nthree\n\n").await;
        assert_eq!(answer(&heard), "# One\n\n- two\r\n\r\n\nthree");
        assert_eq!(n_lines, 3);
    }

    #[tokio::test]
    async fn a_line_without_end_takes_no_more_than_its_room() {
        let mut text = vec![b'x'; LINE_BYTES_MAX + CHUNK_BYTES];
        text.extend_from_slice(b"\nlast\n");
        let (heard, n_lines) = heard(&text).await;
        assert_eq!((heard.end, n_lines), (None, 1));
        assert!(heard.is_cut);
    }

    /// What is said of a program that writes nothing to standard output.
    async fn stops_of(stderr: Option<&str>, start: Option<Duration>) -> Vec<Stopped> {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        if let Some(text) = stderr {
            fs::write(path("stderr"), text).unwrap();
        }
        let (sender, _receiver) = mpsc::channel(1);
        let mut log = AttemptLog::new(sender, 0);
        let mut listener = Listener::new(Box::<TextReader>::default(), &mut log);
        let (stdout, stderr) = (path("stdout"), path("stderr"));
        let outputs = Outputs {
            stdout: &stdout,
            stderr: &stderr,
        };
        let limits = Limits { start, ..LIMITS };
        let ended = CancellationToken::new();
        let mut stops = Vec::new();
        let ending = async {
            tokio::time::sleep(LIMITS.idle + Duration::from_secs(2)).await;
            ended.cancel();
        };
        let following = listener.follow(outputs, limits, &ended, |stopped| stops.push(stopped));
        let (followed, ()) = tokio::join!(following, ending);
        followed.unwrap();
        stops
    }

    #[tokio::test(start_paused = true)]
    async fn what_speaks_at_its_end_only_may_be_silent_until_then() {
        assert_eq!(stops_of(None, LIMITS.start).await, [Stopped::NeverSpoke]);
        assert_eq!(stops_of(None, None).await, []);
    }

    #[tokio::test(start_paused = true)]
    async fn standard_error_is_a_sign_of_life() {
        let stops = stops_of(Some("Loading\n"), LIMITS.start).await;
        assert_eq!(stops, [Stopped::FellSilent]);
    }

    #[tokio::test]
    async fn secrets_are_gone_before_anything_is_cut() {
        const SECRET: &str = "sk-0123456789";
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stdout");
        let command = format!("{}{SECRET}", "x".repeat(235));
        let content = serde_json::json!([{"type": "tool_use", "name": "Bash",
                                          "input": {"command": command}}]);
        let event = serde_json::json!({"type": "assistant", "message": {"content": content}});
        fs::write(&path, event.to_string()).unwrap();
        let (sender, mut receiver) = mpsc::channel(100);
        let mut log = AttemptLog::masked(sender, 0, Mask::of([SECRET]));
        let ended = CancellationToken::new();
        ended.cancel();
        let mut listener = Listener::new(Box::<ClaudeReader>::default(), &mut log);
        let outputs = outputs_of(&path);
        listener
            .follow(outputs, LIMITS, &ended, |_| {})
            .await
            .unwrap();
        let line = receiver.recv().await.unwrap().text;
        assert!(line.ends_with("x[secr…"), "{line}");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_noticed_once() {
        let rows = [
            (false, false, 5, Stopped::NeverSpoke),
            (true, false, 60, Stopped::FellSilent),
            (true, true, 1, Stopped::Stayed),
        ];
        for (has_spoken, has_answered, seconds, expected) in rows {
            let mut watch = Watch::new(LIMITS);
            if has_spoken {
                watch.heard_something();
            }
            assert_eq!(watch.look(has_answered), None);
            tokio::time::advance(Duration::from_secs(seconds).saturating_sub(TICK)).await;
            assert_eq!(watch.look(has_answered), None, "{expected:?}");
            tokio::time::advance(TICK).await;
            assert_eq!(watch.look(has_answered), Some(expected));
            assert_eq!(watch.look(has_answered), None);
        }
    }
}
