//! One row for each way a request can fail: the word clients see, the HTTP
//! status, the exit code, and whether trying again can help.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $http:literal, $exit:literal, $retryable:literal, $title:literal;)+) => {
        /// Why a request failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode { $($(#[$doc])* $variant,)+ }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in error bodies.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The HTTP status.
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$variant => $http,)+ }
            }

            /// The exit code of the command line.
            pub const fn exit_code(self) -> u8 {
                match self { $(Self::$variant => $exit,)+ }
            }

            /// Whether the same request may succeed later.
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)+ }
            }

            /// A title for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

error_codes! {
    /// The definition has errors.
    InvalidDefinition = "invalid_definition", 400, 1, false, "The workflow definition is not valid";
    /// A parameter is missing, unknown or of the wrong type.
    InvalidParameters = "invalid_parameters", 400, 1, false, "The parameters are not valid";
    /// What was answered does not fit what was asked.
    InvalidAnswers = "invalid_answers", 400, 2, false, "The answers do not fit the questions";
    /// The changes to a run's stages have mistakes.
    InvalidEdits = "invalid_edits", 400, 1, false, "The edits are not valid";
    /// A cursor that the list did not give out.
    InvalidCursor = "invalid_cursor", 400, 2, false, "The cursor is not one of this list";
    /// No agent can be found for a stage.
    UnresolvedAgent = "unresolved_agent", 400, 1, false, "An agent cannot be resolved";
    /// Nobody says who is asking, or it cannot be believed.
    Unauthenticated = "unauthenticated", 401, 77, false, "Nobody knows who is asking";
    /// Whoever is asking may not do this, or not from where they are.
    Forbidden = "forbidden", 403, 77, false, "Not allowed";
    /// No such thing.
    NotFound = "not_found", 404, 4, false, "Not found";
    /// The route exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, 2, false, "Method not allowed";
    /// The body did not come in time.
    TooSlow = "too_slow", 408, 69, true, "The request took too long";
    /// Somebody has a thing of this name already.
    NameTaken = "name_taken", 409, 5, false, "The name is taken";
    /// The thing is not what the caller knew any more.
    ChangedMeanwhile = "changed_meanwhile", 409, 5, false, "It was changed meanwhile";
    /// The thing is in a state that does not allow this.
    IllegalState = "illegal_state", 409, 5, false, "Not possible in the present state";
    /// The body is larger than the limit.
    TooLarge = "too_large", 413, 2, false, "The request is too large";
    /// The body is not JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, 2, false, "Unsupported media type";
    /// The request cannot be read.
    Malformed = "malformed", 422, 2, false, "The request cannot be read";
    /// More was asked than one may ask in this time.
    RateLimited = "rate_limited", 429, 69, true, "Too many requests";
    /// A fault of ours; the details are in the server's log.
    Internal = "internal", 500, 1, false, "Internal error";
    /// The store is busy or closing.
    Unavailable = "unavailable", 503, 69, true, "Temporarily unavailable";
    /// As many are served as can be; what is full is said in words.
    Overloaded = "overloaded", 503, 69, true, "Too many at once";
    /// The files do not hold what they should; `baton doctor` says more.
    StorageDamaged = "storage_damaged", 500, 74, false, "The data directory is damaged";
    /// The disk is full; nothing was changed.
    StorageFull = "storage_full", 507, 74, true, "No space left for the data directory";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ErrorCode {
    /// The code a word in an error body names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_to_its_code() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_word(code.as_str()), Some(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
