//! Discovery: blocks of templates that no rendering has shown yet are given what they want.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::filled::{Change, Filled, is_general, is_true, label};
use super::made_up::Maker;
use super::reads::{Block, Path, Want};
use super::repair::REPAIRS;
use super::{Base, Probe};
use crate::chart::Step;
use crate::finding::Finding;
use crate::pipeline::Linked;

/// So many blocks are tried one by one.
const TRIED: usize = 10;

impl Probe<'_> {
    /// Notes which texts of the templates a rendering shows. Returns whether some are new.
    pub(super) fn see(&mut self, linked: &Linked) -> bool {
        let Some(provenance) = &linked.provenance else { return false };
        let mut is_new = false;
        let parts = provenance.parts().iter().filter(|it| it.is_text);
        for part in parts {
            let Some(file) = provenance.file(part) else { continue };
            let place = (part.line, part.column);
            if let Some(places) = self.shown.get_mut(file) {
                is_new |= places.insert(place);
            } else {
                self.shown.insert(file.to_owned(), BTreeSet::from([place]));
                is_new = true;
            }
        }
        is_new
    }

    /// Renders what no rendering has shown, block by block. Returns those that show new edges.
    pub(super) fn show_hidden(&mut self, known: &[Finding]) -> Vec<Base> {
        let known: BTreeSet<&String> = known.iter().map(|it| &it.fingerprint).collect();
        let mut bases = Vec::new();
        let mut tried: BTreeSet<String> = BTreeSet::new();
        let mut blocks: Vec<Block> = self.reads.blocks.iter().filter(|it| it.is_object || it.is_wiring).cloned().collect();
        blocks.sort_by_key(|it| (!it.is_object, it.wants.len()));
        for block in &blocks {
            if self.shown.is_empty() || tried.len() == TRIED || self.budget.cases == 0 {
                break;
            }
            if self.is_shown(block) {
                continue;
            }
            let Some((switches, filled)) = self.wanted(block) else { continue };
            if !tried.insert(format!("{} {}", label(&switches), filled.described(""))) {
                continue;
            }
            let at = self.out.judged.len();
            let Some(base) = self.on_with(&switches, &filled, REPAIRS) else { continue };
            if !self.see(&base.linked) {
                self.out.judged.truncate(at);
                continue;
            }
            self.out.judged[at..].iter_mut().for_each(|it| it.findings.retain(|it| !known.contains(&it.fingerprint)));
            bases.push(base);
        }
        bases
    }

    fn is_shown(&self, block: &Block) -> bool {
        self.shown.get(&block.file).is_some_and(|shown| block.starts.iter().any(|it| shown.contains(it)))
    }

    /// Returns what makes a block show: switches of the chart's own, and what has to be made up.
    fn wanted(&self, block: &Block) -> Option<(Vec<Change>, Filled)> {
        let mut switches: Vec<Change> = Vec::new();
        let mut filled = Filled::default();
        let mut elements: Vec<(&[Step], Json)> = Vec::new();
        let mut maker = Maker::new(&self.reads);
        for want in &block.wants {
            match want {
                Want::Api(api) => filled.apis.extend(super::fill::may_be_there(api).then(|| api.clone())),
                Want::Some(path) if is_general(path) => {
                    elements.extend(self.lacks_in_element(path).then(|| (path.as_slice(), maker.value(path))));
                }
                Want::None(path) | Want::Equal(path, _) if is_general(path) => {}
                Want::Some(path) if is_true(self.values.get(path)) => {}
                Want::Some(path) if self.is_switch(path) => push(&mut switches, path, true.into())?,
                Want::Some(path) => filled.set(path.clone(), maker.value(path)),
                Want::None(path) => match self.values.get(path) {
                    value if !is_true(value) => {}
                    Some(Json::Bool(_)) => push(&mut switches, path, false.into())?,
                    Some(Json::String(_)) => push(&mut switches, path, "".into())?,
                    Some(Json::Array(_)) => push(&mut switches, path, Json::Array(Vec::new()))?,
                    _ => push(&mut switches, path, Json::Null)?,
                },
                Want::Equal(path, value) => {
                    if self.values.get(path) != Some(value) {
                        push(&mut switches, path, value.clone())?;
                    }
                }
            }
        }
        for (list, value) in self.values.changed(&elements) {
            filled.set(list, value);
        }
        self.close(&mut switches);
        filled.apis.retain(|it| !self.base.input.api_versions.contains(it));
        (!switches.is_empty() || !filled.is_empty()).then_some((switches, filled))
    }

    /// Whether the first element of a list of the chart's own has nothing there.
    fn lacks_in_element(&self, path: &[Step]) -> bool {
        let is_there = path.iter().rposition(|it| matches!(it, Step::Index(_))).is_some_and(|at| self.values.get(&path[..=at]).is_some());
        is_there && !is_true(self.values.get(path))
    }

    /// Whether a value is switched on, rather than filled in.
    fn is_switch(&self, path: &[Step]) -> bool {
        let key = match path.last() {
            Some(Step::Key(key)) => key.to_ascii_lowercase(),
            _ => String::new(),
        };
        match self.values.get(path) {
            Some(Json::Bool(_)) => true,
            None | Some(Json::Null) => key.ends_with("enabled") || key.ends_with("create"),
            Some(_) => false,
        }
    }
}

/// Adds a change; `None` where another one says otherwise: nothing can satisfy both.
fn push(changes: &mut Vec<Change>, path: &Path, value: Json) -> Option<()> {
    match changes.iter().find(|it| it.0 == *path) {
        Some(known) if known.1 != value => None,
        Some(_) => Some(()),
        None => {
            changes.push((path.clone(), value));
            Some(())
        }
    }
}
