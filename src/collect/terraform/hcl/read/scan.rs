//! Cuts HCL where a parser is not needed to see it: strings, heredocs, comments, brackets. One pass, no recursion, and it never
//! fails: what does not close ends with the text.

use std::ops::Range;

/// What a stretch of text is. Stretches follow each other without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lexeme {
    /// `# …`, `// …` (without the newline) or `/* … */`
    Comment,
    /// One newline outside of strings and comments.
    Newline,
    /// Spaces, tabs and carriage returns outside of strings.
    Space,
    /// `(`, `[`, `{`, `${`, `%{`
    Open(Bracket),
    /// What closes it.
    Close(Bracket),
    /// The opening and the closing quote.
    Quote,
    /// Text of a string or heredoc.
    Literal,
    /// `<<EOT` with its newline.
    HeredocStart,
    /// The marker that ends a heredoc, with its indentation.
    HeredocEnd,
    /// `,`
    Comma,
    /// A name, a keyword or a number.
    Word,
    /// Anything else, one character.
    Other,
}

/// The brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `( )`
    Round,
    /// `[ ]`
    Square,
    /// `{ }`
    Curly,
    /// `${ }`, `%{ }`
    Template,
}

enum Mode {
    Bracket(Bracket),
    Quoted,
    /// A template that is nothing but a template: the text of a JSON string.
    Bare,
    Heredoc {
        marker: Range<usize>,
        line_start: bool,
    },
}

/// Walks over a text.
pub(super) struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    modes: Vec<Mode>,
}

impl<'t> Scanner<'t> {
    /// Over attributes and blocks, or an expression.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, modes: Vec::new() }
    }

    /// Over a template without quotes around it.
    pub(super) fn template(text: &'t str) -> Self {
        Self { modes: vec![Mode::Bare], ..Self::new(text) }
    }

    /// How many brackets, strings and heredocs are open.
    pub(super) fn depth(&self) -> usize {
        self.modes.len()
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts_with(&self, text: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    /// Where `end` begins next, or the end of the text.
    fn seek(&self, end: &str) -> usize {
        self.text.get(self.at..).and_then(|rest| rest.find(end)).map_or(self.bytes.len(), |found| self.at + found)
    }

    fn lexeme(&mut self) -> Lexeme {
        match self.modes.last() {
            Some(Mode::Quoted) => self.quoted(),
            Some(Mode::Bare) => self.bare(),
            Some(Mode::Heredoc { .. }) => self.heredoc(),
            Some(Mode::Bracket(_)) | None => self.code(),
        }
    }

    fn code(&mut self) -> Lexeme {
        match self.byte(0) {
            b'#' => self.comment("\n", 0),
            b'/' if self.byte(1) == b'/' => self.comment("\n", 0),
            b'/' if self.byte(1) == b'*' => self.comment("*/", 2),
            b'\n' => self.one(Lexeme::Newline),
            b' ' | b'\t' | b'\r' => self.run(Lexeme::Space, |byte| matches!(byte, b' ' | b'\t' | b'\r')),
            b'"' => {
                self.modes.push(Mode::Quoted);
                self.one(Lexeme::Quote)
            }
            b'(' => self.open(Bracket::Round),
            b'[' => self.open(Bracket::Square),
            b'{' => self.open(Bracket::Curly),
            b')' => self.close(Bracket::Round),
            b']' => self.close(Bracket::Square),
            b'}' => self.close(Bracket::Curly),
            b'<' if self.byte(1) == b'<' => self.heredoc_start(),
            b',' => self.one(Lexeme::Comma),
            byte if is_word(byte) => self.run(Lexeme::Word, |byte| is_word(byte) || byte == b'-'),
            _ => self.one(Lexeme::Other),
        }
    }

    fn one(&mut self, lexeme: Lexeme) -> Lexeme {
        self.at += 1;
        while self.at < self.bytes.len() && !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        lexeme
    }

    fn run(&mut self, lexeme: Lexeme, belongs: fn(u8) -> bool) -> Lexeme {
        self.at = self.bytes[self.at..].iter().position(|byte| !belongs(*byte)).map_or(self.bytes.len(), |length| self.at + length);
        lexeme
    }

    fn comment(&mut self, end: &str, included: usize) -> Lexeme {
        // `/*/` is not a whole comment.
        self.at += included;
        self.at = (self.seek(end) + included).min(self.bytes.len());
        Lexeme::Comment
    }

    fn open(&mut self, bracket: Bracket) -> Lexeme {
        self.modes.push(Mode::Bracket(bracket));
        self.one(Lexeme::Open(bracket))
    }

    /// A bracket that closes nothing leaves what is open open: the parser will say so.
    fn close(&mut self, bracket: Bracket) -> Lexeme {
        let innermost = match self.modes.last() {
            Some(Mode::Bracket(open)) => Some(*open),
            _ => None,
        };
        let fits = innermost == Some(bracket) || (bracket == Bracket::Curly && innermost == Some(Bracket::Template));
        if fits {
            self.modes.pop();
        }
        self.one(Lexeme::Close(innermost.filter(|_| fits).unwrap_or(bracket)))
    }

    fn template_start(&mut self) -> Lexeme {
        self.at += 1;
        self.open(Bracket::Template)
    }

    fn is_template_start(&self) -> bool {
        self.starts_with("${") || self.starts_with("%{")
    }

    fn is_escaped_start(&self) -> bool {
        self.starts_with("$${") || self.starts_with("%%{")
    }

    fn quoted(&mut self) -> Lexeme {
        match self.byte(0) {
            b'"' => {
                self.modes.pop();
                return self.one(Lexeme::Quote);
            }
            b'\n' => {
                // A string ends on its line; this one does not, so the rest is read as if it had.
                self.modes.pop();
                return self.one(Lexeme::Newline);
            }
            _ if self.is_template_start() => return self.template_start(),
            _ => {}
        }
        while self.at < self.bytes.len() {
            match self.byte(0) {
                b'"' | b'\n' => break,
                b'\\' if self.byte(1) != b'\n' => self.at += 1,
                _ if self.is_escaped_start() => self.at += 2,
                _ if self.is_template_start() => break,
                _ => {}
            }
            if self.at < self.bytes.len() {
                self.one(Lexeme::Literal);
            }
        }
        Lexeme::Literal
    }

    fn bare(&mut self) -> Lexeme {
        if self.is_template_start() {
            return self.template_start();
        }
        while self.at < self.bytes.len() && !self.is_template_start() {
            if self.is_escaped_start() {
                self.at += 2;
            }
            self.one(Lexeme::Literal);
        }
        Lexeme::Literal
    }

    fn heredoc_start(&mut self) -> Lexeme {
        let mut name = self.at + 2;
        if self.bytes.get(name) == Some(&b'-') {
            name += 1;
        }
        let rest = self.bytes.get(name..).unwrap_or_default();
        let length = rest.iter().position(|byte| !(is_word(*byte) || *byte == b'-')).unwrap_or(rest.len());
        let after = rest.get(length..).unwrap_or_default();
        let newline = if after.starts_with(b"\r\n") { 2 } else { usize::from(after.starts_with(b"\n")) };
        if length == 0 || newline == 0 {
            return self.one(Lexeme::Other);
        }
        self.modes.push(Mode::Heredoc { marker: name..name + length, line_start: true });
        self.at = name + length + newline;
        Lexeme::HeredocStart
    }

    /// A line, up to a template in it, or the end of the heredoc.
    fn heredoc(&mut self) -> Lexeme {
        let Some(Mode::Heredoc { marker, line_start }) = self.modes.last_mut() else { return self.code() };
        // The rest of a line is looked at once, at its beginning: a line may be long and full of templates.
        if std::mem::replace(line_start, false) {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest, |end| &rest[..end]);
            if self.bytes.get(marker.clone()) == Some(line.trim_ascii()) {
                let length = line.trim_ascii_end().len();
                self.modes.pop();
                self.at += length;
                return Lexeme::HeredocEnd;
            }
        }
        if self.is_template_start() {
            return self.template_start();
        }
        while self.at < self.bytes.len() && !self.is_template_start() {
            if self.is_escaped_start() {
                self.at += 2;
            }
            let newline = self.byte(0) == b'\n';
            self.one(Lexeme::Literal);
            if newline {
                if let Some(Mode::Heredoc { line_start, .. }) = self.modes.last_mut() {
                    *line_start = true;
                }
                break;
            }
        }
        Lexeme::Literal
    }
}

