//! Text as SARIF wants it: nothing in it may become a placeholder or a link, or command whoever shows it.

use crate::report::escape::sanitize_block;

/// Longest message, in characters: enough for three views with their places, far from what makes a file too large.
const LONGEST_MESSAGE: usize = 4000;

/// Text of a result or a notification.
///
/// Braces are doubled (§3.11.5: alone they mark a placeholder), and what would read as an embedded link (§3.11.6) is taken
/// apart, since names are chosen by others.
pub(super) fn message(text: &str) -> String {
    // Clipped first, so that the cut does not split a pair.
    clip(&plain(text), LONGEST_MESSAGE).replace('{', "{{").replace('}', "}}").replace("](", "] (")
}

/// Text without characters that need trust; lines stay lines.
pub(super) fn plain(text: &str) -> String {
    sanitize_block(text)
}

/// At most so many characters; the last one says that there was more.
pub(super) fn clip(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_placeholders_or_links() {
        assert_eq!(message("{0} of [x](http://evil) and [[y]](0)"), "{{0}} of [x] (http://evil) and [[y]] (0)");
        assert_eq!(message("a\u{1b}[31m\u{202e}b"), "a\\u{{1b}}[31m\\u{{202e}}b");
    }

    #[test]
    fn a_cut_says_so_and_never_splits_a_pair_of_braces() {
        assert_eq!(clip("abcd", 4), "abcd");
        assert_eq!(clip("abcde", 4), "abc…");
        let long = message(&"{".repeat(LONGEST_MESSAGE + 9));
        assert_eq!(long.matches('{').count() % 2, 0);
        assert!(long.ends_with('…'));
    }
}
