//! The charts of one rendering: which are there under which names, after aliases, conditions and tags.
//!
//! Helm changes its charts in place, and some of its pointers lead to the same thing; places in these tables do so too.

use std::cell::RefCell;

use super::HelmVersion;
use super::package::{HelmChart, Package};
use crate::gotemplate::value::{Kind, Map, Str, Value};
use crate::gotemplate::{PathStep, Paths};

/// A place in a table.
pub(super) type Id = usize;

#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) helm: HelmVersion,
    pub(super) charts: Vec<Chart<'a>>,
    pub(super) metadata: Vec<Metadata>,
    pub(super) requirements: Vec<Requirement<'a>>,
    /// With provenance: where values stand.
    pub(super) paths: Option<RefCell<Paths>>,
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

    pub(super) fn new(chart: &'a HelmChart, paths: Option<Paths>) -> Self {
        let paths = paths.map(RefCell::new);
        let mut tree = Self { helm: chart.helm, charts: Vec::new(), metadata: Vec::new(), requirements: Vec::new(), paths };
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
        let Chart { values, package, .. } = &self.charts[chart];
        let kind = match (values, &self.paths) {
            (Some(map), _) => Kind::Map(super::coalesce::copy(map)),
            (None, None) => package.values.thaw().kind,
            (None, Some(paths)) => paths.borrow_mut().thaw(&package.values, self.keys(chart)).kind,
        };
        if let Kind::Map(map) = kind { map.into_entries() } else { Vec::new() }
    }

    /// Marks values, which nobody else has then, as standing where those of a chart do.
    pub(super) fn placed(&self, chart: Id, values: Map) -> Map {
        let Some(paths) = &self.paths else { return values };
        let values = super::coalesce::copy(&values);
        paths.borrow_mut().taint_all(&mut values.clone().into(), &self.keys(chart));
        values
    }

    /// Returns the keys that lead from the root's values to a chart's.
    pub(super) fn keys(&self, chart: Id) -> Vec<PathStep> {
        let Some(parent) = self.charts[chart].parent else { return Vec::new() };
        let mut keys = self.keys(parent);
        keys.push(self.name(chart).into());
        keys
    }

    /// Returns the path that templates are named by: `web/charts/redis`.
    pub(super) fn full_path(&self, chart: Id) -> String {
        match self.charts[chart].parent {
            Some(parent) => format!("{}/charts/{}", self.full_path(parent), self.name(chart)),
            None => self.name(chart).to_owned(),
        }
    }
}
