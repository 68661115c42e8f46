//! How streams of server-sent events stand in the document of the API, which has
//! no words of its own for them.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A stream: the text as a whole, or each of its messages. It has no values.
#[derive(Debug)]
pub enum EventStream {}

impl PartialSchema for EventStream {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let message = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A message."))
            .property("event", text().description(Some("Its name.")))
            .property(
                "id",
                text().description(Some("The place from where to go on.")),
            )
            .property("data", text().description(Some("A JSON object.")))
            .required("event")
            .required("data");
        OneOfBuilder::new()
            .description(Some("The text as a whole, or each of its messages."))
            .item(text())
            .item(message)
            .into()
    }
}

impl ToSchema for EventStream {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("EventStream")
    }
}
