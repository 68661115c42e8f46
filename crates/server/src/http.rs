//! HTTP: one router, one module for each door.

mod access;
mod body;
mod docs;
pub mod error;
pub mod guard;
mod headers;
pub mod v1;

use axum::Extension;
/// What [`router`] makes and [`crate::listen`] serves.
pub use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, map_response};
use baton_app::{App, Caller};
use tower_http::catch_panic::CatchPanicLayer;

use crate::http::error::Problem;

/// Everything this process serves, for whoever may open the socket of the data
/// directory, or is this process itself.
pub fn router(app: App) -> Router {
    let routes = routes(app).layer(Extension(Caller::local()));
    wrapped(routes)
}

/// The same for the network: callers have to be let in.
pub fn guarded(app: App, settings: guard::Settings) -> Router {
    let routes = routes(app.clone());
    wrapped(guard::guarded(routes, app, settings))
}

/// All routes. They have to be told who asks.
fn routes(app: App) -> Router {
    Router::new()
        .nest(
            "/api/v1",
            v1::router(&app).layer(from_fn(body::must_be_json)),
        )
        .merge(docs::routes())
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn(access::check))
        .layer(DefaultBodyLimit::max(body::BYTES_MAX))
        .layer(from_fn(body::bound))
        .with_state(app)
}

/// What goes around everything, refusals too.
fn wrapped(routes: Router) -> Router {
    routes
        .layer(CatchPanicLayer::custom(
            |_panic: Box<dyn std::any::Any + Send>| Problem::panicked().into_response_parts(),
        ))
        .layer(map_response(headers::add))
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
        let service = TowerToHyperService::new(wrapped(Router::new().route("/", get(fails))));
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
