//! JSON: fields are kept or left out by their paths, and the rest is written so that each field has its own line.
//!
//! Members stand in the order of their names, all of them where a name stands twice; a number stays as it was written, so
//! that none is rounded. A path is a JSON pointer (RFC 6901), in which a component `*` is any member or item.

use super::push;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 128;
const INDENT: &[u8] = b"  ";

/// Paths that were understood.
#[derive(Clone, Debug)]
pub(super) struct Paths(Vec<(String, Vec<String>)>);

enum Node {
    /// As it is written.
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Paths {
    pub(super) fn new(texts: &[String]) -> Result<Self, String> {
        if texts.is_empty() {
            return Err("it names no path".to_owned());
        }
        let read = |text: &String| Some((text.clone(), parts(text.strip_prefix('/')?)));
        let wrong = |text: &String| {
            format!(
                "{text:?} is no path: write `/` before each name, such as \"/TotalDiskSize\" or \"/*/ID\""
            )
        };
        let paths = texts.iter().map(|text| read(text).ok_or_else(|| wrong(text)));
        paths.collect::<Result<_, _>>().map(Self)
    }

    fn parts(&self) -> Vec<&[String]> {
        self.0.iter().map(|(_, parts)| parts.as_slice()).collect()
    }
}

fn parts(text: &str) -> Vec<String> {
    let unescaped = |part: &str| part.replace("~1", "/").replace("~0", "~");
    text.split('/').map(unescaped).collect()
}

/// Keeps what lies at the paths; gives those that lead to nothing, too.
pub(super) fn keep(bytes: &[u8], paths: &Paths) -> Result<(Vec<u8>, Vec<String>), String> {
    let document = document(bytes)?;
    let missed = paths
        .0
        .iter()
        .filter(|(_, parts)| !leads_somewhere(&document, parts));
    let missed = missed.map(|(text, _)| text.clone()).collect();
    let kept = kept(document, &paths.parts()).unwrap_or(Node::Map(Vec::new()));
    written(&kept).map(|kept| (kept, missed))
}

/// Leaves out what lies at the paths.
pub(super) fn leave(bytes: &[u8], paths: &Paths) -> Result<Vec<u8>, String> {
    let rest = left(document(bytes)?, &paths.parts()).unwrap_or(Node::Map(Vec::new()));
    written(&rest)
}

fn document(bytes: &[u8]) -> Result<Node, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let raw: &RawValue = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    node(raw, 0)
}

fn node(raw: &RawValue, depth: usize) -> Result<Node, String> {
    if depth > MAX_DEPTH {
        return Err(format!("its JSON is nested more than {MAX_DEPTH} deep"));
    }
    let no_json = |error: serde_json::Error| format!("it is no JSON: {error}");
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let members = serde_json::Deserializer::from_str(text).deserialize_map(Members);
            let members = members.map_err(no_json)?.into_iter();
            let mut members = members
                .map(|(name, raw)| node(raw, depth + 1).map(|node| (name, node)))
                .collect::<Result<Vec<_>, _>>()?;
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Node::Map(members)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(no_json)?;
            Node::List(
                items
                    .into_iter()
                    .map(|raw| node(raw, depth + 1))
                    .collect::<Result<_, _>>()?,
            )
        }
        Some(b'"') => {
            let value: String = serde_json::from_str(text).map_err(no_json)?;
            Node::Scalar(quoted(&value))
        }
        _ => Node::Scalar(text.to_owned()),
    })
}

/// The members of an object in their order, with those of the same name.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What is left of paths beneath a name, or beneath the item of a number.
fn beneath<'p>(paths: &[&'p [String]], name: &str) -> Vec<&'p [String]> {
    let fits = |path: &&'p [String]| {
        let (first, rest) = path.split_first()?;
        (first == "*" || first == name).then_some(rest)
    };
    paths.iter().filter_map(fits).collect()
}

fn leads_somewhere(node: &Node, path: &[String]) -> bool {
    if path.is_empty() {
        return true;
    }
    let goes_on = |name: &str, node: &Node| {
        beneath(&[path], name)
            .iter()
            .any(|rest| leads_somewhere(node, rest))
    };
    match node {
        Node::Scalar(_) => false,
        Node::List(items) => items
            .iter()
            .enumerate()
            .any(|(at, item)| goes_on(&at.to_string(), item)),
        Node::Map(members) => members.iter().any(|(name, node)| goes_on(name, node)),
    }
}

fn kept(node: Node, paths: &[&[String]]) -> Option<Node> {
    if paths.iter().any(|path| path.is_empty()) {
        return Some(node);
    }
    if paths.is_empty() {
        return None;
    }
    let rest = some_of(node, |name, node| kept(node, &beneath(paths, name)));
    match rest {
        Node::Scalar(_) => None,
        Node::List(items) if items.is_empty() => None,
        Node::Map(members) if members.is_empty() => None,
        other => Some(other),
    }
}

fn left(node: Node, paths: &[&[String]]) -> Option<Node> {
    if paths.iter().any(|path| path.is_empty()) {
        return None;
    }
    if paths.is_empty() {
        return Some(node);
    }
    Some(some_of(node, |name, node| left(node, &beneath(paths, name))))
}

/// The node with those of its children that `wanted` gives back.
fn some_of(node: Node, wanted: impl Fn(&str, Node) -> Option<Node>) -> Node {
    match node {
        Node::Scalar(text) => Node::Scalar(text),
        Node::List(items) => {
            let items = items.into_iter().enumerate();
            Node::List(
                items
                    .filter_map(|(at, item)| wanted(&at.to_string(), item))
                    .collect(),
            )
        }
        Node::Map(members) => {
            let members = members.into_iter();
            let members = members.filter_map(|(name, node)| wanted(&name, node).map(|node| (name, node)));
            Node::Map(members.collect())
        }
    }
}

fn written(node: &Node) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    write(node, 0, &mut out)?;
    push(&mut out, b"\n")?;
    Ok(out)
}

fn write(node: &Node, depth: usize, out: &mut Vec<u8>) -> Result<(), String> {
    match node {
        Node::Scalar(text) => push(out, text.as_bytes()),
        Node::List(items) => {
            push(out, b"[")?;
            for (at, item) in items.iter().enumerate() {
                next_line(at > 0, depth + 1, out)?;
                write(item, depth + 1, out)?;
            }
            end(b"]", items.is_empty(), depth, out)
        }
        Node::Map(members) => {
            push(out, b"{")?;
            for (at, (name, node)) in members.iter().enumerate() {
                next_line(at > 0, depth + 1, out)?;
                push(out, quoted(name).as_bytes())?;
                push(out, b": ")?;
                write(node, depth + 1, out)?;
            }
            end(b"}", members.is_empty(), depth, out)
        }
    }
}

fn next_line(after_another: bool, depth: usize, out: &mut Vec<u8>) -> Result<(), String> {
    push(out, if after_another { b",\n" } else { b"\n" })?;
    (0..depth).try_for_each(|_| push(out, INDENT))
}

fn end(mark: &[u8], is_empty: bool, depth: usize, out: &mut Vec<u8>) -> Result<(), String> {
    if !is_empty {
        push(out, b"\n")?;
        (0..depth).try_for_each(|_| push(out, INDENT))?;
    }
    push(out, mark)
}
