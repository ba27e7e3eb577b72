//! Text that stays text in Markdown, and tables that stay in their room.

use std::fmt::Write as _;

use crate::report::escape::sanitize;

/// Longest value, in characters: one value must not fill the page.
const LONGEST: usize = 300;

/// Prose in a table cell. Every character that Markdown or HTML could read becomes an entity, and so do those that would call
/// people (`@`), link issues (`#`, `GH-1`) or addresses of the web, or become a picture (`:us:`).
pub(super) fn inline(text: &str) -> String {
    let short = clip(text);
    let mut out = String::with_capacity(short.len() + 16);
    let mut before = ' ';
    let mut chars = short.chars().peekable();
    while let Some(char) = chars.next() {
        let after = chars.peek().copied().unwrap_or(' ');
        let special = match char {
            '&' | '<' | '>' | '|' | '`' | '*' | '~' | '[' | ']' | '\\' | '@' | '#' | '$' => true,
            // Inside of a word it means nothing, and Terraform is full of them.
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            ':' => !(after == ' ' || after.is_ascii_digit()),
            _ => false,
        };
        if special {
            // Writing to a String cannot fail.
            let _ = write!(out, "&#{};", u32::from(char));
        } else {
            out.push(char);
        }
        before = char;
    }
    // What needs no colon to become a link.
    for (sign, harmless) in [("www.", "www&#46;"), ("WWW.", "WWW&#46;"), ("GH-", "GH&#45;")] {
        if out.contains(sign) {
            out = out.replace(sign, harmless);
        }
    }
    out
}

/// A name, a path or code, in the face of code. HTML, since a backtick in Markdown's own code cannot be escaped.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", inline(text)) }
}

/// Safe for one line and not endless.
fn clip(text: &str) -> String {
    if text.chars().nth(LONGEST).is_none() {
        return sanitize(text).into_owned();
    }
    let short: String = text.chars().take(LONGEST).collect();
    format!("{}…", sanitize(&short))
}

/// `1,000`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 gap`, `2 gaps`.
pub(super) fn count(many: usize, noun: &str) -> String {
    format!("{} {noun}{}", number(many as u64), if many == 1 { "" } else { "s" })
}

/// A table that takes rows as long as it has room, and counts those it could not take.
pub(super) struct Table {
    text: String,
    room: usize,
    left_out: u64,
    rows: usize,
}

impl Table {
    /// A table with these headings and room for so many bytes, headings included.
    pub(super) fn new(columns: &[&str], room: usize) -> Self {
        let text = format!("| {} |\n|{}\n", columns.join(" | "), " --- |".repeat(columns.len()));
        Self { text, room, left_out: 0, rows: 0 }
    }

    /// Adds a row of cells that are Markdown already. Once a row is left out every later one is, unwritten: the order says
    /// what matters more.
    pub(super) fn row(&mut self, cells: impl FnOnce() -> Vec<String>) {
        if self.left_out > 0 {
            self.left_out += 1;
            return;
        }
        let line = format!("| {} |\n", cells().join(" | "));
        if self.text.len() + line.len() > self.room {
            self.left_out = 1;
        } else {
            self.text.push_str(&line);
            self.rows += 1;
        }
    }

    /// The table under its title, open or folded, with the number of what is left out.
    pub(super) fn finish(self, title: &str, open: bool) -> String {
        let table = if self.rows == 0 { String::new() } else { self.text + "\n" };
        let more = match (self.left_out, self.rows) {
            (0, _) => String::new(),
            (left_out, 0) => format!("{}; see the full report\n\n", number(left_out)),
            (left_out, _) => format!("… and {} more; see the full report\n\n", number(left_out)),
        };
        if open {
            format!("### {title}\n\n{table}{more}")
        } else {
            format!("<details><summary>{title}</summary>\n\n{table}{more}</details>\n\n")
        }
    }
}
