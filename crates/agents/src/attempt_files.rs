//! Where one attempt of a process agent keeps its files, and who still runs.
//!
//! Layout: `<root>/<run uuid>/<16 hex digits of the stage id's SHA-256>-<dispatch>/`.
//! A stage id may be any text, so it never becomes a path itself. Programs of
//! hooks have directories of the same kind, named after the hook and the end of
//! the run that it follows. The files
//! are the only way between the shim and a server: whichever server comes
//! next can read what an earlier one started. Everything is private to the
//! user (0700, 0600), for the files hold inputs and environment.

mod record;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use baton_model::{AttemptKey, HookKey, RunId};
use sha2::{Digest, Sha256};

use crate::process_table::ProcessId;

pub(crate) use record::{ExitReason, ExitRecord, ShimRequest, write_private};

/// Environment variable every process of an attempt inherits; it names the
/// attempt's directory, so processes can be found even when their shim is gone.
pub(crate) const DIRECTORY_MARKER: &str = "BATON_ATTEMPT_DIR";

const PRIVATE_DIRECTORY: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;
/// How often a directory may be removed while it is being made.
const REMOVALS_MAX: u32 = 16;

/// Removes the files of an attempt. Call it once its report is durable;
/// calling it again, or for an attempt that had no files, changes nothing.
pub fn discard(root: &Path, key: &AttemptKey) -> io::Result<()> {
    AttemptDir::locate(root, key).remove()
}

/// What a directory below the root says about its attempt.
#[derive(Clone, Debug)]
pub struct AttemptDirInfo {
    /// The directory.
    pub path: PathBuf,
    /// The run it belongs to.
    pub run: RunId,
    /// The attempt; none for a hook's program, and when the server died before
    /// it was written down.
    pub key: Option<AttemptKey>,
    /// How far the attempt got.
    pub state: AttemptState,
}

/// How far an attempt got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// Its shim lives.
    Running,
    /// Its end is written down.
    Ended,
    /// Its shim is gone and left no word.
    Vanished,
}

/// The directory of one attempt.
#[derive(Clone, Debug)]
pub(crate) struct AttemptDir {
    path: PathBuf,
}

impl AttemptDir {
    /// Where the attempt's files are, whether or not they exist.
    pub(crate) fn locate(root: &Path, key: &AttemptKey) -> Self {
        Self::named(root, key.run, key.stage.as_str().as_bytes(), key.dispatch)
    }

    /// Where the files of a hook's program are.
    pub(crate) fn locate_hook(root: &Path, run: RunId, hook: HookKey) -> Self {
        let HookKey { end, point, place } = hook;
        // No text begins with this byte, so no stage can have the same name.
        let name = [&[0xff], point.as_str().as_bytes(), &end.to_be_bytes()].concat();
        Self::named(root, run, &name, place)
    }

    fn named(root: &Path, run: RunId, name: &[u8], number: u32) -> Self {
        let digest = Sha256::digest(name);
        let digits = digest
            .iter()
            .take(8)
            .fold(String::with_capacity(32), |digits, byte| {
                digits + &format!("{byte:02x}")
            });
        let path = root
            .join(run.to_string())
            .join(format!("{digits}-{number}"));
        Self { path }
    }

    /// A directory that is already known.
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn request(&self) -> PathBuf {
        self.path.join("request.json")
    }

    pub(crate) fn stdin(&self) -> PathBuf {
        self.path.join("stdin")
    }

    pub(crate) fn stdout(&self) -> PathBuf {
        self.path.join("stdout")
    }

    pub(crate) fn stderr(&self) -> PathBuf {
        self.path.join("stderr")
    }

    /// What the shim itself had to say; empty unless it failed.
    pub(crate) fn shim_log(&self) -> PathBuf {
        self.path.join("shim.log")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.path.join("shim.lock")
    }

    pub(crate) fn exit(&self) -> PathBuf {
        self.path.join("exit.json")
    }

    /// Why Baton ended a program that nobody had cancelled.
    pub(crate) fn stopped(&self) -> PathBuf {
        self.path.join("stopped.json")
    }

    /// Makes the directory and takes the lock that stands for "this attempt
    /// lives". The caller hands the locked file to the shim, so there is no
    /// moment at which a started attempt looks dead. None: it lives already.
    pub(crate) fn create(&self) -> io::Result<Option<File>> {
        let lock = self.create_lock()?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // An earlier start under the same dispatch number must not answer for this
        // one, nor may the end of a longer name stay behind that of the new shim.
        for earlier in [self.exit(), self.stopped(), self.stdout()] {
            ignore_absence(fs::remove_file(earlier))?;
        }
        lock.set_len(0)?;
        Ok(Some(lock))
    }

    /// The directory of the run goes with the last attempt in it, and that may
    /// be removed at this very moment; then both are made again.
    fn create_lock(&self) -> io::Result<File> {
        let mut tries = 0;
        loop {
            let lock = create_private_directory(&self.path)
                .and_then(|()| private_file().create(true).open(self.lock()));
            match lock {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < REMOVALS_MAX => {
                    tries += 1;
                }
                created => return created,
            }
        }
    }

    /// The lock file if a shim holds it; none if nothing of it lives.
    pub(crate) fn held_lock(&self) -> io::Result<Option<File>> {
        let lock = match OpenOptions::new().read(true).open(self.lock()) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match lock.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(lock)),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Which process the shim is; none until it has said so.
    pub(crate) fn shim_identity(&self) -> Option<ProcessId> {
        fs::read_to_string(self.lock()).ok()?.parse().ok()
    }

