//! The charts of one rendering: which are there under which names, after aliases, conditions and tags.
//!
//! Helm changes its charts in place, and some of its pointers lead to the same thing; places in these tables do so too.

use super::HelmVersion;
use super::package::{HelmChart, Package};
use crate::gotemplate::value::{Kind, Map, Str, Value};

/// A place in a table.
pub(super) type Id = usize;

#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) helm: HelmVersion,
    pub(super) charts: Vec<Chart<'a>>,
    pub(super) metadata: Vec<Metadata>,
    pub(super) requirements: Vec<Requirement<'a>>,
}

#[derive(Debug, Clone)]
pub(super) struct Chart<'a> {
    pub(super) package: &'a Package,
    pub(super) metadata: Id,
    /// What imported values made of those of the package.
    pub(super) values: Option<Map>,
    pub(super) parent: Option<Id>,
    pub(super) children: Vec<Id>,
}

#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub(super) name: String,
    /// `None` for a nil slice.
    pub(super) requirements: Option<Vec<Id>>,
}

#[derive(Debug, Clone)]
pub(super) struct Requirement<'a> {
    pub(super) read: &'a super::package::Requirement,
    pub(super) name: String,
    pub(super) enabled: bool,
    pub(super) import_values: Vec<Value>,
}

impl<'a> Tree<'a> {
    pub(super) const ROOT: Id = 0;

    pub(super) fn new(chart: &'a HelmChart) -> Self {
        let mut tree = Self { helm: chart.helm, charts: Vec::new(), metadata: Vec::new(), requirements: Vec::new() };
        tree.add(&chart.root, None);
        tree
    }

    fn add(&mut self, package: &'a Package, parent: Option<Id>) -> Id {
        let read = &package.metadata;
        let requirements = read.dependencies.as_ref().map(|all| {
            let start = self.requirements.len();
            self.requirements.extend(all.iter().map(|read| Requirement {
                read,
                name: read.name.clone(),
                enabled: read.enabled,
                import_values: read.import_values.iter().map(crate::gotemplate::value::Frozen::thaw).collect(),
            }));
            (start..self.requirements.len()).collect()
        });
        self.metadata.push(Metadata { name: read.name.clone(), requirements });
        let (id, metadata) = (self.charts.len(), self.metadata.len() - 1);
        self.charts.push(Chart { package, metadata, values: None, parent, children: Vec::new() });
        let children = package.subcharts.iter().map(|package| self.add(package, Some(id))).collect();
        self.charts[id].children = children;
        id
    }

    pub(super) fn name(&self, chart: Id) -> &str {
        &self.metadata[self.charts[chart].metadata].name
    }

    pub(super) fn children(&self, chart: Id) -> &[Id] {
        &self.charts[chart].children
    }

    pub(super) fn requirements_of(&self, chart: Id) -> Option<&Vec<Id>> {
        self.metadata[self.charts[chart].metadata].requirements.as_ref()
    }

    /// Replaces a chart's subcharts.
    pub(super) fn set_children(&mut self, chart: Id, children: Vec<Id>) {
        for &child in &children {
            self.charts[child].parent = Some(chart);
        }
        self.charts[chart].children = children;
    }

    /// Returns a copy of a chart's own values.
    pub(super) fn own_values(&self, chart: Id) -> Vec<(Str, Value)> {
        let chart = &self.charts[chart];
        match &chart.values {
            Some(map) => super::coalesce::copy(map).to_vec(),
            None => match chart.package.values.thaw().kind {
                Kind::Map(map) => map.to_vec(),
                _ => Vec::new(),
            },
        }
    }

    /// Returns the path that templates are named by: `web/charts/redis`.
    pub(super) fn full_path(&self, chart: Id) -> String {
        match self.charts[chart].parent {
            Some(parent) => format!("{}/charts/{}", self.full_path(parent), self.name(chart)),
            None => self.name(chart).to_owned(),
        }
    }
}
