//! As much XML as it takes to see whether an answer is whole, and to read one element from it.

use std::fmt;

use super::watch::Distrust;

/// Whether every element that opens also closes, in order, and nothing follows the first one.
pub(super) fn whole(body: &[u8]) -> Result<(), Distrust> {
    let mut open: Vec<&[u8]> = Vec::new();
    let mut seen_root = false;
    let mut rest = body;
    while let Some(start) = rest.iter().position(|byte| *byte == b'<') {
        if open.is_empty() && !rest[..start].trim_ascii().is_empty() {
            return Err(Distrust::Broken);
        }
        rest = &rest[start..];
        let (tag, after) = next_tag(rest).ok_or(Distrust::Broken)?;
        rest = after;
        match tag {
            Tag::Skipped => {}
            Tag::Doctype => return Err(Distrust::Html),
            Tag::Close(name) => {
                if open.pop() != Some(name) {
                    return Err(Distrust::Broken);
                }
            }
            Tag::Open { name, closed } => {
                if open.is_empty() && (seen_root || name.eq_ignore_ascii_case(b"html")) {
                    return Err(if seen_root { Distrust::Broken } else { Distrust::Html });
                }
                seen_root = true;
                if !closed {
                    open.push(name);
                }
            }
        }
    }
    if seen_root && open.is_empty() && rest.trim_ascii().is_empty() { Ok(()) } else { Err(Distrust::Broken) }
}

enum Tag<'a> {
    /// A declaration, comment or CDATA section.
    Skipped,
    /// AWS sends none; web pages do.
    Doctype,
    Open {
        name: &'a [u8],
        closed: bool,
    },
    Close(&'a [u8]),
}

impl fmt::Debug for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag")
    }
}

/// The tag at the start of a text that begins with `<`, and what follows it.
fn next_tag(text: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    for (open, close) in [("<?", "?>"), ("<!--", "-->"), ("<![CDATA[", "]]>")] {
        if let Some(inner) = text.strip_prefix(open.as_bytes()) {
            let end = inner.windows(close.len()).position(|window| window == close.as_bytes())?;
            return Some((Tag::Skipped, &inner[end + close.len()..]));
        }
    }
    if text.starts_with(b"<!") {
        return Some((Tag::Doctype, &[]));
    }
    let end = tag_end(text)?;
    let (inner, after) = (&text[1..end], &text[end + 1..]);
    let name = |inner: &'_ [u8]| inner.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(inner.len());
    match inner.strip_prefix(b"/") {
        Some(closing) => Some((Tag::Close(&closing[..name(closing)]), after)),
        None => Some((Tag::Open { name: &inner[..name(inner)], closed: inner.ends_with(b"/") }, after)),
    }
}

/// The index of the `>` that ends a tag, outside of quotes.
fn tag_end(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    text.iter().position(|byte| match (quote, byte) {
        (None, b'>') => true,
        (None, b'"' | b'\'') => {
            quote = Some(*byte);
            false
        }
        (Some(open), byte) if open == *byte => {
            quote = None;
            false
        }
        _ => false,
    })
}

/// The name of the root element, and the text of its first child of a name, where it has one.
pub(super) fn root_and_child<'a>(body: &'a [u8], child: &str) -> Option<(&'a [u8], Option<&'a [u8]>)> {
    let mut root = None;
    let mut depth = 0_usize;
    let mut rest = body;
    while let Some(start) = rest.iter().position(|byte| *byte == b'<') {
        let (tag, after) = next_tag(&rest[start..])?;
        rest = after;
        match tag {
            Tag::Open { name, closed } => {
                if depth == 1 && name == child.as_bytes() {
                    let text = if closed { &[] } else { after.split(|byte| *byte == b'<').next().unwrap_or_default() };
                    return Some((root?, Some(text.trim_ascii())));
                }
                root = root.or(Some(name));
                depth += usize::from(!closed);
            }
            Tag::Close(_) => depth = depth.checked_sub(1)?,
            Tag::Skipped => {}
            Tag::Doctype => return None,
        }
    }
    Some((root?, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_child_of_the_root_and_of_nothing_else() {
        let read = |body: &'static str| root_and_child(body.as_bytes(), "Status");
        assert_eq!(
            read("<?xml version='1.0'?><a x='1'><b><Status>no</Status></b><Status> yes </Status></a>"),
            Some((&b"a"[..], Some(&b"yes"[..])))
        );
        assert_eq!(read("<a/>"), Some((&b"a"[..], None)));
        assert_eq!(read("<a><Status/></a>"), Some((&b"a"[..], Some(&b""[..]))));
        assert_eq!(read("text"), None);
    }
}
