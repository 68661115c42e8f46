//! JSON, read and written: what goes wrong with either is a problem like all others.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::dto::only_object;
use crate::http::error::Problem;

/// The body of a request or of an answer.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = axum::Json::<Fields<T>>::from_request(request, state).await;
        let axum::Json(Fields(body)) = body.map_err(Problem::from)?;
        Ok(Self(body))
    }
}

/// Whatever is read from an object.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(super) struct Fields<T>(#[serde(deserialize_with = "only_object")] pub(super) T);

/// Written to a vector and not, as axum does, to a `BytesMut` through `io::Write`:
/// that looks at its room for each comma.
impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        match serde_json::to_vec(&self.0) {
            Ok(body) => (kind, body).into_response(),
            Err(error) => {
                Problem::internal(&format!("an answer is no JSON: {error}")).into_response()
            }
        }
    }
}
