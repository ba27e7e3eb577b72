//! A file as text: bytes to places, and what is not text marked so that it cannot pass for a value.

use crate::collect::terraform::hcl::syntax::Pos;

/// How far apart character counts are kept.
const STRIDE: usize = 256;

/// What stands for a byte that is no UTF-8, and for nothing that Terraform accepts outside of a comment.
pub(super) const NOT_TEXT: char = '\0';

/// The text of one file and where its lines begin.
#[derive(Debug)]
pub(super) struct Text {
    /// The number of the file.
    pub(super) file: u32,
    /// The text, without a byte order mark; bytes that are no UTF-8 are [`NOT_TEXT`], one each.
    pub(super) text: String,
    /// Byte offsets of the beginnings of lines.
    lines: Vec<usize>,
    /// How many characters lie before every `STRIDE`th byte: a file may be one long line.
    characters: Vec<usize>,
}

impl Text {
    /// Takes the bytes of a file.
    pub(super) fn new(file: u32, bytes: Vec<u8>) -> Self {
        let mut text = String::from_utf8(bytes).unwrap_or_else(|error| {
            let bytes = error.into_bytes();
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| NOT_TEXT));
            }
            text
        });
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let mut lines = vec![0];
        lines.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        let mut characters = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut count = 0;
        for chunk in text.as_bytes().chunks(STRIDE) {
            characters.push(count);
            count += count_characters(chunk);
        }
        Self { file, text, lines, characters }
    }

    /// The place of a byte.
    pub(super) fn pos(&self, offset: usize) -> Pos {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or(0);
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start));
        Pos { file: self.file, line: number(line), column: number(column) }
    }

    /// The first place of the file.
    pub(super) fn start(&self) -> Pos {
        self.pos(0)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let Some(count) = self.characters.get(stride) else {
            // Only the end of a text that is a whole number of strides long lies past the table.
            return self.characters.last().map_or(0, |last| last + count_characters(self.stride_from(stride.saturating_sub(1))));
        };
        count + count_characters(self.text.as_bytes().get(stride * STRIDE..offset).unwrap_or_default())
    }

    fn stride_from(&self, stride: usize) -> &[u8] {
        self.text.as_bytes().get(stride * STRIDE..).unwrap_or_default()
    }
}

/// Characters that begin among these bytes.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// From an index to a number that people count with.
fn number(index: usize) -> u32 {
    u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(u32, u32)> {
        let text = Text::new(0, text.as_bytes().to_vec());
        text.text.char_indices().map(|(at, _)| at).chain([text.text.len()]).map(|at| (text.pos(at).line, text.pos(at).column)).collect()
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        assert_eq!(places("aé\nb"), [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]);
        assert_eq!(places(""), [(1, 1)]);
    }

    #[test]
    fn long_lines_count_right_across_strides() {
        let long = "é".repeat(300);
        let places = places(&long);
        assert_eq!(places.len(), 301);
        assert!(places.iter().enumerate().all(|(index, (line, column))| *line == 1 && *column == number(index)));
        let exact = "a".repeat(STRIDE);
        assert_eq!(Text::new(0, exact.into_bytes()).pos(STRIDE).column, number(STRIDE));
    }

    #[test]
    fn a_byte_order_mark_shifts_nothing_and_bad_bytes_keep_their_length() {
        let text = Text::new(0, b"\xef\xbb\xbfa = \xe9\xe8!".to_vec());
        assert_eq!(text.text, "a = \0\0!");
        assert_eq!(text.pos(6).column, 7);
    }
}
