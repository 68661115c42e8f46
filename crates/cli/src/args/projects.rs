//! Commands about projects, and about what waits for people in their runs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Register a directory: runs that start in it belong to it from then on
    Add(AddProject),
    /// List projects, those that are registered elsewhere too
    List,
    /// Show a project, and what agents can be told to do in it
    Show(ShowProject),
    /// Take a project out; its directory and its runs stay
    Remove(RemoveProject),
}

#[derive(Debug, Args)]
pub(crate) struct AddProject {
    /// The directory; with --server, one of the server, by its whole path
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,

    /// What to call it [default: as the directory is called]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowProject {
    /// The project, by its name, its path, its id or an end of it
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveProject {
    /// The project, by its name, its path, its id or an end of it
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,

    /// Do not ask [default: ask on the terminal]
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Inbox {
    /// Only what waits in this project, by its name, its path, its id or an end
    /// of it [default: all]
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,

    #[command(subcommand)]
    pub(crate) command: Option<InboxCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InboxCommand {
    /// Let a gate pass
    Approve(InboxDecision),
    /// Close a gate and stop its run
    Reject(InboxDecision),
    /// Answer what is asked
    Answer(InboxAnswer),
    /// Have the work before a gate done again, with what should be different
    SendBack(SendBack),
}

/// What is meant of all that waits.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct WaitingItem {
    /// The run [default: the only one that waits so]
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,

    /// The stage that waits [default: the only one of the run]
    #[arg(value_name = "STAGE")]
    pub(crate) stage: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InboxDecision {
    #[command(flatten)]
    pub(crate) item: WaitingItem,

    /// Why, for the record [default: nothing is said]
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InboxAnswer {
    #[command(flatten)]
    pub(crate) item: WaitingItem,

    /// An answer by the name of its question; the same name several times
    /// where several options may be chosen [default: asks on the terminal]
    #[arg(long = "answer", short, value_name = "NAME=VALUE")]
    pub(crate) answers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SendBack {
    #[command(flatten)]
    pub(crate) item: WaitingItem,

    /// What should be different, for the agent that works on it again
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) comment: String,

    /// The stage that works again [default: the one that the gate follows]
    #[arg(long, value_name = "STAGE")]
    pub(crate) to: Option<String>,
}
