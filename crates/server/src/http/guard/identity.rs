//! Who sends a request, and do they ask too much.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use baton_app::Caller;
use baton_app::access::Authentication;
use baton_app::rows::Scope;
use baton_model::ErrorCode;

use super::Guard;
use super::rate::Key;
use super::worth::while_worth;
use crate::http::access;
use crate::http::error::Problem;
use crate::http::trace::Asker;
use crate::listen::{Peer, counted_as};

/// Headers by which a proxy says that it asks for somebody else.
const OF_PROXIES: [HeaderName; 4] = [
    header::FORWARDED,
    header::VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
];

/// Finds out who asks and tells the routes.
pub(super) async fn check(
    State(guard): State<Arc<Guard>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().copied() else {
        return Problem::internal("a request without a peer").into_response();
    };
    let address = counted_as(peer.remote.ip());
    let stranger = access::is_open(&request).then(|| Caller {
        name: "nobody".to_owned(),
        scope: Scope::Read,
    });
    let caller = guard.caller(request.headers(), address, stranger).await;
    let key = match &caller {
        Ok(caller) if has_token(&request) => Key::Token(caller.name.clone()),
        Ok(_) | Err(_) => Key::Peer(address),
    };
    if let Err(wait) = guard
        .limiter
        .as_ref()
        .map_or(Ok(()), |limiter| limiter.count(key))
    {
        return too_many(wait);
    }
    match caller {
        Ok(caller) => {
            let asker = Asker(caller.name.clone());
            request.extensions_mut().insert(caller);
            let token = token(&request);
            let mut answer = next.run(request).await;
            answer.extensions_mut().insert(asker);
            match token {
                Some(token) => while_worth(guard.app.clone(), token, answer),
                None => answer,
            }
        }
        Err(problem) => problem.into_response(),
    }
}

impl Guard {
    /// Who asks; a stranger is somebody only where anybody may come in.
    async fn caller(
        &self,
        headers: &HeaderMap,
        peer: IpAddr,
        stranger: Option<Caller>,
    ) -> Result<Caller, Problem> {
        match bearer(headers)? {
            Some(token) => Ok(self.app.authenticate(token).await?),
            None if self.is_trusted(headers, peer) => Ok(Caller::local()),
            None => stranger
                .ok_or_else(|| unknown("this server wants a token: Authorization: Bearer …")),
        }
    }

    /// Whether somebody without a token is believed to sit at this machine.
    fn is_trusted(&self, headers: &HeaderMap, peer: IpAddr) -> bool {
        self.app.authentication() == Authentication::Auto
            && peer.is_loopback()
            && !OF_PROXIES.iter().any(|name| headers.contains_key(name))
    }
}

fn has_token(request: &Request) -> bool {
    request.headers().contains_key(header::AUTHORIZATION)
}

/// The token of a request that was let in.
fn token(request: &Request) -> Option<String> {
    bearer(request.headers()).ok().flatten().map(str::to_owned)
}

/// The token that headers bear.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (given.next(), given.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().unwrap_or_default(),
        (Some(_), Some(_)) => return Err(unknown("there are several Authorization headers")),
    };
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(unknown("the Authorization header is not: Bearer …")),
    }
}

fn unknown(detail: &str) -> Problem {
    Problem::new(ErrorCode::Unauthenticated, detail)
}

fn too_many(wait: Duration) -> Response {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let detail = format!("too many requests; try again in {seconds} s");
    let mut response = Problem::new(ErrorCode::RateLimited, detail).into_response();
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
