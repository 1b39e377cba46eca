//! Checks of a configuration that need more than its types.

use crate::yaml::{Node, Place, parse};

use super::matrix::{Include, Selection};
use super::{Config, Problem, nearest};

/// A step into the configuration's text, to find a place.
#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

/// Returns what is wrong.
pub(super) fn problems(config: &Config, rule_ids: &[&str]) -> Vec<Problem> {
    let root = parse(config.text()).into_iter().next().and_then(|document| document.root);
    let mut sink = Sink { config, root: root.as_ref(), problems: Vec::new() };
    rules(&mut sink, rule_ids);
    ignores(&mut sink, rule_ids);
    matrix(&mut sink);
    sink.problems
}

struct Sink<'a> {
    config: &'a Config,
    root: Option<&'a Node>,
    problems: Vec<Problem>,
}

impl Sink<'_> {
    fn push(&mut self, steps: &[Step<'_>], message: String, help: String) {
        let place = self.root.and_then(|root| locate(root, steps));
        self.problems.push(Problem {
            file: self.config.file().to_owned(),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            message,
            help: Some(help),
        });
    }
}

/// Returns where a chain of steps ends: at the key of the last step, or at the item.
fn locate(root: &Node, steps: &[Step<'_>]) -> Option<Place> {
    let (mut node, mut place) = (root, None);
    for step in steps {
        match *step {
            Step::Key(key) => {
                let entry = node.entry(key)?;
                (node, place) = (&entry.value, Some(entry.key_start));
            }
            Step::Item(index) => {
                node = node.items().get(index)?;
                place = Some(node.start);
            }
        }
    }
    place
}

/// Returns where the first scalar with this text stands.
pub(super) fn place_of(node: &Node, text: &str) -> Option<Place> {
    if node.str() == Some(text) {
        return Some(node.start);
    }
    let values = node.entries().iter().map(|it| &it.value);
    values.chain(node.items()).find_map(|it| place_of(it, text))
}

fn rules(sink: &mut Sink<'_>, rule_ids: &[&str]) {
    let config = sink.config;
    for id in config.rules.keys().filter(|id| *id != "all" && !rule_ids.contains(&id.as_str())) {
        sink.push(&[Step::Key("rules"), Step::Key(id)], format!("unknown rule `{id}`"), rule_help(id, rule_ids));
    }
}

fn rule_help(id: &str, rule_ids: &[&str]) -> String {
    nearest(id, rule_ids.iter().copied())
        .map_or_else(|| "`portcullis rules` lists them".to_owned(), |near| format!("did you mean `{near}`?"))
}

fn ignores(sink: &mut Sink<'_>, rule_ids: &[&str]) {
    let config = sink.config;
    for (index, entry) in config.ignore.iter().enumerate() {
        let at = |key| [Step::Key("ignore"), Step::Item(index), Step::Key(key)];
        if !rule_ids.contains(&entry.rule.as_str()) {
            let message = format!("unknown rule `{}`", entry.rule);
            sink.push(&at("rule"), message, rule_help(&entry.rule, rule_ids));
        }
        if entry.reason.trim().is_empty() {
            sink.push(&at("reason"), "the reason is empty".into(), "say why the finding does not count".into());
        }
    }
}

fn matrix(sink: &mut Sink<'_>) {
    let matrix = &sink.config.matrix;
    for (index, _) in matrix.exclude.iter().enumerate().filter(|(_, entry)| **entry == Selection::default()) {
        let steps = [Step::Key("matrix"), Step::Key("exclude"), Step::Item(index)];
        sink.push(&steps, "the entry matches every case".into(), "name what it leaves out, or remove it".into());
    }
    for (index, entry) in matrix.include.iter().enumerate() {
        let steps = [Step::Key("matrix"), Step::Key("include"), Step::Item(index)];
        if *entry == Include::default() {
            sink.push(&steps, "the entry is empty".into(), "say what the case sets, or remove it".into());
        }
        let Some(name) = entry.name.as_deref() else { continue };
        let name_steps = [steps[0], steps[1], steps[2], Step::Key("name")];
        if name.trim().is_empty() || name == "default" {
            sink.push(&name_steps, format!("a case cannot be named `{name}`"), "give it another name".into());
        } else if matrix.include[..index].iter().any(|other| other.name.as_deref() == Some(name)) {
            sink.push(&name_steps, format!("two cases are named `{name}`"), "give one of them another name".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [&str; 2] = ["dangling-port", "soft-port"];

    fn problems(text: &str) -> Vec<String> {
        let text = format!("version: 1\n{text}\n");
        Config::read("portcullis.yaml", &text).unwrap().validate(&RULES).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn all_problems_are_said_at_once() {
        let text = "rules:
  soft-port: note
  soft-prot: note
  all: 'off'
  image-tag: error
ignore:
- {rule: dangling-prt, reason: ' '}
- rule: soft-port
  reason: it is right
matrix:
  exclude: [{}]
  include: [{}, {name: default}, {name: a}, {name: a}]";
        assert_eq!(
            problems(text),
            [
                "portcullis.yaml:6:3: unknown rule `image-tag`; `portcullis rules` lists them",
                "portcullis.yaml:4:3: unknown rule `soft-prot`; did you mean `soft-port`?",
                "portcullis.yaml:8:4: unknown rule `dangling-prt`; did you mean `dangling-port`?",
                "portcullis.yaml:8:24: the reason is empty; say why the finding does not count",
                "portcullis.yaml:12:13: the entry matches every case; name what it leaves out, or remove it",
                "portcullis.yaml:13:13: the entry is empty; say what the case sets, or remove it",
                "portcullis.yaml:13:18: a case cannot be named `default`; give it another name",
                "portcullis.yaml:13:46: two cases are named `a`; give one of them another name",
            ]
        );
    }

    #[test]
    fn right_configuration_has_no_problems() {
        assert_eq!(problems("rules: {all: note, soft-port: error}\nmatrix: {include: [{name: a}, {name: b}]}"), [""; 0]);
    }
}
