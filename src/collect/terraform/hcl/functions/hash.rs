//! Digests of text and files, and UUIDs made from names.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::args::{Answer, Call, Stop};
use super::files;
use crate::collect::terraform::hcl::value::Val;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string does not fail.
        let _written = write!(out, "{byte:02x}");
        out
    })
}

fn hex_of<D: Digest>(bytes: &[u8]) -> Val {
    hex(&D::digest(bytes)).into()
}

fn base64_of<D: Digest>(bytes: &[u8]) -> Val {
    STANDARD.encode(D::digest(bytes)).into()
}

fn of_text(call: &Call<'_>, digest: fn(&[u8]) -> Val) -> Answer {
    Ok(digest(call.text(0)?.as_bytes()))
}

fn of_file(call: &Call<'_>, digest: fn(&[u8]) -> Val) -> Answer {
    Ok(digest(&files::read(call, &call.text(0)?)?))
}

pub(super) fn md5(call: &Call<'_>) -> Answer {
    of_text(call, hex_of::<Md5>)
}

pub(super) fn sha1(call: &Call<'_>) -> Answer {
    of_text(call, hex_of::<Sha1>)
}

pub(super) fn sha256(call: &Call<'_>) -> Answer {
    of_text(call, hex_of::<Sha256>)
}

pub(super) fn sha512(call: &Call<'_>) -> Answer {
    of_text(call, hex_of::<Sha512>)
}

pub(super) fn base64sha256(call: &Call<'_>) -> Answer {
    of_text(call, base64_of::<Sha256>)
}

pub(super) fn base64sha512(call: &Call<'_>) -> Answer {
    of_text(call, base64_of::<Sha512>)
}

pub(super) fn filemd5(call: &Call<'_>) -> Answer {
    of_file(call, hex_of::<Md5>)
}

pub(super) fn filesha1(call: &Call<'_>) -> Answer {
    of_file(call, hex_of::<Sha1>)
}

pub(super) fn filesha256(call: &Call<'_>) -> Answer {
    of_file(call, hex_of::<Sha256>)
}

pub(super) fn filesha512(call: &Call<'_>) -> Answer {
    of_file(call, hex_of::<Sha512>)
}

pub(super) fn filebase64sha256(call: &Call<'_>) -> Answer {
    of_file(call, base64_of::<Sha256>)
}

pub(super) fn filebase64sha512(call: &Call<'_>) -> Answer {
    of_file(call, base64_of::<Sha512>)
}

/// The name spaces of RFC 9562, section 6.6; they differ in their first four bytes only.
const NAME_SPACES: [(&str, u8); 4] = [("dns", 0x10), ("url", 0x11), ("oid", 0x12), ("x500", 0x14)];

pub(super) fn uuidv5(call: &Call<'_>) -> Answer {
    let (space, name) = (call.text(0)?, call.text(1)?);
    let space: Vec<u8> = match NAME_SPACES.iter().find(|(known, _)| *known == &*space) {
        Some((_, last)) => vec![0x6b, 0xa7, 0xb8, *last, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8],
        None => uuid_bytes(&space)?,
    };
    let mut digest = Sha1::new();
    digest.update(&space);
    digest.update(name.as_bytes());
    let mut bytes: Vec<u8> = digest.finalize().iter().copied().take(16).collect();
    if let Some(byte) = bytes.get_mut(6) {
        *byte = *byte & 0x0f | 0x50;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = *byte & 0x3f | 0x80;
    }
    let text = hex(&bytes);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| text.get(part).unwrap_or_default().to_owned());
    Ok(parts.join("-").into())
}

fn uuid_bytes(text: &str) -> Result<Vec<u8>, Stop> {
    let wrong = || Stop::from("the name space is neither dns, url, oid, x500 nor a UUID");
    let dashes = text.char_indices().filter(|(_, c)| *c == '-').map(|(at, _)| at);
    if !text.is_ascii() || text.len() != 36 || !dashes.eq([8, 13, 18, 23]) {
        return Err(wrong());
    }
    let digits: Vec<u32> = text.chars().filter(|c| *c != '-').map(|c| c.to_digit(16).ok_or_else(wrong)).collect::<Result<_, _>>()?;
    let byte = |pair: &[u32]| pair.iter().fold(0, |sum, digit| sum * 16 + digit);
    digits.chunks(2).map(|pair| u8::try_from(byte(pair)).map_err(|_| wrong())).collect()
}
