//! Request parts whose refusals are problems like all others.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use baton_app::Caller;
use serde::de::DeserializeOwned;

use crate::http::error::Problem;

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub(crate) struct Json<T>(pub(crate) T);

/// A query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(crate) struct Query<T>(pub(crate) T);

/// Path parameters.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(crate) struct Path<T>(pub(crate) T);

/// A JSON body that may be left out; then it is the default.
pub(crate) struct Optional<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for Optional<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(Self(T::default()));
        }
        let axum::Json(body) = axum::Json::<Option<T>>::from_request(request, state)
            .await
            .map_err(Problem::from)?;
        Ok(Self(body.unwrap_or_default()))
    }
}

/// Who asks.
pub(crate) struct By(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let caller = caller.ok_or_else(|| Problem::internal("nobody has said who is asking"))?;
        Ok(Self(caller))
    }
}

/// A header that carries an idempotency key.
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        const BYTES_MAX: usize = 255;
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        match value.to_str() {
            Ok(key) if !key.is_empty() && key.len() <= BYTES_MAX => Ok(Self(Some(key.to_owned()))),
            Ok(_) | Err(_) => Err(Problem::new(
                baton_model::ErrorCode::Malformed,
                "Idempotency-Key must be 1 to 255 visible ASCII characters",
            )),
        }
    }
}
