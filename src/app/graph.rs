//! The port graph of one case.

use super::plan::{RunError, plan_one};
use super::run::Tools;
use super::settings::Settings;
use super::target::level;
use crate::config::nearest;
use crate::draw::{Picture, picture};
use crate::pipeline::{Event, Pipeline};
use crate::rules::CaseOutcome;

/// What came of it.
pub enum Graphed {
    Picture {
        picture: Picture,
        /// Path and kind of the target.
        target: (String, &'static str),
        /// Id and label of the case.
        case: (String, String),
    },
    /// The chart refuses or fails.
    Not(String),
    Unchecked(String),
    /// Nothing has the name that was asked for.
    Unknown(String),
}

/// Links the default case of the only target, or the one that was asked for; `focus` names an object.
///
/// # Errors
/// See [`plan_one`].
pub fn graph(
    settings: &Settings,
    tools: &Tools<'_>,
    focus: Option<&str>,
    events: &(dyn Fn(Event) + Sync),
) -> Result<Graphed, RunError> {
    let planned = match plan_one(settings, "nothing to draw there: name a chart, a kustomization or manifests")? {
        Ok(planned) => planned,
        Err(why) => return Ok(Graphed::Unchecked(why)),
    };
    let target = &planned.target;
    let Some(case) = planned.cases.first() else { return Ok(Graphed::Unchecked("it has no case".into())) };
    let renderers = match tools.renderers(target.kind) {
        Ok(renderers) => renderers,
        Err(why) => return Ok(Graphed::Unchecked(why)),
    };
    let pipeline = Pipeline::new(renderers.main, target, events);
    let Some(judged) = pipeline.run(std::slice::from_ref(case), |_| true).pop() else {
        return Ok(Graphed::Unchecked("it has no case".into()));
    };
    let linked = match (judged.result.outcome, judged.linked) {
        (CaseOutcome::Rendered, Some(linked)) => linked,
        (CaseOutcome::Refused(why) | CaseOutcome::Failed(why) | CaseOutcome::Skipped(why), _) => return Ok(Graphed::Not(why)),
        (CaseOutcome::Rendered, None) => return Ok(Graphed::Not("its rendering cannot be read".into())),
    };
    let mut findings = judged.findings;
    findings.retain_mut(|it| match level(settings, planned.config.as_deref(), it.rule) {
        Some(None) => false,
        Some(Some(severity)) => {
            it.severity = severity;
            true
        }
        None => true,
    });
    let title = format!("{} ({})", target.path, case.label);
    let mut picture = picture(title, &linked.manifest, &linked.graph, &findings);
    if let Some(word) = focus {
        let named = picture.named(word);
        if named.is_empty() {
            return Ok(Graphed::Unknown(unknown(&picture, word)));
        }
        picture.focus(&named);
    }
    let (target, case) = ((target.path.clone(), target.kind.name()), (case.id.clone(), case.label.clone()));
    Ok(Graphed::Picture { picture, target, case })
}

fn unknown(picture: &Picture, word: &str) -> String {
    let full: Vec<String> = picture.nodes.iter().map(|it| it.subject.to_string()).collect();
    let bare = picture.nodes.iter().map(|it| it.subject.name.as_str());
    let near = if word.contains('/') { nearest(word, full.iter().map(String::as_str)) } else { nearest(word, bare) };
    let hint = match (near, full.as_slice()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "the graph is empty".to_owned(),
        (None, all) => {
            let few: Vec<&str> = all.iter().take(5).map(String::as_str).collect();
            format!("it has {}{}", few.join(", "), if all.len() > 5 { " …" } else { "" })
        }
    };
    format!("nothing in the graph is called `{word}`; {hint}")
}
