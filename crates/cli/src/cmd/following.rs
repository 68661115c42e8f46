//! What `--follow` of `baton logs` and `baton events` have in common: the
//! process that works on the run may go away, and another may come, and whoever
//! reads may go away for good.

use baton_server::v1::dto::Execution;

use super::path_of;
use crate::client::ApiError;
use crate::render::document;
use crate::session::Session;
use crate::sse::{Message, Stream};

/// Whether a run has ended, so that what is read from now on is all there is.
pub(super) async fn has_ended(session: &mut Session, run: &str) -> anyhow::Result<bool> {
    let execution: Execution = session.get(&path_of(run)).await?;
    Ok(execution.completed_at.is_some())
}

/// Hands on what comes until the stream ends, or until the server goes away.
/// Fails with [`ReaderGone`](document::ReaderGone) when nobody reads any more,
/// also while nothing comes.
pub(super) async fn drain(
    session: &Session,
    path: &str,
    take: &mut (dyn FnMut(Message) -> anyhow::Result<()> + Send),
) -> anyhow::Result<()> {
    let handing_on = async {
        let mut stream = match session.api.open(path).await {
            Ok(response) => Stream::new(response),
            Err(error) => return unless_abandoned(session, error),
        };
        loop {
            match stream.next().await {
                Ok(Some(message)) => take(message)?,
                Ok(None) => return Ok(()),
                Err(error) => return unless_abandoned(session, error),
            }
        }
    };
    tokio::select! {
        handed_on = handing_on => handed_on,
        gone = document::reader_gone() => Err(gone.into()),
    }
}

fn unless_abandoned(session: &Session, error: ApiError) -> anyhow::Result<()> {
    if session.is_abandoned(&error) {
        Ok(())
    } else {
        Err(error.into())
    }
}
