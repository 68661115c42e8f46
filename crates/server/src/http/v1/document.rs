//! The `OpenAPI` document of the v1 API, made from its routes: each handler
//! describes its own operation, and what is the same for all is added here.

mod failures;
mod fields;

use axum::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, Paths};

use crate::http::error::ProblemBody;
use crate::http::{access, health, specflow, v1};

const DESCRIPTION: &str = include_str!("document/description.md");

/// The tags, in the order in which readers meet them.
const TAGS: &[(&str, &str)] = &[
    (
        "workflows",
        "Stored workflows, and texts that need not be stored.",
    ),
    (
        "workflow-executions",
        "Runs of workflows: start, follow, steer, repeat, end.",
    ),
    (
        "projects",
        "Directories that runs belong to, and what lies in them.",
    ),
    ("artifacts", "What references in workflows may lead to."),
    (
        "specflow",
        "Runs of skills in projects, as clients of SpecFlow know them.",
    ),
    ("tokens", "Who may come in over the network."),
    ("config", "What this server is like."),
];

/// The document, without examples.
pub fn document() -> Value {
    let mut document = serde_json::to_value(described()).unwrap_or_default();
    document["tags"] = TAGS
        .iter()
        .map(|(name, description)| json!({ "name": name, "description": description }))
        .collect();
    document["security"] = json!([{}, { "bearer": [] }]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({ "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token from `baton token create`. On the machine of the server none is needed, unless it was told otherwise.",
    } });
    components["responses"] = failures::responses();
    fields::bound(components);
    fields::either(
        &mut components["schemas"]["StartRequest"],
        ["definition", "workflow_id"],
    );
    for_each_operation(&mut document, |method, path, operation| {
        fields::name_places(path, operation);
        fields::bound(operation);
        fields::without_null(operation);
        if path.starts_with(specflow::PATH) {
            failures::complete_door(operation, &specflow::error_schema());
        } else {
            failures::complete(path, operation);
        }
        let method = Method::from_bytes(method.to_uppercase().as_bytes());
        if let Some(scope) = method.ok().and_then(|method| access::wanted(&method, path)) {
            operation["x-scope"] = json!(scope.as_str());
        }
    });
    document
}

fn described() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Baton")
        .version("1")
        .description(Some(DESCRIPTION))
        .build();
    let whole = OpenApiBuilder::new().info(info).paths(Paths::new()).build();
    let routes = v1::described().into_openapi();
    let mut whole = whole.nest("/api/v1", routes);
    whole = whole.nest(specflow::PATH, specflow::described().into_openapi());
    whole.merge(health::described().into_openapi());
    let components = whole.components.get_or_insert_default();
    failures::add_schemas::<ProblemBody>(components);
    whole
}

/// Calls `change` with method, path and operation of each operation.
fn for_each_operation(document: &mut Value, mut change: impl FnMut(&str, &str, &mut Value)) {
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            change(method, path, operation);
        }
    }
}
