//! A port's name stays behind when the value that feeds the other end moves.

use super::literal::{literal_declaration, literal_reference};
use super::meta::declare_rule;
use super::{CaseCx, Drift, End, Rule, RuleMeta, TargetCx, stray};
use crate::finding::{Finding, Severity};
use crate::graph::{Address, EdgeKind};
use crate::kube::{Port, Service};
use crate::target::TargetKind;

declare_rule! {
    /// ## What it does
    /// Moves every value that names a port and reports a name that stays behind: an error when the declaration moved and the name that
    /// refers to it is a literal, or when the value that moved names another declaration as well; a note when it is a `targetPort`
    /// that may be set, to a container port that is always called the same: a number may be meant. A warning is an address in a text that
    /// names a Service of this chart as another release would call it.
    /// So is one that keeps a Service's name where a kustomization's prefix, suffix or patch renames it.
    ///
    /// ## Why is this bad?
    /// The chart is right with its default values and breaks as soon as somebody sets the name that it offers.
    ///
    /// ## Example
    /// ```yaml
    /// # values.yaml: service: { portName: http }
    /// kind: Service
    /// spec: { ports: [{ name: {{ .Values.service.portName }}, port: 80, targetPort: {{ .Values.service.portName }} }] }
    /// ---
    /// kind: Deployment    # containers:
    /// ports: [{ name: http, containerPort: 8080 }]
    /// ```
    ///
    /// ## Use instead
    /// The same value on both sides, or a literal name on both:
    /// ```yaml
    /// targetPort: http
    /// ```
    ///
    /// ## Known problems
    /// A name that the chart computes (`trunc`, `printf`) is moved, but its literal twin may go unseen.
    META = "hard-coded-name", Some(Severity::Error), "error, warning, note",
        "a port's name stays behind when the value that feeds the other end moves"
}

pub(super) struct HardCodedName;

impl Rule for HardCodedName {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn check_case(&self, cx: &CaseCx<'_>, out: &mut Vec<Finding>) {
        if cx.target.kind == TargetKind::Helm {
            out.extend(cx.graph.unserved.iter().filter_map(|it| other_release(cx, it)));
        }
    }

    fn check_target(&self, cx: &TargetCx<'_>, out: &mut Vec<Finding>) {
        out.extend(cx.drifts.iter().filter(|it| it.by_name() && !it.is_allowed_anyway()).filter_map(finding));
        out.extend(cx.strays.iter().filter(|it| it.by_name).map(|it| stray::finding(it, &META)));
    }
}

/// An address of what a Service of this release would be called in another.
fn other_release(cx: &CaseCx<'_>, address: &Address) -> Option<Finding> {
    let release = &cx.case.input.release;
    if address.service.contains(release.as_str()) {
        return None;
    }
    let own = format!("{release}-");
    // A single word is the end of many names.
    let rest = |it: &Service| it.name.strip_prefix(&own).filter(|it| it.contains('-')).map(str::to_owned);
    let same = |it: &&Service| {
        let of_other = rest(it).and_then(|rest| Some(!address.service.strip_suffix(&rest)?.strip_suffix('-')?.is_empty()));
        of_other == Some(true) && address.port.is_none_or(|port| it.ports.iter().any(|it| it.number == Port::Number(port)))
    };
    let meant = cx.graph.services.iter().find(same)?;
    let release = address.service.strip_suffix(&rest(meant)?)?.trim_end_matches('-').to_owned();
    let (subject, name) = (cx.subject(address.field.resource), &meant.name);
    let message =
        format!("a text of `{subject}` names `Service/{}`, which is there only in a release called `{release}`", address.service);
    let draft = cx.draft(&META, Severity::Warning, &address.field, message).label(format!("here it is called `{name}`"));
    Some(draft.related_object("near", meant.resource).help("make the name of `.Release.Name`").done())
}

fn finding(drift: &Drift<'_>) -> Option<Finding> {
    let kind = drift.edge.reference.kind;
    match (drift.end, drift.reference_fed_by.is_empty(), drift.declared_fed_by.is_empty()) {
        (End::Declaration, true, _) => Some(literal_reference(drift, &META)),
        (End::Reference, _, true) if !drift.pointer => Some(literal_declaration(drift, &META, Severity::Error)),
        // Nothing but a sidecar could have a port by another name.
        (End::Reference, _, true) if kind == EdgeKind::Target && !drift.may_have_sidecars => {
            Some(literal_declaration(drift, &META, Severity::Note))
        }
        _ => None,
    }
}
