//! Who is let in from the network. Each request is looked at before anything
//! else sees it: is it meant for this server, does it come from a page of
//! another site, who sends it, and do they ask too much.
//!
//! Nothing of this concerns the socket of the data directory: whoever may open
//! that file is the owner of all there is.

mod host;
mod identity;
mod origin;
mod rate;
mod worth;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use baton_app::App;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::http::access;
use crate::http::error::Problem;
use crate::listen::Peer;
use rate::Limiter;

pub use rate::RateLimit;

/// What is let in besides the ordinary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Names this server has besides `localhost` and its addresses.
    pub hosts: Vec<String>,
    /// Sites whose pages may use this server, such as `https://ci.example.org`.
    pub origins: Vec<String>,
    /// How much one caller may ask; none: as much as they like.
    pub rate_limit: Option<RateLimit>,
}

/// The settings, and what is known of callers.
struct Guard {
    app: App,
    settings: Settings,
    limiter: Option<Limiter>,
}

/// Puts a guard before all routes.
pub(super) fn guarded(routes: Router, app: App, settings: Settings) -> Router {
    let cors = (!settings.origins.is_empty()).then(|| cors(&settings.origins));
    let guard = Arc::new(Guard {
        app,
        limiter: settings.rate_limit.map(Limiter::new),
        settings,
    });
    let routes = routes.layer(from_fn_with_state(Arc::clone(&guard), identity::check));
    let routes = match cors {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.layer(from_fn_with_state(guard, check_way))
}

/// Looks at the way a request has come.
async fn check_way(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.refusal(&request) {
        None => next.run(request).await,
        Some(problem) => problem.into_response(),
    }
}

impl Guard {
    fn refusal(&self, request: &Request) -> Option<Problem> {
        let Some(peer) = request.extensions().get::<Peer>() else {
            return Some(Problem::internal("a request without a peer"));
        };
        let host = match host::check(request, *peer, &self.settings.hosts) {
            Ok(host) => host,
            Err(problem) => return Some(problem),
        };
        let headers = request.headers();
        // Whoever follows a link reads with their own eyes, not with a script.
        if access::is_open(request) && origin::is_followed_link(headers) {
            return None;
        }
        origin::check(headers, host, &self.settings.origins).err()
    }
}

/// Lets pages of these sites read answers.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE])
}
