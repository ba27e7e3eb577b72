//! Terraform states: found, understood in every format that is around, and turned into views.
//!
//! Three steps, so that nothing here waits on a network: [`Location::parse`] says what the user named; local things are
//! loaded by [`load`] or [`load_reader`], and the bytes of an S3 object are handed to [`load_bytes`]; [`assemble`] joins
//! everything that was loaded into one reading per source. One bad state among many does not lose the others.

mod assemble;
pub(crate) mod cleanse;
mod each;
mod error;
mod formats;
mod intake;
mod locate;
pub mod lookup;
mod native;
mod show;
mod stream;
#[cfg(test)]
mod tests;
mod text;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use formats::Document;
use intake::{Intake, take_in};

use crate::collect::redact;
use crate::estate::{Cause, Gap};

pub use assemble::{Assembled, assemble};
pub use error::Error;
pub use locate::Location;

/// One source, read or not.
#[derive(Debug)]
pub struct Loaded {
    name: Arc<str>,
    outcome: Result<Document, Gap>,
    empty: bool,
    /// The text, where code is to look into it.
    text: Option<Arc<str>>,
}

impl Loaded {
    /// A source that the caller could not fetch, and why.
    pub fn unreachable(name: &str, gap: Gap) -> Self {
        Self { name: clean(name), outcome: Err(gap), empty: false, text: None }
    }

    /// The source as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why nothing could be read; `None` when something was.
    pub fn gap(&self) -> Option<&Gap> {
        self.outcome.as_ref().err()
    }

    fn failed(name: &str, error: &Error) -> Self {
        let text = error.to_string();
        let name = clean(name);
        let detail = if text.starts_with(&*name) { redact::redact_text(&text).into_owned() } else { format!("{name}: {text}") };
        let cause = match error {
            Error::Denied { .. } => Cause::Denied,
            Error::Missing { .. } | Error::NoState { .. } | Error::NoMatch { .. } => Cause::NotRead,
            Error::Io { .. } => Cause::Failed,
            _ => Cause::Unreadable,
        };
        Self { name, outcome: Err(Gap::new(cause, detail)), empty: false, text: None }
    }
}

/// A source name without credentials (`s3://…` has none, but users paste URLs).
fn clean(name: &str) -> Arc<str> {
    redact::redact_text(name).into()
}

/// Loads every state that a local location names. What cannot be read is among the answer, with its gap.
///
/// [`Location::Stdin`] and [`Location::S3`] name no local file and give nothing: use [`load_reader`] and [`load_bytes`].
///
/// # Errors
/// When the location names nothing that could be a state: a missing path, a folder without state, a pattern without match.
pub fn load(location: &Location) -> Result<Vec<Loaded>, Error> {
    Ok(location.files()?.iter().map(|path| load_file(path)).collect())
}

/// As [`load`], and keeps the text for [`lookup`].
///
/// # Errors
/// As [`load`].
pub fn load_keeping(location: &Location) -> Result<Vec<Loaded>, Error> {
    Ok(location.files()?.iter().map(|path| load_path(path, true)).collect())
}

/// Loads one file.
pub fn load_file(path: &Path) -> Loaded {
    load_path(path, false)
}

fn load_path(path: &Path, keep: bool) -> Loaded {
    let name = path.display().to_string();
    if let Some(loaded) = if keep { None } else { load_large(&name, path) } {
        return loaded;
    }
    match locate::open(path).and_then(|file| read_all(file, path)) {
        Ok(bytes) => loaded(&name, bytes, keep),
        Err(error) => Loaded::failed(&name, &error),
    }
}

/// Bytes from which a file is streamed instead of held in memory.
const LARGE: u64 = 4 << 20;

/// Loads a large state one resource at a time; `None` for everything that is read as a whole.
fn load_large(name: &str, path: &Path) -> Option<Loaded> {
    let size = std::fs::metadata(path).ok().filter(|kind| kind.is_file())?.len();
    if !(LARGE..=text::LIMIT).contains(&size) {
        return None;
    }
    let file: Arc<str> = clean(name);
    let mut head = String::new();
    let mut whole = false;
    let taken = take_in(&file, |intake| {
        let source = locate::open(path)?;
        match stream::walk(source, intake) {
            Ok(rest) => {
                formats::outputs(&rest, intake);
                head = rest;
                Ok(())
            }
            Err(stream::Stop::Refused(error)) => Err(error),
            Err(stream::Stop::Whole) => {
                whole = true;
                Ok(())
            }
        }
    });
    if whole {
        return None;
    }
    match taken {
        Ok(taken) => formats::streamed(&head, taken).map(|document| Loaded { name: file, outcome: Ok(document), empty: false, text: None }),
        Err(error) => Some(Loaded::failed(name, &error)),
    }
}

/// A large state hands its resources in as they are read.
impl stream::Parts for Intake {
    type Error = Error;

    fn resource(&mut self, json: &str) -> Result<(), Error> {
        native::resource(json, self)
    }
}

/// Loads from a reader, such as standard input.
pub fn load_reader(name: &str, reader: impl Read) -> Loaded {
    match read_all(reader, Path::new(name)) {
        Ok(bytes) => load_bytes(name, bytes),
        Err(error) => Loaded::failed(name, &error),
    }
}

/// As [`load_reader`], and keeps the text for [`lookup`].
pub fn load_keeping_reader(name: &str, reader: impl Read) -> Loaded {
    match read_all(reader, Path::new(name)) {
        Ok(bytes) => load_keeping_bytes(name, bytes),
        Err(error) => Loaded::failed(name, &error),
    }
}

/// Loads from bytes that were fetched already.
pub fn load_bytes(name: &str, bytes: Vec<u8>) -> Loaded {
    loaded(name, bytes, false)
}

/// As [`load_bytes`], and keeps the text for [`lookup`].
pub fn load_keeping_bytes(name: &str, bytes: Vec<u8>) -> Loaded {
    loaded(name, bytes, true)
}

fn loaded(name: &str, bytes: Vec<u8>, keep: bool) -> Loaded {
    match understand(&clean(name), bytes, keep) {
        Ok((Some(document), text)) => Loaded { name: clean(name), outcome: Ok(document), empty: false, text },
        Ok((None, _)) => Loaded { name: clean(name), outcome: Ok(Document::default()), empty: true, text: None },
        Err(error) => Loaded::failed(name, &error),
    }
}

fn understand(name: &Arc<str>, bytes: Vec<u8>, keep: bool) -> Result<(Option<Document>, Option<Arc<str>>), Error> {
    let text = text::decode(bytes)?;
    let json = text::json_of(text.as_str())?;
    let document = json.map(|json| formats::read(name, json)).transpose()?;
    Ok((document, json.filter(|_| keep).map(Arc::from)))
}

/// One buffer for the whole source: everything after borrows from it.
fn read_all(reader: impl Read, path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = reader.take(text::LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|source| locate::io_error(path, source))?;
    if bytes.len() as u64 > text::LIMIT {
        return Err(Error::TooLarge { limit: text::LIMIT });
    }
    Ok(bytes)
}
