//! Type constraints of variables: what `type = …` says, and what it makes of a value.
//!
//! Whether a variable may be `null`, and its own default, are the caller's business.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::convert::{self, describe, lift};
use super::eval;
use super::scope::{EvalError, Scope};
use super::syntax::{Expr, ExprKind, Pos, Step};
use super::value::{Val, ValKind};

/// How deep types may nest.
const NESTING: usize = 100;

/// A type constraint.
#[derive(Clone, Debug)]
pub enum Type {
    /// `any`: the value as it is; inside a collection, one type for all elements.
    Any,
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(…)`
    List(Box<Type>),
    /// `set(…)`
    Set(Box<Type>),
    /// `map(…)`
    Map(Box<Type>),
    /// `tuple([…])`
    Tuple(Vec<Type>),
    /// `object({…})`
    Object(BTreeMap<Arc<str>, Field>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its type.
    pub ty: Type,
    /// `optional(…)`: it may be missing.
    pub optional: bool,
    /// What stands for it when it is missing or `null`.
    pub default: Option<Val>,
}

/// Reads a type constraint.
///
/// # Errors
/// When it is none.
pub fn parse(expr: &Expr) -> Result<Type, EvalError> {
    parse_type(expr, 0)
}

fn parse_type(expr: &Expr, depth: usize) -> Result<Type, EvalError> {
    if depth > NESTING {
        return Err(EvalError::new(expr.at, format!("the type nests deeper than {NESTING} levels")));
    }
    match &expr.kind {
        // A bare `list` is the old spelling of `list(any)`.
        ExprKind::Variable(name) => bare(name, || Type::Any).ok_or_else(|| no_type(expr, name)),
        // Quoted types are those of Terraform 0.11, whose collections hold strings.
        ExprKind::String(name) if matches!(&**name, "string" | "list" | "map") => {
            bare(name, || Type::String).ok_or_else(|| no_type(expr, name))
        }
        ExprKind::Paren(inner) => parse_type(inner, depth + 1),
        ExprKind::Call { name, arguments, expand: false } => constructed(expr, name, arguments, depth + 1),
        _ => Err(EvalError::new(expr.at, "this is not a type")),
    }
}

fn bare(name: &str, element: fn() -> Type) -> Option<Type> {
    match name {
        "any" => Some(Type::Any),
        "string" => Some(Type::String),
        "number" => Some(Type::Number),
        "bool" => Some(Type::Bool),
        "list" => Some(Type::List(Box::new(element()))),
        "set" => Some(Type::Set(Box::new(element()))),
        "map" => Some(Type::Map(Box::new(element()))),
        _ => None,
    }
}

fn no_type(expr: &Expr, name: &str) -> EvalError {
    EvalError::new(expr.at, format!("there is no type \"{name}\""))
}

fn constructed(expr: &Expr, name: &str, arguments: &[Expr], depth: usize) -> Result<Type, EvalError> {
    let [argument] = arguments else { return Err(EvalError::new(expr.at, format!("{name}(…) takes one argument"))) };
    let element = || parse_type(argument, depth).map(Box::new);
    match (name, &argument.kind) {
        ("list", _) => element().map(Type::List),
        ("set", _) => element().map(Type::Set),
        ("map", _) => element().map(Type::Map),
        ("tuple", ExprKind::Tuple(items)) => items.iter().map(|item| parse_type(item, depth)).collect::<Result<_, _>>().map(Type::Tuple),
        ("object", ExprKind::Object(fields)) => {
            fields.iter().map(|(key, ty)| field(key, ty, depth)).collect::<Result<_, _>>().map(Type::Object)
        }
        ("tuple", _) => Err(EvalError::new(argument.at, "tuple(…) takes a list of types")),
        ("object", _) => Err(EvalError::new(argument.at, "object(…) takes the types of its attributes in braces")),
        _ => Err(no_type(expr, name)),
    }
}

fn field(key: &Expr, ty: &Expr, depth: usize) -> Result<(Arc<str>, Field), EvalError> {
    let name = match &key.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => name.clone(),
        _ => return Err(EvalError::new(key.at, "the name of an attribute is expected here")),
    };
    let field = match &ty.kind {
        ExprKind::Call { name, arguments, expand: false } if &**name == "optional" => optional(ty, arguments, depth)?,
        _ => Field { ty: parse_type(ty, depth)?, optional: false, default: None },
    };
    Ok((name, field))
}

fn optional(expr: &Expr, arguments: &[Expr], depth: usize) -> Result<Field, EvalError> {
    let (ty, default) = match arguments {
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        _ => return Err(EvalError::new(expr.at, "optional(…) takes a type and a default")),
    };
    let ty = parse_type(ty, depth)?;
    let default = default.map(|default| constant(default, &ty)).transpose()?.filter(|default| !default.is_null());
    Ok(Field { ty, optional: true, default })
}

/// A default, converted to its type.
fn constant(expr: &Expr, ty: &Type) -> Result<Val, EvalError> {
    let value = eval::eval(expr, &Constants)?;
    apply(value, ty).map_err(|message| EvalError::new(expr.at, format!("the default does not fit: {message}")))
}

/// The surroundings of a default: nothing may be referred to.
struct Constants;

impl Scope for Constants {
    fn resolve(&self, head: &str, _steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        Err(EvalError::new(at, format!("a default cannot refer to \"{head}\"")))
    }

    fn module_folder(&self) -> &Path {
        Path::new("")
    }

    fn root_folder(&self) -> &Path {
        Path::new("")
    }
}

/// Converts a value to a type, deeply: defaults of `optional` attributes are filled in and attributes that the type does not have are
/// dropped. What is unknown stays so.
///
/// # Errors
/// When a part of the value does not convert; the message names it: `.rules[0].port: a number is required, this is a list`.
pub fn apply(value: Val, ty: &Type) -> Result<Val, String> {
    fit(&value, ty).map_err(|misfit| match misfit.path.as_str() {
        "" => misfit.message,
        path => format!("{path}: {}", misfit.message),
    })
}

/// What does not fit, and where.
struct Misfit {
    path: String,
    message: String,
}

impl Misfit {
    fn at(mut self, step: &str) -> Self {
        self.path.insert_str(0, step);
        self
    }
}

impl From<String> for Misfit {
    fn from(message: String) -> Self {
        Self { path: String::new(), message }
    }
}

fn fit(value: &Val, ty: &Type) -> Result<Val, Misfit> {
    lift(value, &|value| {
        if value.is_null() {
            return Ok(value.clone());
        }
        match ty {
            Type::Any => Ok(value.clone()),
            Type::String => convert::to_string(value).map_err(Misfit::from),
            Type::Number => convert::to_number(value).map_err(Misfit::from),
            Type::Bool => convert::to_bool(value).map_err(Misfit::from),
            Type::List(element) => fit_items(value, element, "list", |items| ValKind::List(Rc::new(items))),
            Type::Set(element) => fit_set(value, element),
            Type::Map(element) => fit_map(value, element),
            Type::Tuple(types) => fit_tuple(value, types),
            Type::Object(fields) => fit_object(value, fields),
        }
    })
}

fn remade(value: &Val, kind: ValKind) -> Val {
    Val { kind, sensitive: value.sensitive, origin: value.origin.clone() }
}

fn fit_items(value: &Val, element: &Type, wanted: &str, make: fn(Vec<Val>) -> ValKind) -> Result<Val, Misfit> {
    let (ValKind::List(items) | ValKind::Set(items)) = &value.kind else {
        return Err(format!("a {wanted} is required, this is {}", describe(value)).into());
    };
    let fitted = items.iter().enumerate().map(|(index, item)| fit(item, element).map_err(|misfit| misfit.at(&format!("[{index}]"))));
    let fitted = fitted.collect::<Result<Vec<Val>, Misfit>>()?;
    let fitted = if matches!(element, Type::Any) { convert::unify(fitted)? } else { fitted };
    Ok(remade(value, make(fitted)))
}

fn fit_set(value: &Val, element: &Type) -> Result<Val, Misfit> {
    let fitted = fit_items(value, element, "set", convert::set_of)?;
    let sensitive = convert::is_sensitive(&fitted);
    Ok(fitted.marked(sensitive))
}

fn fit_map(value: &Val, element: &Type) -> Result<Val, Misfit> {
    let all;
    let entries = match &value.kind {
        ValKind::Map(entries) => &**entries,
        ValKind::Resource(resource) => {
            all = resource.all();
            &all
        }
        _ => return Err(format!("a map is required, this is {}", describe(value)).into()),
    };
    let fitted = entries.iter().map(|(key, item)| match fit(item, element) {
        Ok(item) => Ok((key.clone(), item)),
        Err(misfit) => Err(misfit.at(&format!("[\"{key}\"]"))),
    });
    let mut fitted = fitted.collect::<Result<BTreeMap<_, _>, Misfit>>()?;
    if matches!(element, Type::Any) {
        let values = convert::unify(fitted.values().cloned().collect())?;
        fitted = fitted.into_keys().zip(values).collect();
    }
    Ok(remade(value, ValKind::Map(Rc::new(fitted))))
}

fn fit_tuple(value: &Val, types: &[Type]) -> Result<Val, Misfit> {
    let ValKind::List(items) = &value.kind else {
        return Err(format!("a tuple is required, this is {}", describe(value)).into());
    };
    if items.len() != types.len() {
        return Err(format!("a tuple of {} elements is required, this has {}", types.len(), items.len()).into());
    }
    let fitted =
        items.iter().zip(types).enumerate().map(|(index, (item, ty))| fit(item, ty).map_err(|misfit| misfit.at(&format!("[{index}]"))));
    Ok(remade(value, ValKind::List(Rc::new(fitted.collect::<Result<_, _>>()?))))
}

fn fit_object(value: &Val, fields: &BTreeMap<Arc<str>, Field>) -> Result<Val, Misfit> {
    let given = |name: &Arc<str>| match &value.kind {
        ValKind::Map(entries) => Ok(entries.get(name).cloned()),
        ValKind::Resource(resource) => Ok(Some(resource.get(name))),
        _ => Err(Misfit::from(format!("an object is required, this is {}", describe(value)))),
    };
    let mut object = BTreeMap::new();
    for (name, field) in fields {
        let step = || format!(".{name}");
        let value = match (given(name)?, &field.default) {
            (None, None) if !field.optional => return Err(Misfit::from("this attribute is required".to_owned()).at(&step())),
            (None, None) => Val::null(),
            (None, Some(default)) => default.clone(),
            (Some(given), Some(default)) if given.is_null() => default.clone(),
            (Some(given), _) => given,
        };
        object.insert(name.clone(), fit(&value, &field.ty).map_err(|misfit| misfit.at(&step()))?);
    }
    if fields.is_empty() {
        given(&"".into())?;
    }
    Ok(remade(value, ValKind::Map(Rc::new(object))))
}

#[cfg(test)]
mod tests;
