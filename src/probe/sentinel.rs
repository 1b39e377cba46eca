//! Sentinels: port values moved to numbers and names that nothing else has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::compare::{self, Moved, Suspect};
use super::filled::{Change, Filled, is_general, label, sets};
use super::toggle::deciding_at;
use super::{Base, CHANGES, Confirmed, Probe};
use crate::chart::{Leaf, Step, shown_path};
use crate::graph::{Edge, EdgeKey};
use crate::kube::{Field, Port};
use crate::matrix::{CaseSource, Input, SetArg};
use crate::pipeline::{Linked, witness};
use crate::words::words;

/// Sentinels begin here: above what people use, below the ephemeral ports.
const FIRST: i64 = 21_007;
/// nodePorts must stay within 30000–32767.
const FIRST_NODE_PORT: i64 = 31_207;

/// A value that is moved.
#[derive(Debug, Clone)]
struct Candidate {
    path: Vec<Step>,
    /// What it is moved to.
    new: Json,
}

impl Candidate {
    fn sentinel(&self) -> String {
        let text = self.new.as_str().map_or_else(|| self.new.to_string(), str::to_owned);
        text.rsplit(':').next().unwrap_or_default().to_owned()
    }
}

impl<'a> Probe<'a> {
    /// Moves all port values at once, sees which edges break, and renders each value that breaks some alone.
    /// An edge in `seen` is not looked at again.
    pub(super) fn moves(&mut self, base: &Base, seen: &mut BTreeSet<EdgeKey>) -> Vec<Confirmed<'a>> {
        let mut leaves = self.values.leaves.clone();
        leaves.extend(self.omitted());
        let all = candidates(&leaves, &base.linked);
        let paths: Vec<(Vec<Step>, String)> = all.iter().map(|it| (it.path.clone(), self.text_at(&it.path))).collect();
        let mut moved: Vec<(Vec<Candidate>, Linked)> = Vec::new();
        self.move_all(base, all, 2, &mut moved);
        let stand_ins = self.stand_ins();
        let mut suspects: BTreeMap<String, Vec<Suspect>> = BTreeMap::new();
        for (candidates, linked) in &moved {
            let sentinels = candidates.iter().map(|it| (it.sentinel(), shown_path(&it.path))).collect();
            let is_moved = |path: &[Step]| candidates.iter().any(|it| it.path == path);
            let unmoved =
                paths.iter().filter(|it| candidates.len() < paths.len() && !is_moved(&it.0)).map(|it| it.1.clone()).collect();
            for suspect in
                compare::suspects(&base.linked, &Moved { linked, sentinels: &sentinels, unmoved: &unmoved }, &stand_ins)
            {
                if seen.insert(suspect.key.clone()) {
                    suspects.entry(suspect.moved.clone()).or_default().push(suspect);
                }
            }
        }
        let candidates: Vec<Candidate> = moved.into_iter().flat_map(|it| it.0).collect();
        suspects.into_iter().flat_map(|(value, suspects)| self.alone(base, &value, suspects, &candidates)).collect()
    }

    /// Renders with all candidates moved; if the chart refuses, halves the set, `depth` times at most.
    fn move_all(&mut self, base: &Base, candidates: Vec<Candidate>, depth: usize, out: &mut Vec<(Vec<Candidate>, Linked)>) {
        if candidates.is_empty() {
            return;
        }
        let label = format!("{} port values moved{}", candidates.len(), besides(base));
        let sets = self.sets_of(&candidates);
        match self.render(label, CaseSource::Sentinels, base.case.input.with_sets(sets)) {
            Some((_, linked)) => out.push((candidates, linked)),
            None if depth > 0 && candidates.len() > 1 && self.budget.moves > 1 => {
                let mut first = candidates;
                let second = first.split_off(first.len() / 2);
                self.move_all(base, first, depth - 1, out);
                self.move_all(base, second, depth - 1, out);
            }
            None => {}
        }
    }

    /// Returns ports that templates read, with what stands in for them, though values.yaml does not have them.
    fn omitted(&self) -> Vec<Leaf> {
        let reads = self.reads.paths.iter().filter(|(path, _)| {
            let Some(Step::Key(key)) = path.last() else { return false };
            says_port(key)
                && !is_general(path)
                && self.values.get(path).is_none_or(Json::is_null)
                && self.reads.below(path).next().is_none()
        });
        let leaf = |(path, default): (&Vec<Step>, &Option<Json>)| {
            let value = default.clone().filter(|it| number(it).is_some()).unwrap_or_else(|| FIRST.into());
            Leaf { path: path.clone(), value }
        };
        reads.map(leaf).collect()
    }

    fn text_at(&self, path: &[Step]) -> String {
        match self.values.get(path) {
            Some(Json::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }

    /// Returns the values that templates take where a port's own value is empty, as in `targetPort | default port`.
    fn stand_ins(&self) -> BTreeSet<String> {
        let speaks = |path: &[Step]| matches!(path.last(), Some(Step::Key(key)) if says_port(key));
        let empty = self.values.empties().into_iter().filter(|it| !it.is_list && speaks(&it.path));
        let empty: BTreeSet<String> = empty.map(|it| shown_path(&it.path)).collect();
        let mut found = BTreeSet::new();
        let templates = self.pipeline.target.tree.files().filter(|(file, _)| !empty.is_empty() && file.contains("templates/"));
        for (file, bytes) in templates {
            let subchart = file.strip_prefix("charts/").and_then(|it| it.split('/').next());
            let prefix = subchart.map(|it| format!("{it}.")).unwrap_or_default();
            for line in String::from_utf8_lossy(bytes).lines().filter(|it| it.contains("default")) {
                let read: Vec<String> = values_read(line).map(|path| format!("{prefix}{path}")).collect();
                if read.iter().any(|path| empty.contains(path)) {
                    found.extend(read.into_iter().filter(|path| !empty.contains(path)));
                }
            }
        }
        found
    }

    /// Whether the chart takes more containers for its pods.
    fn may_have_sidecars(&self) -> bool {
        let speaks = |path: &Vec<Step>| {
            path.iter().any(|it| match it {
                Step::Key(key) => {
                    let key = key.to_ascii_lowercase();
                    key.contains("sidecar")
                        || (key.contains("container") && (key.contains("extra") || key.contains("additional")))
                }
                Step::Index(_) => false,
            })
        };
        self.reads.paths.keys().any(speaks)
    }

    fn sets_of(&self, candidates: &[Candidate]) -> Vec<SetArg> {
        let changes: Vec<(&[Step], Json)> = candidates.iter().map(|it| (it.path.as_slice(), it.new.clone())).collect();
        sets(self.values.changed(&changes))
    }

    /// Renders with one value moved: for edges that need the same, with as little switched on and made up as that, if it shows them.
    fn alone(&mut self, base: &Base, value: &str, suspects: Vec<Suspect>, candidates: &[Candidate]) -> Vec<Confirmed<'a>> {
        let Some(candidate) = candidates.iter().find(|it| shown_path(&it.path) == value) else { return Vec::new() };
        let is_list = is_general(&candidate.path);
        let mut groups: BTreeMap<Vec<String>, (Vec<Change>, Filled, Vec<Suspect>)> = BTreeMap::new();
        for suspect in suspects {
            let decides = deciding_at(&suspect.places.iter().collect::<Vec<_>>(), &base.linked);
            let few: Vec<Change> = base.switches.iter().filter(|it| decides(&it.0)).cloned().collect();
            let changes: Vec<Change> = base.filled.changes.iter().filter(|it| decides(&it.0)).cloned().collect();
            let key = few.iter().chain(&changes).map(|it| shown_path(&it.0)).collect();
            let filled = Filled { changes, apis: base.filled.apis.clone() };
            groups.entry(key).or_insert_with(|| (few, filled, Vec::new())).2.push(suspect);
        }
        let mut all = Vec::new();
        let mut left = Vec::new();
        for (few, filled, suspects) in groups.into_values() {
            if few.len() == base.switches.len() && filled.changes.len() == base.filled.changes.len() {
                left.extend(suspects.into_iter().map(|it| (it, true)));
                continue;
            }
            let input = filled.onto(&self.base.input.with_sets(sets(few.clone())));
            let at = self.out.judged.len();
            let small = self.moved(&filled.described(&label(&few)), &input, candidate, suspects.clone());
            if let Some(small) = small.filter(Confirmed::holds) {
                all.push(Confirmed { is_doubtful: is_list, ..small });
            } else {
                self.out.judged.truncate(at);
                left.extend(suspects.into_iter().map(|it| (it, false)));
            }
        }
        if !left.is_empty() {
            let needs_all = left.iter().all(|it| it.1);
            let label = if base.case.source == CaseSource::Default { String::new() } else { base.case.label.clone() };
            let suspects = left.into_iter().map(|it| it.0).collect();
            let whole = self.moved(&label, &base.case.input.clone(), candidate, suspects);
            let is_doubtful = is_list || base.switches.len() > 1 && !needs_all;
            all.extend(whole.map(|it| Confirmed { is_doubtful, ..it }));
        }
        all
    }

    fn moved(&mut self, label: &str, input: &Input, candidate: &Candidate, suspects: Vec<Suspect>) -> Option<Confirmed<'a>> {
        let input = input.with_sets(self.sets_of(std::slice::from_ref(candidate)));
        let moved = format!("{}={}", shown_path(&candidate.path), candidate.sentinel());
        let label = if label.is_empty() { moved } else { format!("{moved}, {label}") };
        let (case, linked) = self.render(label, CaseSource::Sentinels, input)?;
        let witness = witness(self.pipeline.target, &case, self.pipeline.renderer.name())?;
        let may_have_sidecars = self.may_have_sidecars();
        Some(Confirmed { target: self.pipeline.target, case, linked, witness, suspects, may_have_sidecars, is_doubtful: false })
    }
}

