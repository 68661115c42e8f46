//! `/openapi.json` and `/schema/swdl.json`: what describes this API, and what
//! describes the language of workflows.

use super::json::Json;
use axum::http::header;
use axum::response::IntoResponse;
use baton_app::texts::language_schema;
use baton_model::Value;

/// The document of this API with its examples, as it is checked in.
pub(crate) const OPENAPI: &str = include_str!("../../../../../api/openapi.json");

/// Shows the document of this API, as it is checked in.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenapi",
    tag = "config",
    responses((status = 200, body = HashMap<String, Value>)),
)]
pub(super) async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

/// Shows the JSON Schema of workflow files.
#[utoipa::path(
    get,
    path = "/schema/swdl.json",
    operation_id = "getLanguageSchema",
    tag = "config",
    responses((status = 200, body = HashMap<String, Value>)),
)]
pub(super) async fn language() -> Json<Value> {
    Json(language_schema())
}
