//! Names of sessions, chosen before anything is started.
//!
//! A name follows from what the run's log says of the attempt before its
//! program starts, so it needs to be stored nowhere else: whoever takes the
//! run up finds the session of an attempt that never said a word.

use std::fmt::Write;

use baton_model::AttemptKey;
use sha2::{Digest, Sha256};

use crate::dispatcher::AttemptRequest;

/// Longer names belong to no session.
const NAME_BYTES_MAX: usize = 128;

/// The session of the first turn of an attempt.
pub fn session_of_attempt(key: &AttemptKey) -> String {
    uuid_of(&format!("session of {}", key.idempotency_key()))
}

/// The session that a turn begins when the one it was to have is not to be had.
/// It is the same after a crash, so that the turn can go on in it.
pub(super) fn session_in_its_place(request: &AttemptRequest) -> String {
    uuid_of(&format!(
        "session in the place of {}",
        request.idempotency_key()
    ))
}

/// A session beside that of the attempt, of which nothing is needed later.
pub(super) fn session_of_dispatch(key: &AttemptKey) -> String {
    uuid_of(&format!(
        "session of {} at {}",
        key.idempotency_key(),
        key.dispatch
    ))
}

/// Whether a program may be told to go on with a session of this name. What a
/// person names is held to the same as what programs name: it becomes an
/// argument, and must be none of their options.
pub fn is_session_name(name: &str) -> bool {
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.starts_with(['-', '.'])
        && name.bytes().all(is_sound)
}

/// A UUID that is the same for the same text. It is marked as a random one,
/// which every program that checks them knows.
fn uuid_of(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut uuid = String::with_capacity(36);
    for (place, byte) in digest.iter().take(16).enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            uuid.push('-');
        }
        let byte = match place {
            6 => (byte & 0x0f) | 0x40,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        write!(uuid, "{byte:02x}").expect("a text takes everything");
    }
    uuid
}

#[cfg(test)]
mod tests {
    use uuid::{Uuid, Variant};

    use super::*;
    use crate::testing;

    #[test]
    fn only_names_that_can_be_said_again_are_sessions() {
        let long = "s".repeat(NAME_BYTES_MAX + 1);
        let rows = [
            ("019a-b_c.d", true),
            ("ses_17", true),
            ("-rf", false),
            (".", false),
            ("", false),
            ("a b", false),
            ("a;b", false),
            ("ü", false),
            (long.as_str(), false),
        ];
        for (name, expected) in rows {
            assert_eq!(is_session_name(name), expected, "{name}");
        }
    }

    #[test]
    fn sessions_are_uuids_of_their_attempts() {
        let key = testing::request().key;
        let session = session_of_attempt(&key);
        let uuid: Uuid = session.parse().unwrap();
        assert_eq!(uuid.get_version_num(), 4);
        assert_eq!(uuid.get_variant(), Variant::RFC4122);
        let mut restarted = key.clone();
        restarted.dispatch += 1;
        assert_eq!(session_of_attempt(&restarted), session);
        assert_ne!(session_of_dispatch(&restarted), session_of_dispatch(&key));
        let mut next = key;
        next.attempt += 1;
        assert_ne!(session_of_attempt(&next), session);
    }
}
