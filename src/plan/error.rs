//! What is wrong with a plan file, shown at its place: file, line and column, the source line, and what to do.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use super::Span;

/// One mistake in a plan file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where; `None` when it is about the file as a whole.
    pub span: Option<Span>,
    /// How many characters are meant, at least 1.
    pub width: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// A mistake at a place.
    pub(super) fn at(span: Span, width: u32, message: impl Into<String>) -> Self {
        Self { span: Some(span), width: width.max(1), message: message.into(), help: None }
    }

    /// A mistake of the file as a whole.
    pub(super) fn of_file(message: impl Into<String>) -> Self {
        Self { span: None, width: 1, message: message.into(), help: None }
    }

    /// Adds what to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Why a plan cannot be used: every mistake that was found, in the order of the file.
#[derive(Debug)]
pub struct Error {
    path: Arc<str>,
    lines: Vec<String>,
    problems: Vec<Problem>,
    source: Option<std::io::Error>,
}

impl Error {
    /// Mistakes in a text that was read.
    pub(super) fn new(path: &str, text: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.span);
        problems.dedup();
        let wanted: Vec<u32> = problems.iter().filter_map(|problem| problem.span).map(|span| span.line).collect();
        let last = wanted.iter().max().copied().unwrap_or_default() as usize;
        let lines = text.lines().take(last).map(str::to_owned).collect();
        Self { path: Arc::from(path), lines, problems, source: None }
    }

    /// A file that could not be read at all.
    pub(super) fn unread(path: &str, problem: Problem, source: Option<std::io::Error>) -> Self {
        Self { path: Arc::from(path), lines: Vec::new(), problems: vec![problem], source }
    }

    /// Every mistake, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The mistakes with their source lines, ready to print; ends with a line break.
    pub fn render(&self, colour: bool) -> String {
        let mut out = String::new();
        for problem in &self.problems {
            let line = problem.span.and_then(|span| self.lines.get(span.line as usize - 1));
            render_problem(&mut out, "error", &self.path, line.map(String::as_str), problem, colour);
        }
        out
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.problems.first() else { return f.write_str(&plain(&self.path)) };
        f.write_str(&plain(&self.path))?;
        if let Some(span) = first.span {
            write!(f, ":{}:{}", span.line, span.column)?;
        }
        write!(f, ": {}", plain(&first.message))?;
        match self.problems.len() {
            1 => Ok(()),
            2 => f.write_str(" (and one more mistake)"),
            more => write!(f, " (and {} more mistakes)", more - 1),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Appends one mistake or warning. The source line is cut to a window around the place.
pub(super) fn render_problem(out: &mut String, level: &str, path: &str, line: Option<&str>, problem: &Problem, colour: bool) {
    let paint = |text: &str, code: &str| if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let level_code = if level == "error" { "1;31" } else { "1;33" };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{}: {}", paint(level, level_code), plain(&problem.message));
    let Some(span) = problem.span else {
        let _ = writeln!(out, " --> {}", plain(path));
        help_line(out, "", problem, &paint);
        return;
    };
    let gutter = " ".repeat(span.line.to_string().len());
    let bar = paint("|", "1;34");
    let _ = writeln!(out, "{gutter}{} {}:{}:{}", paint("-->", "1;34"), plain(path), span.line, span.column);
    if let Some(line) = line {
        let (shown, before, width) = window(line, span.column, problem.width);
        let _ = writeln!(out, "{gutter} {bar}");
        let _ = writeln!(out, "{} {bar} {shown}", paint(&span.line.to_string(), "1;34"));
        let _ = writeln!(out, "{gutter} {bar} {}{}", " ".repeat(before), paint(&"^".repeat(width), level_code));
    }
    help_line(out, &gutter, problem, &paint);
}

fn help_line(out: &mut String, gutter: &str, problem: &Problem, paint: &dyn Fn(&str, &str) -> String) {
    if let Some(help) = &problem.help {
        let _ = writeln!(out, "{gutter} {} {}", paint("= help:", "1;36"), plain(help));
    }
    out.push('\n');
}

/// The part of a line around a column (from 1), the characters before the place, and the width of the mark.
fn window(line: &str, column: u32, width: u32) -> (String, usize, usize) {
    const LONGEST: usize = 160;
    let chars: Vec<char> = plain(line).trim_end().chars().collect();
    let place = (column as usize - 1).min(chars.len());
    let start = if chars.len() > LONGEST { place.saturating_sub(LONGEST / 2) } else { 0 };
    let end = chars.len().min(start + LONGEST);
    let lead = if start > 0 { "…" } else { "" };
    let tail = if end < chars.len() { "…" } else { "" };
    let shown: String = chars[start..end].iter().collect();
    let before = place - start + lead.chars().count();
    let room = (end - place.min(end)).max(1);
    (format!("{lead}{shown}{tail}"), before, (width as usize).clamp(1, room))
}

/// The text with control characters made harmless, one character each, so that columns stay true.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if is_control(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// Control characters, and the marks that turn the direction of a text around.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The nearest of some known words, when it is near enough to be what was meant.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word.to_lowercase(), candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
