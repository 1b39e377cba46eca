//! Kubernetes versions as text.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::reader::{FromNode, Read, Reader, quoted};
use crate::yaml::{Node, Value};

/// Returns a Kubernetes version as `MAJOR.MINOR.PATCH` with whatever stands behind it, or `None` when Helm would refuse the text.
///
/// Accepted are `1.28`, `1.28.0`, `v1.28.0`, and suffixes such as `-gke.100` and `+k3s1`.
pub fn canonical_kube_version(text: &str) -> Option<String> {
    let rest = text.strip_prefix('v').unwrap_or(text);
    let end = rest.find(['-', '+']).unwrap_or(rest.len());
    let (numbers, suffix) = rest.split_at(end);
    let parts: Vec<u64> = numbers.split('.').map(number).collect::<Option<_>>()?;
    let (major, minor, patch) = match parts[..] {
        [major, minor] => (major, minor, 0),
        [major, minor, patch] => (major, minor, patch),
        _ => return None,
    };
    is_suffix(suffix).then(|| format!("{major}.{minor}.{patch}{suffix}"))
}

/// Reads a number without a leading zero.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = text.len() > 1 && text.starts_with('0');
    (digits && !padded).then(|| text.parse().ok()).flatten()
}

/// Whether a text is empty or a pre-release, build metadata, or both.
fn is_suffix(text: &str) -> bool {
    let (before, build) = text.split_once('+').map_or((text, None), |(before, build)| (before, Some(build)));
    let pre = before.strip_prefix('-').or_else(|| before.is_empty().then_some("-"));
    pre.is_some_and(|pre| pre == "-" || is_identifiers(pre)) && build.is_none_or(is_identifiers)
}

fn is_identifiers(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// A Kubernetes version as written; the empty text stands for that of the base input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeText(pub String);

impl JsonSchema for KubeText {
    fn schema_name() -> Cow<'static, str> {
        "KubeVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "In quotes: `1.30` without them is the number 1.3. The empty text stands for the version of the base input.", "pattern": r"^(v?\d+\.\d+(\.\d+)?([-+].*)?)?$" })
    }
}

impl FromNode for KubeText {
    fn expected() -> String {
        "a Kubernetes version".into()
    }

    fn help(found: &Node, written: &str) -> String {
        match found.scalar() {
            // `1.30` without quotes is the number 1.3
            Some(Value::Float(_) | Value::Int(_)) => format!("put it in quotes: `\"{written}\"`"),
            _ => "write it as `\"1.28\"` or `1.28.0`".into(),
        }
    }

    fn from_node(node: &Node, reader: &mut Reader<'_>) -> Read<Self> {
        reader.text(node, |text| {
            if text.is_empty() || canonical_kube_version(text).is_some() {
                return Ok(Self(text.to_owned()));
            }
            Err((format!("`{}` is no Kubernetes version", quoted(text)), "write it as `\"1.28\"` or `1.28.0`".into()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_helm_reads_them() {
        for (text, expected) in [
            ("1.28", Some("1.28.0")),
            ("1.28.0", Some("1.28.0")),
            ("v1.28.3", Some("1.28.3")),
            ("v1.29", Some("1.29.0")),
            ("1.28.3-gke.100", Some("1.28.3-gke.100")),
            ("v1.28.3+k3s1", Some("1.28.3+k3s1")),
            ("1.28.3-rc.1+b.2", Some("1.28.3-rc.1+b.2")),
            ("1", None),
            ("", None),
            ("latest", None),
            ("1.28.x", None),
            ("1.028", None),
            ("1.28.0.1", None),
            ("1.28.0-", None),
            ("1.28.0+", None),
            (" 1.28", None),
        ] {
            assert_eq!(canonical_kube_version(text).as_deref(), expected, "{text}");
        }
    }
}
