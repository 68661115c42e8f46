//! A pseudo terminal with one program in it, and somebody who answers the one
//! question the program asks.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::num::NonZeroU16;
use std::os::fd::AsFd;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{Winsize, openpty};

/// How long a recording may take; a program that hangs must not hang the build.
const RECORDING_MAX: Duration = Duration::from_mins(1);

/// What is typed, when.
pub(super) struct Answer<'a> {
    /// Appears when the program waits for the answer.
    pub(super) question: &'a str,
    /// How long it takes to read the question.
    pub(super) after: Duration,
    pub(super) keys: &'a str,
}

/// Everything the program wrote, with what the terminal echoed.
pub(super) struct Recording {
    pub(super) output: String,
    pub(super) succeeded: bool,
}

/// Runs the program in a terminal of this size until it ends.
pub(super) fn record(
    command: Command,
    size: (NonZeroU16, NonZeroU16),
    answer: &Answer<'_>,
) -> Result<Recording> {
    let (mut child, mut terminal) = start(command, size)?;
    let watched = watch(&mut terminal, answer);
    if watched.is_err() {
        // Killed already is as good as killed now.
        drop(child.kill());
    }
    let status = child.wait().context("cannot wait for the program")?;
    Ok(Recording {
        output: String::from_utf8_lossy(&watched?).into_owned(),
        succeeded: status.success(),
    })
}

fn start(mut command: Command, (rows, columns): (NonZeroU16, NonZeroU16)) -> Result<(Child, File)> {
    let size = Winsize {
        ws_row: rows.get(),
        ws_col: columns.get(),
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pair = openpty(Some(&size), None).context("cannot open a pseudo terminal")?;
    let child = command
        .stdin(pair.slave.try_clone()?)
        .stdout(pair.slave.try_clone()?)
        .stderr(pair.slave)
        .spawn()
        .context("the program cannot be started")?;
    // `command` holds our copies of the program's side. They close here, so
    // that the terminal ends when the program does.
    drop(command);
    Ok((child, File::from(pair.master)))
}

/// Reads until the program closes the terminal; types when it is time.
fn watch(terminal: &mut File, answer: &Answer<'_>) -> Result<Vec<u8>> {
    let give_up = Instant::now() + RECORDING_MAX;
    let mut output = Vec::new();
    let mut answer_at = None;
    let mut is_answered = false;
    loop {
        let wake = answer_at.unwrap_or(give_up);
        if is_readable(terminal, wake)? {
            if !read_some(terminal, &mut output)? {
                return Ok(output);
            }
        } else if answer_at.take().is_some() {
            terminal.write_all(answer.keys.as_bytes())?;
            is_answered = true;
        } else {
            let so_far = String::from_utf8_lossy(&output);
            bail!("the program has not ended after {RECORDING_MAX:?}; it wrote:\n{so_far}");
        }
        if !is_answered && answer_at.is_none() && contains(&output, answer.question) {
            answer_at = Some(Instant::now() + answer.after);
        }
    }
}

/// Waits for output; false when there is none until `wake`.
fn is_readable(terminal: &File, wake: Instant) -> Result<bool> {
    let left = wake.saturating_duration_since(Instant::now());
    let timeout = PollTimeout::try_from(left).context("the time to wait is too long")?;
    let mut fds = [PollFd::new(terminal.as_fd(), PollFlags::POLLIN)];
    Ok(poll(&mut fds, timeout).context("cannot wait for the terminal")? > 0)
}

/// Reads what is there; false at the end.
fn read_some(terminal: &mut File, output: &mut Vec<u8>) -> Result<bool> {
    let mut buffer = [0; 4096];
    match terminal.read(&mut buffer) {
        Ok(0) => Ok(false),
        Ok(n_bytes) => {
            output.extend_from_slice(&buffer[..n_bytes]);
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(true),
        // Linux says so when nobody has the other side open any more.
        Err(error) if error.raw_os_error() == Some(nix::libc::EIO) => Ok(false),
        Err(error) => Err(error).context("cannot read from the terminal"),
    }
}

fn contains(output: &[u8], text: &str) -> bool {
    output
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_asked_for_its_size_and_gets_its_answer() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "stty size; printf 'name? '; read name; echo hello $name",
        ]);
        let size = (NonZeroU16::new(7).unwrap(), NonZeroU16::new(33).unwrap());
        let answer = Answer {
            question: "name? ",
            after: Duration::ZERO,
            keys: "mara\n",
        };
        let recording = record(command, size, &answer).unwrap();
        assert!(recording.succeeded);
        assert_eq!(recording.output, "7 33\r\nname? mara\r\nhello mara\r\n");
    }
}
