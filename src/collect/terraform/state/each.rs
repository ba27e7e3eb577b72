//! Walks over lists and maps of raw JSON without keeping them.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::Error;

/// Calls `visit` with every item of a list. `null` is an empty list.
pub(super) fn each_item<'a>(
    raw: &'a RawValue,
    what: &'static str,
    visit: impl FnMut(&'a RawValue) -> Result<(), Error>,
) -> Result<(), Error> {
    let failure = Cell::new(None);
    walk(raw, what, &failure, Items { visit, failure: &failure })
}

/// Calls `visit` with every entry of a map. `null` is an empty map.
pub(super) fn each_entry<'a>(
    raw: &'a RawValue,
    what: &'static str,
    visit: impl FnMut(String, &'a RawValue) -> Result<(), Error>,
) -> Result<(), Error> {
    let failure = Cell::new(None);
    walk(raw, what, &failure, Entries { visit, failure: &failure })
}

fn walk<'a>(
    raw: &'a RawValue,
    what: &'static str,
    failure: &Cell<Option<Error>>,
    seed: impl DeserializeSeed<'a, Value = ()>,
) -> Result<(), Error> {
    let walked = seed.deserialize(&mut serde_json::Deserializer::from_str(raw.get()));
    match (failure.take(), walked) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(()),
        (None, Err(_)) => Err(Error::Malformed { what }),
    }
}

struct Items<'f, F> {
    visit: F,
    failure: &'f Cell<Option<Error>>,
}

impl<'de, F: FnMut(&'de RawValue) -> Result<(), Error>> DeserializeSeed<'de> for Items<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&'de RawValue) -> Result<(), Error>> Visitor<'de> for Items<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&'de RawValue>()? {
            (self.visit)(item).map_err(|error| stop(self.failure, error))?;
        }
        Ok(())
    }
}

struct Entries<'f, F> {
    visit: F,
    failure: &'f Cell<Option<Error>>,
}

impl<'de, F: FnMut(String, &'de RawValue) -> Result<(), Error>> DeserializeSeed<'de> for Entries<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(String, &'de RawValue) -> Result<(), Error>> Visitor<'de> for Entries<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        while let Some((key, value)) = entries.next_entry::<String, &'de RawValue>()? {
            (self.visit)(key, value).map_err(|error| stop(self.failure, error))?;
        }
        Ok(())
    }
}

/// Keeps our own error and ends the walk with a nameless one.
fn stop<E: serde::de::Error>(failure: &Cell<Option<Error>>, error: Error) -> E {
    failure.set(Some(error));
    E::custom("stopped")
}
