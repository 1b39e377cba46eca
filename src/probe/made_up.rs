//! Values that are made up, where a chart needs one to show something: what stands there is never blamed on the chart.

use serde_json::{Map, Value as Json, json};

use super::reads::Reads;
use crate::chart::Step;
use crate::words::words;

/// A host that is no one's.
pub(super) const HOST: &str = "x.example";

/// Long enough for a secret, short enough for a label.
const TEXT: &str = "made-up-value";

/// Lists and maps are made up so deep.
const DEPTH: usize = 4;

/// What an element is given when templates read it; the rest they must do without.
const ELEMENT: [&str; 17] = [
    "name",
    "host",
    "hostname",
    "port",
    "targetport",
    "containerport",
    "serviceport",
    "portname",
    "path",
    "pathtype",
    "protocol",
    "paths",
    "ports",
    "service",
    "hosts",
    "number",
    "instance",
];

/// Makes up values for a chart, each number once.
pub(super) struct Maker<'a> {
    reads: &'a Reads,
    next: i64,
}

impl<'a> Maker<'a> {
    pub(super) fn new(reads: &'a Reads) -> Self {
        Self { reads, next: 18_080 }
    }

    /// Returns a value for a path: a list or a map where templates read it as one.
    pub(super) fn value(&mut self, path: &[Step]) -> Json {
        self.at(path, 0).unwrap_or_else(|| self.leaf(path))
    }

    /// Returns an element of a list.
    pub(super) fn element(&mut self, list: &[Step]) -> Json {
        let mut path = list.to_vec();
        path.push(Step::Index(0));
        self.at(&path, 1).unwrap_or_else(|| self.leaf(list))
    }

    fn at(&mut self, path: &[Step], depth: usize) -> Option<Json> {
        if depth > DEPTH {
            return None;
        }
        let reads = self.reads;
        let mut steps: Vec<&Step> = reads.below(path).map(|it| &it[path.len()]).collect();
        steps.dedup();
        if steps.iter().any(|it| matches!(it, Step::Index(_))) {
            return Some(json!([self.element(path)]));
        }
        let mut map = Map::new();
        for step in steps {
            let Step::Key(key) = step else { continue };
            if !ELEMENT.contains(&&*key.to_ascii_lowercase()) {
                continue;
            }
            let mut below = path.to_vec();
            below.push(step.clone());
            let value = self.at(&below, depth + 1).unwrap_or_else(|| self.leaf(&below));
            map.insert(key.clone(), value);
        }
        (!map.is_empty()).then_some(Json::Object(map))
    }

    fn leaf(&mut self, path: &[Step]) -> Json {
        let key = path.iter().rev().find_map(|it| if let Step::Key(key) = it { Some(key.as_str()) } else { None });
        let lower = key.unwrap_or_default().to_ascii_lowercase();
        let words = words(key.unwrap_or_default());
        let says = |wanted: &[&str]| words.iter().any(|it| wanted.contains(&it.as_str()));
        match () {
            () if lower.ends_with("enabled") || says(&["enable", "create"]) => true.into(),
            () if lower == "pathtype" => "Prefix".into(),
            () if says(&["protocol"]) => "TCP".into(),
            () if says(&["name"]) => "made-up".into(),
            () if lower.trim_end_matches('s').ends_with("port") || says(&["port", "ports"]) => {
                self.next += 1;
                self.next.into()
            }
            () if says(&["url", "uri", "endpoint"]) => format!("https://{HOST}").into(),
            () if says(&["host", "hostname", "domain", "fqdn", "hosts", "hostnames", "domains"]) => HOST.into(),
            () if says(&["path", "paths"]) => "/".into(),
            () if says(&["image", "repository"]) => "nginx".into(),
            () if says(&["tag", "version"]) => "1.0".into(),
            () if says(&["size", "storage"]) => "1Gi".into(),
            () if says(&["replicas", "count"]) => 1.into(),
            () => format!("{TEXT}-{TEXT}").into(),
        }
    }
}
