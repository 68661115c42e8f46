//! `/metrics`: what Prometheus asks for.

use axum::Extension;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use baton_metrics::CONTENT_TYPE;

use super::instruments::Instruments;

pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(Extension(instruments): Extension<Instruments>) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], instruments.page()).into_response()
}
