//! Large state files, read in one pass that holds one resource at a time.
//!
//! Only what a large state in practice is, is read so: format 4 in UTF-8. Everything else is for the reader of whole documents,
//! which also finds the words for what is wrong with a file.

use std::io::{self, Read};

/// Bytes that are asked for at once.
const CHUNK: usize = 256 << 10;

/// Deepest nesting inside a value; what is deeper is left to the reader of whole documents, which refuses it.
const DEPTH: u32 = 120;

/// What the parts of a document are handed to.
pub(super) trait Parts {
    /// Why the walk ends early.
    type Error;

    /// One item of the top-level list `resources`, as JSON text.
    fn resource(&mut self, json: &str) -> Result<(), Self::Error>;
}

/// Why a document was not streamed to its end.
#[derive(Debug)]
pub(super) enum Stop<E> {
    /// It is not what is read here: read it as a whole.
    Whole,
    /// A part was refused.
    Refused(E),
}

/// Walks over a JSON object: items of `resources` go to `parts`, everything else is returned as an object of its own.
pub(super) fn walk<P: Parts>(source: impl Read, parts: &mut P) -> Result<String, Stop<P::Error>> {
    let mut scan = Scan { source, buffer: Vec::with_capacity(CHUNK), at: 0 };
    let (mut head, mut key, mut item) = (vec![b'{'], Vec::new(), Vec::new());
    scan.expect(b'{').ok_or(Stop::Whole)?;
    let mut listed = false;
    let mut more = scan.after_white_space() != Some(b'}');
    if !more {
        scan.at += 1;
    }
    while more {
        key.clear();
        scan.value(&mut key).filter(|()| key.starts_with(b"\"")).ok_or(Stop::Whole)?;
        scan.expect(b':').ok_or(Stop::Whole)?;
        if key == b"\"resources\"" && !listed && scan.after_white_space() == Some(b'[') {
            listed = true;
            resources(&mut scan, &mut item, parts)?;
        } else {
            if head.len() > 1 {
                head.push(b',');
            }
            head.extend_from_slice(&key);
            head.push(b':');
            scan.value(&mut head).ok_or(Stop::Whole)?;
        }
        more = scan.separator(b'}').ok_or(Stop::Whole)?;
    }
    head.push(b'}');
    if scan.after_white_space().is_some() {
        return Err(Stop::Whole);
    }
    String::from_utf8(head).map_err(|_| Stop::Whole)
}

fn resources<P: Parts, R: Read>(scan: &mut Scan<R>, item: &mut Vec<u8>, parts: &mut P) -> Result<(), Stop<P::Error>> {
    scan.at += 1;
    if scan.after_white_space() == Some(b']') {
        scan.at += 1;
        return Ok(());
    }
    loop {
        item.clear();
        scan.value(item).ok_or(Stop::Whole)?;
        let json = std::str::from_utf8(item).map_err(|_| Stop::Whole)?;
        parts.resource(json).map_err(Stop::Refused)?;
        if !scan.separator(b']').ok_or(Stop::Whole)? {
            return Ok(());
        }
    }
}

/// A window over the source. Every method gives `None` where the text is not what it should be, or cannot be read.
struct Scan<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
}

impl<R: Read> Scan<R> {
    /// Fetches the next bytes; whether there are any. What was passed is forgotten.
    fn refill(&mut self) -> Option<bool> {
        self.buffer.clear();
        self.at = 0;
        let limit = u64::try_from(CHUNK).ok()?;
        loop {
            match self.source.by_ref().take(limit).read_to_end(&mut self.buffer) {
                Ok(read) => return Some(read > 0),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    fn peek(&mut self) -> Option<u8> {
        if self.at == self.buffer.len() && !self.refill()? {
            return None;
        }
        self.buffer.get(self.at).copied()
    }

    fn after_white_space(&mut self) -> Option<u8> {
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            match rest.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
                Some(blank) => {
                    self.at += blank;
                    return self.peek();
                }
                None if !self.refill()? => return None,
                None => {}
            }
        }
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.after_white_space()? == wanted).then(|| self.at += 1)
    }

    /// A comma, after which there is more, or the end of the list or object.
    fn separator(&mut self, end: u8) -> Option<bool> {
        let byte = self.after_white_space()?;
        self.at += 1;
        match byte {
            b',' => Some(true),
            other => (other == end).then_some(false),
        }
    }

