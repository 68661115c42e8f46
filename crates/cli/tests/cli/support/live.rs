//! A command that still runs, and what it has said on standard error so far.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Answer, PATIENCE};

pub(crate) struct Live {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    stdout: Option<JoinHandle<String>>,
}

impl Live {
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.split(b'\n') {
                let line = String::from_utf8_lossy(&line.unwrap()).into_owned();
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut stdout = child.stdout.take().unwrap();
        let stdout = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        Self {
            child,
            lines,
            seen: Vec::new(),
            stdout: Some(stdout),
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// The next line; none when there will be no more.
    #[track_caller]
    pub(crate) fn line(&mut self) -> Option<String> {
        use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.seen.push(line.clone());
                Some(line)
            }
            Err(Disconnected) => None,
            Err(Timeout) => panic!("no more lines after\n{}", self.seen.join("\n")),
        }
    }

    /// Waits for a line that holds `part`.
    #[track_caller]
    pub(crate) fn until(&mut self, part: &str) -> String {
        loop {
            match self.line() {
                Some(line) if line.contains(part) => return line,
                Some(_) => {}
                None => panic!("ended without {part:?}:\n{}", self.seen.join("\n")),
            }
        }
    }

    /// Whether there will be no more lines before this time is over.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> bool {
        use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
        let start = Instant::now();
        loop {
            let left = patience.saturating_sub(start.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(Disconnected) => return true,
                Err(Timeout) => return false,
            }
        }
    }

    /// The run this command has started or goes on with.
    #[track_caller]
    pub(crate) fn run(&mut self) -> String {
        let line = self.until("run ");
        line.split(' ').nth(1).unwrap().to_owned()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// `kill -9`, to this process alone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Answer {
        while self.line().is_some() {}
        let status = self.child.wait().unwrap();
        Answer {
            code: status.code(),
            stdout: self.stdout.take().unwrap().join().unwrap(),
            stderr: self.seen.join("\n"),
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // A failed test leaves its command behind; others have ended by now.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
