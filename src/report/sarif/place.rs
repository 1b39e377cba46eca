//! Where things are: files from the repository's root, objects in renderings.

use super::model::{ArtifactChange, ArtifactLocation, Fix, Location, LogicalLocation, PhysicalLocation, Region, Replacement};
use super::{Message, ROOT, message};
use crate::finding::{self, Edit, Finding, RenderedPlace, Subject};
use crate::report::TargetReport;

/// Tells places of one target.
pub(super) struct Places<'a> {
    target: Option<&'a TargetReport>,
}

impl<'a> Places<'a> {
    pub(super) fn new(target: Option<&'a TargetReport>) -> Self {
        Self { target }
    }

    /// Returns the file that makes the target one.
    pub(super) fn own_file(&self) -> Option<Location> {
        let file = self.target?.own_file()?;
        Some(at(PhysicalLocation { artifact_location: artifact(&file), region: None }))
    }

    /// Returns the place to change.
    pub(super) fn primary(&self, finding: &Finding) -> Location {
        let place = finding.location.as_ref().map(|it| at(self.physical(it))).or_else(|| self.own_file());
        Location { logical_locations: logical(&finding.subject, &finding.path), ..place.unwrap_or_else(nowhere) }
    }

    /// Returns the other ends of the edge, and where all of it is rendered.
    pub(super) fn related(&self, finding: &Finding) -> Vec<Location> {
        let mut all = Vec::new();
        for it in &finding.related {
            let place = it.location.as_ref().map(|it| at(self.physical(it))).or_else(|| self.own_file());
            all.push(Location {
                logical_locations: logical(&it.subject, &it.path),
                message: Some(message(&format!("{} {}", relation(it.role), full_name(&it.subject, &it.path)))),
                ..place.unwrap_or_else(nowhere)
            });
        }
        // Plain manifests are what they render to.
        let rendered = finding.rendered.as_ref().filter(|_| self.target.is_none_or(|it| it.kind != "manifests"));
        all.extend(rendered.map(|it| self.rendered(it, finding)));
        for (location, id) in all.iter_mut().zip(1..) {
            location.id = Some(id);
        }
        all
    }

    fn rendered(&self, place: &RenderedPlace, finding: &Finding) -> Location {
        let cases = self.target.map(|it| it.cases.as_slice()).unwrap_or_default();
        let label = cases.iter().find(|it| it.id == place.case).map_or(&place.case, |it| &it.label);
        let text = format!("rendered in case `{label}`, line {}, column {}", place.line, place.column);
        Location {
            logical_locations: logical(&finding.subject, &finding.path),
            message: Some(message(&text)),
            ..self.own_file().unwrap_or_else(nowhere)
        }
    }

    fn physical(&self, it: &finding::Location) -> PhysicalLocation {
        let region = it.line.map(|line| Region { start_line: Some(line), start_column: it.column, ..Region::default() });
        PhysicalLocation { artifact_location: artifact(&self.file(&it.file)), region }
    }

    fn file(&self, shown: &str) -> String {
        self.target.map_or_else(|| shown.to_owned(), |it| it.file_in_repo(shown))
    }

    /// Returns a correction, if it says what to write.
    pub(super) fn fix(&self, fix: &finding::Fix) -> Option<Fix> {
        let mut changes: Vec<ArtifactChange> = Vec::new();
        for edit in &fix.edits {
            let location = artifact(&self.file(&edit.file));
            match changes.iter_mut().find(|it| it.artifact_location.uri == location.uri) {
                Some(change) => change.replacements.push(replacement(edit)),
                None => changes.push(ArtifactChange { artifact_location: location, replacements: vec![replacement(edit)] }),
            }
        }
        (!changes.is_empty()).then(|| Fix { description: message(&fix.title), artifact_changes: changes })
    }
}

fn relation(role: &str) -> &'static str {
    match role {
        "target" => "what it refers to:",
        "near" => "what may be meant:",
        _ => "the other one:",
    }
}

fn replacement(edit: &Edit) -> Replacement {
    Replacement {
        deleted_region: Region {
            byte_offset: Some(edit.start),
            byte_length: Some(edit.end.saturating_sub(edit.start)),
            ..Region::default()
        },
        // Written as it is: it is to be put in.
        inserted_content: Message { text: edit.text.clone() },
    }
}

fn nowhere() -> Location {
    Location { id: None, physical_location: None, logical_locations: Vec::new(), message: None }
}

fn at(place: PhysicalLocation) -> Location {
    Location { physical_location: Some(place), ..nowhere() }
}

fn artifact(file: &str) -> ArtifactLocation {
    if file.starts_with('/') {
        return ArtifactLocation { uri: format!("file://{}", encoded(file)), uri_base_id: None };
    }
    ArtifactLocation { uri: encoded(file), uri_base_id: Some(ROOT) }
}

/// Encodes a path as a URI reference: RFC 3986's unreserved characters and `/` stay.
pub(super) fn encoded(path: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.extend(['%', char::from(HEX[usize::from(byte >> 4)]), char::from(HEX[usize::from(byte & 15)])]);
        }
    }
    uri
}

fn logical(subject: &Subject, path: &str) -> Vec<LogicalLocation> {
    let name = message(&subject.to_string()).text;
    let full = message(&full_name(subject, path)).text;
    vec![LogicalLocation { name, fully_qualified_name: full, kind: "resource" }]
}

fn full_name(subject: &Subject, path: &str) -> String {
    let namespace = if subject.namespace.is_empty() { String::new() } else { format!("{}/", subject.namespace) };
    let path = if path.is_empty() { String::new() } else { format!(" {path}") };
    format!("{namespace}{subject}{path}")
}
