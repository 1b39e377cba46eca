//! One chart: it is checked, and what drifts is guarded.

use super::run::{RunError, Tools, plan_all};
use super::settings::Settings;
use super::target::judge_target;
use crate::guard::{Checked, Guard, Nothing, build};
use crate::os::RunDir;
use crate::pipeline::Event;
use crate::report::Status;
use crate::target::TargetKind;

/// What came of guarding a chart.
pub enum Guarded {
    Proven(Guard),
    Nothing(Nothing),
    /// The path is not one chart.
    Unfit(String),
    /// The chart cannot be checked.
    Unchecked(String),
}

/// Makes the guard of the one chart that the settings name.
///
/// # Errors
/// See [`plan_all`].
pub fn guard(settings: &Settings, tools: &Tools<'_>, run: &RunDir, events: &(dyn Fn(Event) + Sync)) -> Result<Guarded, RunError> {
    let mut plans = plan_all(settings)?;
    let planned = match (plans.pop(), plans.len()) {
        (Some(Ok(planned)), 0) => planned,
        (Some(Err((_, why))), 0) => return Ok(Guarded::Unchecked(why)),
        (None, _) => return Ok(Guarded::Unfit("no chart found; name one".into())),
        (Some(_), more) => return Ok(Guarded::Unfit(format!("{} targets found; name one chart", more + 1))),
    };
    let target = &planned.target;
    if target.kind != TargetKind::Helm {
        let why = format!("`{}` is no Helm chart: a guard is a template, and only charts have them", target.path);
        return Ok(Guarded::Unfit(why));
    }
    let renderers = match tools.renderers(target.kind) {
        Ok(renderers) => renderers,
        Err(why) => return Ok(Guarded::Unchecked(why)),
    };
    let (report, findings, judged) = judge_target(&planned, renderers, settings, events);
    if report.status != Status::Checked {
        let why = report.message.unwrap_or_else(|| "no case renders".into());
        return Ok(Guarded::Unchecked(format!("`{}` cannot be checked: {why}", target.path)));
    }
    let checked = Checked { target, renderer: renderers.main, run, events, judged: &judged, findings: &findings };
    Ok(match build(&checked) {
        Ok(guard) => Guarded::Proven(guard),
        Err(nothing) => Guarded::Nothing(nothing),
    })
}
