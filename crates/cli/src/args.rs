//! The command line: every command, argument and option with its help text.

mod access;
mod agents;
pub(crate) mod help;
mod language;
mod library;
mod options;
mod projects;
mod runs;
mod tools;
mod upkeep;

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use access::{CreateToken, RevokeToken, Serve, Token};
pub(crate) use agents::AgentsCommand;
pub(crate) use language::{Eval, Explain, Plan, Project, RunOverrides, Schema, Validate};
pub(crate) use library::{
    Create, Delete, Duplicate, Export, Import, List, NewStatus, SortBy, Sync, Update,
};
pub(crate) use options::{Format, GivenOptions, LogFormat, Options, Origin, Output};
pub(crate) use projects::{
    AddProject, Inbox, InboxAnswer, InboxCommand, InboxDecision, ProjectCommand, RemoveProject,
    SendBack, ShowProject, WaitingItem,
};
pub(crate) use runs::{
    Answer, Cancel, Decide, Edit, Events, Logs, Parameters, Pause, Reopen, Rerun, Resume, Run,
    RunSort, Runs, Show,
};
pub(crate) use tools::{Completions, Man};
pub(crate) use upkeep::{Backup, Doctor, Restore};

/// Runs multi-stage work of AI agents and other programs, durably.
#[derive(Debug, Parser)]
#[command(
    name = "baton",
    version,
    max_term_width = 80,
    arg_required_else_help = true
)]
#[command(after_help = "Start with: baton run FILE --param name=value")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: GivenOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// The command line as clap knows it, with its commands in groups.
    pub(crate) fn definition() -> clap::Command {
        help::grouped(Self::command())
    }

    /// Reads the arguments of this process.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let matches = Self::definition().try_get_matches()?;
        let mut cli = Self::from_arg_matches(&matches)
            .map_err(|error| error.format(&mut Self::definition()))?;
        cli.options.note_origins(&matches);
        Ok(cli)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Plain(WorkflowCommand),

    /// The same commands, spelled out
    #[command(subcommand, name = "workflow")]
    Workflow(WorkflowCommand),

    /// Show everything that waits for a person, and decide or answer it
    Inbox(Inbox),
    /// Register directories that runs belong to
    #[command(subcommand)]
    Project(ProjectCommand),

    /// Show who works for which reference, and whether it can
    #[command(subcommand)]
    Agents(AgentsCommand),

    /// Say what a code of a finding means, and how to mend it
    Explain(Explain),
    /// Compute an expression
    Eval(Eval),
    /// Print the JSON Schema of workflow files, for editors
    Schema(Schema),

    /// Work on runs in the background, and answer over the network, until stopped
    Serve(Serve),
    /// Make, list and revoke tokens for callers on the network
    #[command(subcommand)]
    Token(Token),

    /// Look for what is damaged or cannot work, and say what mends it
    Doctor(Doctor),
    /// Copy all runs into one file, also while they are worked on
    Backup(Backup),
    /// Make a backup the data directory's runs
    Restore(Restore),

    /// Show which settings are in effect, and where each comes from
    Config,
    /// Print what completes commands and options in a shell
    Completions(Completions),
    /// Print the manual page of baton, or write those of all commands
    Man(Man),

    /// Supervises one agent process
    #[command(hide = true)]
    Shim {
        /// Directory of the attempt
        dir: PathBuf,
    },
}

impl Command {
    fn is_validate(&self) -> bool {
        let (Self::Plain(command) | Self::Workflow(command)) = self else {
            return false;
        };
        matches!(
            command,
            WorkflowCommand::Library(LibraryCommand::Validate(_))
        )
    }

    /// The name of a command that works on this machine's data directory and
    /// on nothing else.
    fn local_only(&self) -> Option<&'static str> {
        match self {
            Self::Serve(_) => Some("serve"),
            Self::Doctor(_) => Some("doctor"),
            Self::Backup(_) => Some("backup"),
            Self::Restore(_) => Some("restore"),
            Self::Agents(_) => Some("agents"),
            Self::Plain(_)
            | Self::Workflow(_)
            | Self::Inbox(_)
            | Self::Project(_)
            | Self::Explain(_)
            | Self::Eval(_)
            | Self::Schema(_)
            | Self::Token(_)
            | Self::Config
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Shim { .. } => None,
        }
    }
}

/// What the word `workflow` may stand before.
#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowCommand {
    #[command(flatten)]
    Library(LibraryCommand),
    #[command(flatten)]
    Run(RunCommand),
}

/// Commands about workflows, stored or not.
#[derive(Debug, Subcommand)]
pub(crate) enum LibraryCommand {
    /// Store a workflow
    Create(Create),
    /// List stored workflows
    List(List),
    /// Show a stored workflow, a workflow file or a run
    Show(Show),
    /// Give a stored workflow a new text, status or tags
    Update(Update),
    /// Store files anew: those that are new, and those that have changed
    Sync(Sync),
    /// Store a copy of a stored workflow under another name
    Duplicate(Duplicate),
    /// Print a workflow, all of them, or a run, to be kept elsewhere
    Export(Export),
    /// Store what was exported
    Import(Import),
    /// Delete stored workflows; their runs stay
    Delete(Delete),
    /// Check workflow files, or stored workflows, for mistakes
    Validate(Validate),
    /// Show what a workflow would do
    Plan(Plan),
}

/// Commands about runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunCommand {
    /// Start a workflow and follow it to its end
    Run(Run),
    /// Repeat a run that has ended, all of it or from a stage on
    Rerun(Rerun),
    /// Go on with runs that were paused or parked, or whose process died
    Resume(Resume),
    /// List runs, or show one
    Runs(Runs),
    /// Show what the agents of a run wrote
    Logs(Logs),
    /// Show what happened to a run, one event a line
    Events(Events),
    /// Let a gate pass
    Approve(Decide),
    /// Close a gate and stop the run
    Reject(Decide),
    /// Answer what the agent of a stage asks
    Answer(Answer),
    /// Have a stage that has ended run again, with what should be different
    Reopen(Reopen),
    /// Insert, change or delete stages of a run while it goes on
    Edit(Edit),
    /// Let nothing of a run start until it is resumed
    Pause(Pause),
    /// End a run
    Cancel(Cancel),
}
