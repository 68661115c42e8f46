//! How a turn begins: with a new session, or by going on with one.

use baton_model::{Failure, FailureLabel};

use super::session::{
    is_session_name, session_in_its_place, session_of_attempt, session_of_dispatch,
};
use super::table::{Assistant, SessionWay};
use crate::dispatcher::{AttemptRequest, Work};

/// How a turn begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Nothing is known to the agent.
    New {
        /// What its session is to be called, where that can be chosen.
        session: Option<String>,
    },
    /// A session goes on.
    Resume {
        session: String,
        /// Its last turn was broken off by a crash.
        is_interrupted: bool,
        /// Beside itself, under this name: what is said now is nothing it
        /// needs to know later.
        fork: Option<String>,
    },
}

impl Start {
    /// The ways in which a turn may begin, each for when the session of the one
    /// before it is not to be had. Fails for a session whose name no program can
    /// be given.
    pub(crate) fn ways(
        assistant: &Assistant,
        request: &AttemptRequest,
    ) -> Result<Vec<Self>, Failure> {
        let mut ways = vec![Self::of(assistant, request)?];
        let session = match assistant.session {
            SessionWay::Chosen => Some(session_in_its_place(request)),
            SessionWay::Told | SessionWay::Without => None,
        };
        ways.push(Self::New {
            session: session.clone(),
        });
        let is_interrupted = request.restarts > 0;
        if let Some(session) = session.filter(|_| is_interrupted) {
            // It was begun before the crash, then, and may have come far.
            ways.push(Self::Resume {
                session,
                is_interrupted,
                fork: fork(assistant, request),
            });
        }
        Ok(ways)
    }

    fn of(assistant: &Assistant, request: &AttemptRequest) -> Result<Self, Failure> {
        let is_interrupted = request.restarts > 0;
        Ok(match (assistant.session, &request.session) {
            (SessionWay::Without, _) | (SessionWay::Told, None) => Self::New { session: None },
            (SessionWay::Chosen | SessionWay::Told, Some(session)) if !is_session_name(session) => {
                return Err(unsound(session));
            }
            (SessionWay::Chosen | SessionWay::Told, Some(session)) => Self::Resume {
                session: session.clone(),
                is_interrupted,
                fork: fork(assistant, request),
            },
            // It was named when the attempt began, and may have come far.
            (SessionWay::Chosen, None) if is_interrupted => Self::Resume {
                session: session_of_attempt(&request.key),
                is_interrupted,
                fork: None,
            },
            (SessionWay::Chosen, None) => Self::New {
                session: Some(session_of_attempt(&request.key)),
            },
        })
    }

    /// Whether what is said in this turn stays beside its session.
    pub(crate) fn is_fork(&self) -> bool {
        matches!(self, Self::Resume { fork: Some(_), .. })
    }

    /// The session, as far as it is known by now.
    pub(crate) fn session(&self) -> Option<&str> {
        match self {
            Self::New { session } => session.as_deref(),
            Self::Resume { session, .. } => Some(session),
        }
    }

    pub(crate) fn is_resume(&self) -> bool {
        matches!(self, Self::Resume { .. })
    }
}

/// Trying again would change nothing, hence the label that is not retried.
fn unsound(session: &str) -> Failure {
    let message = format!(
        "{session:?} cannot be the name of a session: one consists of letters, digits, `-`, `_` \
         and `.`, and begins with a letter, a digit or `_`"
    );
    Failure::new(FailureLabel::DENIED, message)
}

/// A summary is not part of the work, so the session goes on without it.
fn fork(assistant: &Assistant, request: &AttemptRequest) -> Option<String> {
    let can_fork = assistant.session == SessionWay::Chosen;
    (can_fork && request.work == Work::Summary).then(|| session_of_dispatch(&request.key))
}

#[cfg(test)]
mod tests {
    use super::super::table::assistant;
    use super::*;
    use crate::testing;

    #[test]
    fn sessions_go_on_where_there_are_any() {
        let attempts_own = session_of_attempt(&testing::request().key);
        let rows = [
            ("claude", None, 0, (Some(attempts_own.as_str()), false)),
            ("claude", None, 1, (Some(attempts_own.as_str()), true)),
            ("claude", Some("s-1"), 0, (Some("s-1"), true)),
            ("codex", None, 0, (None, false)),
            ("codex", None, 1, (None, false)),
            ("codex", Some("s-1"), 1, (Some("s-1"), true)),
            ("aider", Some("s-1"), 0, (None, false)),
        ];
        for (name, session, restarts, expected) in rows {
            let mut request = testing::request();
            request.session = session.map(str::to_owned);
            request.restarts = restarts;
            let start = Start::of(assistant(name).unwrap(), &request).unwrap();
            let found = (start.session(), start.is_resume());
            assert_eq!(found, expected, "{name} {session:?} {restarts}");
        }
    }

    #[test]
    fn what_took_the_place_of_a_session_is_found_after_a_crash() {
        let ways = |name: &str, restarts: u32| {
            let mut request = testing::request();
            request.session = Some("s-1".to_owned());
            request.restarts = restarts;
            request.key.dispatch += restarts;
            let ways = Start::ways(assistant(name).unwrap(), &request).unwrap();
            let ways = ways.iter();
            ways.map(|way| (way.session().map(str::to_owned), way.is_resume()))
                .collect::<Vec<_>>()
        };
        let first = ways("claude", 0);
        let [(_, true), (Some(begun), false)] = first.as_slice() else {
            panic!("{first:?}");
        };
        let own = (Some("s-1".to_owned()), true);
        let begun = Some(begun.clone());
        let expected = [own.clone(), (begun.clone(), false), (begun, true)];
        assert_eq!(ways("claude", 1), expected);
        assert_eq!(ways("claude", 2), expected);
        assert_eq!(ways("codex", 1), [own, (None, false)]);
    }

    #[test]
    fn a_session_that_would_be_an_option_is_not_gone_on_with() {
        for name in ["claude", "codex", "opencode"] {
            for session in ["--last", "-cx=1", "", "a b", "../a", "a\nb"] {
                let mut request = testing::request();
                request.session = Some(session.to_owned());
                let failure = Start::of(assistant(name).unwrap(), &request).unwrap_err();
                assert_eq!(failure.label, FailureLabel::DENIED, "{name} {session:?}");
            }
        }
    }
}
