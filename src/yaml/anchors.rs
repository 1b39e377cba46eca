//! Anchors, and what their aliases cost.

use std::collections::{HashMap, HashSet};

use super::{Node, NodeKind, Place, YamlError};

/// Most values in one text: more than any cluster takes, few enough to hold.
const MAX_VALUES: usize = 2_000_000;
/// Most bytes of text that stand for aliases.
const MAX_COPIED: usize = 64 << 20;

/// What the documents of one text have cost so far.
#[derive(Default)]
pub(super) struct Costs {
    values: usize,
    copied: usize,
}

/// The anchors of one document.
pub(super) struct Anchors<'a> {
    text: &'a str,
    /// Names in aliases, found when they are needed: other anchors are not kept.
    used: Option<HashSet<&'a str>>,
    anchors: HashMap<&'a str, Anchor>,
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
        Self { text, used: None, anchors: HashMap::new(), costs, decoded: 0, aliased: 0, bytes: 0 }
    }

    /// Counts a value.
    pub(super) fn count(&mut self, place: Place) -> Result<(), YamlError> {
        self.decoded += 1;
        self.costs.values += 1;
        let error = |message: &str| Err(YamlError { place, message: message.to_owned() });
        if self.costs.values > MAX_VALUES {
            return error("too many values");
        }
        if self.is_excessive() { error(EXCESSIVE) } else { Ok(()) }
    }

    pub(super) fn count_text(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// As `allowedAliasRatio` of go-yaml: most of a small document may come from aliases, a tenth of a large one.
    fn is_excessive(&self) -> bool {
        const LOW: usize = 400_000;
        const HIGH: usize = 4_000_000;
        #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
        let (decoded, aliased) = (self.decoded as f64, self.aliased as f64);
        #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
        let (low, high) = (LOW as f64, HIGH as f64);
        let allowed = 0.99 - 0.89 * ((decoded.clamp(low, high) - low) / (high - low));
        self.aliased > 100 && self.decoded > 1000 && aliased / decoded > allowed
    }

    /// Opens the anchor of a node that is about to be read.
    pub(super) fn start(&mut self, name: Option<&'a str>) -> Id {
        let id = Id { decoded: self.decoded, bytes: self.bytes };
        if let Some(name) = name {
            self.anchors.insert(name, Anchor::Open(id));
        }
        id
    }

    /// Keeps the node of an anchor, unless another took its name.
    pub(super) fn complete(&mut self, name: &'a str, id: Id, node: &Node) -> Result<(), YamlError> {
        let used = self.used.get_or_insert_with(|| aliases(self.text));
        if !used.contains(name) || !matches!(self.anchors.get(name), Some(Anchor::Open(it)) if *it == id) {
            return Ok(());
        }
        let (decoded, bytes) = (self.decoded - id.decoded, self.bytes - id.bytes);
        self.copy(decoded, bytes).map_err(|message| YamlError { place: node.start, message: message.to_owned() })?;
        let anchored = Anchored { kind: node.kind.clone(), height: height(node), decoded, bytes };
        self.anchors.insert(name, Anchor::Complete(anchored));
        Ok(())
    }

    /// Returns a copy of an anchor's value, and how deep it goes.
    pub(super) fn alias(&mut self, name: &str) -> Result<(NodeKind, usize), &'static str> {
        let (decoded, bytes) = match self.anchors.get(name) {
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
        match self.anchors.get(name) {
            Some(Anchor::Complete(anchored)) => Ok((anchored.kind.clone(), anchored.height)),
            _ => Err("found unknown anchor"),
        }
    }

    fn copy(&mut self, values: usize, bytes: usize) -> Result<(), &'static str> {
        self.costs.values += values;
        self.costs.copied += bytes;
        if self.costs.values > MAX_VALUES || self.costs.copied > MAX_COPIED { Err(EXCESSIVE) } else { Ok(()) }
    }
}

const EXCESSIVE: &str = "document contains excessive aliasing";

/// Returns all that may be the name of an alias in a text.
fn aliases(text: &str) -> HashSet<&str> {
    let names = text.split('*').skip(1).map(|rest| {
        let end = rest.bytes().position(|it| !(it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-')));
        &rest[..end.unwrap_or(rest.len())]
    });
    names.collect()
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
