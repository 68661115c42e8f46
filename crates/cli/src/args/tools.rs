//! Commands about the program itself.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

#[derive(Debug, Args)]
#[command(after_help = "For bash: baton completions bash > \
                        ~/.local/share/bash-completion/completions/baton")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write a page for each command into this directory, such as
    /// ~/.local/share/man/man1 [default: prints the page of baton itself]
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,

    /// Write the reference in docs/cli instead of manual pages
    #[arg(long, hide = true, requires = "directory")]
    pub(crate) markdown: bool,
}
