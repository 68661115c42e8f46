//! What browsers get: the web interface and the viewer of the API's description,
//! put where the next build of the program takes them up; and the tests of the
//! interface.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::repository::Repository;
use crate::steps::run_inherited;
use crate::tools::{self, CHROMIUM, node};

const UI: &str = "ui";

/// Files of Swagger UI that a browser needs, and its licence.
const VIEWER: &[&str] = &["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE"];
const VIEWER_DIRECTORY: &str = "ui/dist/docs";
/// What has the program look at all of it again.
const LOOKED_FOR_BY: &str = "crates/server/build.rs";

/// Builds the interface and fetches the viewer.
pub(crate) fn build(repository: &Repository) -> Result<()> {
    installed(repository)?;
    npm(repository, "build", Vec::new())?;
    fetch_viewer(repository)?;
    // The build looks again when this is newer.
    let looks = fs::File::options()
        .append(true)
        .open(repository.root().join(LOOKED_FOR_BY))?;
    looks.set_modified(SystemTime::now())?;
    println!("the web interface is built; the next build of the program takes it up");
    Ok(())
}

/// The rules of its code, and the tests beside it.
pub(crate) fn test(repository: &Repository) -> Result<()> {
    installed(repository)?;
    npm(repository, "lint", Vec::new())?;
    npm(repository, "test", Vec::new())
}

/// What is done in a real browser, on the real program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// What people do in it.
    Journeys,
    /// Pictures for the guide.
    Screenshots,
    /// All that can be operated on every page, in every look.
    Crawl,
    /// How long it takes.
    Measures,
    /// Whether the page of a run keeps more and more while the run goes on.
    Memory {
        /// How long it is watched.
        minutes: u32,
    },
}

/// How long a page must be able to stay open.
pub(crate) const MINUTES: u32 = 30;

impl Errand {
    /// Its script in `package.json`.
    const fn script(self) -> &'static str {
        match self {
            Self::Journeys => "e2e",
            Self::Screenshots => "guide",
            Self::Crawl => "crawl",
            Self::Measures => "measure",
            Self::Memory { .. } => "measure:long",
        }
    }

    /// How the program is built for it, and where that puts it.
    const fn build(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Journeys | Self::Screenshots | Self::Crawl => {
                (&["build", "--package", "baton-cli"], "target/debug/baton")
            }
            Self::Measures | Self::Memory { .. } => (
                &["build", "--release", "--package", "baton-cli"],
                "target/release/baton",
            ),
        }
    }
}

/// Goes through it.
pub(crate) fn browse(repository: &Repository, errand: Errand) -> Result<()> {
    tools::ensure(&[CHROMIUM], "journeys")?;
    build(repository)?;
    let (arguments, program) = errand.build();
    run_inherited(repository.cargo(arguments))?;
    let baton = repository.root().join(program);
    let chromium = CHROMIUM.path()?;
    let mut environment = vec![
        ("BATON_BIN", baton.into_os_string()),
        ("CHROMIUM", chromium.into_os_string()),
    ];
    if let Errand::Memory { minutes } = errand {
        environment.push(("BATON_MINUTES", minutes.to_string().into()));
    }
    npm(repository, errand.script(), environment)
}

/// Node and the packages of the lock file are there.
fn installed(repository: &Repository) -> Result<PathBuf> {
    node::ensure()?;
    let ui = repository.root().join(UI);
    node::install(&ui)?;
    Ok(ui)
}

/// A script of the interface's `package.json`.
fn npm(repository: &Repository, script: &str, environment: Vec<(&str, OsString)>) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", script])
        .current_dir(repository.root().join(UI))
        .envs(environment);
    run_inherited(npm)
}

/// Copies Swagger UI to where the program looks for it.
fn fetch_viewer(repository: &Repository) -> Result<()> {
    let from = installed(repository)?.join("node_modules/swagger-ui-dist");
    let to = repository.root().join(VIEWER_DIRECTORY);
    fs::create_dir_all(&to)?;
    for name in VIEWER {
        fs::copy(from.join(name), to.join(name))
            .with_context(|| format!("cannot copy {name} of Swagger UI"))?;
    }
    Ok(())
}
