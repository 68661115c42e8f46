//! Commands about stored workflows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The workflow file; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The name to store it under, written into the text that is stored
    /// [default: the one in the file]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// A word to find it by; may be given several times [default: those in the
    /// file]
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,

    /// The project it belongs to, in any words [default: none]
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,

    /// Store it also when it has mistakes, as a draft that cannot run
    #[arg(long)]
    pub(crate) draft: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only workflows with this text in name, id or description, in any case
    /// [default: all]
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,

    /// Only workflows in this state: draft, published or archived; several
    /// separated by commas [default: all]
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<String>,

    /// Only workflows with this tag; with several, those that have all [default:
    /// all]
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,

    /// Only workflows of this project [default: of all]
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,

    /// What to sort by; times newest first, names from A
    #[arg(long, value_enum, value_name = "KEY", default_value_t = SortBy::Created)]
    pub(crate) sort: SortBy,

    /// The other way round
    #[arg(long)]
    pub(crate) reverse: bool,

    /// How many to list, 1 to 200
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,

    /// The page that follows another, by the cursor in that one's JSON form
    /// [default: the first]
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

/// What lists of workflows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortBy {
    /// Their names
    Name,
    /// When they were stored
    Created,
    /// When they last changed
    Updated,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The stored workflow: its name, its id or an end of it
    #[arg(value_name = "WORKFLOW")]
    pub(crate) workflow: String,

    /// Its new text; - for standard input [default: the text stays]
    #[arg(value_name = "FILE", required_unless_present_any = ["status", "tags", "no_tags"])]
    pub(crate) file: Option<PathBuf>,

    /// Where it stands from now on [default: as it is]
    #[arg(long, value_enum, value_name = "STATUS")]
    pub(crate) status: Option<NewStatus>,

    /// A word to find it by, in place of all it has; may be given several times
    /// [default: they stay]
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,

    /// Take all of its tags away
    #[arg(long, conflicts_with = "tags")]
    pub(crate) no_tags: bool,

    /// With FILE: store it also when it has mistakes, as a draft that cannot run
    #[arg(long, requires = "file")]
    pub(crate) draft: bool,
}

/// Where a workflow stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewStatus {
    /// Still being written
    Draft,
    /// Ready for everybody
    #[value(alias = "active")]
    Published,
    /// Out of use
    Archived,
}

#[derive(Debug, Args)]
#[command(
    after_help = "A file belongs to the stored workflow of its name, else to the one of its id. \
                  Workflows without a file stay as they are."
)]
pub(crate) struct Sync {
    /// Workflow files, or folders with workflows somewhere in them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Store those with mistakes, too, as drafts that cannot run
    #[arg(long)]
    pub(crate) draft: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Duplicate {
    /// The stored workflow: its name, its id or an end of it
    #[arg(value_name = "WORKFLOW")]
    pub(crate) workflow: String,

    /// The name of the copy [default: the old one with "(copy)" behind it]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "A workflow in YAML is its text, letter for letter. A run is one document with \
                  its stages, its events and what its agents wrote."
)]
pub(crate) struct Export {
    /// A stored workflow, or a run: its name, its id or an end of it
    #[arg(value_name = "WORKFLOW|RUN", required_unless_present = "all")]
    pub(crate) what: Option<String>,

    /// All stored workflows in one document, with status, tags and project
    #[arg(long, conflicts_with = "what")]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files that `baton export` has written, or workflow files; - for standard
    /// input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Replace workflows whose names are taken [default: they are refused]
    #[arg(long)]
    pub(crate) replace: bool,

    /// With --replace: do not ask
    #[arg(long, short, requires = "replace")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Stored workflows: their names, their ids or ends of them
    #[arg(required = true, value_name = "WORKFLOW")]
    pub(crate) workflows: Vec<String>,

    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}