/// Returns the paths below `.Values` that a line of a template reads.
fn values_read(line: &str) -> impl Iterator<Item = &str> {
    line.split(".Values.").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        &rest[..end]
    })
}

/// What a label says of the base, where that is not the default case.
fn besides(base: &Base) -> String {
    if base.case.source == CaseSource::Default { String::new() } else { format!(", {}", base.case.label) }
}

/// Chooses what is moved: numbers from 1 to 65535, or texts of only digits, whose key says port or whose number stands in a
/// port field of the rendering.
fn candidates(leaves: &[Leaf], linked: &Linked) -> Vec<Candidate> {
    let ports = numbers(linked);
    let names: BTreeSet<String> = names(linked);
    let mut taken: BTreeSet<i64> = ports.clone();
    taken.extend(leaves.iter().filter_map(|it| number(&it.value)));
    let mut chosen = Vec::new();
    let (mut next, mut next_node_port) = (FIRST, FIRST_NODE_PORT);
    for leaf in leaves {
        if chosen.len() == CHANGES {
            break;
        }
        if let Some(new) = name(leaf, &names, chosen.len()) {
            chosen.push(Candidate { path: leaf.path.clone(), new: new.into() });
            continue;
        }
        let host = address(&leaf.value);
        let Some(old) = number(&leaf.value).or_else(|| host.map(|it| it.1)) else { continue };
        if (host.is_some() || !says_port(leaf.key())) && !ports.contains(&old) {
            continue;
        }
        let node_port = leaf.path.iter().any(|it| matches!(it, Step::Key(key) if key.to_ascii_lowercase().contains("nodeport")));
        let counter = if node_port { &mut next_node_port } else { &mut next };
        while taken.contains(counter) {
            *counter += 1;
        }
        let number = *counter;
        *counter += 7;
        let new = match host {
            Some((host, _)) => format!("{host}:{number}").into(),
            None if leaf.value.is_string() => number.to_string().into(),
            None => number.into(),
        };
        chosen.push(Candidate { path: leaf.path.clone(), new });
    }
    chosen
}

