//! What a kustomization's patches and generators changed, beside the literal that they left as it was.

use serde_json::Value as Json;

use super::CaseCx;
use super::excerpt;
use crate::finding::{Excerpt, Finding, Related};
use crate::kube::Field;
use crate::locate::{former, steps, walk};
use crate::target::TargetKind;

/// Adds where the other end said what the literal says, until a patch or a generator of the kustomization changed it: of the
/// port that was meant, or of the reference itself.
pub(super) fn add(
    cx: &CaseCx<'_>,
    finding: &mut Finding,
    (at, literal): (&Field, &str),
    related: &[Field],
    excerpts: &mut Vec<Excerpt>,
) {
    if cx.target.kind != TargetKind::Kustomize {
        return;
    }
    let own = related.iter().flat_map(|it| [Some(it.clone()), name_beside(cx, it)]).flatten().map(|it| (it, literal.to_owned()));
    let wanted = related.iter().map(|it| (at.clone(), it.text()));
    let found = own.chain(wanted).find_map(|(field, literal)| {
        let before = former(cx.target, cx.resource(&field), &field)?;
        (text(&before.value) == literal).then_some((field, before))
    });
    let Some((field, before)) = found else { return };
    let label = format!("{} here, until {} makes it {}", text(&before.value), cx.target.shown(&before.changed_in), field.text());
    let drawn = excerpt::source(cx.target, &before.location, &label);
    excerpts.extend(drawn.map(|it| Excerpt { primary: false, ..it }));
    finding.related.push(Related {
        role: "before",
        subject: cx.subject(field.resource).clone(),
        path: field.path,
        value: before.value,
        location: Some(before.location),
        rendered: None,
        fed_by: Vec::new(),
    });
}

/// Returns the name of the port whose number a field is.
fn name_beside(cx: &CaseCx<'_>, field: &Field) -> Option<Field> {
    let path = format!("{}.name", field.path.rsplit_once('.')?.0);
    let node = walk(&cx.resource(field).node, &steps(&path)?)?;
    Some(Field::new(field.resource, path.clone(), node))
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
