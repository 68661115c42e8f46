//! The commands: each reads its arguments, calls the API once or follows a
//! run, and prints the answer.

mod cancel;
mod decide;
mod follow;
mod logs;
mod plan;
mod resume;
mod run;
mod runs;
mod serve;
mod show;
mod validate;

use std::process::ExitCode;

use baton_app::runs::Verdict;

use crate::args::{Cli, Command, Options, WorkflowCommand};
use crate::data::DataDir;
use crate::session::{Need, Session};

/// Runs what was asked for.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let options = cli.options;
    match cli.command {
        Command::Plain(command) | Command::Workflow(command) => workflow(options, command).await,
        Command::Serve => serve::serve(&options).await,
        // `main` takes it before anything else is started.
        Command::Shim { .. } => Ok(ExitCode::FAILURE),
    }
}

async fn workflow(options: Options, command: WorkflowCommand) -> anyhow::Result<ExitCode> {
    match command {
        WorkflowCommand::Validate(args) => validate::validate(&options, &args),
        WorkflowCommand::Plan(args) => plan::plan(&options, &args.file, &args.parameters),
        WorkflowCommand::Run(args) => Box::pin(run::run(&options, &args)).await,
        WorkflowCommand::Resume(args) => Box::pin(resume::resume(&options, &args)).await,
        WorkflowCommand::Runs(args) => runs::runs(&options, &args).await,
        WorkflowCommand::Show(args) => show::show(&options, &args.what).await,
        WorkflowCommand::Logs(args) => Box::pin(logs::logs(&options, &args)).await,
        WorkflowCommand::Approve(args) => decide::decide(&options, &args, Verdict::Approve).await,
        WorkflowCommand::Reject(args) => decide::decide(&options, &args, Verdict::Reject).await,
        WorkflowCommand::Cancel(args) => Box::pin(cancel::cancel(&options, &args)).await,
    }
}

/// A way to the runs of the data directory that the options name.
async fn open(options: &Options, need: Need) -> anyhow::Result<Session> {
    let data = DataDir::open(options.data_dir.as_deref())?;
    Session::open(&data, options.config.as_deref(), need).await
}
