//! From bytes to JSON text: encodings, and files that are no JSON at all.

use super::error::Error;

/// The largest state that is read, bytes.
pub(super) const LIMIT: u64 = 2 << 30;

/// Text of a state, without a byte order mark.
pub(super) struct Text {
    text: String,
    start: usize,
}

impl Text {
    pub(super) fn as_str(&self) -> &str {
        &self.text[self.start..]
    }
}

/// Decodes UTF-8 and UTF-16 (PowerShell's `>` writes UTF-16 with a byte order mark) without copying UTF-8.
pub(super) fn decode(bytes: Vec<u8>) -> Result<Text, Error> {
    match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => utf8(bytes, 3),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'{' | b'[', 0, ..] => utf16(&bytes, u16::from_le_bytes),
        [0, b'{' | b'[', ..] => utf16(&bytes, u16::from_be_bytes),
        [b'P', b'K', 3, 4, ..] => Err(Error::Zip),
        [0x1F, 0x8B, ..] => Err(Error::Gzip),
        _ => utf8(bytes, 0),
    }
}

fn utf8(bytes: Vec<u8>, start: usize) -> Result<Text, Error> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text { text, start }),
        Err(error) => Err(Error::NotText { byte: error.utf8_error().valid_up_to() }),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Text, Error> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for (at, decoded) in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).enumerate() {
        text.push(decoded.map_err(|_| Error::NotText { byte: at * 2 })?);
    }
    Ok(Text { text, start: 0 })
}

/// Refuses text that is no JSON document. Text of nothing but white space is `None`: an empty state.
pub(super) fn json_of(text: &str) -> Result<Option<&str>, Error> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\0');
    let Some(first) = text.chars().next() else { return Ok(None) };
    let head: String = text.chars().take(20).collect::<String>().to_ascii_lowercase();
    match first {
        '<' if head.starts_with("<html") || head.starts_with("<!doctype") => Err(Error::Html),
        '{' if is_plan_log(text) => Err(Error::PlanLog),
        '{' | '[' => Ok(Some(text)),
        _ => Err(Error::NotJson),
    }
}

fn is_plan_log(text: &str) -> bool {
    let first_line = text.lines().next().unwrap_or_default();
    first_line.contains("\"@level\"") && first_line.contains("\"@message\"")
}

/// Our own words for a parse error: serde's may quote what it read.
pub(super) fn json_error(text: &str, error: &serde_json::Error) -> Error {
    let end = byte_of(text, error.line(), error.column());
    let byte = end.saturating_sub(1);
    match error.classify() {
        serde_json::error::Category::Eof => Error::Truncated { byte: end },
        _ if error.to_string().starts_with("recursion limit exceeded") => Error::TooDeep { byte },
        serde_json::error::Category::Data => Error::Malformed { what: "layout" },
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => Error::BadJson { byte },
    }
}

/// The number of bytes up to and with the one at a line and column, as `serde_json` counts them: from 1, columns in bytes.
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    (before + column).min(text.len())
}