    /// The last `bytes_max` bytes of a file of this directory; empty if absent.
    pub(crate) fn tail_of(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(bytes_max)))?;
        let mut bytes = Vec::new();
        file.take(bytes_max).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Looks at the directory without changing anything.
    pub(crate) fn inspect(&self, run: RunId) -> io::Result<AttemptDirInfo> {
        // The lock first: the record is written before the lock is released,
        // so an attempt that ends meanwhile is not taken for a vanished one.
        let state = if self.held_lock()?.is_some() {
            AttemptState::Running
        } else if self.exit().exists() {
            AttemptState::Ended
        } else {
            AttemptState::Vanished
        };
        let key = ShimRequest::read(self).ok().and_then(|request| request.key);
        let path = self.path.clone();
        Ok(AttemptDirInfo {
            path,
            run,
            key,
            state,
        })
    }

    /// Removes the directory, and the run's if it was the last in it.
    pub(crate) fn remove(&self) -> io::Result<()> {
        ignore_absence(fs::remove_dir_all(&self.path))?;
        let Some(run) = self.path.parent() else {
            return Ok(());
        };
        match fs::remove_dir(run) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            other => ignore_absence(other),
        }
    }
}

/// Every attempt directory below `root`. Whatever does not look like one is
/// not ours and is left alone.
pub(crate) fn list(root: &Path) -> io::Result<Vec<(RunId, AttemptDir)>> {
    let mut found = Vec::new();
    for (name, path) in subdirectories(root)? {
        let Ok(run) = name.parse::<RunId>() else {
            continue;
        };
        for (name, path) in subdirectories(&path)? {
            if is_attempt_name(&name) {
                found.push((run, AttemptDir::at(path)));
            }
        }
    }
    Ok(found)
}

/// Makes a directory and its parents, readable by this user alone.
pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_DIRECTORY)
        .create(path)
}

/// How files of an attempt are opened: for writing, readable by this user alone.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(PRIVATE_FILE);
    options
}

fn is_attempt_name(name: &str) -> bool {
    name.split_once('-').is_some_and(|(digest, dispatch)| {
        digest.len() == 16
            && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
            && dispatch.parse::<u32>().is_ok()
    })
}

fn subdirectories(path: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && entry.file_type()?.is_dir()
        {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

fn ignore_absence(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use baton_model::StageId;
    use uuid::Uuid;

    use super::*;

    fn key(stage: &str) -> AttemptKey {
        AttemptKey {
            run: RunId::new(Uuid::nil()),
            stage: StageId::new(stage).unwrap(),
            iteration: 1,
            attempt: 1,
            dispatch: 7,
        }
    }

    #[test]
    fn no_stage_id_leaves_the_root() {
        let root = Path::new("/root/of/all");
        for stage in ["../../etc", "/etc/passwd", "a/b", ".", "ü\0"] {
            let dir = AttemptDir::locate(root, &key(stage));
            let name = dir.path().file_name().unwrap().to_str().unwrap();
            assert!(is_attempt_name(name), "{name}");
            assert_eq!(dir.path().parent().unwrap().parent().unwrap(), root);
        }
    }

    #[test]
    fn directories_and_files_are_private() {
        let root = tempfile::tempdir().unwrap();
        let dir = AttemptDir::locate(&root.path().join("attempts"), &key("a"));
        let _lock = dir.create().unwrap().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(dir.path()), 0o700);
        assert_eq!(mode(dir.path().parent().unwrap()), 0o700);
        assert_eq!(mode(&dir.lock()), 0o600);
    }

    #[test]
    fn a_living_attempt_cannot_be_started_twice() {
        let root = tempfile::tempdir().unwrap();
        let dir = AttemptDir::locate(root.path(), &key("a"));
        assert!(dir.held_lock().unwrap().is_none());
        let lock = dir.create().unwrap();
        assert!(lock.is_some());
        assert!(dir.create().unwrap().is_none());
        assert!(dir.held_lock().unwrap().is_some());
        drop(lock);
        assert!(dir.held_lock().unwrap().is_none());
    }

    #[test]
    fn a_new_start_finds_nothing_of_the_shim_before_it() {
        let root = tempfile::tempdir().unwrap();
        let dir = AttemptDir::locate(root.path(), &key("a"));
        drop(dir.create().unwrap());
        fs::write(dir.lock(), "4194304 123456789\n").unwrap();
        let mut lock = dir.create().unwrap().unwrap();
        io::Write::write_all(&mut lock, b"7 8\n").unwrap();
        assert_eq!(dir.shim_identity(), "7 8".parse().ok());
        // A start that is refused leaves the name of the one that lives.
        assert!(dir.create().unwrap().is_none());
        assert_eq!(dir.shim_identity(), "7 8".parse().ok());
    }

    #[test]
    fn discarding_twice_changes_nothing_and_spares_the_neighbours() {
        let root = tempfile::tempdir().unwrap();
        let (one, other) = (key("a"), key("b"));
        AttemptDir::locate(root.path(), &one).create().unwrap();
        AttemptDir::locate(root.path(), &other).create().unwrap();
        discard(root.path(), &one).unwrap();
        discard(root.path(), &one).unwrap();
        assert_eq!(list(root.path()).unwrap().len(), 1);
        discard(root.path(), &other).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
