//! Discovery: blocks of templates that no rendering has shown yet are given what they want.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::filled::{Change, Filled, is_general, is_true};
use super::made_up::Maker;
use super::reads::{Block, Path, Topic, Want};
use super::{Base, Probe};
use crate::chart::Step;
use crate::finding::{Finding, Severity};
use crate::pipeline::Linked;

/// So many blocks are tried one by one.
const TRIED: usize = 16;

/// And so many where a rendering is long.
const TRIED_LONG: usize = 6;

/// For each of them at most so many more values are made up.
const REPAIRS: usize = 4;

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

    /// Renders what no rendering has shown, block by block, each with the others that want the same and more. Returns those that
    /// show new edges.
    pub(super) fn show_hidden(&mut self, known: &[Finding]) -> Vec<Base> {
        let shown: BTreeSet<&String> = known.iter().map(|it| &it.fingerprint).collect();
        let mut bases = Vec::new();
        let mut tried: BTreeSet<String> = BTreeSet::new();
        let most = if self.is_long { TRIED_LONG } else { TRIED };
        let mut blocks: Vec<Block> = self.reads.blocks.iter().filter(|it| it.speaks_of < Topic::Else).cloned().collect();
        blocks.sort_by_key(|it| (it.speaks_of, it.file.starts_with("charts/"), it.wants.len()));
        for (nth, block) in blocks.iter().enumerate() {
            if self.shown.is_empty() || tried.len() >= most || self.budget.cases == 0 {
                break;
            }
            if self.is_shown(block) {
                continue;
            }
            let Some(alone) = self.wanted(&block.wants) else { continue };
            let with_others = self.with_others(block, &blocks[nth + 1..]);
            for (is_alone, (switches, filled)) in with_others.into_iter().map(|it| (false, it)).chain([(true, alone)]) {
                if !tried.insert(format!("{} {:?}", filled.described(""), switches)) {
                    continue;
                }
                let at = self.out.judged.len();
                let Some(base) = self.on_with(&switches, &filled, REPAIRS) else { continue };
                if !self.see(&base.linked) {
                    self.out.judged.truncate(at);
                    continue;
                }
                self.out.judged[at..].iter_mut().for_each(|it| it.findings.retain(|it| !shown.contains(&it.fingerprint)));
                if !is_alone {
                    self.shrink(known, &switches, &base);
                }
                let mut judged = self.out.judged.split_off(at);
                let asleep = |it: &&mut Finding| it.rule == "dangling-service" && self.is_asleep(it, &base.linked);
                judged.iter_mut().flat_map(|it| &mut it.findings).filter(asleep).for_each(|it| it.severity = Severity::Note);
                self.out.judged.append(&mut judged);
                bases.push(base);
                break;
            }
        }
        bases
    }

    /// Whether the chart has the Service that is missed in a template beside that of the object, off in this rendering: it is of a
    /// component that another value switches on.
    fn is_asleep(&self, finding: &Finding, linked: &Linked) -> bool {
        let sources = || linked.manifest.resources.iter().filter_map(|it| Some((&it.subject, it.source.as_ref()?.file.as_str())));
        let Some((_, own)) = sources().find(|it| *it.0 == finding.subject) else { return false };
        let is_sibling = |file: &str| file != own && stem(file) == stem(own);
        let mut blocks = self.reads.blocks.iter().filter(|it| it.speaks_of == Topic::Wired && is_sibling(&it.file));
        blocks.any(|block| !sources().any(|it| it.1 == block.file))
    }

    /// Returns what makes a block show, and with it those of the others that want the same and more besides, as far as they agree.
    fn with_others(&self, block: &Block, others: &[Block]) -> Option<(Vec<Change>, Filled)> {
        let wants_more = |it: &&Block| {
            it.speaks_of <= Topic::Wiring && block.wants.iter().all(|want| it.wants.contains(want)) && !self.is_shown(it)
        };
        let mut wants = block.wants.clone();
        for other in others.iter().filter(wants_more) {
            let mut more = wants.clone();
            more.extend(other.wants.iter().filter(|it| !wants.contains(it)).cloned());
            if self.wanted(&more).is_some() {
                wants = more;
            }
        }
        (wants.len() > block.wants.len()).then(|| self.wanted(&wants))?
    }

    fn is_shown(&self, block: &Block) -> bool {
        self.shown.get(&block.file).is_some_and(|shown| block.starts.iter().any(|it| shown.contains(it)))
    }

    /// Returns what makes a block show: switches of the chart's own, and what has to be made up.
    fn wanted(&self, wants: &[Want]) -> Option<(Vec<Change>, Filled)> {
        let mut switches: Vec<Change> = Vec::new();
        let mut filled = Filled::default();
        let mut elements: Vec<(&[Step], Json)> = Vec::new();
        let mut maker = Maker::new(&self.reads);
        for want in wants {
            match want {
                Want::Api(api) => filled.apis.extend(super::fill::may_be_there(api).then(|| api.clone())),
                Want::Some(path) if is_general(path) => {
                    // A list or a map alone: a number would be blamed for what it is.
                    let made = self.lacks_in_element(path).then(|| maker.value(path));
                    elements.extend(made.filter(|it| it.is_array() || it.is_object()).map(|it| (path.as_slice(), it)));
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
        let is_there =
            path.iter().rposition(|it| matches!(it, Step::Index(_))).is_some_and(|at| self.values.get(&path[..=at]).is_some());
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

/// The words of a file's path that say which kind of object it holds.
const KINDS: [&str; 7] = ["service", "services", "svc", "ingress", "route", "httproute", "deployment"];

/// Returns the words of a file's path that say whose object it holds.
fn stem(file: &str) -> Vec<&str> {
    file.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty() && !KINDS.contains(it)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_one_component_have_one_stem() {
        assert_eq!(stem("templates/admin-ingress.yaml"), stem("templates/admin-service.yaml"));
        assert_eq!(stem("templates/admin/ingress.yaml"), stem("templates/admin/svc.yaml"));
        assert_ne!(stem("templates/ingress.yaml"), stem("templates/service-headless.yaml"));
    }
}
