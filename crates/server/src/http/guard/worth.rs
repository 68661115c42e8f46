//! Answers last no longer than the token they were asked for with: a stream of
//! events is open for as long as its run takes.

use std::time::Duration;

use axum::response::Response;
use baton_app::App;
use baton_model::ErrorCode;
use tokio::time::sleep;

use crate::cut::cut_at;

/// Time between two looks at a token, that of the comments of a stream.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Cuts a stream of events off once its token has been revoked or has expired.
pub(super) fn while_worth(app: App, token: String, answer: Response) -> Response {
    let end = async move { worthless(&app, &token).await };
    cut_at(end, "the token is good no more", answer)
}

async fn worthless(app: &App, token: &str) {
    loop {
        sleep(LOOK_EVERY).await;
        match app.authenticate(token).await {
            Ok(_caller) => {}
            Err(error) if error.code == ErrorCode::Unauthenticated => return,
            // Whoever cannot be looked up has done nothing wrong.
            Err(error) => tracing::warn!(%error, "the token of a stream was not looked at"),
        }
    }
}
