//! Components that no kustomization uses: what each could be built on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::kube::group;
use crate::os::load::{self, load_overlay, references};
use crate::source::SourceTree;
use crate::yaml::{Node, parse};

/// So many kustomizations are tried for a component.
const MOST: usize = 8;

/// What identifies an object to a patch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    group: String,
    kind: String,
    name: String,
}

/// An object that a patch or a replacement speaks of. What is empty is any.
struct Named {
    group: Option<String>,
    kind: String,
    name: String,
}

/// Kustomizations, with what is read of each once.
pub(super) struct Kustomizations {
    all: Vec<PathBuf>,
    ids: BTreeMap<PathBuf, BTreeSet<Id>>,
}

/// Where a component fits.
pub(super) enum Fit {
    /// On top of these; paths from the component's folder.
    On(Vec<String>),
    /// On none, with the reason.
    Nowhere(String),
}

impl Kustomizations {
    /// Takes the folders of all kustomizations that are there, components among them.
    pub(super) fn new(all: Vec<PathBuf>) -> Self {
        Self { all, ids: BTreeMap::new() }
    }

    /// Finds the kustomizations that have every object which a component's patches name, and on which no other of these is built.
    pub(super) fn fit(&mut self, component: &Path) -> Fit {
        let (Ok(root), Ok(own)) = (component.canonicalize(), load_overlay(component)) else {
            return Fit::Nowhere("it cannot be read".into());
        };
        let brought = ids(&own);
        let named: Vec<Named> = named(&own).into_iter().filter(|it| !brought.iter().any(|id| it.means(id))).collect();
        if named.is_empty() {
            return Fit::Nowhere("its patches name no object of another kustomization".into());
        }
        let others: Vec<PathBuf> = self.all.iter().filter_map(|it| it.canonicalize().ok()).filter(|it| *it != root).collect();
        let uses: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = others.iter().map(|it| (it, below(it))).collect();
        let mut fitting: Vec<&PathBuf> = Vec::new();
        for folder in others.iter().filter(|it| !uses[it].contains(&root)) {
            let ids = self.ids.entry(folder.clone()).or_insert_with(|| ids_of(folder));
            if named.iter().all(|it| ids.iter().any(|id| it.means(id))) {
                fitting.push(folder);
            }
        }
        let is_beneath = |it: &PathBuf| fitting.iter().any(|other| uses[other].contains(it));
        let mut on: Vec<String> = fitting.iter().filter(|it| !is_beneath(it)).map(|it| load::relative(&root, it)).collect();
        on.sort();
        on.truncate(MOST);
        if on.is_empty() {
            let words: Vec<String> = named.iter().map(Named::words).collect();
            return Fit::Nowhere(format!("none has all that its patches name ({})", words.join(", ")));
        }
        Fit::On(on)
    }
}

impl Named {
    fn means(&self, id: &Id) -> bool {
        let is_name =
            || self.name == id.name || Regex::new(&format!("^(?:{})$", self.name)).is_ok_and(|it| it.is_match(&id.name));
        self.group.as_ref().is_none_or(|it| *it == id.group)
            && (self.kind.is_empty() || self.kind == id.kind)
            && (self.name.is_empty() || is_name())
    }

    fn words(&self) -> String {
        let any = |text: &str| if text.is_empty() { "any".to_owned() } else { text.to_owned() };
        format!("{}/{}", any(&self.kind), any(&self.name))
    }
}

/// Returns the folders that a kustomization is built from.
fn below(folder: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut visit) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(folder) = visit.pop() {
        let text = load::kustomization_of(&folder).and_then(|it| crate::os::files::read_small_text(&it).ok()).unwrap_or_default();
        let paths = references(&text).paths.into_iter().filter_map(|it| folder.join(it).canonicalize().ok());
        let new: Vec<PathBuf> = paths.filter(|it| it.is_dir() && !found.contains(it)).collect();
        found.extend(new.iter().cloned());
        visit.extend(new);
    }
    found
}

fn ids_of(folder: &Path) -> BTreeSet<Id> {
    let is_component = |tree: &SourceTree| {
        let own = tree.paths().find(|it| !it.contains('/') && load::is_kustomization(it));
        own.and_then(|it| tree.text(it)).is_some_and(|it| references(&it).is_component)
    };
    load_overlay(folder).ok().filter(|it| !is_component(it)).map(|it| ids(&it)).unwrap_or_default()
}

fn text<'a>(node: &'a Node, keys: &[&str]) -> &'a str {
    node.at(keys).and_then(Node::str).unwrap_or_default()
}

fn id(node: &Node) -> Option<Id> {
    let id = Id {
        group: group(text(node, &["apiVersion"])).to_owned(),
        kind: text(node, &["kind"]).to_owned(),
        name: text(node, &["metadata", "name"]).to_owned(),
    };
    (!id.kind.is_empty() && !id.name.is_empty()).then_some(id)
}

fn items<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    node.get(key).map(Node::items).unwrap_or_default()
}

/// Returns the kustomizations of a tree, each with its folder and its root.
fn kustomizations(tree: &SourceTree) -> Vec<(String, Node)> {
    let paths = tree.paths().filter(|it| load::is_kustomization(it));
    let root = |path: &str| parse(&tree.text(path)?).into_iter().find_map(|it| it.root);
    paths.filter_map(|it| Some((it.rsplit_once('/').map_or("", |it| it.0).to_owned(), root(it)?))).collect()
}

