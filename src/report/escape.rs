//! Makes text from the world safe to show. Names and tags are chosen by others: they may hold terminal commands, newlines
//! that forge a line of the report, or bidirectional overrides that make it read backwards.
//!
//! The escape is visible (`\u{1b}`), so that a reader sees that something odd is there. Letters of every script stay.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text for one line: line breaks, control characters and invisible characters become visible escapes.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        push_escaped(char, &mut safe);
    }
    Cow::Owned(safe)
}

/// Text of several lines: like [`sanitize`], but `\n` stays a line break and a tab becomes two spaces.
pub fn sanitize_block(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\t', "  ");
    text.split('\n').map(sanitize).collect::<Vec<_>>().join("\n")
}

fn push_escaped(char: char, safe: &mut String) {
    match char {
        '\n' => safe.push_str("\\n"),
        '\r' => safe.push_str("\\r"),
        '\t' => safe.push_str("\\t"),
        char if is_hostile(char) => {
            // Writing to a String cannot fail.
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(char));
        }
        char => safe.push(char),
    }
}

/// Whether a character commands a terminal, breaks or reorders a line, cannot be seen, or is illegal in XML 1.0.
///
/// Control characters (C0, DEL, C1), bidirectional controls, the characters that Unicode lists as
/// `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt, Unicode 17), line and paragraph separators, interlinear
/// annotation, and noncharacters.
pub fn is_hostile(char: char) -> bool {
    char.is_control()
        || (char >= '\u{ad}'
            && (matches!(
                char,
                '\u{ad}'
                    | '\u{34f}'
                    | '\u{61c}'
                    | '\u{115f}'..='\u{1160}'
                    | '\u{17b4}'..='\u{17b5}'
                    | '\u{180b}'..='\u{180f}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{3164}'
                    | '\u{fdd0}'..='\u{fdef}'
                    | '\u{fe00}'..='\u{fe0f}'
                    | '\u{feff}'
                    | '\u{ffa0}'
                    | '\u{fff0}'..='\u{fffb}'
                    | '\u{1bca0}'..='\u{1bca3}'
                    | '\u{1d173}'..='\u{1d17a}'
                    | '\u{e0000}'..='\u{e0fff}'
            ) || is_noncharacter(char)))
}

/// The last two code points of every plane.
fn is_noncharacter(char: char) -> bool {
    u32::from(char) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_of_any_script_is_not_touched() {
        for text in ["flowise-db", "Fábrica de Agentes", "バックアップ", "גיבוי", "🚀 prod", "e\u{301}", "a\\b"] {
            assert!(matches!(sanitize(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn terminal_commands_and_line_breaks_are_shown() {
        assert_eq!(sanitize("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(sanitize("a\nb\r\tc"), "a\\nb\\r\\tc");
        assert_eq!(sanitize("\u{9b}31m\u{7f}\0"), "\\u{9b}31m\\u{7f}\\u{0}");
        assert_eq!(sanitize("a\u{2028}b\u{85}"), "a\\u{2028}b\\u{85}");
    }

    #[test]
    fn overrides_and_invisible_characters_are_shown() {
        let hostile = "\u{202a}\u{202e}\u{2066}\u{2069}\u{200b}\u{200d}\u{200f}\u{feff}\u{ad}\u{fe0f}\u{e0041}\u{ffff}\u{1fffe}\u{61c}";
        for char in hostile.chars() {
            assert_eq!(sanitize(&format!("a{char}b")), format!("a\\u{{{:x}}}b", u32::from(char)));
        }
    }

    #[test]
    fn a_block_keeps_its_lines_only() {
        assert_eq!(sanitize_block("a\r\n\tb\u{1b}c\rd"), "a\n  b\\u{1b}c\\rd");
    }
}
