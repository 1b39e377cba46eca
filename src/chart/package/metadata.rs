//! Chart.yaml as Helm decodes and validates it: `Metadata` and `Dependency` of Helm's `pkg/chart`.

mod decode;

use std::collections::{BTreeMap, HashSet};

use decode::Decoder;

use crate::chart::HelmVersion;
use crate::chart::semver::{Constraint, Version};
use crate::chart::yaml::{Mistake, first};
use crate::gotemplate::print::{is_print, quote};
use crate::gotemplate::value::Frozen;

/// What Chart.yaml says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    pub name: String,
    pub home: String,
    pub sources: Vec<String>,
    pub version: String,
    pub description: String,
    pub keywords: Vec<String>,
    pub maintainers: Vec<Maintainer>,
    pub icon: String,
    pub api_version: String,
    pub condition: String,
    pub tags: String,
    pub app_version: String,
    pub deprecated: bool,
    /// `None` for a nil map.
    pub annotations: Option<BTreeMap<String, String>>,
    pub kube_version: String,
    /// `None` for a nil slice.
    pub dependencies: Option<Vec<Requirement>>,
    /// `application`, `library` or nothing.
    pub kind: String,
    /// The version, read.
    pub(in crate::chart) semver: Option<Version>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
    is_null: bool,
}

/// An entry of `dependencies`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Requirement {
    pub name: String,
    pub version: String,
    pub repository: String,
    pub condition: String,
    pub tags: Vec<String>,
    pub enabled: bool,
    pub import_values: Vec<Frozen>,
    pub alias: String,
    is_null: bool,
    /// The version, read; `None` where it is no constraint.
    constraint: Option<Constraint>,
}

impl Metadata {
    /// Reads a file over what is there.
    pub(super) fn read(&mut self, bytes: &[u8], helm: HelmVersion) -> Result<(), Mistake> {
        match first(bytes)? {
            Some(root) => Decoder::new(helm).metadata(&root, self),
            None => Ok(()),
        }
    }

    /// Reads `apiVersion` alone.
    pub(super) fn read_version(&mut self, bytes: &[u8]) -> Result<(), Mistake> {
        match first(bytes)? {
            Some(root) => Decoder::new(HelmVersion::V4).version(&root, self),
            None => Ok(()),
        }
    }

    /// Reads versions and constraints once.
    pub(super) fn parse_versions(&mut self) {
        self.semver = Version::new(&self.version).ok();
        for requirement in self.dependencies.iter_mut().flatten() {
            requirement.constraint = Constraint::new(&requirement.version).ok();
        }
    }

    /// Whether it renders nothing by itself.
    pub fn is_library(&self) -> bool {
        self.kind.eq_ignore_ascii_case("library")
    }

    /// Cleans texts, and checks what Helm checks.
    pub(super) fn validate(&mut self) -> Result<(), String> {
        let texts = [&mut self.name, &mut self.description, &mut self.home, &mut self.icon, &mut self.condition, &mut self.tags];
        for text in texts.into_iter().chain([&mut self.app_version, &mut self.kube_version]) {
            sanitize(text);
        }
        self.sources.iter_mut().chain(&mut self.keywords).for_each(sanitize);
        self.check().map_err(|message| format!("validation: {message}"))
    }

    fn check(&mut self) -> Result<(), String> {
        let required = |field: &str| Err(format!("chart.metadata.{field} is required"));
        if self.api_version.is_empty() {
            return required("apiVersion");
        }
        if self.name.is_empty() {
            return required("name");
        }
        if self.name == "." || self.name == ".." {
            return Err(format!("chart.metadata.name {} is not allowed", quote(self.name.as_bytes())));
        }
        if self.name != "/" && self.name.contains('/') {
            return Err(format!("chart.metadata.name {} is invalid", quote(self.name.as_bytes())));
        }
        if self.version.is_empty() {
            return required("version");
        }
        if Version::new(&self.version).is_err() {
            return Err(format!("chart.metadata.version {} is invalid", quote(self.version.as_bytes())));
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return Err("chart.metadata.type must be application or library".into());
        }
        for maintainer in &mut self.maintainers {
            maintainer.check()?;
        }
        let mut names = HashSet::new();
        for requirement in self.dependencies.iter_mut().flatten() {
            requirement.check()?;
            let name = if requirement.alias.is_empty() { &requirement.name } else { &requirement.alias };
            if !names.insert(name.clone()) {
                return Err(format!("more than one dependency with name or alias {}", quote(name.as_bytes())));
            }
        }
        Ok(())
    }
}

impl Maintainer {
    fn check(&mut self) -> Result<(), String> {
        if self.is_null {
            return Err("maintainers must not contain empty or null nodes".into());
        }
        [&mut self.name, &mut self.email, &mut self.url].into_iter().for_each(sanitize);
        Ok(())
    }
}

impl Requirement {
    fn check(&mut self) -> Result<(), String> {
        if self.is_null {
            return Err("dependencies must not contain empty or null nodes".into());
        }
        [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition].into_iter().for_each(sanitize);
        self.tags.iter_mut().for_each(sanitize);
        if !self.alias.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_') {
            return Err(format!("dependency {} has disallowed characters in the alias", quote(self.name.as_bytes())));
        }
        Ok(())
    }

    /// Whether a chart's version is one that it asks for.
    pub(in crate::chart) fn takes(&self, version: Option<&Version>) -> bool {
        self.constraint.as_ref().zip(version).is_some_and(|(constraint, version)| constraint.check(version))
    }
}

/// Makes spaces of white space, and drops what is not printed.
fn sanitize(text: &mut String) {
    if !text.bytes().all(|it| matches!(it, b' '..=b'~')) {
        let cleaned = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
        *text = cleaned.filter(|c| is_print(*c)).collect();
    }
}
