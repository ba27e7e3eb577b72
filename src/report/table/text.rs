//! Text in display cells: wrapping, clipping, columns, and colour that takes no room.

use std::borrow::Cow;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, TableStyle, Width};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::report::escape::sanitize;

/// Longest value that is shown in full, in characters.
const LONGEST: usize = 600;

/// Room of a label before its text: `promised  `.
const LABEL: usize = 10;

/// A colour or weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Strong,
    Dim,
    Red,
    Yellow,
    Green,
    Cyan,
}

impl Ink {
    const ALL: [Self; 6] = [Self::Strong, Self::Dim, Self::Red, Self::Yellow, Self::Green, Self::Cyan];

    /// A character of no width that [`sanitize`] never lets through, so that nobody else can write it.
    fn mark(self) -> char {
        match self {
            Self::Strong => '\u{e0121}',
            Self::Dim => '\u{e0122}',
            Self::Red => '\u{e0123}',
            Self::Yellow => '\u{e0124}',
            Self::Green => '\u{e0125}',
            Self::Cyan => '\u{e0126}',
        }
    }

    /// ECMA-48, Select Graphic Rendition.
    fn ansi(self) -> &'static str {
        match self {
            Self::Strong => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
            Self::Red => "\u{1b}[1;31m",
            Self::Yellow => "\u{1b}[33m",
            Self::Green => "\u{1b}[32m",
            Self::Cyan => "\u{1b}[36m",
        }
    }

    /// The text between the marks of this ink.
    pub(super) fn on(self, text: &str) -> String {
        if text.is_empty() { String::new() } else { format!("{}{text}{END}", self.mark()) }
    }
}

const END: char = '\u{e0120}';
const RESET: &str = "\u{1b}[0m";

/// A finished line: marks become colour or nothing, and the padding at its end goes.
pub(super) fn finish(line: &str, colour: bool) -> String {
    let mut out = String::with_capacity(line.len());
    for char in line.trim_end().chars() {
        if char == END {
            out.push_str(if colour { RESET } else { "" });
        } else if let Some(ink) = Ink::ALL.into_iter().find(|ink| ink.mark() == char) {
            out.push_str(if colour { ink.ansi() } else { "" });
        } else {
            out.push(char);
        }
    }
    out
}

/// A value from the report, safe and not endless.
pub(super) fn safe(text: &str) -> Cow<'_, str> {
    if text.chars().nth(LONGEST).is_none() {
        return sanitize(text);
    }
    let short: String = text.chars().take(LONGEST).collect();
    Cow::Owned(format!("{}…", sanitize(&short)))
}

/// Lines of at most `width` cells, broken between words; a longer word breaks after punctuation where it can.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide = word.width();
        let gap = usize::from(used > 0);
        if used + gap + wide <= width {
            push(&mut lines, if gap == 1 { " " } else { "" });
            push(&mut lines, word);
            used += gap + wide;
            continue;
        }
        for piece in pieces(word, width) {
            if used > 0 {
                lines.push(String::new());
            }
            push(&mut lines, piece);
            used = piece.width();
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// A word in pieces of at most `width` cells. A piece may be empty only when the word is.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while rest.width() > width {
        let (mut used, mut end, mut soft) = (0, 0, 0);
        for (at, char) in rest.char_indices() {
            used += char.width().unwrap_or(1);
            if used > width {
                break;
            }
            end = at + char.len_utf8();
            if matches!(char, '-' | '/' | ':' | '.' | '_' | ',' | '=' | '@') {
                soft = end;
            }
        }
        // A break that leaves more than half of the line empty looks worse than one inside of a name.
        let cut = if rest[..soft].width() * 2 > width { soft } else { end.max(rest.chars().next().map_or(1, char::len_utf8)) };
        pieces.push(&rest[..cut]);
        rest = &rest[cut..];
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// Wrapped lines, each in this ink.
pub(super) fn inked(ink: Ink, text: &str, width: usize) -> Vec<String> {
    wrap(text, width).iter().map(|line| ink.on(line)).collect()
}

/// A dim label and its text; further lines stand under the text.
pub(super) fn labelled(label: &str, ink: Option<Ink>, text: &str, width: usize) -> Vec<String> {
    let lines = wrap(text, width.saturating_sub(LABEL));
    let shown = |line: &String| ink.map_or_else(|| line.clone(), |ink| ink.on(line));
    let head = |at| if at == 0 { Ink::Dim.on(&format!("{label:<LABEL$}")) } else { " ".repeat(LABEL) };
    lines.iter().enumerate().map(|(at, line)| format!("{}{}", head(at), shown(line))).collect()
}

/// A column of a grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Display cells.
    pub(super) width: usize,
    /// Whether its cells stand at the right edge: numbers.
    pub(super) right: bool,
}

