//! One rendering, for its own sake.

use std::collections::HashMap;

use super::plan::{RunError, plan_one};
use super::run::Tools;
use super::settings::Settings;
use crate::chart::{Step, shown_path};
use crate::finding::Excerpt;
use crate::matrix::Case;
use crate::render::{BuiltinRenderer, Outcome, Provenance, Renderer as _, Rendering};
use crate::report::AnnotatedLine;
use crate::rules::stop;
use crate::target::{Target, TargetKind};

/// What came of it.
pub enum Rendered {
    /// `lines`: where it was asked for.
    Text {
        bytes: Vec<u8>,
        lines: Option<Vec<AnnotatedLine>>,
    },
    /// The chart refuses or fails; there, if that is known.
    Not(String, Option<Excerpt>),
    Unchecked(String),
}

/// Renders the default case of the only target, or the one that was asked for.
///
/// # Errors
/// See [`plan_one`].
pub fn rendered(settings: &Settings, tools: &Tools<'_>, annotate: bool) -> Result<Rendered, RunError> {
    let planned = match plan_one(settings, "nothing to render there")? {
        Ok(planned) => planned,
        Err(why) => return Ok(Rendered::Unchecked(why)),
    };
    let Some(case) = planned.cases.first() else { return Ok(Rendered::Unchecked("it has no case".into())) };
    if annotate {
        return Ok(annotated(&planned.target, case, tools));
    }
    let renderer = match tools.renderer(planned.target.kind) {
        Ok(renderer) => renderer,
        Err(why) => return Ok(Rendered::Unchecked(why)),
    };
    Ok(told(&planned.target, renderer.render(&planned.target, case), |rendering| Rendered::Text {
        bytes: rendering.raw.unwrap_or_else(|| rendering.text.into_bytes()),
        lines: None,
    }))
}

fn told(target: &Target, outcome: Outcome, text: impl FnOnce(Rendering) -> Rendered) -> Rendered {
    match outcome {
        Outcome::Rendered(rendering) => text(rendering),
        Outcome::Refused(why) | Outcome::Failed(why) => {
            let at = stop(target, &why);
            Rendered::Not(why, at)
        }
        Outcome::Skipped(why) => Rendered::Not(why, None),
    }
}

fn annotated(target: &Target, case: &Case, tools: &Tools<'_>) -> Rendered {
    if target.kind != TargetKind::Helm {
        return Rendered::Unchecked("`--annotate` tells where the lines of a chart come from; this is none".into());
    }
    let renderer = tools.builtin();
    told(target, renderer.render(target, case), |rendering| {
        let provenance = rendering.provenance.clone().unwrap_or_default();
        let lines = lines(&rendering, &provenance, &mut Places { target, case, renderer, known: HashMap::new() });
        Rendered::Text { bytes: Vec::new(), lines: Some(lines) }
    })
}

fn lines(rendering: &Rendering, provenance: &Provenance, places: &mut Places<'_>) -> Vec<AnnotatedLine> {
    let mut start = 0;
    let line = |text: &str| {
        let (from, trimmed) = (start, text.trim_end_matches('\n'));
        start += text.len();
        let indent = trimmed.len() - trimmed.trim_start().len();
        let parts = provenance.within(from + indent, from + trimmed.len().max(indent + 1));
        let place = parts.iter().find_map(|it| Some(format!("{}:{}", provenance.file(it)?, it.line)));
        let mut reads: Vec<String> = Vec::new();
        let mut control: Vec<String> = Vec::new();
        for part in parts {
            provenance.reads(part).for_each(|it| push(&mut reads, places.shown(it)));
            provenance.control(part).for_each(|it| push(&mut control, places.shown(it)));
        }
        AnnotatedLine { text: trimmed.to_owned(), place, reads, control }
    };
    rendering.text.split_inclusive('\n').map(line).collect()
}

fn push(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

/// Where values are set, each looked for once.
struct Places<'a> {
    target: &'a Target,
    case: &'a Case,
    renderer: &'a BuiltinRenderer,
    known: HashMap<Vec<Step>, String>,
}

impl Places<'_> {
    /// Shows a path, with the file and line that set it.
    fn shown(&mut self, path: &[Step]) -> String {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let shown = match (path, self.renderer.set_by(self.target, self.case, path)) {
            // What is no value has a root of its own: `.Release.Name`.
            ([Step::Key(root), rest @ ..], _) if root.starts_with('.') => format!("{root}.{}", shown_path(rest)),
            (_, Some(place)) => format!("{} ({place})", shown_path(path)),
            (_, None) => shown_path(path),
        };
        self.known.insert(path.to_vec(), shown.clone());
        shown
    }
}
