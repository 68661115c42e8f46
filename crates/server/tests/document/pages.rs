//! Pages for people: what is asked and what is answered, for each operation.

use serde_json::Value;

use crate::operations;

/// Names and texts of the pages: one for each tag, and a table of contents.
pub(crate) fn of(document: &Value) -> Vec<(String, String)> {
    let tags = document["tags"].as_array().unwrap();
    let pages = tags.iter().map(|tag| page(document, tag));
    let mut pages: Vec<_> = pages.collect();
    pages.push(("README.md".to_owned(), contents(document)));
    pages
}

const HEAD: &str =
    "<!-- Written by `cargo xtask api` from the code and from what a server was asked. -->\n\n";

fn contents(document: &Value) -> String {
    let about = text(&document["info"]["description"]);
    let mut page = format!(
        "{HEAD}# The API\n\n{about}\nThe document is [api/openapi.json](../../api/openapi.json); \
         a server shows it at `/docs` and has it at `/api/v1/openapi.json`.\n"
    );
    for tag in document["tags"].as_array().unwrap() {
        let name = text(&tag["name"]);
        page.push_str(&format!(
            "\n## [{name}]({name}.md)\n\n{}\n\n",
            text(&tag["description"])
        ));
        page.push_str("| Operation | | |\n|---|---|---|\n");
        for (method, path, operation) in tagged(document, name) {
            let id = text(&operation["operationId"]);
            let row = format!(
                "| [{id}]({name}.md#{}) | `{} {path}` | {} |\n",
                id.to_lowercase(),
                method.to_uppercase(),
                text(&operation["summary"])
            );
            page.push_str(&row);
        }
    }
    page
}

fn page(document: &Value, tag: &Value) -> (String, String) {
    let name = text(&tag["name"]);
    let mut page = format!("{HEAD}# {name}\n\n{}\n", text(&tag["description"]));
    for (method, path, operation) in tagged(document, name) {
        page.push_str(&section(method, path, operation));
    }
    (format!("{name}.md"), page)
}

fn tagged<'d>(
    document: &'d Value,
    name: &'d str,
) -> impl Iterator<Item = (&'d str, &'d str, &'d Value)> {
    operations(document).filter(move |(_, _, operation)| operation["tags"][0] == name)
}

fn section(method: &str, path: &str, operation: &Value) -> String {
    let mut section = format!(
        "\n## {}\n\n`{} {path}`: {}\n",
        text(&operation["operationId"]),
        method.to_uppercase(),
        text(&operation["summary"])
    );
    if let Some(description) = operation["description"].as_str() {
        section.push_str(&format!("\n{description}\n"));
    }
    section.push_str(&parameters(operation));
    section.push_str(&format!(
        "\n```http\n{}```\n",
        request(method, path, operation)
    ));
    section.push_str(&answer(operation));
    section.push_str(&format!("\nIt may fail with {}.\n", failures(operation)));
    section
}

fn parameters(operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let rows = parameters.map(|parameter| {
        let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
        format!(
            "| `{name}` | {place} | {} |\n",
            text(&parameter["description"])
        )
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        return rows;
    }
    format!("\n| Parameter | In | |\n|---|---|---|\n{rows}")
}

/// The request of the example as it goes over the wire, without what goes
/// without saying.
fn request(method: &str, path: &str, operation: &Value) -> String {
    let mut path = path.to_owned();
    let (mut query, mut headers) = (Vec::new(), String::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let value = match &parameter["example"] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let name = text(&parameter["name"]);
        match text(&parameter["in"]) {
            "path" => path = path.replace(&format!("{{{name}}}"), &value),
            "query" => query.push(format!("{name}={value}")),
            _ => headers.push_str(&format!("{name}: {value}\n")),
        }
    }
    let query = match query.as_slice() {
        [] => String::new(),
        some => format!("?{}", some.join("&")),
    };
    let line = format!("{} {path}{query}\n{headers}", method.to_uppercase());
    match &operation["requestBody"]["content"]["application/json"]["example"] {
        Value::Null => line,
        body => format!("{line}Content-Type: application/json\n\n{body:#}\n"),
    }
}

fn answer(operation: &Value) -> String {
    let responses = operation["responses"].as_object().unwrap().iter();
    for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
        let Some(content) = response["content"].as_object() else {
            return format!("\nThe answer is {status}, without a body.\n");
        };
        for (kind, body) in content {
            let (language, example) = match &body["example"] {
                Value::Null => continue,
                Value::String(text) => ("text", text.clone()),
                other => ("json", format!("{other:#}\n")),
            };
            return format!("\n{status}, `{kind}`:\n\n```{language}\n{example}```\n");
        }
    }
    String::new()
}

fn failures(operation: &Value) -> String {
    let statuses = operation["responses"].as_object().unwrap().keys();
    let failures =
        statuses.filter(|status| status.parse::<u16>().is_ok_and(|status| status >= 400));
    let failures: Vec<&str> = failures.map(String::as_str).collect();
    failures.join(", ")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
