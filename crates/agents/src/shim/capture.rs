//! Keeps the beginning of what a program writes, and reads on for ever.
//!
//! A program that writes more than the limit is neither blocked nor killed;
//! the rest of its output is read and thrown away, so it cannot fill the disk.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use crate::attempt_files::private_file;

const CHUNK_BYTES: usize = 16 * 1024;

/// One stream of the program and the file it is kept in.
pub(super) struct Capture {
    /// None once every writer has closed it.
    pipe: Option<File>,
    file: File,
    room: u64,
    is_truncated: bool,
    is_dirty: bool,
}

impl Capture {
    pub(super) fn new(pipe: impl Into<OwnedFd>, path: &Path, bytes_max: u64) -> io::Result<Self> {
        let pipe = File::from(pipe.into());
        set_nonblocking(&pipe)?;
        let file = private_file().create(true).truncate(true).open(path)?;
        Ok(Self {
            pipe: Some(pipe),
            file,
            room: bytes_max,
            is_truncated: false,
            is_dirty: false,
        })
    }

    /// What to wait for; none once the stream has ended.
    pub(super) fn readable(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    pub(super) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Takes what is there now, at most one chunk. True if there was any.
    pub(super) fn pump(&mut self) -> io::Result<bool> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(false);
        };
        let mut chunk = [0; CHUNK_BYTES];
        match pipe.read(&mut chunk) {
            Ok(0) => {
                self.pipe = None;
                Ok(false)
            }
            Ok(length) => {
                self.keep(chunk.get(..length).unwrap_or_default());
                Ok(true)
            }
            Err(error) if is_transient(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes what the dead left in the pipe, and forces it to disk if the
    /// result depends on it. Bounded, for a process outside the tree may
    /// have been given the pipe and write on.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        const PIPE_CHUNKS_MAX: usize = 128;
        for _ in 0..PIPE_CHUNKS_MAX {
            if !self.pump()? {
                break;
            }
        }
        self.pipe = None;
        Ok(())
    }

    /// Forces what was kept to disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        if self.is_dirty {
            self.file.sync_data()?;
        }
        Ok(())
    }

    fn keep(&mut self, chunk: &[u8]) {
        let room = usize::try_from(self.room).unwrap_or(usize::MAX);
        let kept = chunk.get(..room).unwrap_or(chunk);
        if kept.len() < chunk.len() {
            self.is_truncated = true;
        }
        if kept.is_empty() {
            return;
        }
        if self.file.write_all(kept).is_ok() {
            self.is_dirty = true;
            self.room -= kept.len() as u64;
        } else {
            // A full disk must not stop the supervision of the program; what
            // follows a gap would be no result, so nothing more is kept.
            self.is_truncated = true;
            self.room = 0;
        }
    }
}

/// Makes reads return at once when there is nothing to read.
pub(super) fn set_nonblocking(fd: &impl AsFd) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

pub(super) fn is_transient(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_passes_the_limit_is_read_and_thrown_away() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stdout");
        let (reader, mut writer) = io::pipe().unwrap();
        let mut capture = Capture::new(reader, &path, 5).unwrap();
        assert!(!capture.pump().unwrap());
        for text in ["abc", "defg", "hij"] {
            writer.write_all(text.as_bytes()).unwrap();
            assert!(capture.pump().unwrap());
        }
        assert_eq!(fs::read(&path).unwrap(), b"abcde");
        assert!(capture.is_truncated());
        drop(writer);
        assert!(!capture.pump().unwrap());
        assert!(capture.readable().is_none());
    }

    #[test]
    fn an_exact_fit_is_not_truncated() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stdout");
        let (reader, mut writer) = io::pipe().unwrap();
        let mut capture = Capture::new(reader, &path, 3).unwrap();
        writer.write_all(b"abc").unwrap();
        capture.finish().unwrap();
        assert!(!capture.is_truncated());
        assert_eq!(fs::read(&path).unwrap(), b"abc");
    }
}
