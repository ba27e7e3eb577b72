//! The plan file as a tree in which every key and every value knows its place. YAML ends here: what is read from the tree
//! sees text, lists and mappings only.

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{ErrorKind, Event, Marker, Options, Parser, ScalarStyle, ScanError, Span as Marks};

use super::Span;
use super::error::Problem;

/// How deep a plan may nest; the language itself needs 8 levels.
const DEEPEST: usize = 32;
/// How many values a plan may have once its aliases are written out.
const MOST_NODES: u32 = 200_000;
/// How many mistakes are worth reading at once.
pub(super) const MOST_PROBLEMS: usize = 50;

/// A value.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The same for every copy of an aliased value.
    pub(super) id: u32,
    pub(super) span: Span,
    pub(super) width: u32,
    /// The keys of entries that were taken out of it; for a list, an empty text for each item. What they held is not missing
    /// by the author's doing.
    pub(super) mended: Vec<String>,
    pub(super) kind: NodeKind,
    size: u32,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    /// Text as written, and whether it stood without quotes.
    Scalar(String, bool),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// The key of an entry.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) id: u32,
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) width: u32,
}

impl Node {
    /// Whether nothing is written: an empty value, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, NodeKind::Scalar(text, true) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for people.
    pub(super) fn describe(&self) -> String {
        match &self.kind {
            _ if self.is_null() => "nothing".to_owned(),
            NodeKind::Scalar(text, _) => format!("`{}`", shorten(text)),
            NodeKind::List(_) => "a list".to_owned(),
            NodeKind::Map(_) => "a mapping".to_owned(),
        }
    }

    /// Takes the value, or the entry of the key, with this id out of the tree; whether it was there.
    pub(super) fn remove(&mut self, id: u32) -> bool {
        let before = self.mended.len();
        match &mut self.kind {
            NodeKind::Scalar(..) => {}
            NodeKind::List(items) => self.mended.extend(items.extract_if(.., |item| item.id == id).map(|_| String::new())),
            NodeKind::Map(entries) => {
                let taken = entries.extract_if(.., |(key, value)| key.id == id || value.id == id);
                self.mended.extend(taken.map(|(key, _)| key.text));
            }
        }
        let found = self.mended.len() > before;
        let below = match &mut self.kind {
            NodeKind::Scalar(..) => false,
            // Every copy of an aliased value goes, so no short circuit.
            NodeKind::List(items) => items.iter_mut().fold(false, |any, item| item.remove(id) | any),
            NodeKind::Map(entries) => entries.iter_mut().fold(false, |any, (_, value)| value.remove(id) | any),
        };
        found || below
    }
}

/// A text short enough to be part of a sentence.
pub(super) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > 60 || line.len() < text.trim_end().len() {
        line.chars().take(57).chain("…".chars()).collect()
    } else {
        line.to_owned()
    }
}

/// Reads a text into a tree.
///
/// # Errors
/// The mistake at which reading had to stop. Mistakes that it could go past (a duplicate key) come with the tree.
pub(super) fn compose(text: &str) -> Result<(Node, Vec<Problem>), Problem> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut composer =
        Composer { text, next_id: 0, total: 0, open: Vec::new(), anchors: BTreeMap::new(), root: None, problems: Vec::new() };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, marks) = event.map_err(|error| not_yaml(text, &error))?;
        composer.event(event, marks)?;
    }
    match composer.root {
        Some(root) if !root.is_null() => Ok((root, composer.problems)),
        _ => Err(Problem::of_file("the plan is empty")
            .help("a plan starts with `plan: NAME`; policies/example.yaml shows one, and `lastro plan schema` describes every key")),
    }
}

fn not_yaml(text: &str, error: &ScanError) -> Problem {
    let span = span_of(error.marker());
    let line = text.lines().nth(span.line as usize - 1).unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    let problem = Problem::at(span, 1, format!("this is not YAML: {}", error.info()));
    if matches!(error.kind(), ErrorKind::UnknownAnchor) {
        problem.help("a value that starts with `*` is an alias: put the text in quotes, or define `&NAME` before it")
    } else if indent.contains('\t') {
        problem.help("the line is indented with a tab: YAML takes spaces only")
    } else {
        problem.help("text that has `: `, ` #` or a bracket in it, or starts with `*`, `&`, `@` or `%`, wants quotes; entries of one mapping start in one column")
    }
}

fn span_of(mark: &Marker) -> Span {
    Span { line: clamp(mark.line().max(1)), column: clamp(mark.col().saturating_add(1)) }
}

fn clamp(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A list or mapping that is still being read.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<Key>,
    /// The keys so far, with their lines.
    seen: BTreeMap<String, u32>,
}

struct Composer<'t> {
    text: &'t str,
    next_id: u32,
    total: u32,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    root: Option<Node>,
    problems: Vec<Problem>,
}