    /// Copies the next value without the white space between its tokens.
    fn value(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let (mut depth, mut complete) = (0_u32, false);
        loop {
            let next = self.after_white_space()?;
            // Without the white space, two numbers in a row would become one.
            if complete && !matches!(next, b'}' | b']' | b',' | b':') {
                return None;
            }
            complete = true;
            match next {
                b'"' => self.string(out)?,
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    out.push(open);
                    depth += 1;
                    complete = false;
                    if depth > DEPTH {
                        return None;
                    }
                }
                close @ (b'}' | b']') => {
                    self.at += 1;
                    out.push(close);
                    depth = depth.checked_sub(1)?;
                }
                between @ (b',' | b':') if depth > 0 => {
                    self.at += 1;
                    out.push(between);
                    complete = false;
                }
                _ => self.word(out)?,
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Copies a string with its quotes. Whether its escapes are right is for the JSON reader to say.
    fn string(&mut self, out: &mut Vec<u8>) -> Option<()> {
        out.push(b'"');
        self.at += 1;
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            match memchr::memchr2(b'"', b'\\', rest) {
                None => {
                    out.extend_from_slice(rest);
                    self.refill()?.then_some(())?;
                }
                Some(end) => {
                    out.extend_from_slice(&rest[..=end]);
                    let quote = rest[end] == b'"';
                    self.at += end + 1;
                    if quote {
                        return Some(());
                    }
                    out.push(self.peek()?);
                    self.at += 1;
                }
            }
        }
    }

    /// Copies a number, `true`, `false` or `null`.
    fn word(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let before = out.len();
        while let Some(byte @ (b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.')) = self.peek() {
            out.push(byte);
            self.at += 1;
        }
        (out.len() > before).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Vec<String>);

    impl Parts for Seen {
        type Error = ();

        fn resource(&mut self, json: &str) -> Result<(), ()> {
            self.0.push(json.to_owned());
            if json.contains("refuse") { Err(()) } else { Ok(()) }
        }
    }

    /// Gives one byte at a time, so that every token is cut at every place.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            out[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn walked(text: &str) -> Option<(String, Vec<String>)> {
        let mut seen = Seen::default();
        let head = walk(Drip(text.as_bytes()), &mut seen).ok()?;
        Some((head, seen.0))
    }

    #[test]
    fn resources_are_handed_out_and_the_rest_is_kept() {
        let text = " {\"version\": 4, \"resources\" : [ {\"a\": [1, {\"b\": \"}] \\\" \\\\\"}]} , 7\n], \"outputs\": {\"x\": [true, null, -1.5e3]}}\n ";
        let (head, resources) = walked(text).unwrap();
        assert_eq!(head, r#"{"version":4,"outputs":{"x":[true,null,-1.5e3]}}"#);
        assert_eq!(resources, [r#"{"a":[1,{"b":"}] \" \\"}]}"#, "7"]);
        assert_eq!(walked("{}").unwrap().0, "{}");
        assert_eq!(walked(r#"{"resources": []}"#).unwrap(), ("{}".to_owned(), Vec::new()));
        assert_eq!(walked(r#"{"resources": null}"#).unwrap().0, r#"{"resources":null}"#);
    }

    #[test]
    fn what_is_no_such_document_is_left_to_the_reader_of_whole_ones() {
        for text in [
            "",
            "[]",
            "{",
            "{\"a\"",
            "{\"a\": }",
            "{\"a\": 1,}",
            "{\"a\": 1} x",
            "{\"resources\": [1,",
            "{\"a\": \"",
            "{\"a\": \"\\",
            "{1: 2}",
            "{\"a\": [1 2]}",
        ] {
            assert!(walked(text).is_none(), "{text}");
        }
        let deep = format!("{{\"a\": {}1{}}}", "[".repeat(200), "]".repeat(200));
        assert!(walked(&deep).is_none());
    }

    #[test]
    fn a_refused_part_ends_the_walk() {
        let mut seen = Seen::default();
        let stop = walk(r#"{"resources": ["refuse", "never"]}"#.as_bytes(), &mut seen);
        assert!(matches!(stop, Err(Stop::Refused(()))));
        assert_eq!(seen.0.len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_walked_or_left(text in "[{}\\[\\]\",:\\\\a1 \n]{0,40}") {
            let _ = walked(&text);
        }

        #[test]
        fn what_is_walked_is_what_was_written(names in proptest::collection::vec(".{0,12}", 0..5)) {
            let document = serde_json::json!({ "resources": names, "lineage": names });
            let (head, resources) = walked(&serde_json::to_string_pretty(&document).unwrap()).unwrap();
            let head: serde_json::Value = serde_json::from_str(&head).unwrap();
            proptest::prop_assert_eq!(&head["lineage"], &document["lineage"]);
            let resources: Vec<String> = resources.iter().map(|json| serde_json::from_str(json).unwrap()).collect();
            proptest::prop_assert_eq!(resources, names);
        }
    }
}
