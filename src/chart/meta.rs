//! Chart.yaml.

use serde::Deserialize;

use crate::source::SourceTree;
use crate::yaml::{Document, Node};

/// What portcullis reads of a Chart.yaml. <https://helm.sh/docs/topics/charts/#the-chartyaml-file>
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    pub name: String,
    /// `application` or `library`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub kube_version: Option<String>,
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
}

/// A subchart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Dependency {
    pub name: String,
    #[serde(default)]
    pub alias: Option<String>,
}

impl Chart {
    /// Reads the Chart.yaml of a tree.
    ///
    /// # Errors
    /// What is wrong with it, as `Chart.yaml:LINE:COLUMN: …`.
    pub fn read(tree: &SourceTree) -> Result<Self, String> {
        let text = tree.text("Chart.yaml").ok_or("Chart.yaml is missing")?;
        // serde's own words for these are about our types.
        match crate::yaml::parse(&text).into_iter().next() {
            Some(Document { error: Some(error), .. }) => {
                let (line, column) = (error.place.line, error.place.column);
                return Err(format!("Chart.yaml:{line}:{column} is no YAML: {}; correct it", error.message));
            }
            Some(Document { root: Some(root), .. }) if !root.is_mapping() && !root.is_null() => {
                return Err(format!("Chart.yaml:{}:{} is no map; write `key: value` lines", root.start.line, root.start.column));
            }
            Some(Document { root, .. }) if root.as_ref().and_then(|it| it.get("name")).is_none_or(Node::is_null) => {
                return Err("Chart.yaml has no `name`; add one".into());
            }
            _ => {}
        }
        let chart: Self = serde_yaml::from_str(&text).map_err(|error| {
            let place = error.location().map(|it| format!(":{}:{}", it.line(), it.column())).unwrap_or_default();
            let message = error.to_string();
            format!("Chart.yaml{place} cannot be read: {}; correct it", message.split(" at line ").next().unwrap_or_default())
        })?;
        if chart.name.is_empty() { Err("Chart.yaml has no `name`; add one".into()) } else { Ok(chart) }
    }

    /// Whether it renders nothing by itself.
    pub fn is_library(&self) -> bool {
        self.kind.as_deref() == Some("library")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_chart_yaml_is_told_with_its_place() {
        let mut tree = SourceTree::default();
        tree.insert("Chart.yaml", &b"name: web\nversion: [1\n"[..]);
        let error = Chart::read(&tree).unwrap_err();
        assert!(error.starts_with("Chart.yaml:") && error.contains("is no YAML"), "{error}");
    }
}