fn number(value: &Json) -> Option<i64> {
    let number = match value {
        Json::String(text) if text.bytes().all(|it| it.is_ascii_digit()) => text.parse().ok()?,
        other => other.as_i64()?,
    };
    (1..=65535).contains(&number).then_some(number)
}

/// Reads an address to listen on, `:8080` or `0.0.0.0:8080`: host and port.
fn address(value: &Json) -> Option<(&str, i64)> {
    let (host, port) = value.as_str()?.rsplit_once(':')?;
    let is_any = matches!(host, "" | "0.0.0.0" | "127.0.0.1" | "localhost" | "*" | "[::]" | "::");
    Some((host, number(&port.into())?)).filter(|_| is_any)
}

/// Words that end in "port" and speak of none.
const NO_PORTS: [&str; 7] = ["support", "export", "import", "report", "transport", "passport", "viewport"];

/// Whether a key speaks of a port: `port`, `targetPort`, `http_port`, `metricsport`; not `support`, `export`.
pub(super) fn says_port(key: &str) -> bool {
    words(key).iter().any(|word| {
        let word = word.strip_suffix('s').unwrap_or(word);
        word.ends_with("port") && !NO_PORTS.contains(&word)
    })
}

/// Returns every port name of the graph.
fn names(linked: &Linked) -> BTreeSet<String> {
    let wanted = linked.graph.edges.iter().filter_map(|it| match &it.reference.port {
        Port::Name(name) => Some(name.clone()),
        _ => None,
    });
    compare::names(linked).map(Field::text).chain(wanted).collect()
}

/// Returns another name for a value that names a port, by its key and by what it says.
fn name(leaf: &Leaf, known: &BTreeSet<String>, at: usize) -> Option<String> {
    // Users write elements of lists anew, and choose their names.
    if is_general(&leaf.path) {
        return None;
    }
    let text = leaf.value.as_str().filter(|it| known.contains(*it) && !it.bytes().all(|it| it.is_ascii_digit()))?;
    let speaks = says_port(leaf.key()) || words(leaf.key()).iter().any(|it| it == "name" || it == "names");
    (speaks && !text.is_empty()).then(|| format!("zq{at}"))
}

/// Returns every port number of the graph.
fn numbers(linked: &Linked) -> BTreeSet<i64> {
    let declared = compare::declared(linked).filter_map(|it| it.value.as_i64());
    let wanted = linked.graph.edges.iter().filter_map(|it: &Edge| it.reference.field.value.as_i64());
    declared.chain(wanted).filter(|it| (1..=65535).contains(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_say_port() {
        for key in ["port", "targetPort", "httpPort", "http_port", "PORT", "ports", "servicePort", "metricsport", "nodePorts"] {
            assert!(says_port(key), "{key}");
        }
        for key in ["support", "transport", "report", "exporter", "name", "portal"] {
            assert!(!says_port(key), "{key}");
        }
    }
}
