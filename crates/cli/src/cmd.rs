//! The commands: each reads its arguments, calls the API once or follows a
//! run, and prints the answer.

mod answer;
mod backup;
mod cancel;
mod decide;
pub(crate) mod doctor;
mod edit;
mod eval;
mod events;
mod explain;
mod follow;
mod following;
mod logs;
mod pause;
mod plan;
mod reopen;
mod rerun;
mod resume;
mod run;
mod runs;
mod schema;
mod serve;
mod show;
mod token;
pub(crate) mod validate;

use std::process::ExitCode;

use baton_app::gates::Verdict;
use baton_server::v1::dto::Execution;

use crate::args::{Cli, Command, Options, WorkflowCommand};
use crate::client::escape;
use crate::data::DataDir;
use crate::render::document;
use crate::session::{Need, Session};

/// Runs what was asked for.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let options = cli.options.settle(&cli.command)?;
    match cli.command {
        Command::Plain(command) | Command::Workflow(command) => workflow(options, command).await,
        Command::Explain(args) => explain::explain(&options, &args),
        Command::Eval(args) => eval::eval(&options, &args),
        Command::Schema(args) => schema::schema(&options, &args),
        Command::Serve(args) => Box::pin(serve::serve(&options, &args)).await,
        Command::Token(args) => token::token(&options, &args).await,
        Command::Doctor(args) => doctor::doctor(&options, &args).await,
        Command::Backup(args) => backup::backup(&options, &args),
        Command::Restore(args) => backup::restore(&options, &args).await,
        // `main` takes it before anything else is started.
        Command::Shim { .. } => Ok(ExitCode::FAILURE),
    }
}

async fn workflow(options: Options, command: WorkflowCommand) -> anyhow::Result<ExitCode> {
    match command {
        WorkflowCommand::Validate(args) => validate::validate(&options, &args).await,
        WorkflowCommand::Plan(args) => plan::plan(&options, &args),
        WorkflowCommand::Run(args) => Box::pin(run::run(&options, &args)).await,
        WorkflowCommand::Rerun(args) => Box::pin(rerun::rerun(&options, &args)).await,
        WorkflowCommand::Resume(args) => Box::pin(resume::resume(&options, &args)).await,
        WorkflowCommand::Runs(args) => runs::runs(&options, &args).await,
        WorkflowCommand::Show(args) => show::show(&options, &args.what).await,
        WorkflowCommand::Logs(args) => Box::pin(logs::logs(&options, &args)).await,
        WorkflowCommand::Events(args) => Box::pin(events::events(&options, &args)).await,
        WorkflowCommand::Approve(args) => decide::decide(&options, &args, Verdict::Approve).await,
        WorkflowCommand::Reject(args) => decide::decide(&options, &args, Verdict::Reject).await,
        WorkflowCommand::Answer(args) => answer::answer(&options, &args).await,
        WorkflowCommand::Reopen(args) => reopen::reopen(&options, &args).await,
        WorkflowCommand::Edit(args) => edit::edit(&options, &args).await,
        WorkflowCommand::Pause(args) => pause::pause(&options, &args).await,
        WorkflowCommand::Cancel(args) => Box::pin(cancel::cancel(&options, &args)).await,
    }
}

/// A way to the runs of the data directory that the options name.
async fn open(options: &Options, need: Need) -> anyhow::Result<Session> {
    let data = DataDir::open(options.data_dir.as_deref())?;
    Session::open(&data, options.config.as_deref(), need).await
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
