//! Cursors: a place in a list as an opaque text, base64 of `{id}:{sort value}`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_model::{ErrorCode, Timestamp};
use baton_store::PageKey;

use crate::AppError;

/// The cursor of a place.
pub fn to_cursor(key: PageKey) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{}", key.id, key.created_at.as_micros()))
}

/// The place a cursor names.
pub fn from_cursor(cursor: &str) -> Result<PageKey, AppError> {
    parse(cursor).ok_or_else(|| {
        AppError::new(
            ErrorCode::Malformed,
            "the cursor is not one that this server gave out",
        )
    })
}

fn parse(cursor: &str) -> Option<PageKey> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (id, created_at) = text.split_once(':')?;
    let created_at = Timestamp::from_micros(created_at.parse().ok()?);
    Some(PageKey {
        created_at,
        id: id.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use baton_model::RunId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        for micros in [0, -1, i64::MAX, 1_770_000_000_123_456] {
            let key = PageKey {
                created_at: Timestamp::from_micros(micros),
                id: RunId::new(Uuid::from_u128(0x0123_4567_89AB)),
            };
            assert_eq!(parse(&to_cursor(key)), Some(key));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "x", "====", "AAAA", "é", "bm90OmE", "\u{0}"] {
            let error = from_cursor(text).unwrap_err();
            assert_eq!(error.code, ErrorCode::Malformed, "{text:?}");
        }
    }
}
