//! One rendering's charts and values: what Helm does between loading a chart and its first template.

use std::cell::RefCell;
use std::sync::Arc;

use super::coalesce::table_at;
use super::package::{File, HelmChart, Package};
use super::semver::{Constraint, Version};
use super::tree::{Id, Tree};
use super::values::Step;
use super::{ChartError, ChartErrorKind, HelmVersion, KubeVersion};
use crate::gotemplate::Paths;
use crate::gotemplate::value::{Map, MapType, Value};

/// A release to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub name: String,
    pub namespace: String,
}

impl Release {
    /// Returns `.Release` of `helm template`.
    pub fn value(&self) -> Value {
        Value::map([
            ("Name", self.name.as_str().into()),
            ("Namespace", self.namespace.as_str().into()),
            ("IsUpgrade", false.into()),
            ("IsInstall", true.into()),
            ("Revision", Value::int(1)),
            ("Service", "Helm".into()),
        ])
    }
}

/// What one rendering starts from.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// All enabled charts, each before its subcharts; the first is the root.
    pub scopes: Vec<Scope<'a>>,
    /// With provenance: where the values stand.
    pub paths: Option<Paths>,
}

/// A chart as its templates see it.
#[derive(Debug)]
pub struct Scope<'a> {
    pub package: &'a Package,
    /// Its name, or its alias.
    pub name: String,
    /// The path that its templates are named by: `web/charts/redis`.
    pub path: String,
    /// `.Template.BasePath`
    pub base_path: String,
    /// The keys that lead from the root's values to its own.
    pub keys: Vec<String>,
    /// `.Values`: one map for all its templates, and the very one that its parent's values hold.
    pub values: Value,
    /// `.Chart`
    pub chart: Value,
    pub templates: Vec<Template>,
    pub is_root: bool,
    pub is_library: bool,
    /// Its enabled subcharts, as indices.
    pub subcharts: Vec<usize>,
}

/// A template file.
#[derive(Debug, Clone)]
pub struct Template {
    /// As Helm names it: `web/charts/redis/templates/service.yaml`.
    pub name: Arc<str>,
    pub file: Arc<File>,
}

impl HelmChart {
    /// Enables subcharts, coalesces values, and checks them, as `helm template` does with what the user set. Values are marked with their
    /// paths where there is a table for those.
    ///
    /// # Errors
    /// What Helm says before it looks at a template.
    pub fn prepare(&self, user: &Value, kube: &KubeVersion, paths: Option<Paths>) -> Result<Prepared<'_>, ChartError> {
        self.check_installable()?;
        let user = user.as_map().cloned().unwrap_or_else(super::coalesce::empty);
        let mut tree = Tree::new(self, paths);
        tree.process_dependencies(&user).map_err(|message| match self.helm {
            HelmVersion::V3 => ChartError::broken(message),
            HelmVersion::V4 => ChartError::broken(message).within("chart dependencies processing failed"),
        })?;
        let user = tree.placed(Tree::ROOT, user);
        let values = tree.coalesce_values(Tree::ROOT, &user, false).map_err(ChartError::broken)?;
        tree.check_schemas(&values)?;
        self.check_kube(kube)?;
        let mut prepared = Prepared::new(&tree, &values);
        prepared.paths = tree.paths.map(RefCell::into_inner);
        Ok(prepared)
    }

    fn check_installable(&self) -> Result<(), ChartError> {
        let metadata = &self.root.metadata;
        if !matches!(metadata.kind.as_str(), "" | "application") {
            let message = format!("{} charts are not installable", metadata.kind);
            return Err(ChartError::new(ChartErrorKind::Library, message));
        }
        let is_there = |name: &str| self.root.subcharts.iter().any(|it| it.metadata.name == name);
        let names = metadata.dependencies.iter().flatten().map(|it| it.name.clone());
        let missing: Vec<String> = names.filter(|name| !is_there(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let words = match self.helm {
            HelmVersion::V3 => {
                "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies"
            }
            HelmVersion::V4 => {
                "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies"
            }
        };
        let message = format!("{words}: found in Chart.yaml, but missing in charts/ directory: {}", missing.join(", "));
        Err(ChartError::new(ChartErrorKind::Missing(missing), message))
    }

    fn check_kube(&self, kube: &KubeVersion) -> Result<(), ChartError> {
        let wanted = &self.root.metadata.kube_version;
        let is_compatible = || {
            let (Ok(constraint), Ok(version)) = (Constraint::new(wanted), Version::new(&kube.normalized)) else { return false };
            constraint.check(&version)
        };
        if wanted.is_empty() || is_compatible() {
            return Ok(());
        }
        let message = format!("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {}", kube.version);
        Err(ChartError::new(ChartErrorKind::Refused, message))
    }
}

impl<'a> Prepared<'a> {
    fn new(tree: &Tree<'a>, values: &Map) -> Self {
        let values = values.as_type(tree.values_type());
        let mut prepared = Self { scopes: Vec::new(), paths: None };
        prepared.add(tree, Tree::ROOT, &values, &[]);
        prepared
    }

    /// Adds a chart and what is below it: `recAllTpls` of Helm's engine.
    fn add(&mut self, tree: &Tree<'a>, chart: Id, values: &Map, keys: &[String]) -> usize {
        let package = tree.charts[chart].package;
        let (path, is_library) = (tree.full_path(chart), package.metadata.is_library());
        let is_used = |file: &&Arc<File>| !is_library || file.name.rsplit('/').next().is_some_and(|it| it.starts_with('_'));
        let template = |file: &Arc<File>| Template { name: format!("{path}/{}", file.name).into(), file: Arc::clone(file) };
        let index = self.scopes.len();
        self.scopes.push(Scope {
            package,
            name: tree.name(chart).to_owned(),
            base_path: format!("{path}/templates"),
            keys: keys.to_vec(),
            values: values.clone().into(),
            chart: tree.chart_value(chart),
            templates: package.templates.iter().filter(is_used).map(template).collect(),
            path,
            is_root: tree.charts[chart].parent.is_none(),
            is_library,
            subcharts: Vec::new(),
        });
        for &child in tree.children(chart) {
            let ty = tree.values_type();
            let name = tree.name(child);
            let own = table_at(values, name).map_or_else(|| Map::new(ty, std::collections::BTreeMap::new()), |it| it.as_type(ty));
            let keys: Vec<String> = keys.iter().cloned().chain([name.to_owned()]).collect();
            let added = self.add(tree, child, &own, &keys);
            self.scopes[index].subcharts.push(added);
        }
        index
    }

    /// Returns the file and the line that give a path of the root's values its default: of the chart highest up that sets it.
    pub fn line_of(&self, path: &[Step]) -> Option<(&str, u32)> {
        let mut scope = self.scopes.first()?;
        let mut rest = path;
        loop {
            if let Some(found) = scope.package.line_of(rest) {
                return Some(found);
            }
            let (Step::Key(key), below) = rest.split_first()? else { return None };
            let below_it = scope.subcharts.iter().map(|index| &self.scopes[*index]);
            scope = below_it.into_iter().find(|it| it.name == *key)?;
            rest = below;
        }
    }
}

impl Tree<'_> {
    fn values_type(&self) -> MapType {
        MapType::Named(match self.helm {
            HelmVersion::V3 => "chartutil.Values",
            HelmVersion::V4 => "common.Values",
        })
    }
}