impl Composer<'_> {
    fn event(&mut self, event: Event<'_>, marks: Marks) -> Result<(), Problem> {
        let span = span_of(&marks.start);
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                return Err(
                    Problem::at(span, 3, "a second document starts here").help("one plan is one file: put the other plan in its own")
                );
            }
            Event::Alias(anchor) => {
                let Some(mut node) = self.anchors.get(&anchor).cloned() else {
                    return Err(Problem::at(span, 1, "this alias refers to the value it stands in").help("write the value out"));
                };
                node.span = span;
                node.width = width_of(&marks, self.text);
                self.count(node.size, span)?;
                self.add(node, 0)?;
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span)?;
                let kind = NodeKind::Scalar(text.into_owned(), style == ScalarStyle::Plain);
                let node = self.node(kind, &marks)?;
                self.add(node, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => self.start(NodeKind::List(Vec::new()), anchor, tag.is_some(), &marks)?,
            Event::MappingStart(_, anchor, tag) => self.start(NodeKind::Map(Vec::new()), anchor, tag.is_some(), &marks)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.add(open.node, open.anchor)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, kind: NodeKind, anchor: usize, tagged: bool, marks: &Marks) -> Result<(), Problem> {
        let span = span_of(&marks.start);
        self.refuse_tag(tagged, span)?;
        if self.open.len() >= DEEPEST {
            return Err(Problem::at(span, 1, format!("the plan nests deeper than {DEEPEST} levels"))
                .help("no key of a plan lies that deep: check the indentation and the brackets"));
        }
        let node = self.node(kind, marks)?;
        self.open.push(Open { node, anchor, key: None, seen: BTreeMap::new() });
        Ok(())
    }

    fn refuse_tag(&self, tagged: bool, span: Span) -> Result<(), Problem> {
        if tagged {
            Err(Problem::at(span, 1, "tags like `!!str` are not part of the plan language").help("write the value without it"))
        } else {
            Ok(())
        }
    }

    fn node(&mut self, kind: NodeKind, marks: &Marks) -> Result<Node, Problem> {
        let span = span_of(&marks.start);
        self.count(1, span)?;
        Ok(Node { id: self.fresh(), span, width: width_of(marks, self.text), mended: Vec::new(), kind, size: 1 })
    }

    fn fresh(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    fn count(&mut self, size: u32, span: Span) -> Result<(), Problem> {
        self.total = self.total.saturating_add(size);
        if self.total > MOST_NODES {
            return Err(Problem::at(span, 1, format!("the plan has more than {MOST_NODES} values"))
                .help("aliases count as often as they are used: write fewer of them, or split the plan by system"));
        }
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Problem> {
        if anchor > 0 {
            self.count(node.size, node.span)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Some(mut open) = self.open.pop() else {
            self.root = Some(node);
            return Ok(());
        };
        let size = node.size;
        match (&mut open.node.kind, open.key.take()) {
            (NodeKind::List(items), _) => items.push(node),
            (NodeKind::Map(entries), Some(key)) => match open.seen.get(&key.text) {
                Some(first) => self.duplicate(&key, *first),
                None => {
                    open.seen.insert(key.text.clone(), key.span.line);
                    entries.push((key, node));
                }
            },
            (NodeKind::Map(_), None) => open.key = Some(self.key(node)?),
            (NodeKind::Scalar(..), _) => {}
        }
        open.node.size = open.node.size.saturating_add(size);
        self.open.push(open);
        Ok(())
    }

    fn key(&mut self, node: Node) -> Result<Key, Problem> {
        let NodeKind::Scalar(text, plain) = node.kind else {
            return Err(Problem::at(node.span, 1, "a key must be text")
                .help("a value that starts with `{` or `[` and is followed by `:` wants quotes"));
        };
        if plain && text == "<<" {
            return Err(Problem::at(node.span, 2, "merge keys (`<<`) are not part of the plan language")
                .help("write the values out, or use `select` one level up"));
        }
        Ok(Key { id: self.fresh(), text, span: node.span, width: node.width })
    }

    fn duplicate(&mut self, key: &Key, first_line: u32) {
        if self.problems.len() < MOST_PROBLEMS {
            let message = format!("the key `{}` stands here twice; first on line {first_line}", shorten(&key.text));
            self.problems.push(Problem::at(key.span, key.width, message).help("keep one of the two"));
        }
    }
}

/// How many characters of its first line a value takes.
fn width_of(marks: &Marks, text: &str) -> u32 {
    if marks.start.line() == marks.end.line() {
        return clamp(marks.end.col().saturating_sub(marks.start.col())).max(1);
    }
    let rest = marks.start.byte_offset().and_then(|from| text.get(from..)).and_then(|rest| rest.lines().next());
    clamp(rest.map_or(1, |line| line.trim_end().chars().count())).max(1)
}
