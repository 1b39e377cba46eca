//! An address in a text: its port follows that of the Service.

use super::Proposal;
use super::port::{edit, feed};
use crate::finding::Finding;
use crate::fix::Options;
use crate::fix::copy::{Form, ways};
use crate::fix::ends::{TOLD, choice};
use crate::fix::site::Site;
use crate::fix::view::View;
use crate::graph::{Declared, Destination, Edge, EdgeKind};
use crate::kube::Port;

/// So many of the ports that may be meant are tried.
const PORTS: usize = 2;

/// Proposes for addresses in args, env and `ConfigMap`s.
pub(super) fn propose(view: View<'_>, finding: &Finding, _: Options) -> Vec<Proposal> {
    let mut meant: Vec<(Declared, bool, Vec<Site>)> = Vec::new();
    for edge in view.edges(finding).into_iter().filter(|it| it.reference.kind == EdgeKind::Soft) {
        let choice = choice(view, edge, finding);
        let told = choice.ports.first().is_some_and(|it| it.score >= TOLD);
        for (at, port) in choice.ports.iter().take(if told { 1 } else { PORTS }).enumerate() {
            let sites = places(view, edge).into_iter().filter_map(|(start, end)| view.text_site(start, end));
            let is_certain = at == 0 && choice.is_certain;
            // A text may name the port more than once.
            match meant.iter_mut().find(|it| it.0 == port.port) {
                Some(known) => known.2.extend(sites),
                None => meant.push((port.port.clone(), is_certain, sites.collect())),
            }
        }
    }
    meant.into_iter().flat_map(|(port, is_certain, sites)| together(view, &port, is_certain, sites)).collect()
}

/// Writes a port at several places in the same way.
fn together(view: View<'_>, port: &Declared, is_certain: bool, mut sites: Vec<Site>) -> Vec<Proposal> {
    sites.sort();
    sites.dedup();
    let ways: Vec<Vec<String>> = sites.iter().map(|it| ways(view, &port.field, it, Form::Value, true)).collect();
    let most = ways.iter().map(Vec::len).max().unwrap_or_default();
    let title = feed(view, &port.field);
    let one = |at: usize| {
        let edits = sites.iter().zip(&ways).filter_map(|(site, ways)| {
            let colon = if site.start == site.end { ":" } else { "" };
            let text = ways.get(at).or(ways.last())?;
            Some(edit(site, site.start, site.end, format!("{colon}{text}")))
        });
        Proposal { title: title.clone(), edits: edits.collect(), is_certain }
    };
    (0..most).map(one).collect()
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
