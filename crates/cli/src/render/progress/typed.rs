//! A line while it is typed, key by key, on a terminal that does not echo.

/// More than anybody types; the rest is not taken.
const BYTES_MAX: usize = 4_096;

/// The line until now.
#[derive(Default)]
pub(crate) struct Typed {
    bytes: Vec<u8>,
    escape: Escape,
}

/// Arrows and the like come as several bytes, which are no text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Escape {
    #[default]
    None,
    Begun,
    Sequence,
}

impl Typed {
    /// Takes a key; the line, if that key ended it.
    pub(crate) fn key(&mut self, key: u8) -> Option<String> {
        if self.is_escaped(key) {
            return None;
        }
        match key {
            b'\r' | b'\n' => {
                let line = self.text();
                self.bytes.clear();
                return Some(line);
            }
            // Backspace, however the terminal sends it.
            0x08 | 0x7F => self.pop(),
            // Ctrl+U
            0x15 => self.bytes.clear(),
            0..0x20 => {}
            _ if self.bytes.len() < BYTES_MAX => self.bytes.push(key),
            _ => {}
        }
        None
    }

    /// What is there, without a letter that has not come as a whole yet.
    pub(crate) fn text(&self) -> String {
        let whole = match std::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(error) => {
                std::str::from_utf8(&self.bytes[..error.valid_up_to()]).unwrap_or_default()
            }
        };
        whole.to_owned()
    }

    /// Takes a whole letter back.
    fn pop(&mut self) {
        while let Some(byte) = self.bytes.pop() {
            let continues = byte & 0b1100_0000 == 0b1000_0000;
            if !continues {
                return;
            }
        }
    }

    fn is_escaped(&mut self, key: u8) -> bool {
        let (is_escaped, next) = match (self.escape, key) {
            (Escape::None, 0x1B) => (true, Escape::Begun),
            (Escape::None, _) => (false, Escape::None),
            (Escape::Begun, b'[' | b'O') => (true, Escape::Sequence),
            (Escape::Begun, _) | (Escape::Sequence, 0x40..=0x7E) => (true, Escape::None),
            (Escape::Sequence, _) => (true, Escape::Sequence),
        };
        self.escape = next;
        is_escaped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_a_line() {
        let rows: [(&[u8], &str); 6] = [
            (b"red", "red"),
            (b"rad\x7f\x7fed", "red"),
            ("gr\u{fc}\u{df}".as_bytes(), "gr\u{fc}\u{df}"),
            ("gr\u{fc}\x7fu".as_bytes(), "gru"),
            (b"a\x1b[Ab\x1b[1;5Cc\x1bOPd", "abcd"),
            (b"wrong\x15right\x01", "right"),
        ];
        for (keys, line) in rows {
            let mut typed = Typed::default();
            for key in keys {
                assert_eq!(typed.key(*key), None);
            }
            assert_eq!(typed.key(b'\n').as_deref(), Some(line));
            assert_eq!(typed.text(), "");
        }
    }

    #[test]
    fn half_a_letter_is_not_shown() {
        let mut typed = Typed::default();
        typed.key(b'a');
        typed.key(0xC3);
        assert_eq!(typed.text(), "a");
    }
}
