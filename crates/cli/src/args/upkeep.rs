//! Commands that look after a data directory.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Save what can be saved of a damaged database into a new one
    #[arg(long)]
    pub(crate) repair: bool,

    /// With --repair: do not ask
    #[arg(long, short, requires = "repair")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Replace the file when it is there already
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Also when there are runs already; they are kept in a file beside
    #[arg(long)]
    pub(crate) force: bool,
}
