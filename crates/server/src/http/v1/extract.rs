//! Request parts whose refusals are problems like all others.

use std::num::ParseIntError;

use axum::body::HttpBody;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use baton_app::Caller;
use baton_model::ErrorCode;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::json::Fields;
use crate::http::error::Problem;

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
        // A body of no bytes is none, whatever its type is said to be.
        if request.body().is_end_stream() || !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(Self(T::default()));
        }
        let body = axum::Json::<Option<Fields<T>>>::from_request(request, state).await;
        let axum::Json(body) = body.map_err(Problem::from)?;
        Ok(Self(body.map(|Fields(body)| body).unwrap_or_default()))
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
                ErrorCode::Malformed,
                "Idempotency-Key must be 1 to 255 visible ASCII characters",
            )),
        }
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let value = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(255))
            .pattern(Some("^[!-~]([ -~]*[!-~])?$"));
        let description = "A request with the key of an earlier one of this operation changes \
                           nothing and is answered like it.";
        vec![header_of("Idempotency-Key", description, value)]
    }
}

/// The place in a stream that a reader comes back with.
pub(crate) struct LastEventId(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let value = parts.headers.get("last-event-id");
        let value = value.and_then(|value| value.to_str().ok());
        Ok(Self(value.map(str::to_owned)))
    }
}

impl IntoParams for LastEventId {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let value = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^[0-9]{1,19}(\.[0-9]{1,19})?$"));
        let description = "The `id` of the last message that was read; it wins over `after`.";
        vec![header_of("Last-Event-ID", description, value)]
    }
}

/// The same where a stream has nothing but events.
pub(crate) struct LastEventSeq(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for LastEventSeq {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let LastEventId(last) = LastEventId::from_request_parts(parts, state).await?;
        let seq = last.map(|text| text.parse()).transpose();
        seq.map(Self).map_err(|_no_number: ParseIntError| {
            let message = "the place of an event is a number";
            Problem::new(ErrorCode::Malformed, message)
        })
    }
}

impl IntoParams for LastEventSeq {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let value = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[0-9]{1,19}$"));
        let description = "The `id` of the last message that was read; it wins over `after`.";
        vec![header_of("Last-Event-ID", description, value)]
    }
}

fn header_of(name: &str, description: &str, value: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(value))
        .build()
}
