//! HTTP: one router, one module for each door.

mod access;
mod body;
mod compression;
mod docs;
pub mod error;
pub mod guard;
mod headers;
pub mod health;
mod instruments;
mod metrics;
mod requests;
pub mod specflow;
mod speckit;
mod trace;
mod ui;
pub mod v1;
mod wording;

use std::sync::Arc;

use axum::Extension;
/// What [`router`] makes and [`crate::listen`] serves.
pub use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use baton_app::{App, Caller};
use tower_http::catch_panic::CatchPanicLayer;

use crate::http::error::Problem;

pub use instruments::Instruments;

/// Everything this process serves, for whoever may open the socket of the data
/// directory, or is this process itself.
pub fn router(app: App, instruments: Instruments) -> Router {
    let routes = routes(app).layer(Extension(Caller::local()));
    wrapped(routes, instruments)
}

/// The same for the network: callers have to be let in.
pub fn guarded(app: App, settings: guard::Settings, instruments: Instruments) -> Router {
    let routes = routes(app.clone());
    let routes = routes.layer(compression::layer());
    wrapped(guard::guarded(routes, app, settings), instruments)
}

/// Metrics and health alone, for a network that sees nothing else of this
/// process. Callers have to be let in, too.
pub fn watched(app: App, settings: guard::Settings, instruments: Instruments) -> Router {
    let routes = bounded(watching()).with_state(app.clone());
    wrapped(guard::guarded(routes, app, settings), instruments)
}

/// All routes. They have to be told who asks.
fn routes(app: App) -> Router {
    let v1 = v1::router(&app).layer(from_fn(body::must_be_json));
    let routes = watching()
        .nest("/api/v1", v1)
        .merge(speckit::router(&app))
        .nest(specflow::PATH, specflow::router())
        .merge(docs::routes())
        .merge(ui::routes());
    bounded(routes).with_state(app)
}

/// What is for machines that watch this process.
fn watching() -> Router<App> {
    let (health, _) = health::described().split_for_parts();
    health.merge(metrics::routes())
}

/// Puts what is the same for all around routes.
fn bounded(routes: Router<App>) -> Router<App> {
    routes
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn(access::check))
        .layer(DefaultBodyLimit::max(body::BYTES_MAX))
        .layer(from_fn(body::bound))
}

/// What goes around everything, refusals too.
fn wrapped(routes: Router, instruments: Instruments) -> Router {
    let requests = Arc::clone(&instruments.requests);
    routes
        .layer(Extension(instruments))
        .layer(CatchPanicLayer::custom(
            |_panic: Box<dyn std::any::Any + Send>| Problem::panicked().into_response_parts(),
        ))
        .layer(from_fn(wording::give))
        .layer(map_response(headers::add))
        .layer(from_fn_with_state(requests, requests::observe))
}

async fn no_such_route() -> Problem {
    Problem::route(StatusCode::NOT_FOUND)
}

async fn no_such_method() -> Problem {
    Problem::route(StatusCode::METHOD_NOT_ALLOWED)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::routing::get;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_is_an_internal_error_and_says_nothing_of_it() {
        async fn fails() {
            panic!("the password is swordfish");
        }
        let service = TowerToHyperService::new(wrapped(
            Router::new().route("/", get(fails)),
            Instruments::default(),
        ));
        let request = Request::get("/").body(Body::empty()).unwrap();
        let answer = service.call(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let kind = answer.headers().get("content-type").unwrap();
        assert_eq!(kind, "application/problem+json");
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let problem: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(problem["code"], "internal");
        assert!(!problem.to_string().contains("swordfish"));
    }
}
