//! Tokens in the environment, as other servers of this kind have them.

use baton_app::Caller;
use baton_app::rows::Scope;

const VARIABLE: &str = "WORKFLOW_API_TOKENS";

/// What the environment says about tokens.
#[derive(Default)]
pub(crate) struct GivenTokens {
    /// Those that can be used, each with its bearer.
    pub(crate) tokens: Vec<(Caller, String)>,
    /// Roles nobody knows, whose tokens are good for nothing.
    unknown_roles: Vec<String>,
    n_unreadable: usize,
}

/// Reads `role:token` pairs, separated by commas.
pub(crate) fn of_environment() -> GivenTokens {
    read(&std::env::var(VARIABLE).unwrap_or_default())
}

fn read(text: &str) -> GivenTokens {
    let mut given = GivenTokens::default();
    for pair in text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (role, token) = pair.split_once(':').unwrap_or_default();
        let (role, token) = (role.trim(), token.trim());
        let scope = match role {
            _ if role.is_empty() || token.is_empty() => {
                given.n_unreadable += 1;
                continue;
            }
            "admin" => Scope::Admin,
            "user" => Scope::Read,
            _ => {
                given.unknown_roles.push(role.to_owned());
                continue;
            }
        };
        // No token that is stored has a name with a colon.
        let name = format!("env:{role}");
        given
            .tokens
            .push((Caller { name, scope }, token.to_owned()));
    }
    given
}

impl GivenTokens {
    /// What is to be said of them; never what they are.
    pub(crate) fn announcement(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.tokens.is_empty() {
            let names = self.tokens.iter().map(|(caller, _)| caller.name.as_str());
            let names: Vec<_> = names.collect();
            lines.push(format!("{VARIABLE} has those of {}", names.join(", ")));
        }
        for role in &self.unknown_roles {
            lines.push(format!(
                "{VARIABLE}: `{role}` is neither admin nor user; its token is not used"
            ));
        }
        if self.n_unreadable > 0 {
            let n_unreadable = self.n_unreadable;
            lines.push(format!(
                "{VARIABLE}: {n_unreadable} pairs are not role:token and not used"
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_and_what_is_wrong_is_said_without_its_token() {
        let given = read(" admin:s3cret:x , user: r3ad ,guest:gu3st,b4d,:n0role,user:,");
        let tokens = given.tokens.iter();
        let tokens: Vec<_> = tokens
            .map(|(caller, token)| (caller.name.as_str(), caller.scope, token.as_str()))
            .collect();
        assert_eq!(
            tokens,
            [
                ("env:admin", Scope::Admin, "s3cret:x"),
                ("env:user", Scope::Read, "r3ad"),
            ]
        );
        let said = given.announcement().join("\n");
        assert!(said.contains("env:admin, env:user"), "{said}");
        assert!(
            said.contains("`guest`") && said.contains("3 pairs"),
            "{said}"
        );
        for secret in ["s3cret", "r3ad", "gu3st", "b4d", "n0role"] {
            assert!(!said.contains(secret), "{said}");
        }
        assert!(read("").announcement().is_empty());
    }
}
