//! `/ui`: the web interface, from inside the program.
//!
//! Its files are those that were there when Baton was built (`cargo xtask ui`).
//! Every name but that of the page itself has a hash of the content in it, so
//! browsers keep them for good; whatever else is asked for below `/ui` is an
//! address of the page's own, and gets the page.

use std::borrow::Cow;

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use baton_app::App;
use rust_embed::{Embed, EmbeddedFile};

use crate::http::compression;
use crate::http::error::Problem;

/// Nothing but what this server has; icons may be drawn from data.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// A year: as long as caches keep anything.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked about each time.
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// What Vite has built; nothing when that was not there.
#[derive(Embed)]
#[folder = "../../ui/dist/app"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";
/// Below it, every name has the hash of its content.
const HASHED: &str = "assets/";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(to_the_page))
        .route("/ui", get(to_the_page))
        .route("/ui/", get(page))
        .route("/ui/{*path}", get(file))
}

async fn to_the_page() -> Redirect {
    Redirect::temporary("/ui/")
}

async fn page(request: Request) -> Response {
    match Files::get(PAGE) {
        Some(file) => content(PAGE, file, ASK_FIRST, request.headers()),
        None => missing(),
    }
}

async fn file(Path(path): Path<String>, request: Request) -> Response {
    match Files::get(&path) {
        Some(file) if path.starts_with(HASHED) => content(&path, file, FOR_GOOD, request.headers()),
        Some(file) => content(&path, file, ASK_FIRST, request.headers()),
        // A file of an earlier version: the page would only confuse a browser
        // that wants a script.
        None if path.starts_with(HASHED) => Problem::route(StatusCode::NOT_FOUND).into_response(),
        None => page(request).await,
    }
}

/// A file in the shortest form there is, or only that the browser has it already.
fn content(name: &str, file: EmbeddedFile, keep: HeaderValue, asked: &HeaderMap) -> Response {
    let shorter = compression::accepted(asked).find_map(|coding| {
        let file = Files::get(&format!("{name}{}", coding.suffix))?;
        Some((file, Some(coding.name)))
    });
    let (file, coding) = shorter.unwrap_or((file, None));
    let tag = tag_of(file.metadata.sha256_hash());
    let mut response = answer(kind_of(name), file.data, &tag, keep, asked);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

fn answer(
    kind: &'static str,
    data: Cow<'static, [u8]>,
    tag: &str,
    keep: HeaderValue,
    asked: &HeaderMap,
) -> Response {
    const POLICY_NAME: HeaderName = header::CONTENT_SECURITY_POLICY;
    let has_it = asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if has_it {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        data.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(POLICY_NAME, POLICY);
    headers.insert(header::CACHE_CONTROL, keep);
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// What a version of a file is told apart by: half of its hash is plenty.
fn tag_of(hash: [u8; 32]) -> String {
    let digits = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
    format!("\"{}\"", digits.collect::<String>())
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, kind)| kind) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

/// Said by a program that was built without the interface.
fn missing() -> Response {
    const TEXT: &str = "The web interface was not built into this program.\n\n\
        `cargo xtask ui` builds it (with Node 20.19 or newer), and the next `cargo build` \
        takes it up.\nEverything else is here: the API below /api/v1, its description at \
        /docs, and the command line.\n";
    (StatusCode::NOT_FOUND, TEXT).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_with(tag: Option<&str>) -> Response {
        let known = tag.map(|tag| (header::IF_NONE_MATCH, HeaderValue::from_str(tag).unwrap()));
        let data = Cow::Borrowed(&b"a page"[..]);
        answer(
            "text/html",
            data,
            "\"7\"",
            ASK_FIRST,
            &HeaderMap::from_iter(known),
        )
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let first = asked_with(None);
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CACHE_CONTROL], "no-cache");
        let tag = first.headers()[header::ETAG].to_str().unwrap();
        assert_eq!(asked_with(Some(tag)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(asked_with(Some("\"6\"")).status(), StatusCode::OK);
    }

    #[test]
    fn a_tag_is_half_a_hash() {
        assert_eq!(tag_of([0xab; 32]), format!("\"{}\"", "ab".repeat(16)));
    }
}
