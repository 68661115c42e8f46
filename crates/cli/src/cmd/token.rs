//! `baton token`: who may come in over the network.

use std::process::ExitCode;

use baton_server::v1::dto::Items;
use baton_server::v1::dto::tokens::{CreateRequest, CreatedToken, Token};
use hyper::Method;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use super::open;
use crate::args::{self, Options, Output};
use crate::client::escape;
use crate::confirm::is_confirmed;
use crate::exit::Failure;
use crate::render::{document, token};
use crate::session::Need;

pub(crate) async fn token(options: &Options, token: &args::Token) -> anyhow::Result<ExitCode> {
    match token {
        args::Token::Create(args) => create(options, args).await,
        args::Token::List => list(options).await,
        args::Token::Revoke(args) => revoke(options, args).await,
    }
}

async fn create(options: &Options, args: &args::CreateToken) -> anyhow::Result<ExitCode> {
    let request = CreateRequest {
        name: args.name.clone(),
        scope: args.scope.as_str().to_owned(),
        expires_at: args.expires.as_deref().map(end_of).transpose()?,
    };
    let session = open(options, Need::Decide).await?;
    // Asked for once: a token nobody has seen is of no use to anybody.
    let created = session.api.post("/tokens", &request, None).await;
    session.close().await;
    let created: CreatedToken = created?;
    if options.output == Output::Table {
        document::err("This is the only time the token is shown:");
    }
    document::answer(options.output, &created, || created.token.clone())?;
    Ok(ExitCode::SUCCESS)
}

/// When a token ends that is good for so long.
fn end_of(text: &str) -> anyhow::Result<String> {
    let wrong = || {
        Failure::usage(format!(
            "--expires `{text}` is no time; write it like 12h or 30d"
        ))
    };
    let length: Span = text.parse().map_err(|_error| wrong())?;
    let length = length.to_duration(SpanRelativeTo::days_are_24_hours());
    let length = length.map_err(|_error| wrong())?;
    if length <= SignedDuration::ZERO {
        return Err(wrong());
    }
    let end = Timestamp::now().checked_add(length);
    Ok(end.map_err(|_error| wrong())?.to_string())
}

async fn list(options: &Options) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let tokens = session.get::<Items<Token>>("/tokens").await;
    session.close().await;
    let tokens = tokens?;
    document::answer(options.output, &tokens, || token::list(&tokens.items))?;
    Ok(ExitCode::SUCCESS)
}

async fn revoke(options: &Options, args: &args::RevokeToken) -> anyhow::Result<ExitCode> {
    let question = format!("Revoke the token `{}`?", args.name);
    if !args.yes && !is_confirmed("this makes a token worthless", &question)? {
        document::err("Nothing was revoked");
        return Ok(ExitCode::SUCCESS);
    }
    let mut session = open(options, Need::Decide).await?;
    let path = format!("/tokens/{}", escape(&args.name));
    let revoked = session.change::<()>(Method::DELETE, &path, &()).await;
    session.close().await;
    revoked?;
    let revoked = serde_json::json!({ "name": args.name, "revoked": true });
    document::answer(options.output, &revoked, || {
        format!("Revoked {}", args.name)
    })?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_read() {
        for text in ["12h", "30d", "1h 30m", "P30D"] {
            let end: Timestamp = end_of(text).unwrap().parse().unwrap();
            assert!(end > Timestamp::now(), "{text}");
        }
        for text in ["", "30", "soon", "-1h", "0s", "999999y"] {
            assert!(end_of(text).is_err(), "{text}");
        }
    }
}
