//! The sections `[notify."…"]`: where a target is.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::UnplacedMistake;
use crate::egress::{Destination, Reach, RefusedUrl};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotifyTable {
    url: Spanned<String>,
    #[serde(default)]
    allow_private: bool,
}

/// Checks every URL.
pub(super) fn targets(
    tables: BTreeMap<String, NotifyTable>,
) -> Result<BTreeMap<String, Destination>, UnplacedMistake> {
    let target = |(name, table): (String, NotifyTable)| Ok((name, table.check()?));
    tables.into_iter().map(target).collect()
}

impl NotifyTable {
    fn check(self) -> Result<Destination, UnplacedMistake> {
        let reach = if self.allow_private {
            Reach::Any
        } else {
            Reach::Public
        };
        Destination::parse(self.url.as_ref(), reach).map_err(|refused| {
            refused_url(self.url.span(), &refused, "https://hooks.example.com/…")
        })
    }
}

/// A URL that cannot be gone to, and what helps.
pub(super) fn refused_url(
    span: Range<usize>,
    refused: &RefusedUrl,
    example: &str,
) -> UnplacedMistake {
    let mistake = UnplacedMistake::new(span, format!("`url` cannot be used: {refused}"));
    match refused {
        RefusedUrl::Unreadable(_) | RefusedUrl::Scheme => {
            mistake.help(format!("such as url = \"{example}\""))
        }
        RefusedUrl::Unencrypted => {
            mistake.help("take https, or add allow_private = true within your own network")
        }
        RefusedUrl::NotPublic => {
            mistake.help("if that is meant, add allow_private = true beside it")
        }
    }
}
