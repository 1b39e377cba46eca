//! What a template needs to show a reference at all: hosts that are empty by default, and API versions that it asks the cluster for.
//!
//! What is made up here is never blamed on the chart.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{Probe, sets};
use crate::chart::{Empty, Step, shown_path};
use crate::finding::Finding;
use crate::matrix::{Case, CaseSource, Input, SetArg};
use crate::pipeline::Linked;
use crate::render::builtin::serves;
use crate::source::SourceTree;

/// A host that is no one's.
const HOST: &str = "x.example";

/// Keys of hosts, in lists and alone.
const LISTS: [&str; 4] = ["hosts", "hostnames", "domains", "ingresshosts"];
const SINGLE: [&str; 5] = ["host", "hostname", "domain", "fqdn", "ingresshost"];

/// Parts of a path that speak of what has hosts.
const WIRING: [&str; 4] = ["ingress", "route", "gateway", "virtualservice"];

/// What was made up.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    pub(super) paths: Vec<Vec<Step>>,
    pub(super) sets: Vec<SetArg>,
    pub(super) apis: Vec<String>,
}

/// The form that shows most so far, and where its case stands among those that were judged.
struct Best {
    filled: Filled,
    case: Case,
    linked: Linked,
    at: usize,
}

impl Filled {
    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.apis.is_empty()
    }

    /// Returns a label with what was made up.
    pub(super) fn described(&self, label: &str) -> String {
        let mut parts: Vec<String> = Vec::from_iter((!label.is_empty()).then(|| label.to_owned()));
        match &self.paths[..] {
            [] => {}
            [path] => parts.push(format!("{} filled", shown_path(path))),
            [path, rest @ ..] => parts.push(format!("{} and {} more filled", shown_path(path), rest.len())),
        }
        match &self.apis[..] {
            [] => {}
            [api] => parts.push(format!("with {api}")),
            [api, rest @ ..] => parts.push(format!("with {api} and {} more", rest.len())),
        }
        parts.join(", ")
    }

    /// Adds what was made up to an input.
    pub(super) fn onto(&self, input: &Input) -> Input {
        let mut input = input.with_sets(self.sets.iter().cloned());
        input.api_versions.extend(self.apis.iter().cloned());
        input
    }

    /// Whether a finding is about what was made up, and not about the chart.
    pub(super) fn is_blamed(&self, finding: &Finding, linked: &Linked) -> bool {
        if self.paths.is_empty() {
            return false;
        }
        let (Some(provenance), Some(place)) = (&linked.provenance, &finding.rendered) else {
            return finding.value.is_null() || finding.value == HOST;
        };
        let Some(start) = provenance.offset(&linked.text, place.line, place.column) else { return false };
        let line = linked.text[start..].find('\n').map_or(linked.text.len(), |end| start + end);
        let is_ours = |read: &Vec<Step>| self.paths.iter().any(|path| read.starts_with(path));
        let parts = provenance.within(start, line.max(start + 1));
        // What is missing in an element that was made up left no trace but in what stands before it.
        let is_empty = finding.value.is_null() || finding.value == "";
        let before = start.checked_sub(1).filter(|_| is_empty).and_then(|it| provenance.at(it));
        let control = before.into_iter().flat_map(|part| provenance.control(part));
        parts.iter().flat_map(|part| provenance.reads(part)).chain(control).any(is_ours)
    }
}

