//! `baton serve`: works on runs until it is stopped.

use std::process::ExitCode;

use baton_model::ErrorCode;

use crate::args::Options;
use crate::data::DataDir;
use crate::exit::Failure;
use crate::render::document;
use crate::session::{Host, Need, Session};

pub(crate) async fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    let data = DataDir::open(options.data_dir.as_deref())?;
    let session = Session::open(&data, options.config.as_deref(), Need::Execute).await?;
    let Some(host) = &session.host else {
        let holder = data
            .holder()
            .map(|pid| format!(" by process {pid}"))
            .unwrap_or_default();
        let path = data.path().display();
        return Err(Failure::of(
            ErrorCode::IllegalState,
            format!("the data directory {path} is served already{holder}"),
        ));
    };
    let served = until_signal(&data, host).await;
    session.close().await;
    served?;
    Ok(ExitCode::SUCCESS)
}

async fn until_signal(data: &DataDir, host: &Host) -> anyhow::Result<()> {
    let taken_up = host.app.take_up_all().await?;
    document::err(&format!("serving {}", data.path().display()));
    document::err(&format!("  socket    {}", data.socket().display()));
    document::err(&format!("  took up   {} unfinished runs", taken_up.len()));
    wait_for_signal().await?;
    document::err("stopping; runs go on when served again");
    Ok(())
}

async fn wait_for_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = term.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed,
    }
}
