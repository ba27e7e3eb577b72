//! What Terraform code says, independent of its spelling: native syntax and JSON become the same tree.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::value::Number;
use crate::estate::Locus;

/// A place in a file of [`Files`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos {
    /// Index into [`Files`].
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The names of all files that were read, as the user would name them.
#[derive(Debug, Default)]
pub struct Files {
    names: Vec<Arc<str>>,
}

impl Files {
    /// Registers a file.
    pub fn add(&mut self, name: impl Into<Arc<str>>) -> u32 {
        self.names.push(name.into());
        u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
    }

    /// How the user would name the file.
    pub fn name(&self, file: u32) -> Arc<str> {
        self.names.get(file as usize).cloned().unwrap_or_else(|| "?".into())
    }

    /// The place as facts carry it.
    pub fn locus(&self, at: Pos) -> Locus {
        Locus::Code { file: self.name(at.file), line: at.line, column: at.column, from: None }
    }

    /// `db.tf:12`, for sentences.
    pub fn line(&self, at: Pos) -> String {
        format!("{}:{}", self.name(at.file), at.line)
    }

    /// How many files were read.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether none was read.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// An expression and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Where it begins.
    pub at: Pos,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string without interpolation, escapes resolved.
    String(Arc<str>),
    /// A string or heredoc with interpolation or directives; strip markers and heredoc indentation already applied.
    ///
    /// A template of exactly one interpolation keeps the type of its value.
    Template(Vec<Part>),
    /// `[a, b]`
    Tuple(Vec<Expr>),
    /// `{ a = 1, (b) = 2 }`, in order; the last of equal keys wins.
    Object(Vec<(Expr, Expr)>),
    /// The head of a reference: `var`, `local`, `aws_s3_bucket`, `each`, a `for` variable, …
    Variable(Arc<str>),
    /// Steps from a value, splats among them.
    Traversal(Box<Expr>, Vec<Step>),
    /// A function call; the name of a provider function keeps its `provider::x::`.
    Call {
        /// The name.
        name: Arc<str>,
        /// The arguments.
        arguments: Vec<Expr>,
        /// The last argument is followed by `...`.
        expand: bool,
    },
    /// `if ? then : otherwise`
    Conditional(Box<[Expr; 3]>),
    /// `!a`, `-a`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<[Expr; 2]>),
    /// `[for …]`, `{for …}`
    For(Box<For>),
    /// `(a)`: an object key in parentheses is an expression, and a literal splat ends here.
    Paren(Box<Expr>),
}

/// One piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Literal(Arc<str>),
    /// `${…}`
    Interpolation(Expr),
    /// `%{ if }`
    If {
        /// The test.
        test: Expr,
        /// When it holds.
        then: Vec<Part>,
        /// When it does not.
        otherwise: Vec<Part>,
    },
    /// `%{ for }`
    For {
        /// The name of the key, if wanted.
        key: Option<Arc<str>>,
        /// The name of the value.
        value: Arc<str>,
        /// What is walked over.
        collection: Expr,
        /// Repeated for each.
        body: Vec<Part>,
    },
}

/// One step of a traversal.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `.name`
    Attribute(Arc<str>),
    /// `[expr]`, and the legacy `.0`
    Index(Expr),
    /// `[*]`: what follows, up to the end of the traversal, applies to each.
    Splat,
    /// `.*`: attributes that follow apply to each; an index after them applies to the result.
    AttributeSplat,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

/// `[for k, v in c : x if t]` or `{for k, v in c : x => y... if t}`
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The name of the key, if wanted.
    pub key: Option<Arc<str>>,
    /// The name of the value.
    pub value: Arc<str>,
    /// What is walked over.
    pub collection: Expr,
    /// The key of the object that is made; `None` makes a list.
    pub key_expr: Option<Expr>,
    /// The value that is made.
    pub value_expr: Expr,
    /// `...`: values of equal keys are collected in a list.
    pub grouping: bool,
    /// `if`
    pub condition: Option<Expr>,
}

/// Attributes and blocks, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// The blocks.
    pub blocks: Vec<Block>,
}

impl Body {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    /// The blocks of this keyword.
    pub fn blocks<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a Block> + 'a {
        self.blocks.iter().filter(move |block| &*block.keyword == keyword)
    }
}

/// `name = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub at: Pos,
    /// The value.
    pub value: Expr,
}

/// `keyword "label" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// `resource`, `dynamic`, `ingress`, …
    pub keyword: Arc<str>,
    /// Its labels.
    pub labels: Vec<Arc<str>>,
    /// Where the keyword stands.
    pub at: Pos,
    /// What is in it.
    pub body: Rc<Body>,
}

/// One folder of Terraform code: a module.
#[derive(Debug, Default)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// The top-level blocks of all files, files in Terraform's order, override files merged in.
    pub blocks: Vec<Block>,
    /// What could not be read.
    pub gaps: Vec<SyntaxGap>,
    /// How many files it has.
    pub files: usize,
}

/// Something in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxGap {
    /// Where it begins.
    pub at: Pos,
    /// What is wrong, and how much of the file is used all the same.
    pub message: String,
    /// The block that was lost with it, where its head could be read: it is declared, but nothing of it is known.
    pub lost: Option<Lost>,
}

/// The head of a block that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// `resource`, `variable`, …
    pub keyword: Arc<str>,
    /// Its labels.
    pub labels: Vec<Arc<str>>,
}