impl Probe<'_> {
    /// Fills in hosts and API versions on top of an input, in the form that shows the most references, if that is more than in `before`.
    pub(super) fn fill(&mut self, label: &str, input: &Input, before: &Linked) -> Option<(Filled, Case, Linked)> {
        let omitted = self.mentioned.iter().filter(|path| self.values.get(path).is_none());
        let omitted = omitted.map(|path| Empty { path: path.clone(), is_list: false });
        let empties: Vec<Empty> = self.values.empties().into_iter().chain(omitted).filter(has_host).collect();
        let apis = self.asked_apis(input);
        let has_lists = empties.iter().any(is_list);
        let shapes = if has_lists { shapes() } else { vec![Json::Null] };
        if empties.is_empty() && apis.is_empty() {
            return None;
        }
        let mut best: Option<Best> = None;
        for shape in shapes {
            let changes = empties.iter().map(|it| (it.path.clone(), if is_list(it) { json!([shape]) } else { HOST.into() }));
            let filled = Filled {
                paths: empties.iter().map(|it| it.path.clone()).collect(),
                sets: sets(changes.collect()),
                apis: apis.clone(),
            };
            let at = self.out.judged.len();
            let rendered = self.render(filled.described(label), CaseSource::Discovered, filled.onto(input));
            let Some((case, linked)) = rendered else { continue };
            let edges = linked.graph.edges.len();
            if edges <= best.as_ref().map_or(before.graph.edges.len(), |it| it.linked.graph.edges.len()) {
                self.out.judged.remove(at);
                continue;
            }
            let at = if let Some(worse) = &best {
                self.out.judged.remove(worse.at);
                at - 1
            } else {
                at
            };
            best = Some(Best { filled, case, linked, at });
        }
        let Best { filled, case, linked, at } = best?;
        let mut judged = self.out.judged.remove(at);
        judged.findings.retain(|it| !filled.is_blamed(it, &linked));
        self.out.judged.push(judged);
        Some((filled, case, linked))
    }

    /// Returns the API versions that templates ask for and that a cluster of this version may have: those of other projects, and of
    /// Kubernetes itself those that it serves.
    fn asked_apis(&self, input: &Input) -> Vec<String> {
        let tree = &self.pipeline.target.tree;
        let mut asked = Vec::new();
        for (_, bytes) in tree.files().filter(|(path, _)| path.contains("templates/")) {
            let text = String::from_utf8_lossy(bytes);
            for rest in text.split(".APIVersions.Has").skip(1) {
                let api = rest.trim_start().strip_prefix('"').and_then(|it| it.split('"').next());
                asked.extend(api.filter(|it| may_be_there(it)).map(str::to_owned));
            }
        }
        asked.sort();
        asked.dedup();
        asked.retain(|it| !input.api_versions.contains(it));
        asked
    }
}

/// Returns the paths of values that a chart's own templates write out.
pub(super) fn mentioned(tree: &SourceTree) -> BTreeSet<Vec<Step>> {
    let mut paths = BTreeSet::new();
    for (_, bytes) in tree.files().filter(|(path, _)| path.starts_with("templates/")) {
        let text = String::from_utf8_lossy(bytes);
        for rest in text.split(".Values.").skip(1) {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
            let path: Vec<Step> = rest[..end].split('.').map(|it| Step::Key(it.to_owned())).collect();
            if !path.contains(&Step::Key(String::new())) {
                paths.insert(path);
            }
        }
    }
    paths
}

fn may_be_there(api: &str) -> bool {
    let mut parts = api.split('/');
    let (group, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let own = !group.contains('.') || group.ends_with(".k8s.io");
    // Of a group and version that is served for other kinds, those that went are asked for by name.
    let is_gone = parts.next().is_some() && version.contains("beta");
    !own || group.starts_with("gateway.networking") || (serves(&format!("{group}/{version}")) && !is_gone)
}

fn has_host(empty: &Empty) -> bool {
    let key = key(empty);
    let path = shown_path(&empty.path).to_ascii_lowercase();
    LISTS.contains(&&*key) || (SINGLE.contains(&&*key) && WIRING.iter().any(|it| path.contains(it)))
}

fn is_list(empty: &Empty) -> bool {
    empty.is_list || LISTS.contains(&&*key(empty))
}

fn key(empty: &Empty) -> String {
    match empty.path.last() {
        Some(Step::Key(key)) => key.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// Elements of lists of hosts, the likeliest first. Templates pass over keys that they don't know.
fn shapes() -> Vec<Json> {
    let path = json!({"path": "/", "pathType": "Prefix"});
    vec![
        json!({"host": HOST, "name": HOST, "path": "/", "pathType": "Prefix", "paths": [path]}),
        json!({"host": HOST, "name": HOST, "path": "/", "pathType": "Prefix", "paths": ["/"]}),
        json!(HOST),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_of_others_and_those_that_are_served_may_be_there() {
        for (api, there) in [
            ("monitoring.coreos.com/v1", true),
            ("networking.k8s.io/v1/Ingress", true),
            ("networking.k8s.io/v1beta1/Ingress", false),
            ("policy/v1beta1/PodSecurityPolicy", false),
            ("gateway.networking.k8s.io/v1", true),
        ] {
            assert_eq!(may_be_there(api), there, "{api}");
        }
    }
}
