//! Anchors, and what their aliases cost.

use std::collections::{HashMap, HashSet};

use super::{Node, NodeKind, Place, YamlError};

/// Most values in one text: more than any cluster takes, few enough to hold.
const MAX_VALUES: usize = 2_000_000;
/// Most bytes of text that stand for aliases.
const MAX_COPIED: usize = 64 << 20;
const MAX_NAMES: usize = 100_000;

/// What the documents of one text have cost so far.
#[derive(Default)]
pub(super) struct Costs {
    values: usize,
    copied: usize,
}

impl Costs {
    pub(super) fn are_too_high(&self) -> bool {
        self.values > MAX_VALUES
    }
}

/// The anchors of one document.
pub(super) struct Anchors<'a> {
    text: &'a str,
    /// Names in aliases, found when they are needed: other anchors are not kept, unless there are too many names.
    used: Option<HashSet<&'a str>>,
    by_name: HashMap<&'a str, Anchor>,
    costs: &'a mut Costs,
    /// Steps that go-yaml takes to decode what was read, and those of them below aliases.
    decoded: usize,
    aliased: usize,
    /// Bytes of scalars, those below aliases included.
    bytes: usize,
}

enum Anchor {
    /// With the number of its node.
    Open(Id),
    Complete(Anchored),
}

struct Anchored {
    kind: NodeKind,
    height: usize,
    decoded: usize,
    bytes: usize,
}

/// Tells nodes apart, and how much was read before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Id {
    decoded: usize,
    bytes: usize,
}

impl<'a> Anchors<'a> {
    pub(super) fn new(text: &'a str, costs: &'a mut Costs) -> Self {
        Self { text, used: None, by_name: HashMap::new(), costs, decoded: 0, aliased: 0, bytes: 0 }
    }

    /// Counts a value.
    pub(super) fn count(&mut self, place: Place) -> Result<(), YamlError> {
        self.decoded += 1;
        self.costs.values += 1;
        let error = |message: &str| Err(YamlError { place, message: message.to_owned() });
        if self.costs.are_too_high() {
            return error("too many values");
        }
        if self.is_excessive() { error(EXCESSIVE) } else { Ok(()) }
    }

    pub(super) fn count_text(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// As `allowedAliasRatio` of go-yaml: most of a small document may come from aliases, a tenth of a large one.
    fn is_excessive(&self) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
        let (decoded, aliased) = (self.decoded as f64, self.aliased as f64);
        let allowed = 0.99 - 0.89 * (decoded.clamp(4e5, 4e6) - 4e5) / 36e5;
        self.aliased > 100 && self.decoded > 1000 && aliased / decoded > allowed
    }

    /// Opens the anchor of a node that is about to be read.
    pub(super) fn start(&mut self, name: Option<&'a str>) -> Id {
        let id = Id { decoded: self.decoded, bytes: self.bytes };
        if let Some(name) = name.filter(|name| self.is_used(name)) {
            self.by_name.insert(name, Anchor::Open(id));
        }
        id
    }

    fn is_used(&mut self, name: &str) -> bool {
        let used = self.used.get_or_insert_with(|| aliases(self.text));
        used.contains(name) || used.len() == MAX_NAMES
    }

    /// Keeps the node of an anchor, unless another took its name.
    pub(super) fn complete(&mut self, name: &'a str, id: Id, node: &Node) -> Result<(), YamlError> {
        if !matches!(self.by_name.get(name), Some(Anchor::Open(it)) if *it == id) {
            return Ok(());
        }
        let (decoded, bytes) = (self.decoded - id.decoded, self.bytes - id.bytes);
        self.copy(decoded, bytes).map_err(|message| YamlError { place: node.start, message: message.to_owned() })?;
        let anchored = Anchored { kind: node.kind.clone(), height: height(node), decoded, bytes };
        self.by_name.insert(name, Anchor::Complete(anchored));
        Ok(())
    }

    /// Returns a copy of an anchor's value, and how deep it goes.
    pub(super) fn alias(&mut self, name: &str) -> Result<(NodeKind, usize), &'static str> {
        let (decoded, bytes) = match self.by_name.get(name) {
            None => return Err("found unknown anchor"),
            Some(Anchor::Open(_)) => return Err("the value of an anchor contains itself"),
            Some(Anchor::Complete(anchored)) => (anchored.decoded, anchored.bytes),
        };
        self.decoded += decoded + 1;
        self.aliased += decoded;
        self.bytes += bytes;
        if self.is_excessive() {
            return Err(EXCESSIVE);
        }
        self.copy(decoded, bytes)?;
        match self.by_name.get(name) {
            Some(Anchor::Complete(anchored)) => Ok((anchored.kind.clone(), anchored.height)),
            _ => Err("found unknown anchor"),
        }
    }

    fn copy(&mut self, values: usize, bytes: usize) -> Result<(), &'static str> {
        self.costs.values += values;
        self.costs.copied += bytes;
        if self.costs.are_too_high() || self.costs.copied > MAX_COPIED { Err(EXCESSIVE) } else { Ok(()) }
    }
}

const EXCESSIVE: &str = "document contains excessive aliasing";

/// Returns all that may be the name of an alias in a text, up to a limit.
fn aliases(text: &str) -> HashSet<&str> {
    let mut names = HashSet::new();
    for rest in text.split('*').skip(1) {
        let end = rest.bytes().position(|it| !(it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-')));
        names.insert(&rest[..end.unwrap_or(rest.len())]);
        if names.len() == MAX_NAMES {
            break;
        }
    }
    names
}

/// Returns how deep a node goes.
fn height(node: &Node) -> usize {
    let children: &mut dyn Iterator<Item = &Node> = match &node.kind {
        NodeKind::Scalar { .. } => return 0,
        NodeKind::Sequence(items) => &mut items.iter(),
        NodeKind::Mapping(entries) => &mut entries.iter().map(|entry| &entry.value),
    };
    children.map(height).max().unwrap_or(0) + 1
}
