//! Rust source as words and signs, without comments, strings and test code.

/// A word or a sign, and its line from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// The tokens of a source text; comments, literals and lifetimes are left out.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let end = skip(&chars, at).unwrap_or_else(|| word_end(&chars, at));
        let text: String = chars[at..end].iter().collect();
        if skip(&chars, at).is_none() && !text.trim().is_empty() {
            found.push(Token { text: text.clone(), line });
        }
        line += text.matches('\n').count();
        at = end;
    }
    found
}

/// Where the comment or literal that begins here ends.
fn skip(chars: &[char], at: usize) -> Option<usize> {
    let rest = &chars[at..];
    match rest {
        ['/', '/', ..] => Some(at + rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())),
        ['/', '*', ..] => Some(block_comment_end(chars, at)),
        ['"', ..] => Some(string_end(chars, at + 1)),
        ['b', '"', ..] if !continues_word(chars, at) => Some(string_end(chars, at + 2)),
        ['r', '"' | '#', ..] | ['b', 'r', '"' | '#', ..] if !continues_word(chars, at) => raw_string_end(chars, at),
        ['\'', '\\', ..] => Some(at + 3 + rest[3.min(rest.len())..].iter().position(|c| *c == '\'').map_or(0, |n| n + 1)),
        ['\'', _, '\'', ..] => Some(at + 3),
        ['\'', ..] => Some(word_end(chars, at + 1)),
        _ => None,
    }
}

fn continues_word(chars: &[char], at: usize) -> bool {
    at > 0 && is_word(chars[at - 1])
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word_end(chars: &[char], at: usize) -> usize {
    let word = chars[at.min(chars.len())..].iter().take_while(|c| is_word(**c)).count();
    (at + word.max(1)).min(chars.len())
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let open = at + chars[at..].iter().position(|c| *c != 'r' && *c != 'b')?;
    let hashes = chars[open..].iter().take_while(|c| **c == '#').count();
    if chars.get(open + hashes) != Some(&'"') {
        return None; // a raw identifier
    }
    let mut end = open + hashes + 1;
    while end < chars.len() {
        if chars[end] == '"' && chars[end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return Some(end + 1 + hashes);
        }
        end += 1;
    }
    Some(end)
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut end) = (0, at);
    while end < chars.len() {
        match &chars[end..] {
            ['/', '*', ..] => (depth, end) = (depth + 1, end + 2),
            ['*', '/', ..] => {
                (depth, end) = (depth - 1, end + 2);
                if depth == 0 {
                    return end;
                }
            }
            _ => end += 1,
        }
    }
    chars.len()
}

/// The tokens without items under `#[cfg(test)]`, and the names of the modules declared so whose text is elsewhere.
pub(crate) fn without_tests(tokens: Vec<Token>) -> (Vec<Token>, Vec<String>) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        let marked = tokens[at..].iter().take(MARK.len()).map(|token| token.text.as_str()).eq(MARK);
        if !marked {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = item_end(&tokens, at + MARK.len());
        modules.extend(declared_module(&tokens[at..end]));
        at = end;
    }
    (kept, modules)
}

/// Past the `;` or the closing brace that ends the item that begins here, its attributes included.
fn item_end(tokens: &[Token], begin: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(begin) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn declared_module(item: &[Token]) -> Option<String> {
    match item {
        [.., keyword, name, end] if keyword.text == "mod" && end.text == ";" => Some(name.text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> String {
        tokens(source).into_iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_literals_are_left_out() {
        assert_eq!(words("a // b\nc /* d /* e */ f */ g"), "a c g");
        assert_eq!(words(r##"let x = "a \" b"; r#"c " d"# br"e" b"f" z"##), "let x = ; z");
        assert_eq!(words("'a' '\\'' '\\n' 'static &'a str"), "& str");
        assert_eq!(words("r#type for_r\"x\" 'x"), "r # type for_r");
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let found = tokens("\"one\ntwo\"\n/* three\n*/ here");
        assert_eq!(found, [Token { text: "here".to_owned(), line: 4 }]);
    }

    #[test]
    fn test_items_are_left_out_and_test_files_named() {
        let source =
            "a; #[cfg(test)] mod tests { fn x() { y } } b; #[cfg(test)] #[path(z)] pub(crate) mod testing; #[cfg(test)] use c::d; e";
        let (kept, modules) = without_tests(tokens(source));
        let kept: Vec<_> = kept.into_iter().map(|token| token.text).collect();
        assert_eq!(kept.join(" "), "a ; b ; e");
        assert_eq!(modules, ["testing"]);
    }
}
