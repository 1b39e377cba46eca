//! An address in a text: its port follows that of the Service.

use super::Proposal;
use super::port::{edit, feed};
use crate::finding::Finding;
use crate::fix::Options;
use crate::fix::copy::{Form, ways};
use crate::fix::ends::choice;
use crate::fix::view::View;
use crate::graph::{Destination, Edge, EdgeKind};
use crate::kube::Port;

/// So many of the ports that may be meant are tried.
const PORTS: usize = 2;

/// Proposes for addresses in args, env and `ConfigMap`s.
pub(super) fn propose(view: View<'_>, finding: &Finding, _: &Options) -> Vec<Proposal> {
    let mut out = Vec::new();
    for edge in view.edges(finding).into_iter().filter(|it| it.reference.kind == EdgeKind::Soft) {
        let choice = choice(view, edge, finding);
        for (at, meant) in choice.ports.iter().take(PORTS).enumerate() {
            let is_certain = at == 0 && choice.is_certain;
            let title = feed(view, &meant.port.field);
            for (start, end) in places(view, edge) {
                let Some(site) = view.text_site(start, end) else { continue };
                let colon = if start == end { ":" } else { "" };
                for it in ways(view, &meant.port.field, &site, Form::Value, true) {
                    let edits = vec![edit(&site, site.start, site.end, format!("{colon}{it}"))];
                    out.push(Proposal { title: title.clone(), edits, is_certain });
                }
            }
        }
    }
    out
}

/// Returns the bytes of the rendering where the address has its port, or where it would have it.
fn places(view: View<'_>, edge: &Edge) -> Vec<(usize, usize)> {
    let (Destination::Service { name, .. }, Port::Number(number)) = (&edge.reference.to, &edge.reference.port) else {
        return Vec::new();
    };
    let Some((from, to)) = view.rendered_at(&edge.reference.field) else { return Vec::new() };
    let text = &view.linked.text[from..to];
    let said = !edge.reference.field.value.is_null();
    let mut out = Vec::new();
    for (at, _) in text.match_indices(name.as_str()) {
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        if text[..at].ends_with(part) {
            continue;
        }
        let host = &text[at..];
        let end = at + host.find(|c: char| !part(c)).unwrap_or(host.len());
        if !text[at + name.len()..end].is_empty() && !text[at + name.len()..].starts_with('.') {
            continue;
        }
        let behind = &text[end..];
        match behind.strip_prefix(':') {
            Some(rest) if said => {
                let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                if rest[..digits] == number.to_string() {
                    out.push((from + end + 1, from + end + 1 + digits));
                }
            }
            None if !said && text[..at].ends_with("://") => out.push((from + end, from + end)),
            _ => {}
        }
    }
    out
}
