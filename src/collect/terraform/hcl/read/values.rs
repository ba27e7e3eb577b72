//! Values for variables: `*.tfvars` files, JSON or not, and what stands on the command line or in the environment. Which of them wins is
//! for whoever asks.

use std::path::Path;
use std::sync::Arc;

use super::convert::Places;
use super::error::Error;
use super::native::{self, Refusal};
use super::text::Text;
use super::{files, json, json_body};
use crate::collect::terraform::hcl::syntax::{Attribute, Expr, Files};

/// A value that was given as text.
#[derive(Clone, Debug)]
pub struct Given {
    /// The variable.
    pub name: Arc<str>,
    /// The value as it was given: what a variable of type `string` gets.
    pub raw: Arc<str>,
    /// The value as an expression, which every other type gets; the message when it is none. It may refer to nothing.
    pub expr: Result<Expr, Arc<str>>,
}

/// Reads one file of values: JSON if its name ends so.
///
/// # Errors
/// When it cannot be read, or is not `name = value` throughout: half of the values would be worse than none.
pub fn read_values(files: &mut Files, path: &Path) -> Result<Vec<Attribute>, Error> {
    let shown = path.display().to_string();
    read_values_as(files, path, &shown)
}

/// As [`read_values`], under the name that the user would give it.
///
/// # Errors
/// As [`read_values`].
pub fn read_values_as(files: &mut Files, path: &Path, shown: &str) -> Result<Vec<Attribute>, Error> {
    let text = Text::new(files.add(shown), files::read(path)?);
    let wrong = |refusal: Refusal| {
        let at = text.pos(refusal.at);
        Error::Values { place: format!("{shown}:{}", at.line), message: refusal.message }
    };
    if shown.ends_with(".json") {
        let root = json::parse(&text.text).map_err(|(at, message)| wrong(Refusal { at, message: message.to_owned() }))?;
        return json_body::values(&text, &root).map_err(wrong);
    }
    let parsed = native::parse(&text, shown);
    if let Some(gap) = parsed.gaps.into_iter().next() {
        return Err(Error::Values { place: files.line(gap.at), message: gap.message });
    }
    if let Some(block) = parsed.body.blocks.first() {
        return Err(Error::Values { place: files.line(block.at), message: "a block has no place in a file of values".to_owned() });
    }
    Ok(parsed.body.attributes)
}

/// The values that Terraform loads on its own from the folder of the root module, in the order in which later ones win: `terraform.tfvars`,
/// `terraform.tfvars.json`, then `*.auto.tfvars` and `*.auto.tfvars.json` by name.
///
/// # Errors
/// As [`read_values`], or when the folder cannot be listed.
pub fn auto_values(files: &mut Files, dir: &Path, shown: &str) -> Result<Vec<Attribute>, Error> {
    let names = files::names(dir)?;
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].into_iter().filter(|fixed| names.iter().any(|name| name == fixed));
    let auto = names.iter().map(String::as_str).filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    let mut values = Vec::new();
    for name in fixed.chain(auto) {
        let path = dir.join(name);
        if !files::is_folder(&path) {
            values.extend(read_values_as(files, &path, &super::join(shown, name))?);
        }
    }
    Ok(values)
}

/// Takes `name=value` apart, as `-var` gives it.
///
/// # Errors
/// When there is no `=` or no name.
pub fn parse_given(files: &mut Files, text: &str) -> Result<Given, Error> {
    let Some((name, raw)) = text.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
        return Err(Error::Given { shown: format!("-var {}", text.split('=').next().unwrap_or_default()) });
    };
    let name = name.trim();
    Ok(given(files, name, raw, &format!("-var {name}")))
}

/// A value for a variable; `shown` is where it comes from: `-var region`, `TF_VAR_region`.
pub fn given(files: &mut Files, name: &str, raw: &str, shown: &str) -> Given {
    let text = Text::new(files.add(shown), raw.as_bytes().to_vec());
    let expr = native::parse_expr(&text.text, Places::From(&text, 0)).map_err(|refusal| {
        let at = text.pos(refusal.at);
        Arc::from(format!("{shown}: not an expression at column {} ({})", at.column, refusal.message))
    });
    Given { name: name.into(), raw: raw.into(), expr }
}
