//! Terraform states: found, understood in every format that is around, and turned into views.
//!
//! Three steps, so that nothing here waits on a network: [`Location::parse`] says what the user named; a [`Loader`] loads local
//! things, and takes the bytes of an S3 object; [`assemble`] joins everything that was loaded into one reading per source. One bad state among many does not lose the others.

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
use intake::{Intake, Source, take_in};

use super::asked::Asked;
use crate::collect::redact;
use crate::estate::{Cause, Gap};

pub use assemble::{Assembled, assemble};
pub use error::Error;
pub use locate::Location;

/// One source, read or not.
#[derive(Debug)]
pub struct Loaded {
    name: Arc<str>,
    asked: Arc<Asked>,
    outcome: Result<Document, Gap>,
    empty: bool,
    /// The text, where code is to look into it.
    text: Option<Arc<str>>,
}

impl Loaded {
    /// A source that the caller could not fetch, and why.
    pub fn unreachable(name: &str, gap: Gap) -> Self {
        Self { name: clean(name), asked: Arc::default(), outcome: Err(gap), empty: false, text: None }
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
        Self { name, asked: Arc::default(), outcome: Err(Gap::new(cause, detail)), empty: false, text: None }
    }
}

/// A source name without credentials (`s3://…` has none, but users paste URLs).
fn clean(name: &str) -> Arc<str> {
    redact::redact_text(name).into()
}

/// Bytes from which a file is streamed instead of held in memory.
const LARGE: u64 = 4 << 20;

/// How states are loaded: what is asked of them, and whether their text is kept for [`lookup`].
#[derive(Clone, Debug, Default)]
pub struct Loader {
    asked: Arc<Asked>,
    keep: bool,
}

impl Loader {
    /// Loads what is asked for, and keeps no text.
    pub fn new(asked: Arc<Asked>) -> Self {
        Self { asked, keep: false }
    }

    /// Keeps the text, or does not.
    #[must_use]
    pub fn keeping(self, keep: bool) -> Self {
        Self { keep, ..self }
    }

    /// Loads every state that a local location names. What cannot be read is among the answer, with its gap.
    ///
    /// [`Location::Stdin`] and [`Location::S3`] name no local file and give nothing: use [`Loader::reader`] and [`Loader::bytes`].
    ///
    /// # Errors
    /// When the location names nothing that could be a state: a missing path, a folder without state, a pattern without match.
    pub fn location(&self, location: &Location) -> Result<Vec<Loaded>, Error> {
        Ok(location.files()?.iter().map(|path| self.file(path)).collect())
    }

    /// Loads one file.
    pub fn file(&self, path: &Path) -> Loaded {
        let name = path.display().to_string();
        if let Some(loaded) = if self.keep { None } else { self.large(&name, path) } {
            return loaded;
        }
        match locate::open(path).and_then(|file| read_all(file, path)) {
            Ok(bytes) => self.bytes(&name, bytes),
            Err(error) => Loaded::failed(&name, &error),
        }
    }

    /// Loads a large state one resource at a time; `None` for everything that is read as a whole.
    fn large(&self, name: &str, path: &Path) -> Option<Loaded> {
        let size = std::fs::metadata(path).ok().filter(|kind| kind.is_file())?.len();
        if !(LARGE..=text::LIMIT).contains(&size) {
            return None;
        }
        let file: Arc<str> = clean(name);
        let mut head = String::new();
        let mut whole = false;
        let taken = take_in(&self.source(&file), |intake| {
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
            Ok(taken) => Some(self.loaded(file, formats::streamed(&head, taken)?)),
            Err(error) => Some(Loaded::failed(name, &error)),
        }
    }

    /// Loads from a reader, such as standard input.
    pub fn reader(&self, name: &str, reader: impl Read) -> Loaded {
        match read_all(reader, Path::new(name)) {
            Ok(bytes) => self.bytes(name, bytes),
            Err(error) => Loaded::failed(name, &error),
        }
    }

    /// Loads from bytes that were fetched already.
    pub fn bytes(&self, name: &str, bytes: Vec<u8>) -> Loaded {
        let file = clean(name);
        match self.understand(&file, bytes) {
            Ok((Some(document), text)) => Loaded { text, ..self.loaded(file, document) },
            Ok((None, _)) => Loaded { empty: true, ..self.loaded(file, Document::default()) },
            Err(error) => Loaded::failed(name, &error),
        }
    }

    fn loaded(&self, name: Arc<str>, document: Document) -> Loaded {
        Loaded { name, asked: self.asked.clone(), outcome: Ok(document), empty: false, text: None }
    }

    fn source(&self, file: &Arc<str>) -> Source {
        Source { file: file.clone(), asked: self.asked.clone() }
    }

    fn understand(&self, name: &Arc<str>, bytes: Vec<u8>) -> Result<(Option<Document>, Option<Arc<str>>), Error> {
        let text = text::decode(bytes)?;
        let json = text::json_of(text.as_str())?;
        let document = json.map(|json| formats::read(&self.source(name), json)).transpose()?;
        Ok((document, json.filter(|_| self.keep).map(Arc::from)))
    }
}

/// Loads everything from bytes that were fetched already.
pub fn load_bytes(name: &str, bytes: Vec<u8>) -> Loaded {
    Loader::default().bytes(name, bytes)
}

/// A large state hands its resources in as they are read.
impl stream::Parts for Intake {
    type Error = Error;

    fn resource(&mut self, json: &str) -> Result<(), Error> {
        native::resource(json, self)
    }
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
