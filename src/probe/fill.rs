//! What a template needs to show a reference at all: hosts that are empty by default, and API versions that it asks the cluster for.
//!
//! What is made up here is never blamed on the chart.

use serde_json::{Value as Json, json};

use super::filled::Filled;
use super::made_up::{HOST, Maker};
use super::{Base, Probe};
use crate::chart::{Empty, Step, shown_path};
use crate::matrix::Input;
use crate::pipeline::Linked;
use crate::render::builtin::serves;

/// Keys of hosts, in lists and alone.
const LISTS: [&str; 4] = ["hosts", "hostnames", "domains", "ingresshosts"];
const SINGLE: [&str; 5] = ["host", "hostname", "domain", "fqdn", "ingresshost"];

/// Parts of a path that speak of what has hosts.
const WIRING: [&str; 4] = ["ingress", "route", "gateway", "virtualservice"];

impl Probe<'_> {
    /// Fills in hosts and API versions on top of an input and of what was made up for it, in the form that shows the most references, if
    /// that is more than in `before`. Its case is the last one then.
    pub(super) fn fill(&mut self, label: &str, input: &Input, before: &Linked, made: &Filled) -> Option<Base> {
        let omitted = self.reads.paths.keys().filter(|path| self.values.get(path).is_none() && !super::filled::is_general(path));
        let omitted = omitted.map(|path| Empty { path: path.clone(), is_list: false });
        let empties: Vec<Empty> = self.values.empties().into_iter().chain(omitted).filter(has_host).collect();
        let apis = self.asked_apis(input);
        if empties.is_empty() && apis.is_empty() {
            return None;
        }
        let mut best: Option<Base> = None;
        for filled in self.forms(&empties, &apis, made) {
            let at = self.out.judged.len();
            let base = self.attempt(label, input, &filled);
            let shown = best.as_ref().map_or(before, |it| &it.linked).graph.edges.len();
            let Some(base) = base.filter(|it| it.linked.graph.edges.len() > shown) else {
                self.out.judged.truncate(at);
                continue;
            };
            // The one before, which shows less, is not told.
            if best.is_some() {
                self.out.judged.remove(at - 1);
            }
            best = Some(base);
        }
        best
    }

    /// Returns what may be made up, the likeliest first: list elements of what templates read of them, then of common forms.
    fn forms(&self, empties: &[Empty], apis: &[String], made: &Filled) -> Vec<Filled> {
        let with = |element: &dyn Fn(&Empty) -> Json| {
            let mut filled = made.clone();
            filled.apis.extend(apis.iter().filter(|it| !made.apis.contains(it)).cloned());
            for it in empties {
                filled.set(it.path.clone(), if is_list(it) { json!([element(it)]) } else { HOST.into() });
            }
            filled
        };
        let mut forms = vec![with(&|it| Maker::new(&self.reads).element(&it.path))];
        if empties.iter().any(is_list) {
            forms.extend(shapes().iter().map(|shape| with(&|_| shape.clone())));
        }
        forms
    }

    /// Returns the API versions that templates ask for and that a cluster of this version may have: those of other projects, and of
    /// Kubernetes itself those that it serves.
    fn asked_apis(&self, input: &Input) -> Vec<String> {
        let asked = self.reads.apis.iter().filter(|it| may_be_there(it) && !input.api_versions.contains(it));
        asked.cloned().collect()
    }
}

pub(super) fn may_be_there(api: &str) -> bool {
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
