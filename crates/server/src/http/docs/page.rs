//! The document as one page of HTML without scripts.

use std::fmt::Write;

use serde_json::Value;

/// The page for a document.
pub(super) fn of(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Baton API</title>\n<link rel=\"stylesheet\" href=\"/docs/page.css\">\n\
         </head>\n<body>\n<h1>Baton API</h1>\n\
         <p><a href=\"/api/v1/openapi.json\">OpenAPI document</a></p>\n",
    );
    let tags = document["tags"].as_array();
    let tags: Vec<&Value> = tags.into_iter().flatten().collect();
    page.push_str("<nav aria-label=\"Operations\">\n<ul>\n");
    for (_, _, operation) in operations(&document) {
        let id = text(&operation["operationId"]);
        let summary = text(&operation["summary"]);
        put(
            &mut page,
            format_args!("<li><a href=\"#{id}\">{summary}</a></li>\n"),
        );
    }
    page.push_str("</ul>\n</nav>\n<main>\n");
    for tag in tags {
        let (name, about) = (text(&tag["name"]), text(&tag["description"]));
        put(&mut page, format_args!("<h2>{name}</h2>\n<p>{about}</p>\n"));
        for (path, method, operation) in operations(&document) {
            if operation["tags"][0] == tag["name"] {
                article(&mut page, path, method, operation);
            }
        }
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// Path, method and operation of each operation.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn article(page: &mut String, path: &str, method: &str, operation: &Value) {
    let (id, summary) = (text(&operation["operationId"]), text(&operation["summary"]));
    put(
        page,
        format_args!(
            "<article id=\"{id}\">\n<h3>{summary}</h3>\n<p class=\"path\">\
             <span class=\"method\">{method}</span> {}</p>\n",
            escaped(path)
        ),
    );
    if operation["description"].is_string() {
        put(
            page,
            format_args!("<p>{}</p>\n", text(&operation["description"])),
        );
    }
    parameters(page, operation);
    bodies(page, "Request", &operation["requestBody"]["content"]);
    let responses = operation["responses"].as_object().into_iter().flatten();
    for (status, response) in responses {
        if response["content"].is_object() {
            bodies(page, &format!("Answer {status}"), &response["content"]);
        }
    }
    page.push_str("</article>\n");
}

fn parameters(page: &mut String, operation: &Value) {
    let Some(parameters) = operation["parameters"].as_array() else {
        return;
    };
    page.push_str("<table>\n<tr><th>Parameter</th><th>In</th><th>What it is</th></tr>\n");
    for parameter in parameters {
        put(
            page,
            format_args!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
                text(&parameter["name"]),
                text(&parameter["in"]),
                text(&parameter["description"])
            ),
        );
    }
    page.push_str("</table>\n");
}

/// The examples of a request or an answer, by the types of their bodies.
fn bodies(page: &mut String, title: &str, content: &Value) {
    for (kind, body) in content.as_object().into_iter().flatten() {
        let example = match &body["example"] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => format!("{other:#}"),
        };
        let example = escaped(&example);
        put(
            page,
            format_args!("<h4>{title} <code>{kind}</code></h4>\n<pre>{example}</pre>\n"),
        );
    }
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

fn put(page: &mut String, piece: std::fmt::Arguments<'_>) {
    page.write_fmt(piece)
        .expect("a String takes whatever is written");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each_operation_and_is_well_behaved() {
        let page = of(crate::http::v1::OPENAPI);
        let document: Value = serde_json::from_str(crate::http::v1::OPENAPI).unwrap();
        for (path, _, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
            assert!(page.contains(path), "{path}");
        }
        for forbidden in ["<script", " style=", "src=", "href=\"http"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn nothing_of_the_document_is_taken_for_html() {
        let page = of(r#"{"tags":[{"name":"<b>","description":"\"&"}],"paths":{}}"#);
        assert!(page.contains("&lt;b&gt;") && page.contains("&quot;&amp;"));
    }
}
