//! JSON with the place of every value. No library that is at hand keeps places and reads JSON alone.

/// How deep JSON may nest.
const DEEPEST: usize = 200;

/// A value.
#[derive(Debug)]
pub(super) struct Node<'t> {
    /// Byte offset of its beginning.
    pub(super) at: usize,
    /// What it is.
    pub(super) kind: Kind<'t>,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind<'t> {
    Null,
    Bool(bool),
    /// As written.
    Number(&'t str),
    Text(Text),
    Array(Vec<Node<'t>>),
    /// In order; a name may occur more than once.
    Object(Vec<(Key, Node<'t>)>),
}

/// A string.
#[derive(Debug)]
pub(super) struct Text {
    /// Its text, escapes resolved.
    pub(super) text: String,
    /// Whether it has no escapes: every byte stands where it seems to.
    pub(super) plain: bool,
}

/// The name of a property.
#[derive(Debug)]
pub(super) struct Key {
    /// Byte offset of its quote.
    pub(super) at: usize,
    /// The name.
    pub(super) text: String,
}

/// What is wrong, and at which byte.
pub(super) type Problem = (usize, &'static str);

/// Reads one value, which is all that the text may hold.
pub(super) fn parse(text: &str) -> Result<Node<'_>, Problem> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    let node = reader.value()?;
    reader.space();
    if reader.at < reader.bytes.len() { Err((reader.at, "something follows the end of the JSON")) } else { Ok(node) }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn fail<T>(&self, message: &'static str) -> Result<T, Problem> {
        Err((self.at, message))
    }

    /// After a value: whether another one follows.
    fn more(&mut self, end: u8) -> Result<bool, Problem> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => self.fail("a comma or a closing bracket is missing"),
            None => self.fail("the JSON ends too early"),
        }
    }

    fn value(&mut self) -> Result<Node<'t>, Problem> {
        self.space();
        let at = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(_) => return self.fail("not a JSON value"),
            None => return self.fail("the JSON ends too early"),
        };
        Ok(Node { at, kind })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Kind<'t>, Problem>) -> Result<Kind<'t>, Problem> {
        if self.depth >= DEEPEST {
            return self.fail("nested deeper than 200 levels");
        }
        self.depth += 1;
        self.at += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn object(&mut self) -> Result<Kind<'t>, Problem> {
        let mut entries = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(entries));
        }
        loop {
            self.space();
            let at = self.at;
            if self.peek() != Some(b'"') {
                return self.fail("the name of a property is missing");
            }
            let text = self.string()?.text;
            self.space();
            if self.peek() != Some(b':') {
                return self.fail("a colon is missing");
            }
            self.at += 1;
            entries.push((Key { at, text }, self.value()?));
            if !self.more(b'}')? {
                return Ok(Kind::Object(entries));
            }
        }
    }

    fn array(&mut self) -> Result<Kind<'t>, Problem> {
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.more(b']')? {
                return Ok(Kind::Array(items));
            }
        }
    }

    fn word(&mut self, word: &str, kind: Kind<'t>) -> Result<Kind<'t>, Problem> {
        if !self.text[self.at..].starts_with(word) {
            return self.fail("not a JSON value");
        }
        self.at += word.len();
        Ok(kind)
    }

    fn digits(&mut self) -> Result<(), Problem> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { self.fail("a digit is missing") } else { Ok(()) }
    }

    fn number(&mut self) -> Result<&'t str, Problem> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1
        } else {
            self.digits()?
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn string(&mut self) -> Result<Text, Problem> {
        self.at += 1;
        let mut made = Text { text: String::new(), plain: true };
        loop {
            let rest = &self.bytes[self.at..];
            let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) else {
                return self.fail("a string does not end");
            };
            made.text.push_str(&self.text[self.at..self.at + length]);
            self.at += length;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(made);
                }
                Some(b'\\') => {
                    made.plain = false;
                    made.text.push(self.escape()?);
                }
                Some(0) => return self.fail("not valid UTF-8"),
                _ => return self.fail("a control character stands in a string"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Problem> {
        let byte = self.bytes.get(self.at + 1).copied();
        let character = match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.fail("an unknown escape stands in a string"),
        };
        self.at += 2;
        Ok(character)
    }

    /// `\u00e9`, or two of them that make one character.
    fn unicode(&mut self) -> Result<char, Problem> {
        let Some(high) = self.hex(self.at + 2) else { return self.fail("an escape wants four hexadecimal digits") };
        self.at += 6;
        if (0xd800..0xdc00).contains(&high)
            && self.bytes.get(self.at..self.at + 2) == Some(b"\\u")
            && let Some(low) = self.hex(self.at + 2).filter(|low| (0xdc00..0xe000).contains(low))
        {
            self.at += 6;
            return Ok(char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
}
