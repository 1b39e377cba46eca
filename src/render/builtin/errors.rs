//! Helm's words for what went wrong in a template: a port of pkg/engine/engine.go of Helm 3 and 4.

use crate::chart::HelmVersion;
use crate::gotemplate::func::Error;
use crate::gotemplate::value::Str;

const REFUSED_START: &str = "HELM_ERR_START";
const REFUSED_END: &str = "HELM_ERR_END";

/// Wraps the message of `fail` and `required`, as Helm does to find it again.
pub(super) fn refusal(message: &Str) -> String {
    format!("{REFUSED_START}{}{REFUSED_END}", message.text())
}

/// Words an error of parsing a file (engine.go, `cleanupParseError`).
pub(super) fn parse_error(file: &str, message: &str) -> String {
    let mut parts = message.split(": ");
    match (parts.nth(1), message.rsplit(": ").next()) {
        (Some(location), Some(last)) => format!("parse error at ({location}): {last}"),
        _ => format!("parse error in ({file}): {message}"),
    }
}

/// Words an error of executing a file (engine.go, `cleanupExecError`, `reformatExecErrorMsg`).
pub(super) fn exec_error(file: &str, error: &Error, helm: HelmVersion) -> String {
    let message = &error.message;
    if error.place.is_none() && !message.starts_with("template: ") {
        return message.clone();
    }
    let mut parts = message.splitn(3, ": ");
    let (Some(_), Some(location), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return format!("execution error in ({file}): {message}");
    };
    if let Some(refused) = refused(rest) {
        return format!("execution error at ({location}): {refused}");
    }
    match helm {
        HelmVersion::V3 => message.clone(),
        HelmVersion::V4 => traced(error).unwrap_or_else(|| message.clone()),
    }
}

fn refused(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(REFUSED_START)?;
    rest.rsplit_once(REFUSED_END).map(|(message, _)| message)
}

/// One line of Helm 4's trace.
#[derive(PartialEq)]
struct Step {
    location: String,
    message: String,
    executed: String,
}

fn traced(error: &Error) -> Option<String> {
    let mut steps: Vec<Step> = Vec::new();
    let mut current = Some(error);
    while let Some(error) = current {
        let step = step(&error.message)?;
        if steps.last() != Some(&step) {
            steps.push(step);
        }
        current = error.cause.as_deref();
    }
    let mut text = String::new();
    for step in steps {
        for (part, behind) in [(step.location, "\n  "), (step.executed, "\n    "), (step.message, "\n")] {
            if !part.is_empty() {
                text += &part;
                text += behind;
            }
        }
    }
    Some(text.trim().to_owned())
}

/// Takes Go's sentence apart (engine.go, `parseTemplateExecErrorString`).
fn step(message: &str) -> Option<Step> {
    let rest = message.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(Step { location: String::new(), message: message.to_owned(), executed: String::new() });
    }
    executing(rest).or_else(|| {
        let (location, text) = rest.rsplit_once(": ")?;
        Some(Step { location: location.to_owned(), message: without_next(text), executed: String::new() })
    })
}

fn executing(rest: &str) -> Option<Step> {
    let (location, after) = rest.split_once(": executing ")?;
    let (name, after) = after.strip_prefix('"')?.split_once('"')?;
    let (context, text) = after.strip_prefix(" at <")?.split_once(">: ")?;
    Some(Step {
        location: location.to_owned(),
        message: without_next(text),
        executed: format!("executing \"{name}\" at <{context}>:"),
    })
}

fn without_next(text: &str) -> String {
    text.split_once(" template:").map_or(text, |(text, _)| text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf() -> Error {
        Error::new(
            "template: web/templates/_h.tpl:3:4: executing \"web.name\" at <.Values.a.b>: nil pointer evaluating interface {}.b",
        )
    }

    fn outer(cause: Error) -> Error {
        Error::wrap(
            "template: web/templates/x.yaml:1:2: executing \"web/templates/x.yaml\" at <include \"web.name\" .>: error calling include",
            cause,
        )
    }

    #[test]
    fn helm_4_draws_a_chain_of_errors_of_templates_alone() {
        let expected = "web/templates/x.yaml:1:2\n  executing \"web/templates/x.yaml\" at <include \"web.name\" .>:\n    error calling include:\n\
                        web/templates/_h.tpl:3:4\n  executing \"web.name\" at <.Values.a.b>:\n    nil pointer evaluating interface {}.b";
        assert_eq!(exec_error("x", &outer(leaf()), HelmVersion::V4), expected);
        assert_eq!(exec_error("x", &outer(leaf()), HelmVersion::V3), outer(leaf()).message);
        let of_function = outer(Error::new("boom"));
        assert_eq!(exec_error("x", &of_function, HelmVersion::V4), of_function.message);
    }

    #[test]
    fn a_refusal_is_told_where_the_file_stands() {
        let error = outer(Error::new(refusal(&Str::from("set: a"))));
        assert_eq!(exec_error("x", &error, HelmVersion::V4), "execution error at (web/templates/x.yaml:1:2): set: a");
    }

    #[test]
    fn parse_errors_lose_their_middle() {
        let message = "template: web/templates/x.yaml:2: function \"foo\" not defined";
        assert_eq!(parse_error("x", message), "parse error at (web/templates/x.yaml:2): function \"foo\" not defined");
    }
}
