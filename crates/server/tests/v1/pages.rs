//! The web interface's files. Whether they were there when this was built is
//! not for a test to say; what holds either way is.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};

use super::server::{Server, open};

async fn asked(path: &str) -> (StatusCode, HeaderMap) {
    let server = Server::start();
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (parts, _body) = open(&server.router, request).await.into_parts();
    (parts.status, parts.headers)
}

#[tokio::test]
async fn whoever_comes_to_the_server_gets_to_the_page() {
    for path in ["/", "/ui"] {
        let (status, headers) = asked(path).await;
        assert_eq!(status, StatusCode::TEMPORARY_REDIRECT, "{path}");
        assert_eq!(headers["location"], "/ui/");
    }
}

#[tokio::test]
async fn addresses_of_the_page_are_the_page() {
    let (page, headers) = asked("/ui/").await;
    for path in ["/ui/workflows", "/ui/workflows/executions/1?tab=log"] {
        let (status, its_headers) = asked(path).await;
        assert_eq!(status, page, "{path}");
        assert_eq!(its_headers.get("etag"), headers.get("etag"), "{path}");
    }
}

#[tokio::test]
async fn a_script_that_is_not_there_is_not_the_page() {
    for path in ["/ui/assets/index-old.js", "/ui/assets/%2e%2e/index.html"] {
        let (status, headers) = asked(path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(headers["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn nothing_of_the_disk_is_a_page() {
    for path in [
        "/ui//proc/self/exe",
        "/ui//etc/passwd",
        "/ui/..%5c..%5c..%5c..%5cetc%5cpasswd",
        "/ui/..%2f..%2f..%2f..%2fetc%2fpasswd",
    ] {
        let (status, headers) = asked(path).await;
        let (page, page_headers) = asked("/ui/").await;
        assert_eq!(status, page, "{path}");
        assert_eq!(headers.get("etag"), page_headers.get("etag"), "{path}");
        assert_eq!(headers["content-type"], page_headers["content-type"]);
    }
    for path in ["/docs/%2fetc%2fpasswd", "/docs/..%2f..%2f..%2fCargo.toml"] {
        assert_eq!(asked(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere() {
    let (_, headers) = asked("/ui/").await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}
