//! The door of `SpecFlow`: `/api/workflow/…`, as the service of phase 1048 and
//! its successors have it. A run of it is one of the built-in workflow
//! `specflow`, in the store like all others.
//!
//! Words, shapes and quirks of that service live here and nowhere else.

mod answers;
mod error;
mod foreign;
mod health;
mod input;
mod log;
mod look;
mod mirror;
mod queries;
mod record;
mod skills;
mod start;
mod statuses;
mod steer;

use axum::Router;
use axum::middleware::from_fn;
use baton_app::App;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body;
pub(super) use error::WORDING;
pub use mirror::keep as keep_files;

/// Where the door is.
pub(super) const PATH: &str = "/api/workflow";

/// The routes below it.
pub(super) fn router() -> Router<App> {
    let (routes, _) = described().split_for_parts();
    routes.layer(from_fn(body::must_not_be_other_than_json))
}

/// What the document calls the body of every error here.
pub(super) fn error_schema() -> String {
    error::ErrorBody::name().into_owned()
}

/// The same with what the document says of them.
pub(super) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start::start))
        .routes(routes!(look::status))
        .routes(routes!(look::list))
        .routes(routes!(answers::answer))
        .routes(routes!(steer::cancel))
        .routes(routes!(steer::kill))
        .routes(routes!(skills::list))
        .routes(routes!(health::show))
}
