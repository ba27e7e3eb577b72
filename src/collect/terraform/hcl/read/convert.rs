//! From the parser's tree to ours. Nothing is evaluated here; positions, escapes and template markers are settled.

use std::rc::Rc;
use std::sync::Arc;

use hcl_edit::expr as edit;
use hcl_edit::structure as edit_structure;
use hcl_edit::{Ident, Span};

use super::template::{self, Flavour};
use super::text::Text;
use crate::collect::terraform::hcl::syntax::{Attribute, BinaryOp, Block, Body, Expr, ExprKind, For, Pos, Step, UnaryOp};
use crate::collect::terraform::hcl::value::Number;

/// How the offsets of a parsed piece map to places of a file.
#[derive(Clone, Copy)]
pub(super) enum Places<'t> {
    /// The piece begins at this byte of the file and is spelt as it is there.
    From(&'t Text, usize),
    /// The piece was decoded from something at this place: a JSON string with escapes.
    At(Pos),
}

impl Places<'_> {
    /// The place of a byte of the piece.
    pub(super) fn pos(self, offset: usize) -> Pos {
        match self {
            Self::From(text, base) => text.pos(base + offset),
            Self::At(pos) => pos,
        }
    }
}

/// Converts what was parsed from `source`.
#[derive(Clone, Copy)]
pub(super) struct Converter<'s> {
    /// What was parsed.
    pub(super) source: &'s str,
    /// Where it stands.
    pub(super) places: Places<'s>,
}

