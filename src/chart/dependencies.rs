//! Which subcharts are enabled, under which names, and what they hand up: Helm's dependencies.go.

use super::HelmVersion;
use super::coalesce::{coalesce_tables, copy, empty, table, table_at, value_at};
use super::tree::{Id, Metadata, Tree};
use crate::gotemplate::print::sprint;
use crate::gotemplate::value::{Map, MapType, Str, Value};

impl Tree<'_> {
    /// `ProcessDependencies`
    pub(super) fn process_dependencies(&mut self, given: &Map) -> Result<(), String> {
        self.process_enabled(Self::ROOT, given, "")?;
        self.process_imports(Self::ROOT)
    }

    /// `processDependencyEnabled`: aliases, and removes what is disabled.
    fn process_enabled(&mut self, chart: Id, given: &Map, path: &str) -> Result<(), String> {
        let Some(requirements) = self.requirements_of(chart).cloned() else { return Ok(()) };
        let children = self.renamed_children(chart, &requirements);
        self.set_children(chart, children);
        for &id in &requirements {
            self.requirements[id].enabled = true;
        }
        let values = self.coalesce_values(chart, given, false)?;
        self.process_tags(&requirements, &values);
        self.process_conditions(&requirements, &values, path);
        let disabled: Vec<String> =
            requirements.iter().map(|id| &self.requirements[*id]).filter(|it| !it.enabled).map(|it| it.name.clone()).collect();
        let is_kept = |name: &str| !disabled.iter().any(|it| it == name);
        let children: Vec<Id> = self.children(chart).iter().copied().filter(|id| is_kept(self.name(*id))).collect();
        let kept: Vec<Id> = requirements.into_iter().filter(|id| is_kept(&self.requirements[*id].name)).collect();
        for &child in &children {
            let path = format!("{path}{}.", self.name(child));
            self.process_enabled(child, &values, &path)?;
        }
        let metadata = self.charts[chart].metadata;
        self.metadata[metadata].requirements = Some(kept).filter(|kept| !kept.is_empty());
        self.set_children(chart, children);
        Ok(())
    }

    /// Returns the subcharts that Chart.yaml does not name, and one for each entry of Chart.yaml that is there.
    fn renamed_children(&mut self, chart: Id, requirements: &[Id]) -> Vec<Id> {
        let mut children: Vec<Id> = Vec::new();
        for &child in self.children(chart) {
            if !requirements.iter().any(|id| self.is_meant(*id, child)) {
                children.push(child);
            }
        }
        for &id in requirements {
            let found = self.children(chart).iter().copied().find(|child| self.is_meant(id, *child));
            if let Some(child) = found {
                children.push(self.aliased(id, child));
            }
            let alias = &self.requirements[id].read.alias;
            if !alias.is_empty() {
                self.requirements[id].name.clone_from(alias);
            }
        }
        children
    }

    fn is_meant(&self, requirement: Id, chart: Id) -> bool {
        let requirement = &self.requirements[requirement];
        let version = self.charts[chart].package.metadata.semver.as_ref();
        self.name(chart) == requirement.name && requirement.read.takes(version)
    }

    /// `getAliasDependency`: a copy of a chart under its alias. In Helm 3, copies share their own subcharts.
    fn aliased(&mut self, requirement: Id, chart: Id) -> Id {
        let mut copied = self.charts[chart].clone();
        let mut metadata = self.metadata[copied.metadata].clone();
        if self.helm == HelmVersion::V4 {
            self.own_requirements(&mut metadata);
        }
        let alias = &self.requirements[requirement].read.alias;
        if !alias.is_empty() {
            metadata.name.clone_from(alias);
        }
        copied.metadata = self.metadata.len();
        self.metadata.push(metadata);
        let id = self.charts.len();
        if self.helm == HelmVersion::V4 {
            copied.children = (id + 1..=id + copied.children.len()).collect();
        }
        self.charts.push(copied);
        if self.helm == HelmVersion::V4 {
            for child in self.children(chart).to_vec() {
                let mut child = self.charts[child].clone();
                child.parent = Some(id);
                self.charts.push(child);
            }
        }
        id
    }

    fn own_requirements(&mut self, metadata: &mut Metadata) {
        for id in metadata.requirements.iter_mut().flatten() {
            let copied = self.requirements[*id].clone();
            *id = self.requirements.len();
            self.requirements.push(copied);
        }
    }

    fn process_tags(&mut self, requirements: &[Id], values: &Map) {
        let Some(tags) = table_at(values, "tags") else { return };
        for &id in requirements {
            let requirement = &mut self.requirements[id];
            let set: Vec<bool> =
                requirement.read.tags.iter().filter_map(|tag| tags.get(tag).and_then(|value| value.as_bool())).collect();
            requirement.enabled = set.contains(&true) || !set.contains(&false);
        }
    }

    /// The first of its conditions that is a boolean decides.
    fn process_conditions(&mut self, requirements: &[Id], values: &Map, path: &str) {
        for &id in requirements {
            let requirement = &mut self.requirements[id];
            let conditions = requirement.read.condition.trim().split(',').filter(|it| !it.is_empty());
            let mut set = conditions.filter_map(|it| value_at(values, &format!("{path}{it}"))?.as_bool());
            if let Some(enabled) = set.next() {
                requirement.enabled = enabled;
            }
        }
    }

    /// `processDependencyImportValues`
    fn process_imports(&mut self, chart: Id) -> Result<(), String> {
        for child in self.children(chart).to_vec() {
            self.process_imports(child)?;
        }
        let Some(requirements) = self.requirements_of(chart).cloned() else { return Ok(()) };
        // Both Helms keep nulls here.
        let values = self.coalesce_values(chart, &empty(), true)?;
        let imported = empty();
        for id in requirements {
            let mut pairs = Vec::new();
            for import in self.requirements[id].import_values.clone() {
                let Some((child, parent)) = child_and_parent(&import) else { continue };
                let found = table_at(&values, &format!("{}.{child}", self.requirements[id].name));
                if let Some(found) = found {
                    let found = if found.is_empty() { empty() } else { found };
                    coalesce_tables(&imported, &below(&parent, found), true);
                }
                pairs.push(pair(&child, &parent));
            }
            self.requirements[id].import_values = pairs;
        }
        let mut values = copy(&values);
        coalesce_tables(&values, &imported, true);
        if !imported.is_empty() {
            values = self.placed(chart, values);
        }
        self.charts[chart].values = Some(values);
        Ok(())
    }
}

/// Returns what an entry of `import-values` names. What is neither a text nor a map names nothing.
fn child_and_parent(import: &Value) -> Option<(String, String)> {
    if let Some(text) = import.as_str() {
        return Some((format!("exports.{}", text.text()), ".".into()));
    }
    let get = |map: &Map, key: &str| String::from_utf8_lossy(&sprint(&[map.get(key).unwrap_or_default()])).into_owned();
    table(import).map(|map| (get(map, "child"), get(map, "parent")))
}

fn pair(child: &str, parent: &str) -> Value {
    let entries = [("child", child), ("parent", parent)].map(|(key, value)| (Str::from(key), value.into()));
    Map::new(MapType::Str, entries.into_iter().collect()).into()
}

/// `pathToMap`
fn below(path: &str, values: Map) -> Map {
    if path == "." {
        return values;
    }
    path.rsplit('.').fold(values, |inner, key| {
        let map = empty();
        map.insert(key, inner.into());
        map
    })
}
