//! What paths on the command line stand for: files, folders, patterns.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::{DirEntry, WalkDir};

use crate::exit::Failure;

const STDIN: &str = "-";
const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];
/// What workflows are written in.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];
/// Folders of what was built or fetched.
const PASSED_OVER: [&str; 2] = ["target", "node_modules"];

/// The paths of a command line.
#[derive(Debug)]
pub(super) struct Paths(Vec<Asked>);

#[derive(Debug)]
enum Asked {
    Stdin,
    /// A file or a folder; nobody knows which before looking.
    Path(PathBuf),
    Pattern {
        text: String,
        matcher: GlobMatcher,
    },
}

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) reason: Reason,
}

impl Found {
    /// Where it lies; none for standard input.
    pub(super) fn file(&self) -> Option<&Path> {
        Some(self.path.as_path()).filter(|path| *path != Path::new(STDIN))
    }
}

/// Why a file is looked at.
#[derive(Debug)]
pub(super) enum Reason {
    /// It was named, or fits a pattern.
    Named,
    /// It lies in a folder that was named, and counts if it is a workflow.
    InFolder,
    /// There is nothing to look at.
    Unreadable(io::Error),
}

/// All files in the order of the paths they were found by.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) files: Vec<Found>,
    /// Directories in which more may appear.
    pub(super) directories: BTreeSet<PathBuf>,
    known: HashSet<PathBuf>,
}

impl Paths {
    pub(super) fn parse(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let asked = paths.iter().map(|path| Asked::parse(path));
        asked.collect::<anyhow::Result<_>>().map(Self)
    }

    pub(super) fn reads_stdin(&self) -> bool {
        self.0.iter().any(|asked| matches!(asked, Asked::Stdin))
    }

    /// What was asked for, as it was written.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.0.iter().map(|asked| match asked {
            Asked::Stdin => STDIN.to_owned(),
            Asked::Path(path) => path.display().to_string(),
            Asked::Pattern { text, .. } => text.clone(),
        });
        names.collect()
    }

    /// Looks for the files; what is not there is among them.
    pub(super) fn collect(&self) -> Collected {
        let mut collected = Collected::default();
        for asked in &self.0 {
            match asked {
                Asked::Stdin => collected.add(STDIN.into(), Reason::Named),
                Asked::Path(path) if path.is_dir() => collected.add_folder(path),
                Asked::Path(path) => collected.add_named(path),
                Asked::Pattern { text, matcher } => collected.add_matches(text, matcher),
            }
        }
        collected
    }
}

impl Asked {
    fn parse(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new(STDIN) {
            return Ok(Self::Stdin);
        }
        let text = path.to_string_lossy();
        // What is there is meant, whatever signs are in its name.
        if !text.contains(WILDCARDS) || path.symlink_metadata().is_ok() {
            return Ok(Self::Path(path.to_owned()));
        }
        let text = text.trim_start_matches("./").to_owned();
        let glob = GlobBuilder::new(&text).literal_separator(true).build();
        let glob = glob.map_err(|error| Failure::usage(format!("{text}: {error}")))?;
        let matcher = glob.compile_matcher();
        Ok(Self::Pattern { text, matcher })
    }
}

impl Collected {
    fn add(&mut self, path: PathBuf, reason: Reason) {
        if self.known.insert(path.clone()) {
            self.files.push(Found { path, reason });
        }
    }

    fn add_named(&mut self, path: &Path) {
        let above = path.parent().map(or_here);
        self.directories
            .extend(above.filter(|above| above.is_dir()).map(Path::to_owned));
        self.add(path.to_owned(), Reason::Named);
    }

    fn add_folder(&mut self, folder: &Path) {
        self.walk(folder, Hidden::PassedOver, |path| {
            let extension = path.extension().and_then(OsStr::to_str);
            extension
                .is_some_and(|extension| EXTENSIONS.contains(&extension))
                .then_some(Reason::InFolder)
        });
    }

    fn add_matches(&mut self, text: &str, matcher: &GlobMatcher) {
        let n_before = self.files.len();
        let is_hidden = |part: &str| part.starts_with('.') && !matches!(part, "." | "..");
        let hidden = if text.split('/').any(is_hidden) {
            Hidden::Entered
        } else {
            Hidden::PassedOver
        };
        self.walk(&literal_base(text), hidden, |path| {
            matcher.is_match(path).then_some(Reason::Named)
        });
        if self.files.len() == n_before {
            let nothing = io::Error::new(io::ErrorKind::NotFound, "no file fits this pattern");
            self.add(text.into(), Reason::Unreadable(nothing));
        }
    }

    /// Looks at everything below a folder, in the order of names. Links to
    /// folders are not followed, so there is no way in a circle.
    fn walk(&mut self, root: &Path, hidden: Hidden, wanted: impl Fn(&Path) -> Option<Reason>) {
        let walk = WalkDir::new(or_here(root)).sort_by_file_name();
        let entries = walk
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || is_entered(entry, hidden));
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    self.directories.insert(entry.into_path());
                }
                Ok(entry) => {
                    // A path below the current directory is as short as it was given.
                    let path = entry.path();
                    let path = path.strip_prefix("./").unwrap_or(path);
                    if let Some(reason) = wanted(path).filter(|_| path.is_file()) {
                        self.add(path.to_owned(), reason);
                    }
                }
                Err(error) => self.add_unreadable(root, error),
            }
        }
    }

    fn add_unreadable(&mut self, root: &Path, error: walkdir::Error) {
        let path = error.path().unwrap_or(root).to_owned();
        let error = error
            .into_io_error()
            .unwrap_or_else(|| io::Error::other("it contains itself"));
        self.add(path, Reason::Unreadable(error));
    }
}

/// Whether files and folders whose names begin with a dot are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Entered,
    PassedOver,
}

fn is_entered(entry: &DirEntry, hidden: Hidden) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_left_out = entry.file_type().is_dir() && PASSED_OVER.contains(&name.as_ref());
    !is_left_out && (hidden == Hidden::Entered || !name.starts_with('.'))
}

/// The folder below which everything lies that fits a pattern.
fn literal_base(pattern: &str) -> PathBuf {
    let above = Path::new(pattern).parent().unwrap_or(Path::new(""));
    let parts = above.components();
    parts
        .take_while(|part| match part {
            Component::Normal(name) => !name.to_string_lossy().contains(WILDCARDS),
            Component::Prefix(_)
            | Component::RootDir
            | Component::CurDir
            | Component::ParentDir => true,
        })
        .collect()
}

/// The empty path is the current directory.
fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_of_a_pattern_is_what_stands_before_its_first_sign() {
        for (pattern, base) in [
            ("flows/**/*.yaml", "flows"),
            ("*.yaml", ""),
            ("/a/b/c?/d.yaml", "/a/b"),
            ("../x/{a,b}.yaml", "../x"),
        ] {
            assert_eq!(literal_base(pattern), Path::new(base), "{pattern}");
        }
    }
}
