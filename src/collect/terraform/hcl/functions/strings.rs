//! Functions over text. Characters are grapheme clusters wherever Terraform counts them.

use unicode_segmentation::UnicodeSegmentation;

use super::args::{Answer, Call, room_for, strings, text};
use crate::collect::terraform::hcl::value::Val;

pub(super) fn chomp(call: &Call<'_>) -> Answer {
    Ok(call.text(0)?.trim_end_matches(['\r', '\n']).into())
}

pub(super) fn endswith(call: &Call<'_>) -> Answer {
    Ok(call.text(0)?.ends_with(&*call.text(1)?).into())
}

pub(super) fn startswith(call: &Call<'_>) -> Answer {
    Ok(call.text(0)?.starts_with(&*call.text(1)?).into())
}

pub(super) fn strcontains(call: &Call<'_>) -> Answer {
    Ok(call.text(0)?.contains(&*call.text(1)?).into())
}

pub(super) fn indent(call: &Call<'_>) -> Answer {
    let width = usize::try_from(call.whole(0)?).map_err(|_| "the number of spaces must not be negative".to_owned())?;
    let text = call.text(1)?;
    let breaks = text.matches('\n').count();
    room_for(breaks.saturating_mul(width).saturating_add(text.len()))?;
    let pad = if breaks == 0 { "\n".to_owned() } else { format!("\n{}", " ".repeat(width)) };
    Ok(text.replace('\n', &pad).into())
}

pub(super) fn join(call: &Call<'_>) -> Answer {
    let separator = call.text(0)?;
    let mut parts = Vec::new();
    for index in 1..call.arguments.len() {
        for item in call.list(index)?.iter() {
            parts.push(text(item)?);
        }
    }
    let breaks = parts.len().saturating_sub(1);
    room_for(parts.iter().fold(breaks.saturating_mul(separator.len()), |sum, part| sum.saturating_add(part.len())))?;
    Ok(parts.join(&*separator).into())
}

pub(super) fn split(call: &Call<'_>) -> Answer {
    let (separator, text) = (call.text(0)?, call.text(1)?);
    if separator.is_empty() {
        return Ok(strings(text.chars().map(String::from)));
    }
    Ok(strings(text.split(&*separator)))
}

/// One character for one, as Go maps them: `ß` stays `ß`.
fn map_case<I: ExactSizeIterator<Item = char>>(text: &str, map: impl Fn(char) -> I) -> String {
    let one = |c| {
        let mut mapped = map(c);
        if mapped.len() == 1 { mapped.next().unwrap_or(c) } else { c }
    };
    text.chars().map(one).collect()
}

pub(super) fn lower(call: &Call<'_>) -> Answer {
    // One character for one here too: `İ` becomes `i`, without the dot that Unicode adds.
    let lower: String = call.text(0)?.chars().filter_map(|c| c.to_lowercase().next()).collect();
    Ok(lower.into())
}

pub(super) fn upper(call: &Call<'_>) -> Answer {
    Ok(map_case(&call.text(0)?, char::to_uppercase).into())
}

pub(super) fn title(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    let mut titled = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if separates(before) {
            titled.push_str(&map_case(c.encode_utf8(&mut [0; 4]), char::to_uppercase));
        } else {
            titled.push(c);
        }
        before = c;
    }
    Ok(titled.into())
}

/// Whether a word may begin after this character.
fn separates(c: char) -> bool {
    if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { !c.is_alphanumeric() && c.is_whitespace() }
}

pub(super) fn strrev(call: &Call<'_>) -> Answer {
    Ok(call.text(0)?.graphemes(true).rev().collect::<String>().into())
}

pub(super) fn substr(call: &Call<'_>) -> Answer {
    let (text, mut offset, length) = (call.text(0)?, call.whole(1)?, call.whole(2)?);
    if offset < 0 {
        offset = offset.saturating_add(i128::try_from(text.graphemes(true).count()).unwrap_or(i128::MAX));
    } else if length == 0 {
        return Ok("".into());
    }
    let offset = usize::try_from(offset.max(0)).unwrap_or(usize::MAX);
    let rest = text.graphemes(true).skip(offset);
    // From the end, a length of zero means the rest: so does Terraform.
    let taken: String = match usize::try_from(length) {
        Ok(0) | Err(_) => rest.collect(),
        Ok(length) => rest.take(length).collect(),
    };
    Ok(taken.into())
}

pub(super) fn trim(call: &Call<'_>) -> Answer {
    let cut = call.text(1)?;
    Ok(call.text(0)?.trim_matches(|c| cut.contains(c)).into())
}

pub(super) fn trimprefix(call: &Call<'_>) -> Answer {
    let (text, prefix) = (call.text(0)?, call.text(1)?);
    Ok(text.strip_prefix(&*prefix).unwrap_or(&text).into())
}

pub(super) fn trimsuffix(call: &Call<'_>) -> Answer {
    let (text, suffix) = (call.text(0)?, call.text(1)?);
    Ok(text.strip_suffix(&*suffix).unwrap_or(&text).into())
}

pub(super) fn trimspace(call: &Call<'_>) -> Answer {
    Ok(call.text(0)?.trim().into())
}

pub(super) fn templatestring(call: &Call<'_>) -> Answer {
    let template = call.text(0)?;
    let variables = call.entries(1)?;
    (call.host.render)(&template, &variables, call.at).map_err(super::args::Stop::Failed).and_then(rendered)
}

/// What a template function answers: always text.
pub(super) fn rendered(value: Val) -> Answer {
    use crate::collect::terraform::hcl::value::ValKind;
    match value.kind {
        // Templates of one interpolation keep their type; the function keeps it too.
        ValKind::Null => Err("the template gives null".into()),
        _ => Ok(value),
    }
}
