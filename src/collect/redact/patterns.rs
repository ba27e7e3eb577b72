//! Text that looks like a credential, whatever it is called.

use std::borrow::Cow;
use std::ops::Range;

use super::PLACEHOLDER;

/// Cheap signs that a text is worth a closer look.
const SIGNS: &[&str] = &["AKIA", "ASIA", "-----BEGIN", "eyJ", "gh", "sk-", "://"];

/// A text without what looks like a credential: AWS access key ids, private keys in PEM, JSON web tokens, GitHub tokens,
/// `sk-…` keys, and passwords in URLs.
pub fn redact_text(text: &str) -> Cow<'_, str> {
    if !has_sign(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut kept = 0;
    let mut at = 0;
    while at < text.len() {
        let found = text.is_char_boundary(at).then(|| credential_at(text, at)).flatten();
        match found {
            Some(range) => {
                out.push_str(&text[kept..range.start]);
                out.push_str(PLACEHOLDER);
                kept = range.end;
                at = range.end;
            }
            None => at += 1,
        }
    }
    if kept == 0 { Cow::Borrowed(text) } else { Cow::Owned(out + &text[kept..]) }
}

/// One pass for all signs: nearly every text of a state is asked, and has none.
fn has_sign(text: &[u8]) -> bool {
    let begins = |(at, byte): (usize, &u8)| {
        matches!(byte, b'A' | b'-' | b'e' | b'g' | b's' | b':') && SIGNS.iter().any(|sign| text[at..].starts_with(sign.as_bytes()))
    };
    text.iter().enumerate().any(begins)
}

/// The credential that begins at a byte: what is to be replaced.
fn credential_at(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = &text[at..];
    let length = match rest.as_bytes()[0] {
        b'A' if starts_word(text, at) => access_key(rest),
        b'-' => private_key(rest),
        b'e' if starts_word(text, at) => web_token(rest),
        b'g' if starts_word(text, at) => github_token(rest),
        b's' if starts_word(text, at) => secret_key(rest),
        b':' => return url_password(rest).map(|range| at + range.start..at + range.end),
        _ => None,
    }?;
    Some(at..at + length)
}

fn starts_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|c: char| c.is_alphanumeric())
}

/// Length of the run of ASCII letters, digits and `more` at the start.
fn run(text: &str, more: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && !more.contains(c)).unwrap_or(text.len())
}

fn access_key(text: &str) -> Option<usize> {
    let key = text.strip_prefix("AKIA").or_else(|| text.strip_prefix("ASIA"))?;
    let length = key.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit()).unwrap_or(key.len());
    (length >= 12).then_some(length + 4)
}

fn private_key(text: &str) -> Option<usize> {
    let header = text.strip_prefix("-----BEGIN ")?;
    let (label, _) = header.split_once("-----")?;
    if !label.ends_with("PRIVATE KEY") {
        return None;
    }
    let end = format!("-----END {label}-----");
    Some(text.find(&end).map_or(text.len(), |at| at + end.len()))
}

/// `sk-…` with a long random part: a cluster called `sk-prod-cluster-0001` is none.
fn secret_key(text: &str) -> Option<usize> {
    let length = run(text.strip_prefix("sk-")?, "-_");
    let random = |part: &str| part.len() >= 16 && part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().any(|b| b.is_ascii_alphabetic());
    text[3..3 + length].split(['-', '_']).any(random).then_some(length + 3)
}

fn web_token(text: &str) -> Option<usize> {
    text.strip_prefix("eyJ")?;
    let header = run(text, "-_");
    let payload = run(text[header..].strip_prefix('.')?, "-_");
    if header < 8 || payload < 8 {
        return None;
    }
    let length = header + 1 + payload;
    Some(length + text[length..].strip_prefix('.').map_or(0, |signature| 1 + run(signature, "-_")))
}

fn github_token(text: &str) -> Option<usize> {
    let prefix = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"].iter().find(|prefix| text.starts_with(**prefix))?;
    let length = run(&text[prefix.len()..], "_");
    (length >= 16).then_some(prefix.len() + length)
}

/// The password of `://user:password@host`. It may hold an unescaped `/`; a port may not be taken for one.
fn url_password(text: &str) -> Option<Range<usize>> {
    let rest = text.strip_prefix("://")?;
    let end = rest.find(|c: char| c.is_whitespace() || "\"'<>`,;".contains(c)).unwrap_or(rest.len());
    let url = &rest[..end];
    let authority = &url[..url.find(['/', '?', '#']).unwrap_or(url.len())];
    let area = if authority.contains('@') { authority } else { url };
    let at = area.rfind('@')?;
    let colon = area.find(':').filter(|colon| *colon < at)?;
    let password = &area[colon + 1..at];
    let port = password.split(['/', '?', '#']).next().is_some_and(|first| !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit()));
    let is_port = port && !authority.contains('@');
    (!password.is_empty() && !is_port).then_some(3 + colon + 1..3 + at)
}
