//! Commands about runs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::RunOverrides;

/// Parameters of a workflow.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Parameters {
    /// A parameter, read by its declared type; may be given several times
    /// [default: as declared]
    #[arg(long = "param", short = 'p', value_name = "KEY=VALUE")]
    pub(crate) param: Vec<String>,

    /// A JSON or YAML file with parameters; --param goes first [default: none]
    #[arg(long, value_name = "FILE")]
    pub(crate) params_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// A workflow file, or a stored workflow by its name, its id or an end of
    /// it; - for standard input
    #[arg(value_name = "WORKFLOW")]
    pub(crate) workflow: PathBuf,

    #[command(flatten)]
    pub(crate) parameters: Parameters,

    /// Directory the stages work in, with its overrides and agents; with
    /// --server, a directory of the server [default: the current one when it has
    /// a baton.toml, overrides or a .baton, else a scratch directory of the run;
    /// with --server always that]
    #[arg(long, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) overrides: RunOverrides,

    /// Show the plan and start nothing
    #[arg(long = "dry-run")]
    pub(crate) plan_only: bool,

    /// Start it and go, for whoever serves to work on [default: follow it]
    #[arg(long, short, conflicts_with_all = ["yes_gates", "plan_only"])]
    pub(crate) detach: bool,

    /// Approve every gate without asking [default: ask, or wait for somebody]
    #[arg(long)]
    pub(crate) yes_gates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rerun {
    /// The run to repeat
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Run only this stage again, what depends on it, and what did not end
    /// well; results of the other stages are reused [default: all run again]
    #[arg(long, value_name = "STAGE")]
    pub(crate) from: Option<String>,

    /// Approve every gate without asking [default: ask, or wait for somebody]
    #[arg(long)]
    pub(crate) yes_gates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The run to go on with [default: all that have not ended and are not
    /// paused]
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,

    /// Approve every gate without asking [default: ask, or wait for somebody]
    #[arg(long)]
    pub(crate) yes_gates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Runs {
    /// Show this run instead of a list
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,

    /// Only runs of this workflow (its id or its name) [default: of all]
    #[arg(long, value_name = "NAME")]
    pub(crate) workflow: Option<String>,

    #[arg(
        long,
        value_name = "STATUS",
        help = "Only runs in this state: pending, running, waiting_for_approval, \
                waiting_for_input, paused, completed, failed or cancelled; several separated by \
                commas [default: all]"
    )]
    pub(crate) status: Option<String>,

    /// Only runs whose workflow has this text in its id or its name, in any case;
    /// where none has, those whose own id begins or ends with it [default: all]
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,

    /// Only runs of this stored workflow (its name, its id or an end of it)
    /// [default: of all]
    #[arg(long, value_name = "WORKFLOW")]
    pub(crate) workflow_id: Option<String>,

    /// Only runs of this project (its name, its path, its id or an end of it)
    /// [default: of all]
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,

    /// Only runs that started at this time or later, such as
    /// 2026-01-31T08:00:00Z [default: all]
    #[arg(long, value_name = "TIME")]
    pub(crate) started_after: Option<String>,

    /// Only runs that started before this time [default: all]
    #[arg(long, value_name = "TIME")]
    pub(crate) started_before: Option<String>,

    /// What to sort by, the newest first; what has not started or ended yet is
    /// newer than all that has
    #[arg(long, value_enum, value_name = "KEY", default_value_t = RunSort::Created)]
    pub(crate) sort: RunSort,

    /// The other way round
    #[arg(long)]
    pub(crate) reverse: bool,

    /// How many to list, 1 to 200
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,

    /// The page that follows another, by the cursor in that one's JSON form
    /// [default: the first]
    #[arg(long, value_name = "CURSOR", conflicts_with = "run")]
    pub(crate) cursor: Option<String>,

    /// With RUN: what its agents wrote, too
    #[arg(long, requires = "run")]
    pub(crate) logs: bool,
}

/// What lists of runs are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunSort {
    /// When they were made
    Created,
    /// When their first stage started
    Started,
    /// When they ended
    Completed,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A workflow file, a stored workflow (its name, its id or an end of it) or a
    /// run (its id or an end of it)
    #[arg(value_name = "WORKFLOW|RUN", required_unless_present = "builtin")]
    pub(crate) what: Option<PathBuf>,

    /// Show the text of a workflow or an agent that ships with the program,
    /// such as specify, plan, tasks, implement or baron [default: none]
    #[arg(long, value_name = "NAME", conflicts_with = "what")]
    pub(crate) builtin: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Only of this stage [default: of all]
    #[arg(value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// Only the last lines, at most 10,000 [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) tail: Option<u32>,

    /// Only lines after this one, by its number in the JSON form
    #[arg(long, value_name = "SEQ", default_value_t = 0, conflicts_with = "tail")]
    pub(crate) after: u64,

    /// With STAGE: only of its start with this number, as events and the JSON
    /// form have it [default: of all]
    #[arg(long, value_name = "N", requires = "stage")]
    pub(crate) dispatch: Option<u32>,

    /// Go on until the run ends [default: up to now]
    #[arg(long, short)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Events {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Only events after this one, by its number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub(crate) after: u64,

    /// Go on until the run ends [default: up to now]
    #[arg(long, short)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// The stage that asks [default: the one that does]
    #[arg(value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// An answer by the name of its question; the same name several times
    /// where several options may be chosen [default: asks on the terminal]
    #[arg(long = "answer", short, value_name = "NAME=VALUE")]
    pub(crate) answers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Reopen {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// The stage; stages that depend on it start over
    #[arg(value_name = "STAGE")]
    pub(crate) stage: String,

    /// What should be different, for the stage's agent [default: nothing is said]
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) feedback: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// A YAML or JSON file with a list of edits, each an insert or update with
    /// its stage, or a delete with a `stage_id`; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Why, for the record [default: nothing is said]
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Only say whether the run would take them
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Pause {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Why, for the record [default: nothing is said]
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// The gate [default: the one that is open]
    #[arg(value_name = "STAGE")]
    pub(crate) stage: Option<String>,

    /// Why, for the record [default: nothing is said]
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,

    /// Why, for the record [default: nothing is said]
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Do not ask [default: ask on the terminal]
    #[arg(long, short)]
    pub(crate) yes: bool,
}
