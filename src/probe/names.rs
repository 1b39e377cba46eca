//! Discovery: other names of the release and of the chart, under which a reference by a fixed name leads nowhere.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::filled::sets;
use super::{Base, Probe};
use crate::chart::Step;
use crate::finding::Finding;
use crate::matrix::{CaseSource, Input};

/// What objects are called then.
const OTHER: &str = "other";

/// What makes findings of two renderings the same when objects are called otherwise.
type Key = (&'static str, String, String, Option<String>);

fn key(finding: &Finding) -> Key {
    // Not the line: another name may come from another line of the same helper.
    let file = finding.location.as_ref().map(|it| it.file.clone());
    (finding.rule, finding.subject.kind.clone(), finding.path.clone(), file)
}

impl Probe<'_> {
    /// Renders a base under other names; what is known under the old ones is not told again.
    pub(super) fn rename(&mut self, base: &Base, known: &[Finding]) {
        let mut seen: BTreeSet<Key> = known.iter().map(key).collect();
        seen.extend(self.out.judged.iter().flat_map(|it| &it.findings).map(key));
        for (label, input) in self.renamed(&base.case.input) {
            let at = self.out.judged.len();
            let label = if base.case.label == "default" { label } else { format!("{}, {label}", base.case.label) };
            if let Some((_, linked)) = self.render(label, CaseSource::Discovered, input) {
                let own = |it: &Finding| !base.filled.is_blamed(it, &linked);
                self.out.judged[at].findings.retain(|it| own(it) && seen.insert(key(it)));
            }
        }
    }

    fn renamed(&self, input: &Input) -> Vec<(String, Input)> {
        let mut all = Vec::new();
        // Most charts name things after the release alone where its name holds the chart's.
        if !input.release.contains(&self.chart.name) {
            all.push((format!("release {}", self.chart.name), Input { release: self.chart.name.clone(), ..input.clone() }));
        }
        for name in ["nameOverride", "fullnameOverride"] {
            let path = vec![Step::Key(name.into())];
            let value = self.values.get(&path);
            if value.map_or(self.reads.paths.contains_key(&path), |it| it.is_null() || it.is_string()) {
                let set = sets(vec![(path, Json::from(OTHER))]);
                all.push((format!("{name}={OTHER}"), input.with_sets(set)));
            }
        }
        all
    }
}
