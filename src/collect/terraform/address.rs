//! Resource addresses: `module.data["eu"].aws_db_instance.main["orders"]`, parsed and never split on dots.

use std::fmt;

/// The full address of one resource instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// From the root module down.
    pub modules: Vec<ModuleStep>,
    /// A data source, which Terraform reads and does not manage.
    pub data: bool,
    /// `aws_s3_bucket`.
    pub resource_type: String,
    /// The name in code.
    pub name: String,
    /// The instance under `count` or `for_each`.
    pub key: Option<Key>,
}

/// One module call on the way to a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleStep {
    /// The name of the call.
    pub name: String,
    /// The instance of the call.
    pub key: Option<Key>,
}

/// What `count` or `for_each` numbers instances by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// `[0]`
    Index(u64),
    /// `["eu"]`
    Name(String),
}

impl Address {
    /// Parses a full address.
    ///
    /// Returns `None` for text that is no address of a resource.
    pub fn parse(text: &str) -> Option<Self> {
        let (modules, rest) = modules(text)?;
        let rest = if modules.is_empty() { rest } else { rest.strip_prefix('.')? };
        let (first, rest) = identifier(rest)?;
        let (data, (resource_type, rest)) =
            if first == "data" { (true, identifier(rest.strip_prefix('.')?)?) } else { (false, (first, rest)) };
        let (name, rest) = identifier(rest.strip_prefix('.')?)?;
        let (key, rest) = key(rest)?;
        rest.is_empty().then(|| Self { modules, data, resource_type: resource_type.to_owned(), name: name.to_owned(), key })
    }

    /// Parses the `module` of a format 4 resource: `module.a.module.b["x"]`. Empty text is the root module.
    ///
    /// Returns `None` for text that is no module path.
    pub fn parse_modules(text: &str) -> Option<Vec<ModuleStep>> {
        let (modules, rest) = modules(text)?;
        rest.is_empty().then_some(modules)
    }
}

fn modules(text: &str) -> Option<(Vec<ModuleStep>, &str)> {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        let tail = if steps.is_empty() { Some(rest) } else { rest.strip_prefix('.') };
        let Some(call) = tail.and_then(|tail| tail.strip_prefix("module.")) else { return Some((steps, rest)) };
        let (name, after) = identifier(call)?;
        let (key, after) = key(after)?;
        steps.push(ModuleStep { name: name.to_owned(), key });
        rest = after;
    }
}

fn identifier(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// An optional `[0]` or `["x"]`; `None` when one begins and does not end.
fn key(text: &str) -> Option<(Option<Key>, &str)> {
    let Some(inner) = text.strip_prefix('[') else { return Some((None, text)) };
    if let Some(quoted) = inner.strip_prefix('"') {
        let (name, rest) = unquote(quoted)?;
        return Some((Some(Key::Name(name)), rest.strip_prefix(']')?));
    }
    let (digits, rest) = inner.split_once(']')?;
    Some((Some(Key::Index(digits.parse().ok()?)), rest))
}

/// Reads an HCL string up to its closing quote.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, &text[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'u' => out.push(code_point(&mut chars, 4)?),
                'U' => out.push(code_point(&mut chars, 8)?),
                other => out.push(other),
            },
            '$' | '%' if text[at + 1..].starts_with(c) && text[at + 2..].starts_with('{') => {
                chars.next();
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    None
}

fn code_point(chars: &mut impl Iterator<Item = (usize, char)>, digits: usize) -> Option<char> {
    let hex: String = chars.take(digits).map(|(_, c)| c).collect();
    char::from_u32(u32::from_str_radix(&hex, 16).ok()?)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.modules {
            write!(f, "module.{}", step.name)?;
            write_key(f, step.key.as_ref())?;
            f.write_str(".")?;
        }
        if self.data {
            f.write_str("data.")?;
        }
        write!(f, "{}.{}", self.resource_type, self.name)?;
        write_key(f, self.key.as_ref())
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, key: Option<&Key>) -> fmt::Result {
    match key {
        None => Ok(()),
        Some(Key::Index(index)) => write!(f, "[{index}]"),
        Some(Key::Name(name)) => {
            f.write_str("[\"")?;
            let mut chars = name.chars().peekable();
            while let Some(c) = chars.next() {
                match c {
                    '"' => f.write_str("\\\"")?,
                    '\\' => f.write_str("\\\\")?,
                    '\n' => f.write_str("\\n")?,
                    '\r' => f.write_str("\\r")?,
                    '\t' => f.write_str("\\t")?,
                    '$' | '%' if chars.peek() == Some(&'{') => write!(f, "{c}{c}")?,
                    c if c.is_control() => write!(f, "\\U{:08x}", u32::from(c))?,
                    c => write!(f, "{c}")?,
                }
            }
            f.write_str("\"]")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn module_keys_may_hold_dots_brackets_and_quotes() {
        let text = r#"module.data["a.b[\"c\"]"].module.x[0].data.aws_ami.main["o.r]d"]"#;
        let address = Address::parse(text).unwrap();
        assert_eq!(address.modules.len(), 2);
        assert_eq!(address.modules[0].key, Some(Key::Name("a.b[\"c\"]".to_owned())));
        assert_eq!(address.modules[1].key, Some(Key::Index(0)));
        assert!(address.data);
        assert_eq!((address.resource_type.as_str(), address.name.as_str()), ("aws_ami", "main"));
        assert_eq!(address.key, Some(Key::Name("o.r]d".to_owned())));
        assert_eq!(address.to_string(), text);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "aws_s3_bucket", "aws_s3_bucket.", "module.x", "a.b[", "a.b[\"x]", "a.b[x]", "a.b.c", "a..b"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
        assert_eq!(Address::parse_modules(""), Some(Vec::new()));
        assert_eq!(Address::parse_modules("nonsense"), None);
    }

    proptest! {
        #[test]
        fn an_address_survives_being_written(name in "[a-z_][a-z0-9_-]{0,8}", key in ".{0,12}", module in ".{0,8}") {
            let address = Address {
                modules: vec![ModuleStep { name: "m".to_owned(), key: Some(Key::Name(module)) }],
                data: false,
                resource_type: "aws_x".to_owned(),
                name,
                key: Some(Key::Name(key)),
            };
            prop_assert_eq!(Address::parse(&address.to_string()), Some(address));
        }

        #[test]
        fn hostile_text_is_no_reason_to_panic(text in ".{0,60}") {
            let _ = Address::parse(&text);
        }
    }
}
