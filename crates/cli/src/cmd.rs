//! The commands: each reads its arguments, calls the API once or follows a
//! run, and prints the answer.

pub(crate) mod agents;
mod answer;
mod backup;
mod cancel;
mod completions;
pub(crate) mod config;
mod decide;
pub(crate) mod doctor;
mod edit;
mod eval;
mod events;
mod explain;
mod follow;
mod following;
mod inbox;
pub(crate) mod library;
mod logs;
mod man;
mod pause;
mod plan;
mod project;
mod reopen;
mod rerun;
mod resume;
mod run;
mod runs;
mod schema;
mod serve;
mod show;
mod subject;
mod token;
pub(crate) mod validate;
mod which;

use std::path::Path;
use std::process::ExitCode;

use baton_app::gates::Verdict;
use baton_server::v1::dto::Execution;

use crate::args::{
    Cli, Command, Inbox, LibraryCommand, Options, Output, RunCommand, WorkflowCommand,
};
use crate::client::escape;
use crate::data::DataDir;
use crate::exit::ComingSoon;
use crate::features;
use crate::render::document;
use crate::session::{Need, Session};

/// Runs what was asked for.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let options = cli.options.settle(&cli.command)?;
    let output = options.output;
    let ended = match cli.command {
        Command::Plain(command) | Command::Workflow(command) => workflow(&options, command).await,
        Command::Inbox(args) => of_the_inbox(&options, &args).await,
        Command::Project(command) => project::project(&options, &command).await,
        Command::Agents(command) => agents::agents(&options, &command).await,
        Command::Explain(args) => explain::explain(&options, &args),
        Command::Eval(args) => eval::eval(&options, &args),
        Command::Schema(args) => schema::schema(&options, &args),
        Command::Serve(args) => Box::pin(serve::serve(&options, &args)).await,
        Command::Token(args) => token::token(&options, &args).await,
        Command::Doctor(args) => doctor::doctor(&options, &args).await,
        Command::Backup(args) => backup::backup(&options, &args),
        Command::Restore(args) => backup::restore(&options, &args).await,
        Command::Config => config::config(&options),
        Command::Completions(args) => completions::completions(&args),
        Command::Man(args) => man::man(&options, &args),
        // `main` takes it before anything else is started.
        Command::Shim { .. } => Ok(ExitCode::FAILURE),
    };
    match ended {
        Err(error) if error.is::<ComingSoon>() => coming_soon(output),
        ended => ended,
    }
}

/// What is switched off is not there yet, which is no failure.
fn coming_soon(output: Output) -> anyhow::Result<ExitCode> {
    let document = serde_json::json!({ "workflow_engine_enabled": false });
    document::answer(output, &document, || ComingSoon.to_string())?;
    Ok(ExitCode::SUCCESS)
}

async fn workflow(options: &Options, command: WorkflowCommand) -> anyhow::Result<ExitCode> {
    if options.server.is_none() && !features::of_environment().workflow_engine {
        return Err(ComingSoon.into());
    }
    match command {
        WorkflowCommand::Library(command) => of_the_library(options, command).await,
        WorkflowCommand::Run(command) => of_a_run(options, command).await,
    }
}

async fn of_the_inbox(options: &Options, args: &Inbox) -> anyhow::Result<ExitCode> {
    if options.server.is_none() && !features::of_environment().workflow_engine {
        return Err(ComingSoon.into());
    }
    inbox::inbox(options, args).await
}

async fn of_the_library(options: &Options, command: LibraryCommand) -> anyhow::Result<ExitCode> {
    match command {
        LibraryCommand::Create(args) => library::create::create(options, &args).await,
        LibraryCommand::List(args) => library::list::list(options, &args).await,
        LibraryCommand::Show(args) => show::show(options, &args).await,
        LibraryCommand::Update(args) => library::update::update(options, &args).await,
        LibraryCommand::Sync(args) => library::sync::sync(options, &args).await,
        LibraryCommand::Duplicate(args) => library::duplicate::duplicate(options, &args).await,
        LibraryCommand::Export(args) => library::export::export(options, &args).await,
        LibraryCommand::Import(args) => library::import::import(options, &args).await,
        LibraryCommand::Delete(args) => library::delete::delete(options, &args).await,
        LibraryCommand::Validate(args) => library::validate::validate(options, &args).await,
        LibraryCommand::Plan(args) => plan::plan(options, &args).await,
    }
}

async fn of_a_run(options: &Options, command: RunCommand) -> anyhow::Result<ExitCode> {
    match command {
        RunCommand::Run(args) => Box::pin(run::run(options, &args)).await,
        RunCommand::Rerun(args) => Box::pin(rerun::rerun(options, &args)).await,
        RunCommand::Resume(args) => Box::pin(resume::resume(options, &args)).await,
        RunCommand::Runs(args) => runs::runs(options, &args).await,
        RunCommand::Logs(args) => Box::pin(logs::logs(options, &args)).await,
        RunCommand::Events(args) => Box::pin(events::events(options, &args)).await,
        RunCommand::Approve(args) => decide::decide(options, &args, Verdict::Approve).await,
        RunCommand::Reject(args) => decide::decide(options, &args, Verdict::Reject).await,
        RunCommand::Answer(args) => answer::answer(options, &args).await,
        RunCommand::Reopen(args) => reopen::reopen(options, &args).await,
        RunCommand::Edit(args) => edit::edit(options, &args).await,
        RunCommand::Pause(args) => pause::pause(options, &args).await,
        RunCommand::Cancel(args) => Box::pin(cancel::cancel(options, &args)).await,
    }
}

/// A way to workflows and runs, where the options say they are.
async fn open(options: &Options, need: Need) -> anyhow::Result<Session> {
    open_with(options, options.config.as_deref(), need).await
}

/// The same, with a `baton.toml` for whatever is executed by this process.
async fn open_with(
    options: &Options,
    config: Option<&Path>,
    need: Need,
) -> anyhow::Result<Session> {
    if let Some(server) = &options.server {
        return Ok(Session::to(server));
    }
    let data = DataDir::open(options.data_dir.as_deref())?;
    let config = config.or(options.config.as_deref());
    Session::open(&data, config, need).await
}

/// Where the API has a run.
fn path_of(run: &str) -> String {
    format!("/workflow-executions/{}", escape(run))
}

/// Closes a session in which something was asked of a run that is to go on
/// with it, and says so when nobody works on it.
async fn close_after_change(mut session: Session, run: &str) {
    say_if_left_alone(&mut session, run).await;
    session.close().await;
}

/// Says so when a run has not ended and nobody works on it.
async fn say_if_left_alone(session: &mut Session, run: &str) {
    if session.host.is_none() {
        return;
    }
    // When it cannot be found out, there is nothing to say about it.
    if let Ok(execution) = session.get::<Execution>(&path_of(run)).await
        && execution.completed_at.is_none()
    {
        document::err(&format!(
            "nobody works on the run now; go on with: baton resume {}",
            execution.id
        ));
    }
}