fn at(folder: &str, path: &str) -> String {
    crate::source::normalize(&crate::source::join(folder, path))
}

/// Returns the objects that the kustomizations of a tree list and generate.
fn ids(tree: &SourceTree) -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    for (folder, root) in kustomizations(tree) {
        for path in items(&root, "resources").iter().filter_map(Node::str) {
            let documents = tree.text(&at(&folder, path)).map(|it| parse(&it)).unwrap_or_default();
            found.extend(documents.iter().filter_map(|it| id(it.root.as_ref()?)));
        }
        for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
            let names = items(&root, key).iter().map(|it| text(it, &["name"]).to_owned());
            found.extend(names.map(|name| Id { group: String::new(), kind: kind.into(), name }));
        }
    }
    found
}

/// Returns the objects that the patches and replacements of a tree name.
fn named(tree: &SourceTree) -> Vec<Named> {
    let mut found = Vec::new();
    for (folder, root) in kustomizations(tree) {
        for it in items(&root, "patchesStrategicMerge").iter().filter_map(Node::str) {
            found.extend(patched(tree, &folder, it));
        }
        for it in items(&root, "patches").iter().chain(items(&root, "patchesJson6902")) {
            match it.get("target") {
                Some(target) => found.extend(selected(target)),
                // What stands there as a bare text is one of kustomize's older forms.
                None => found.extend(patched(
                    tree,
                    &folder,
                    &[it.str().unwrap_or_default(), text(it, &["path"]), text(it, &["patch"])].concat(),
                )),
            }
        }
        for it in items(&root, "replacements") {
            found.extend(it.get("source").and_then(selected));
            found.extend(items(it, "targets").iter().filter_map(|it| selected(it.get("select")?)));
        }
    }
    found
}

/// Reads the objects of a strategic merge patch: of a file, or of the text itself.
fn patched(tree: &SourceTree, folder: &str, said: &str) -> Vec<Named> {
    let documents =
        if said.contains('\n') { parse(said) } else { tree.text(&at(folder, said)).map(|it| parse(&it)).unwrap_or_default() };
    let ids = documents.iter().filter_map(|it| id(it.root.as_ref()?));
    ids.map(|it| Named { group: Some(it.group), kind: it.kind, name: it.name }).collect()
}

fn selected(target: &Node) -> Option<Named> {
    let group = target.get("group").and_then(Node::str).map(str::to_owned);
    let named = Named { group, kind: text(target, &["kind"]).to_owned(), name: text(target, &["name"]).to_owned() };
    (!named.kind.is_empty() || !named.name.is_empty()).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::testing::write_files;

    const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";

    /// Returns where a component with these lines fits, among a base, two overlays on it, and another base.
    fn fit(lines: &str) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let component = format!("kind: Component\n{lines}");
        write_files(
            folder.path(),
            &[
                ("base/kustomization.yaml", "resources: [web.yaml]\nconfigMapGenerator: [{name: conf}]\n"),
                ("base/web.yaml", SERVICE),
                ("dev/kustomization.yaml", "resources: [../base]\n"),
                ("prod/kustomization.yaml", "resources: [../base]\nnamePrefix: x-\n"),
                ("other/kustomization.yaml", "resources: [api.yaml]\n"),
                ("other/api.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\n"),
                ("part/kustomization.yaml", &component),
                ("part/patch.yaml", SERVICE),
            ],
        );
        let all = ["base", "dev", "other", "part", "prod"].iter().map(|it| folder.path().join(it)).collect();
        match Kustomizations::new(all).fit(&folder.path().join("part")) {
            Fit::On(on) => Ok(on),
            Fit::Nowhere(why) => Err(why),
        }
    }

    #[test]
    fn a_component_fits_what_has_all_that_it_patches() {
        let overlays = Ok(vec!["../dev".to_owned(), "../prod".to_owned()]);
        for lines in [
            "patches: [{path: patch.yaml}]",
            "patchesStrategicMerge: [patch.yaml]",
            "patches: [{target: {kind: Service, name: w.*}, patch: '[]'}]",
            "patchesJson6902: [{target: {version: v1, kind: Service, name: web}, path: x.yaml}]",
            "replacements: [{source: {kind: ConfigMap, name: conf}, targets: [{select: {kind: Service}}]}]",
        ] {
            assert_eq!(fit(lines), overlays, "{lines}");
        }
        assert_eq!(fit("patches: [{target: {kind: Deployment}, patch: '[]'}]"), Ok(vec!["../other".to_owned()]));
    }

    #[test]
    fn a_component_that_fits_nowhere_says_why() {
        let both = "patches: [{path: patch.yaml}, {target: {kind: Deployment, name: api}, patch: '[]'}]";
        assert_eq!(fit(both), Err("none has all that its patches name (Service/web, Deployment/api)".into()));
        assert!(fit("patches: [{target: {group: apps, kind: Service}, patch: '[]'}]").is_err());
        let own = "resources: [patch.yaml]\npatches: [{path: patch.yaml}]";
        assert_eq!(fit(own), Err("its patches name no object of another kustomization".into()));
    }
}
