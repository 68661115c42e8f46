//! `/tokens`: who may come in over the network.

use axum::extract::State;
use axum::http::StatusCode;
use baton_app::App;
use baton_app::rows::TokenRow;
use baton_app::tokens::NewToken;
use baton_model::{ErrorCode, Timestamp};

use super::dto::Items;
use super::dto::tokens::{CreateRequest, CreatedToken, Token};
use super::extract::{By, Path};
use super::json::Json;
use crate::http::error::Problem;

/// Lists tokens; none of them can be found out again.
#[utoipa::path(
    get,
    path = "/tokens",
    operation_id = "listTokens",
    tag = "tokens",
    responses(
        (status = 200, body = Items<Token>),
    ),
)]
pub(super) async fn list(State(app): State<App>) -> Result<Json<Items<Token>>, Problem> {
    let items = app.tokens().await?.into_iter().map(shown).collect();
    Ok(Json(Items { items }))
}

/// Makes a token, which is shown this once.
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "createToken",
    tag = "tokens",
    request_body = CreateRequest,
    responses(
        (status = 201, body = CreatedToken),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn create(
    State(app): State<App>,
    By(caller): By,
    Json(request): Json<CreateRequest>,
) -> Result<(StatusCode, Json<CreatedToken>), Problem> {
    let malformed = |why: String| Problem::new(ErrorCode::Malformed, why);
    let expires_at = request.expires_at.as_deref().map(str::parse::<Timestamp>);
    let new = NewToken {
        name: request.name,
        scope: request.scope.parse().map_err(malformed)?,
        expires_at: expires_at
            .transpose()
            .map_err(|error| malformed(format!("`expires_at`: {error}")))?,
    };
    let (row, secret) = app.create_token(&caller, new).await?;
    let created = CreatedToken {
        details: shown(row),
        token: secret.expose().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Revokes a token; from then on it is not believed any more.
#[utoipa::path(
    delete,
    path = "/tokens/{name}",
    operation_id = "revokeToken",
    tag = "tokens",
    responses(
        (status = 204, description = "It is revoked."),
        (status = 507),
    ),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    By(caller): By,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    app.revoke_token(&caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(row: TokenRow) -> Token {
    Token {
        name: row.name,
        scope: row.scope.to_string(),
        created_by: row.created_by,
        created_at: row.created_at.to_string(),
        expires_at: row.expires_at.map(|at| at.to_string()),
        last_used_at: row.last_used_at.map(|at| at.to_string()),
    }
}