impl Iterator for Scanner<'_> {
    type Item = (Lexeme, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let start = self.at;
        let lexeme = self.lexeme();
        self.at = self.at.min(self.bytes.len());
        Some((lexeme, start..self.at))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// A top-level block or attribute, as far as brackets tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Where it is.
    pub(super) range: Range<usize>,
    /// Where lines in it begin that look like the head of another block: places to cut at, should it not parse.
    pub(super) heads: Vec<usize>,
    /// Where in it, outside of comments, bytes stand that are not text.
    pub(super) not_text: Option<usize>,
}

/// The top-level blocks and attributes of a file.
pub(super) fn items(text: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut open: Option<Item> = None;
    let mut scanner = Scanner::new(text);
    while let Some((lexeme, range)) = scanner.next() {
        match lexeme {
            Lexeme::Comment | Lexeme::Space | Lexeme::Newline if open.is_none() => continue,
            Lexeme::Newline if scanner.depth() == 0 => {
                items.extend(open.take());
                continue;
            }
            _ => {}
        }
        let at = range.start;
        let item = open.get_or_insert_with(|| Item { range: range.clone(), heads: Vec::new(), not_text: None });
        item.range.end = range.end;
        if lexeme == Lexeme::Word
            && at > item.range.start
            && (at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'))
            && is_head(&text[at..])
        {
            item.heads.push(at);
        }
        if item.not_text.is_none() && lexeme != Lexeme::Comment {
            item.not_text = text.get(range).and_then(|piece| piece.find(super::text::NOT_TEXT)).map(|found| at + found);
        }
    }
    items.extend(open);
    items
}

/// Whether a line looks like the beginning of a top-level block.
fn is_head(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default();
    header(line).is_some_and(|(keyword, _)| super::TOP_LEVEL.contains(&keyword)) && line.contains('{')
}

/// The keyword and the labels that a block begins with, even when the rest of it makes no sense.
pub(super) fn header(text: &str) -> Option<(&str, Vec<&str>)> {
    let mut words = Scanner::new(text).filter(|(lexeme, _)| !matches!(lexeme, Lexeme::Space | Lexeme::Quote));
    let Some((Lexeme::Word, first)) = words.next() else { return None };
    let keyword = text.get(first)?;
    let mut labels = Vec::new();
    for (lexeme, range) in words {
        match lexeme {
            Lexeme::Word | Lexeme::Literal => labels.push(text.get(range)?),
            Lexeme::Open(Bracket::Curly) => return Some((keyword, labels)),
            _ => return None,
        }
    }
    None
}
