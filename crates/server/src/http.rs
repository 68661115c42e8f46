//! HTTP: one router, one module for each door.

pub mod error;
pub mod v1;

use std::time::Duration;

/// What [`router`] makes and [`crate::listen`] serves.
pub use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use baton_app::App;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::http::error::Problem;

/// Largest request body: a definition of 4 MB with its escapes, and parameters.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest silence while a body is sent.
const BODY_SILENCE_MAX: Duration = Duration::from_secs(30);

/// Everything this process serves.
pub fn router(app: App) -> Router {
    Router::new()
        .nest("/api/v1", v1::router(&app))
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE_MAX))
        .layer(CatchPanicLayer::custom(
            |_panic: Box<dyn std::any::Any + Send>| Problem::panicked().into_response_parts(),
        ))
        .with_state(app)
}

async fn no_such_route() -> Problem {
    Problem::route(StatusCode::NOT_FOUND)
}

async fn no_such_method() -> Problem {
    Problem::route(StatusCode::METHOD_NOT_ALLOWED)
}