/// Cells between two columns.
pub(super) const GUTTER: usize = 2;

/// Rows of cells, each a list of lines that fit their column, as the lines of a table.
pub(super) fn grid(columns: &[Column], rows: &[Vec<Vec<String>>]) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::MAX);
    for row in rows {
        table.add_row(row.iter().map(|lines| lines.join("\n")));
    }
    let last = columns.len().saturating_sub(1);
    for (at, (spec, column)) in columns.iter().zip(table.column_iter_mut()).enumerate() {
        let gutter = if at == last { 0 } else { GUTTER };
        column.set_padding((0, u16::try_from(gutter).unwrap_or(0)));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(u16::try_from(spec.width + gutter).unwrap_or(u16::MAX))));
        column.set_cell_alignment(if spec.right { CellAlignment::Right } else { CellAlignment::Left });
    }
    table.lines().collect()
}

/// A heading over the whole width: the title, a rule, and a remark at its end.
pub(super) fn heading(title: &str, remark: &str, width: usize) -> String {
    let title = safe(title).to_uppercase();
    let taken = title.width() + 1 + if remark.is_empty() { 0 } else { remark.width() + 1 };
    let rule = "─".repeat(width.saturating_sub(taken).max(1));
    let remark = if remark.is_empty() { String::new() } else { format!(" {remark}") };
    format!("{} {}{remark}", Ink::Strong.on(&title), Ink::Dim.on(&rule))
}

/// A number as people read it: `1,000`.
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

/// A number with its noun: `1 gap`, `1,000 gaps`.
pub(super) fn count(many: usize, noun: &str) -> String {
    let many = many as u64;
    format!("{} {noun}{}", number(many), if many == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("keeps automated backups 1 day", 12), ["keeps", "automated", "backups 1", "day"]);
        assert_eq!(wrap("", 12), [""]);
        assert_eq!(wrap("  a   b ", 12), ["a b"]);
    }

    #[test]
    fn long_words_break_after_punctuation() {
        let arn = "arn:aws:rds:us-east-1:123456789012:db:flowise-db";
        assert_eq!(wrap(&format!("at {arn}"), 30), ["at", "arn:aws:rds:us-east-1:", "123456789012:db:flowise-db"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }

    #[test]
    fn wide_characters_count_for_two_and_marks_stay_with_their_letter() {
        assert_eq!(wrap("バックアップ", 5), ["バッ", "クア", "ップ"]);
        assert_eq!(wrap("🚀🚀🚀", 4), ["🚀🚀", "🚀"]);
        assert_eq!(wrap("e\u{301}e\u{301}e\u{301}", 2), ["e\u{301}e\u{301}", "e\u{301}"]);
        assert_eq!(wrap("バ", 1), ["バ"]);
    }

    #[test]
    fn ink_takes_no_room_and_nobody_can_forge_it() {
        for ink in Ink::ALL {
            assert_eq!(ink.on("ab").width(), 2);
            assert_eq!(finish(&format!("{}  ", ink.on("ab")), true), format!("{}ab{RESET}", ink.ansi()));
            assert_eq!(finish(&ink.on("ab"), false), "ab");
            assert!(!sanitize(&ink.mark().to_string()).contains(ink.mark()));
        }
        assert!(!sanitize(&END.to_string()).contains(END));
    }

    #[test]
    fn endless_values_are_clipped() {
        assert_eq!(safe(&"x".repeat(LONGEST)).chars().count(), LONGEST);
        assert_eq!(safe(&"x".repeat(LONGEST + 5)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_grid_aligns_lines_under_their_column() {
        let columns = [Column { width: 6, right: false }, Column { width: 3, right: true }, Column { width: 4, right: false }];
        let cell = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let rows = [vec![cell(&["a", "b"]), cell(&["1"]), cell(&["x", "y", ""])], vec![cell(&["バ"]), cell(&["22"]), cell(&["z"])]];
        let lines: Vec<String> = grid(&columns, &rows).iter().map(|line| finish(line, false)).collect();
        assert_eq!(lines, ["a         1  x", "b            y", "", "バ       22  z"]);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(1, "gap"), "1 gap");
        assert_eq!(count(1000, "gap"), "1,000 gaps");
    }
}
