//! Label selectors, and what they select among all that is rendered.

use std::collections::BTreeMap;

use super::pods;
use crate::kube::Field;
use crate::yaml::{Node, Value};

/// A label selector as Kubernetes has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    pub labels: BTreeMap<String, String>,
    expressions: Vec<Expression>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Expression {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

/// What a selector selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    Services,
    Pods,
}

/// A selector of a monitor or a policy.
#[derive(Debug, Clone)]
pub struct Selection {
    /// `ServiceMonitor`, `NetworkPolicy` … as a noun of messages: `selector`, `podSelector`.
    pub what: &'static str,
    /// The selector's field.
    pub field: Field,
    pub selector: Selector,
    /// Empty: any namespace.
    pub namespaces: Vec<String>,
    pub among: Among,
    /// Indices of the Services or workloads that it selects.
    pub found: Vec<usize>,
}

impl Selector {
    /// Reads a selector; `None` where it has a form that nobody knows, or is empty and so selects everything.
    pub(super) fn read(node: &Node) -> Option<Self> {
        Self::read_as(node, |key| key)
    }

    /// Reads a selector whose keys may be written in another way.
    pub(super) fn read_as(node: &Node, key_of: fn(&str) -> &str) -> Option<Self> {
        let text = |it: &Node| it.scalar().filter(|it| **it != Value::Null).map(ToString::to_string);
        let mut labels = BTreeMap::new();
        for entry in node.get("matchLabels").map(Node::entries).unwrap_or_default() {
            labels.insert(key_of(&entry.key).to_owned(), text(&entry.value)?);
        }
        let mut expressions = Vec::new();
        for it in node.get("matchExpressions").map(Node::items).unwrap_or_default() {
            let operator = match it.get("operator").and_then(Node::str)? {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                _ => return None,
            };
            let values = it.get("values").map(Node::items).unwrap_or_default();
            let key = key_of(it.get("key").and_then(Node::str)?).to_owned();
            expressions.push(Expression { key, operator, values: values.iter().filter_map(text).collect() });
        }
        let positive = |it: &Expression| matches!(it.operator, Operator::In | Operator::Exists);
        (!labels.is_empty() || expressions.iter().any(positive)).then_some(Self { labels, expressions })
    }

    /// Whether it selects an object with those labels.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        pods::wanted(&self.labels).all(|(key, value)| labels.get(key) == Some(value))
            && self.expressions.iter().all(|it| it.matches(labels))
    }

    /// Whether nothing that is rendered can tell what it selects.
    pub(super) fn by_controllers(&self) -> bool {
        pods::wanted(&self.labels).next().is_none() && self.expressions.is_empty()
    }

    /// Whether it asks for labels alone, as a Service does.
    pub fn is_plain(&self) -> bool {
        self.expressions.is_empty()
    }

    /// Returns the values that it asks for.
    pub fn values(&self) -> impl Iterator<Item = &String> {
        let wanted = self.expressions.iter().filter(|it| it.operator == Operator::In).flat_map(|it| &it.values);
        self.labels.values().chain(wanted)
    }
}

impl Expression {
    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        match self.operator {
            Operator::In => value.is_some_and(|it| self.values.contains(it)),
            Operator::NotIn => value.is_none_or(|it| !self.values.contains(it)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    fn matches(selector: &str) -> Option<bool> {
        let node = parse(selector).remove(0).root?;
        let labels = [("app", "web"), ("tier", "front")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        Some(Selector::read(&node)?.matches(&labels.into()))
    }

    #[test]
    fn labels_and_expressions_are_all_asked_for() {
        for (text, want) in [
            ("matchLabels: { app: web }", Some(true)),
            ("matchLabels: { app: api }", Some(false)),
            ("matchLabels: { app: web, pod-template-hash: x }", Some(true)),
            ("{ matchLabels: { app: web }, matchExpressions: [{ key: tier, operator: NotIn, values: [front] }] }", Some(false)),
            ("matchExpressions: [{ key: app, operator: In, values: [api, web] }]", Some(true)),
            ("matchExpressions: [{ key: gone, operator: Exists }]", Some(false)),
            ("matchExpressions: [{ key: gone, operator: DoesNotExist }]", None),
            ("matchExpressions: [{ key: app, operator: Like }]", None),
            ("{}", None),
            ("matchLabels: null", None),
            ("matchLabels: { app: null }", None),
        ] {
            assert_eq!(matches(text), want, "{text}");
        }
    }
}
