//! `/docs`: the operations of the API for people to read, from this server
//! alone.
//!
//! Swagger UI shows them where its files were there when Baton was built
//! (`cargo xtask ui`). A page of our own does without scripts, and stands
//! in for it otherwise.

mod page;

use std::sync::OnceLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use baton_app::App;
use rust_embed::{Embed, EmbeddedFile};

use crate::http::error::Problem;

/// Nothing but what this server has; Swagger UI draws its icons from data.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// The files of Swagger UI; none when they were not there.
#[derive(Embed)]
#[folder = "../../ui/dist/docs"]
#[allow_missing = true]
struct Viewer;

const VIEWER_SCRIPT: &str = "swagger-ui-bundle.js";

/// What stands around Swagger UI.
const FRAME: &str = include_str!("docs/frame.html");
const START: &str = include_str!("docs/start.js");
const STYLE: &str = include_str!("docs/page.css");

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/docs", get(overview))
        .route("/docs/plain", get(plain))
        .route("/docs/{file}", get(file))
}

async fn overview() -> Response {
    if Viewer::get(VIEWER_SCRIPT).is_none() {
        return plain().await;
    }
    content("text/html; charset=utf-8", FRAME)
}

async fn plain() -> Response {
    static PAGE: OnceLock<String> = OnceLock::new();
    let page = PAGE.get_or_init(|| page::of(crate::http::v1::OPENAPI));
    content("text/html; charset=utf-8", page.as_str())
}

async fn file(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "page.css" => content("text/css", STYLE),
        "start.js" => content("text/javascript", START),
        name => match Viewer::get(name) {
            Some(EmbeddedFile { data, .. }) => content(kind_of(name), data.into_owned()),
            None => Problem::route(StatusCode::NOT_FOUND).into_response(),
        },
    }
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript",
        Some((_, "css")) => "text/css",
        _ => "application/octet-stream",
    }
}

fn content(kind: &'static str, body: impl IntoResponse) -> Response {
    const POLICY_NAME: HeaderName = header::CONTENT_SECURITY_POLICY;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(POLICY_NAME, POLICY);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
