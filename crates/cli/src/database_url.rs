//! `DATABASE_URL`, which tells other servers of this kind where their database
//! is, in the forms that `SQLAlchemy` has: what it asks for, and the data
//! directory that this comes to.
//!
//! Only `baton serve` goes by it, and only when no data directory is named. The
//! variable is also that of many other programs, so no other command does.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use baton_store_sql::{DatabaseFile, has_database};
use uuid::Uuid;

use crate::attempts::Disowned;
use crate::data::DataDir;
use crate::exit::Failure;
use crate::session;

const VARIABLE: &str = "DATABASE_URL";

/// Where a server keeps what it has.
pub(crate) struct Place {
    pub(crate) data: DataDir,
    /// What is to be said of the variable, if it is set.
    pub(crate) announcement: Option<String>,
    /// Whether all of it goes when the server stops.
    fleeting: Option<Fleeting>,
}

impl Place {
    /// The data directory that was named; else that of the variable; else the
    /// user's own.
    pub(crate) fn open(named: Option<&Path>) -> anyhow::Result<Self> {
        let url = std::env::var_os(VARIABLE).filter(|url| !url.is_empty());
        match (named, url) {
            (None, Some(url)) => Self::of_variable(url),
            (named, url) => {
                let data = DataDir::open(named)?;
                let unused = format!("{VARIABLE} is not used, since a data directory is named");
                Ok(Self::lasting(data, url.map(|_url| unused)))
            }
        }
    }

    fn of_variable(url: OsString) -> anyhow::Result<Self> {
        let asked = url
            .into_string()
            .map_err(|_url| "is not UTF-8".to_owned())
            .and_then(|url| Asked::read(&url));
        let asked = asked.map_err(|why| {
            Failure::usage(format!(
                "{VARIABLE} {why}; such as {VARIABLE}=sqlite:////absolute/path.db; \
                 --data-dir DIR wins over it"
            ))
        })?;
        match asked {
            Asked::Memory => Self::fleeting(),
            Asked::Directory(path) => {
                let data = DataDir::open(Some(&path))?;
                let said = format!("{VARIABLE} names the directory");
                Ok(Self::lasting(data, Some(said)))
            }
            Asked::File(path) => {
                let data = DataDir::of_database(&path, expect_own)?;
                let file = data.database_file();
                let said = format!(
                    "{VARIABLE} names {}; all else is in the directory",
                    file.display()
                );
                Ok(Self::lasting(data, Some(said)))
            }
        }
    }

    fn lasting(data: DataDir, announcement: Option<String>) -> Self {
        Self {
            data,
            announcement,
            fleeting: None,
        }
    }

    /// Nothing here works without files, so these go when the server does.
    fn fleeting() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("baton-{}", Uuid::now_v7().simple()));
        let made = fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| {
            let path = path.display();
            Failure::files(format!("cannot make the directory {path}: {error}"))
        })?;
        let fleeting = Fleeting(path);
        let said = format!("{VARIABLE} wants nothing kept: the directory goes with the server");
        Ok(Self {
            data: DataDir::open(Some(&fleeting.0))?,
            announcement: Some(said),
            fleeting: Some(fleeting),
        })
    }

    /// To be called when nobody works with the directory any more.
    pub(crate) async fn leave(self) -> anyhow::Result<()> {
        if self.fleeting.is_none() {
            return Ok(());
        }
        // Nobody will ever want what is still at work there.
        Disowned::note(&self.data)?;
        session::end_disowned(&self.data).await?;
        Ok(())
    }
}

/// A database that nobody here has worked with may be one of another program:
/// nothing is made beside it then, and nobody is led to mend it.
fn expect_own(file: &Path) -> anyhow::Result<()> {
    if !has_database(file) {
        return Ok(());
    }
    let looked = DatabaseFile::open(file).map(drop);
    looked.map_err(|error| {
        Failure::files(format!(
            "{VARIABLE} names a file that cannot be used: {error}; name another one"
        ))
    })
}

/// A directory that is gone when this is.
struct Fleeting(PathBuf);

impl Drop for Fleeting {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "a temporary directory stays");
        }
    }
}

/// What the variable asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    File(PathBuf),
    Directory(PathBuf),
    Memory,
}

impl Asked {
    /// Reads `sqlite:///relative`, `sqlite:////absolute` and
    /// `sqlite:///:memory:`. What is wrong is said without the rest of the
    /// address, in which other databases have passwords.
    fn read(url: &str) -> Result<Self, String> {
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").ok_or("is no address of a database")?;
        let dialect = scheme
            .split_once('+')
            .map_or(scheme, |(dialect, _)| dialect);
        if dialect != "sqlite" {
            return Err(format!(
                "names a database of {dialect}, and runs are kept in SQLite only"
            ));
        }
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if !query.is_empty() {
            return Err("has settings behind `?`, which nothing here goes by".to_owned());
        }
        match place.strip_prefix('/') {
            None if !place.is_empty() => Err(
                "names a host, but SQLite is a file: three slashes before a relative path, \
                 four before an absolute one"
                    .to_owned(),
            ),
            None | Some("" | ":memory:") => Ok(Self::Memory),
            Some(path) if path.ends_with('/') || Path::new(path).is_dir() => {
                Ok(Self::Directory(path.into()))
            }
            Some(path) => Ok(Self::File(path.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_sqlalchemy_reads_them() {
        let file = |path: &str| Ok(Asked::File(path.into()));
        for (url, expected) in [
            ("sqlite:///x.db", file("x.db")),
            ("sqlite:///./no/x.db", file("./no/x.db")),
            ("sqlite:////no/x.db", file("/no/x.db")),
            ("sqlite:////no/x%20y.db", file("/no/x%20y.db")),
            (" sqlite+aiosqlite:///x.db? ", file("x.db")),
            ("sqlite:////", Ok(Asked::Directory("/".into()))),
            ("sqlite:///no/", Ok(Asked::Directory("no/".into()))),
            ("sqlite:///.", Ok(Asked::Directory(".".into()))),
            ("sqlite://", Ok(Asked::Memory)),
            ("sqlite:///", Ok(Asked::Memory)),
            ("sqlite:///:memory:", Ok(Asked::Memory)),
        ] {
            assert_eq!(Asked::read(url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_file_of_sqlite_is_refused_without_its_secrets() {
        for (url, part) in [
            ("postgres://me:s3cret@db/baton", "of postgres"),
            ("postgresql+asyncpg://me:s3cret@db/baton", "of postgresql,"),
            ("mysql://me:s3cret@db/baton", "of mysql"),
            ("SQLite:///x.db", "of SQLite"),
            ("sqlite://me:s3cret@db/x.db", "a host"),
            ("sqlite:///x.db?key=s3cret", "`?`"),
            ("/s3cret/x.db", "no address"),
            ("sqlite:s3cret.db", "no address"),
        ] {
            let why = Asked::read(url).unwrap_err();
            assert!(
                why.contains(part) && !why.contains("s3cret"),
                "{url}: {why}"
            );
        }
    }
}
