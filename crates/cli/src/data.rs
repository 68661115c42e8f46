//! The data directory: where it is, who may read it, and who holds it.
//!
//! One process at a time works on the runs of a directory. It holds the lock
//! for as long as it lives; the kernel gives it back however it ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use baton_model::ErrorCode;
use nix::fcntl::{Flock, FlockArg};

use crate::exit::Failure;

/// The database in a data directory.
const DATABASE: &str = "baton.db";
/// What whoever works on the runs has locked.
const LOCK: &str = "baton.lock";
/// What the directory of a database is called that lies elsewhere: as that,
/// and this.
const BESIDE: &str = "-baton";

/// A data directory that exists.
#[derive(Clone, Debug)]
pub(crate) struct DataDir(PathBuf);

/// Proof that this process is the one that works on the directory's runs.
#[derive(Debug)]
pub(crate) struct Held(
    #[expect(dead_code, reason = "dropping it gives the lock back")] Flock<File>,
);

impl DataDir {
    /// The directory that was asked for, or the user's own; created when it
    /// is not there.
    pub(crate) fn open(asked: Option<&Path>) -> anyhow::Result<Self> {
        let data = Self::make(asked)?;
        data.expect_database()?;
        Ok(data)
    }

    /// The same, whether its database is there or is to be put there.
    pub(crate) fn make(asked: Option<&Path>) -> anyhow::Result<Self> {
        let data = Self::locate(asked)?;
        let made = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data.path());
        made.map_err(|error| unusable(data.path(), &error))?;
        Ok(data)
    }

    /// Refuses a directory whose database lies elsewhere and is not there any
    /// more: with a new one there, all runs would seem to be gone.
    fn expect_database(&self) -> anyhow::Result<()> {
        let database = self.database();
        let is_elsewhere = database != self.0 && self.0.join(LOCK).exists();
        if !is_elsewhere || database.exists() {
            return Ok(());
        }
        let (directory, database) = (self.0.display(), database.display());
        Err(Failure::files(format!(
            "{directory} is for the database {database}, which is not there: were they moved, \
             or only one of them? Put it there again, restore a backup with `baton restore FILE \
             --data-dir {directory}`, or, to begin anew, move {directory} away"
        )))
    }

    /// The same directory, as it is or is not.
    pub(crate) fn locate(asked: Option<&Path>) -> anyhow::Result<Self> {
        let path = match asked {
            Some(path) => path.to_owned(),
            None => default_path()?,
        };
        let path = std::path::absolute(&path).map_err(|error| unusable(&path, &error))?;
        Ok(Self(path))
    }

    /// The directory for a database of any name: beside it, with a link to it
    /// in the place of the database. One that is called as in a data directory
    /// is taken to be in one, so that no database is in two.
    /// `admit` is asked first if nobody has worked with that directory before.
    pub(crate) fn of_database(
        file: &Path,
        admit: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        if fs::read_link(file).is_ok() && !file.exists() {
            // What it leads to has another directory from when it is there.
            let path = file.display();
            let message = format!("{path} is a link to nothing; name the database itself");
            return Err(Failure::usage(message));
        }
        let file = file
            .canonicalize()
            .or_else(|_not_there| std::path::absolute(file))
            .map_err(|error| unusable(file, &error))?;
        let (Some(parent), Some(name)) = (file.parent(), file.file_name()) else {
            let path = file.display();
            return Err(Failure::usage(format!("{path} is no name of a database")));
        };
        let is_in_one = name == DATABASE;
        let mut own = name.to_owned();
        own.push(BESIDE);
        let own = parent.join(own);
        let path = if is_in_one { parent } else { &own };
        if path.join(LOCK).exists() {
            Self(path.to_owned()).expect_database()?;
        } else {
            admit(&file)?;
        }
        let data = Self::make(Some(path))?;
        if is_in_one {
            return Ok(data);
        }
        let (link, target) = (data.0.join(DATABASE), Path::new("..").join(name));
        match symlink(&target, &link) {
            Ok(()) => Ok(data),
            Err(_taken) if fs::read_link(&link).is_ok_and(|found| found == target) => Ok(data),
            Err(error) => Err(unusable(&data.0, &error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// What the store is opened by: the directory, or the file that the database
    /// in it is a link to. Its log and its drafts lie beside the file itself.
    pub(crate) fn database(&self) -> PathBuf {
        let Ok(target) = fs::read_link(self.0.join(DATABASE)) else {
            return self.0.clone();
        };
        let target = self.0.join(target);
        match (target.parent().map(Path::canonicalize), target.file_name()) {
            (Some(Ok(parent)), Some(name)) => parent.join(name),
            _ => target,
        }
    }

    /// The file of the database.
    pub(crate) fn database_file(&self) -> PathBuf {
        let database = self.database();
        if database == self.0 {
            return self.0.join(DATABASE);
        }
        database
    }

    /// The socket of whoever holds the directory.
    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("baton.sock")
    }

    /// The server's own `baton.toml`.
    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("config.toml")
    }

    /// Takes hold of the directory; None when another process has it.
    pub(crate) fn hold(&self) -> anyhow::Result<Option<Held>> {
        let path = self.0.join(LOCK);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| unusable(&self.0, &error))?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut lock) => {
                sign(&mut lock).map_err(|error| unusable(&self.0, &error))?;
                Ok(Some(Held(lock)))
            }
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, errno)) => Err(unusable(&self.0, &errno.into())),
        }
    }

    /// Takes hold of the directory for something that bears nobody beside it.
    pub(crate) fn hold_alone(&self, what_for: &str) -> anyhow::Result<Held> {
        self.hold()?.ok_or_else(|| {
            let holder = self
                .holder()
                .map_or("another process".to_owned(), |pid| format!("process {pid}"));
            let path = self.0.display();
            Failure::of(
                ErrorCode::IllegalState,
                format!("{holder} works on the runs in {path}: stop it first to {what_for}"),
            )
        })
    }

    /// Whether another process holds the directory. Changes nothing.
    pub(crate) fn is_held(&self) -> bool {
        let Ok(file) = File::open(self.0.join(LOCK)) else {
            return false;
        };
        let tried = Flock::lock(file, FlockArg::LockSharedNonblock);
        matches!(tried, Err((_, nix::errno::Errno::EWOULDBLOCK)))
    }

    /// Process id of whoever holds the directory, as it signed.
    pub(crate) fn holder(&self) -> Option<u32> {
        let mut text = String::new();
        File::open(self.0.join(LOCK))
            .ok()?
            .read_to_string(&mut text)
            .ok()?;
        text.trim().parse().ok()
    }
}

/// Writes our process id into the lock file, for people to read.
fn sign(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn default_path() -> anyhow::Result<PathBuf> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    // The base directory rules have it absolute, or ignored.
    variable("XDG_DATA_HOME")
        .filter(|base| base.is_absolute())
        .or_else(|| variable("HOME").map(|home| home.join(".local/share")))
        .map(|base| base.join("baton"))
        .ok_or_else(|| Failure::usage("where should runs be kept? Give --data-dir or set HOME"))
}

fn unusable(path: &Path, error: &io::Error) -> anyhow::Error {
    let message = format!("cannot use the data directory {}: {error}", path.display());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::of(
            ErrorCode::StorageFull,
            format!("{message}; make room and try again"),
        ),
        _ => Failure::files(message),
    }
}