impl Converter<'_> {
    fn at(&self, thing: &impl Span) -> Pos {
        self.places.pos(thing.span().map_or(0, |span| span.start))
    }

    /// Attributes and blocks.
    pub(super) fn body(&self, body: &edit_structure::Body) -> Body {
        let mut made = Body::default();
        for structure in body {
            match structure {
                edit_structure::Structure::Attribute(attribute) => made.attributes.push(self.attribute(attribute)),
                edit_structure::Structure::Block(block) => made.blocks.push(self.block(block)),
            }
        }
        made
    }

    fn attribute(&self, attribute: &edit_structure::Attribute) -> Attribute {
        Attribute { name: name(&attribute.key), at: self.at(&attribute.key), value: self.expr(&attribute.value) }
    }

    fn block(&self, block: &edit_structure::Block) -> Block {
        Block {
            keyword: name(&block.ident),
            labels: block.labels.iter().map(|label| label.as_str().into()).collect(),
            at: self.at(&block.ident),
            body: Rc::new(self.body(&block.body)),
        }
    }

    /// An expression.
    pub(super) fn expr(&self, expr: &edit::Expression) -> Expr {
        Expr { at: self.at(expr), kind: self.kind(expr) }
    }

    fn kind(&self, expr: &edit::Expression) -> ExprKind {
        use edit::Expression as E;
        match expr {
            E::Null(_) => ExprKind::Null,
            E::Bool(value) => ExprKind::Bool(*value.value()),
            E::Number(number) => self.number(number),
            E::String(value) => ExprKind::String(value.value().as_str().into()),
            E::StringTemplate(template) => template::kind(self, template, Flavour::Quoted),
            E::HeredocTemplate(heredoc) => {
                let flavour = if self.is_flush(heredoc.span()) { Flavour::FlushHeredoc } else { Flavour::Heredoc };
                template::kind(self, &heredoc.template, flavour)
            }
            E::Array(items) => ExprKind::Tuple(items.iter().map(|item| self.expr(item)).collect()),
            E::Object(items) => ExprKind::Object(items.iter().map(|(key, value)| (self.key(key), self.expr(value.expr()))).collect()),
            E::Parenthesis(inner) => ExprKind::Paren(Box::new(self.expr(inner.inner()))),
            E::Variable(variable) => ExprKind::Variable(name(variable)),
            E::Conditional(it) => {
                ExprKind::Conditional(Box::new([self.expr(&it.cond_expr), self.expr(&it.true_expr), self.expr(&it.false_expr)]))
            }
            E::FuncCall(call) => self.call(call),
            E::Traversal(traversal) => {
                let steps = traversal.operators.iter().map(|operator| self.step(operator)).collect();
                ExprKind::Traversal(Box::new(self.expr(&traversal.expr)), steps)
            }
            E::UnaryOp(it) => ExprKind::Unary(unary(*it.operator.value()), Box::new(self.expr(&it.expr))),
            E::BinaryOp(it) => ExprKind::Binary(binary(*it.operator.value()), Box::new([self.expr(&it.lhs_expr), self.expr(&it.rhs_expr)])),
            E::ForExpr(it) => ExprKind::For(Box::new(self.for_expr(it))),
        }
    }

    /// A number as it is written: the parser would round what is longer than 64 bits.
    fn number(&self, number: &hcl_edit::Formatted<hcl_edit::Number>) -> ExprKind {
        let written = number.span().and_then(|span| self.source.get(span)).map(|text| text.split_whitespace().collect::<String>());
        let exact = written.as_deref().and_then(Number::parse);
        let rounded = || number.value().as_f64().and_then(Number::of);
        exact.or_else(rounded).map_or(ExprKind::Null, ExprKind::Number)
    }

    /// Whether a heredoc begins with `<<-`. The parser keeps only what it took away, by rules of its own.
    fn is_flush(&self, span: Option<std::ops::Range<usize>>) -> bool {
        span.and_then(|span| self.source.get(span)).is_some_and(|text| text.starts_with("<<-"))
    }

    /// A bare name as a key is text.
    fn key(&self, key: &edit::ObjectKey) -> Expr {
        match key {
            edit::ObjectKey::Ident(ident) => Expr { at: self.at(ident), kind: ExprKind::String(name(ident)) },
            edit::ObjectKey::Expression(expr) => {
                let made = self.expr(expr);
                // `true`, `false` and `null` are names here, too.
                let word = match made.kind {
                    ExprKind::Null => "null",
                    ExprKind::Bool(true) => "true",
                    ExprKind::Bool(false) => "false",
                    _ => return made,
                };
                Expr { at: made.at, kind: ExprKind::String(word.into()) }
            }
        }
    }

    fn call(&self, call: &edit::FuncCall) -> ExprKind {
        let spaces = call.name.namespace.iter().map(|part| part.as_str());
        let parts: Vec<&str> = spaces.chain([call.name.name.as_str()]).collect();
        ExprKind::Call {
            name: parts.join("::").into(),
            arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
            expand: call.args.expand_final(),
        }
    }

    fn step(&self, operator: &hcl_edit::Decorated<edit::TraversalOperator>) -> Step {
        match operator.value() {
            edit::TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
            edit::TraversalOperator::FullSplat(_) => Step::Splat,
            edit::TraversalOperator::GetAttr(attribute) => Step::Attribute(name(attribute)),
            edit::TraversalOperator::Index(index) => Step::Index(self.expr(index)),
            edit::TraversalOperator::LegacyIndex(index) => {
                Step::Index(Expr { at: self.at(operator), kind: ExprKind::Number(Number::Int(i128::from(*index.value()))) })
            }
        }
    }

    fn for_expr(&self, it: &edit::ForExpr) -> For {
        For {
            key: it.intro.key_var.as_deref().map(ident),
            value: name(&it.intro.value_var),
            collection: self.expr(&it.intro.collection_expr),
            key_expr: it.key_expr.as_ref().map(|key| self.expr(key)),
            value_expr: self.expr(&it.value_expr),
            grouping: it.grouping,
            condition: it.cond.as_ref().map(|condition| self.expr(&condition.expr)),
        }
    }
}

/// The text of a name.
pub(super) fn name(name: &hcl_edit::Decorated<Ident>) -> Arc<str> {
    ident(name)
}

fn ident(ident: &Ident) -> Arc<str> {
    ident.as_str().into()
}

fn unary(operator: edit::UnaryOperator) -> UnaryOp {
    match operator {
        edit::UnaryOperator::Neg => UnaryOp::Negate,
        edit::UnaryOperator::Not => UnaryOp::Not,
    }
}

fn binary(operator: edit::BinaryOperator) -> BinaryOp {
    use edit::BinaryOperator as B;
    match operator {
        B::Eq => BinaryOp::Equal,
        B::NotEq => BinaryOp::NotEqual,
        B::LessEq => BinaryOp::LessOrEqual,
        B::GreaterEq => BinaryOp::GreaterOrEqual,
        B::Less => BinaryOp::Less,
        B::Greater => BinaryOp::Greater,
        B::Plus => BinaryOp::Add,
        B::Minus => BinaryOp::Subtract,
        B::Mul => BinaryOp::Multiply,
        B::Div => BinaryOp::Divide,
        B::Mod => BinaryOp::Modulo,
        B::And => BinaryOp::And,
        B::Or => BinaryOp::Or,
    }
}
