//! Base64, text encodings and URL escapes.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::args::{Answer, Call, Stop, room_for};
use crate::collect::terraform::hcl::value::Why;

pub(super) fn base64encode(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    room_for(text.len() / 3 * 4)?;
    Ok(STANDARD.encode(text.as_bytes()).into())
}

/// Base64 as Go reads it: line breaks do not count.
fn bytes(text: &str) -> Result<Vec<u8>, Stop> {
    let text = text.replace(['\r', '\n'], "");
    STANDARD.decode(text).map_err(|_| "failed to decode base64 data".into())
}

pub(super) fn base64decode(call: &Call<'_>) -> Answer {
    let text = String::from_utf8(bytes(&call.text(0)?)?).map_err(|_| "the result of decoding is not valid UTF-8".to_owned())?;
    Ok(text.into())
}

/// Encodings by the names that IANA has for them, as far as they need no tables.
enum Charset {
    Utf8,
    Utf16 { little: bool },
    Ascii,
    Latin1,
}

fn charset(name: &str) -> Result<Charset, Stop> {
    Ok(match name.to_ascii_uppercase().as_str() {
        "UTF-8" => Charset::Utf8,
        "UTF-16LE" => Charset::Utf16 { little: true },
        "UTF-16BE" => Charset::Utf16 { little: false },
        "US-ASCII" | "ASCII" => Charset::Ascii,
        "ISO-8859-1" | "LATIN1" => Charset::Latin1,
        _ => return Err(Why::Function(format!("the text encoding {name}").into()).into()),
    })
}

pub(super) fn textencodebase64(call: &Call<'_>) -> Answer {
    let (text, charset) = (call.text(0)?, charset(&call.text(1)?)?);
    let refuse = || Stop::from("the given string contains characters that cannot be represented in that encoding");
    let bytes: Vec<u8> = match charset {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Utf16 { little: true } => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Charset::Utf16 { little: false } => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Charset::Ascii if text.is_ascii() => text.as_bytes().to_vec(),
        Charset::Ascii => return Err(refuse()),
        Charset::Latin1 => text.chars().map(u8::try_from).collect::<Result<_, _>>().map_err(|_| refuse())?,
    };
    Ok(STANDARD.encode(bytes).into())
}

pub(super) fn textdecodebase64(call: &Call<'_>) -> Answer {
    let (source, charset) = (call.text(0)?, charset(&call.text(1)?)?);
    let bytes = bytes(&source)?;
    Ok(match charset {
        Charset::Utf8 | Charset::Ascii => String::from_utf8_lossy(&bytes).into_owned(),
        Charset::Utf16 { little } => {
            let unit = |pair: &[u8]| match pair {
                [a, b] if little => u16::from_le_bytes([*a, *b]),
                [a, b] => u16::from_be_bytes([*a, *b]),
                _ => 0xfffd,
            };
            let units: Vec<u16> = bytes.chunks(2).map(unit).collect();
            String::from_utf16_lossy(&units)
        }
        Charset::Latin1 => bytes.into_iter().map(char::from).collect(),
    }
    .into())
}

pub(super) fn urlencode(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    room_for(text.len().saturating_mul(3))?;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => {
                // Writing to a string does not fail.
                let _written = write!(out, "%{byte:02X}");
            }
        }
    }
    Ok(out.into())
}
