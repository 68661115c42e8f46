//! `baton explain [CODE]`: what a finding means, from the pages of the language.

use std::process::ExitCode;

use baton_app::suggest::nearest;
use baton_lang::{CODES, Code};
use baton_model::ErrorCode;
use serde_json::{Value, json};

use crate::args::{Explain, Options, Output};
use crate::exit::Failure;
use crate::render::{document, page};

pub(crate) fn explain(options: &Options, args: &Explain) -> anyhow::Result<ExitCode> {
    match &args.code {
        Some(word) => {
            let code = find(word)?;
            let mut shown = head(code);
            if let Value::Object(fields) = &mut shown {
                fields.insert("page".to_owned(), code.page.into());
            }
            document::answer(options.output, &shown, || page::render(code.page))?;
        }
        None if options.output == Output::Table => {
            for code in CODES {
                document::out(&format!("{}  {}", code.id, code.title))?;
            }
        }
        None => {
            let codes: Vec<Value> = CODES.iter().map(|code| head(code)).collect();
            document::print(options.output, &json!({ "codes": codes }))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The code, however it is written: `swdl-e0301`, `E0301`.
fn find(word: &str) -> anyhow::Result<&'static Code> {
    let is_meant = |code: &&&Code| {
        let short = code.id.split_once('-').map(|(_, short)| short);
        let names = [Some(code.id), short];
        names
            .into_iter()
            .flatten()
            .any(|name| name.eq_ignore_ascii_case(word))
    };
    if let Some(code) = CODES.iter().find(is_meant) {
        return Ok(code);
    }
    let help = match nearest(word, CODES.iter().map(|code| code.id)) {
        Some(similar) => format!("did you mean {similar}?"),
        None => "baton explain lists all".to_owned(),
    };
    let message = format!("there is no code `{word}`; {help}");
    Err(Failure::of(ErrorCode::NotFound, message))
}

fn head(code: &Code) -> Value {
    json!({
        "code": code.id,
        "severity": code.severity,
        "category": code.category,
        "title": code.title,
    })
}
