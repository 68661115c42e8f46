//! Cuts bytes into lines: bounded in length, valid UTF-8, without line ends.
//! The same bytes make the same lines, however they are cut into chunks.

/// Longest line, in bytes.
const LINE_BYTES_MAX: usize = 8 * 1024;
/// Ends a line that was longer.
const CUT_MARK: &str = "… [line cut]";

/// What has been read of the current line.
#[derive(Default)]
pub(super) struct LineSplitter {
    line: Vec<u8>,
    is_cut: bool,
}

impl LineSplitter {
    /// Takes more bytes and gives back the lines they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(rest) => {
                    self.extend(rest);
                    lines.push(self.take());
                }
                None => self.extend(piece),
            }
        }
        lines
    }

    /// The last line, if it had no end.
    pub(super) fn finish(&mut self) -> Option<String> {
        (!self.line.is_empty()).then(|| self.take())
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = LINE_BYTES_MAX - self.line.len();
        let kept = bytes.get(..room).unwrap_or(bytes);
        self.is_cut |= kept.len() < bytes.len();
        self.line.extend_from_slice(kept);
    }

    fn take(&mut self) -> String {
        let bytes = self.line.strip_suffix(b"\r").unwrap_or(&self.line);
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        if self.is_cut {
            text.push_str(CUT_MARK);
        }
        self.line.clear();
        self.is_cut = false;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(chunks: &[&[u8]]) -> Vec<String> {
        let mut splitter = LineSplitter::default();
        let mut lines: Vec<_> = chunks.iter().flat_map(|it| splitter.push(it)).collect();
        lines.extend(splitter.finish());
        lines
    }

    #[test]
    fn chunks_make_no_difference() {
        let text = "one\r\n\nzwölf\nlast".as_bytes();
        let whole = split(&[text]);
        assert_eq!(whole, ["one", "", "zwölf", "last"]);
        for at in 0..text.len() {
            let (head, tail) = text.split_at(at);
            assert_eq!(split(&[head, tail]), whole, "cut at {at}");
        }
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_one_is_whole() {
        let long = vec![b'x'; 3 * LINE_BYTES_MAX];
        let lines = split(&[&long, &long, b"\nnext\n"]);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].len(), LINE_BYTES_MAX + CUT_MARK.len());
        assert_eq!(lines[1], "next");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(split(&[b"caf\xe9\n"]), ["caf\u{fffd}"]);
    }
}
