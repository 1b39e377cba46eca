//! An Ingress with the fields of another API version: the v1 form, behind the condition that chooses the version where there is one.

use super::Proposal;
use super::port::edit;
use crate::finding::{Edit, Finding};
use crate::fix::Options;
use crate::fix::expr::{adapted, roots};
use crate::fix::scan::{Kind, Scan};
use crate::fix::site::{Piece, Site, line_end, line_of, value_end, written};
use crate::fix::view::{Source, View};
use crate::kube::{Field, Resource};
use crate::locate::{steps, walk};

const V1: &str = "networking.k8s.io/v1";

/// What v1beta1 did where no type was given, and v1 demands one.
const PATH_TYPE: &str = "pathType: ImplementationSpecific";

/// Proposes for `mixed-ingress-api`.
pub(super) fn propose(view: View<'_>, finding: &Finding, _: Options) -> Vec<Proposal> {
    if finding.rule != "mixed-ingress-api" {
        return Vec::new();
    }
    let Some(version) = version(view, finding) else { return Vec::new() };
    let Some(text) = view.text(&version.file) else { return Vec::new() };
    let scan = Scan::new(text);
    let propose = |title: &str, edits| Proposal { title: title.into(), edits, is_certain: true };
    if finding.subject.api_version != V1 {
        let title = format!("let the object be of {V1}");
        return vec![propose(&title, vec![edit(&version, version.start, version.end, V1.into())])];
    }
    let chooser = Chooser::new(&scan, &version);
    let mut out = Vec::new();
    if let Some(edits) = chooser.gates(&version) {
        out.push(propose("choose the fields by the apiVersion that is rendered", edits));
    }
    let form = |value: &str| if is_name(view, finding, value) { Form::Name } else { Form::Number };
    let typed = |value: &str| match form(value) {
        _ if value.starts_with("{{") && value.ends_with("}}") => Form::ByType,
        form => form,
    };
    let forms: [&dyn Fn(&str) -> Form; 2] = [&form, &typed];
    for edits in forms.into_iter().filter_map(|it| chooser.backends(&version, it)) {
        out.push(propose("write the backends as v1 has them", edits));
    }
    out
}

/// How a port is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Name,
    /// As the one or the other, as its type says.
    ByType,
}

impl Form {
    /// Returns the lines that say a value.
    fn lines(self, value: &str, pad: &str) -> Vec<String> {
        let inner = value.trim_start_matches("{{").trim_start_matches('-').trim_end_matches("}}").trim_end_matches('-').trim();
        match self {
            Self::Number => vec![format!("{pad}number: {value}")],
            Self::Name => vec![format!("{pad}name: {value}")],
            Self::ByType => {
                let tested = if inner.contains(' ') { format!("({inner})") } else { inner.to_owned() };
                let condition = format!("{pad}{{{{- if kindIs \"string\" {tested} }}}}");
                let [name, number] = ["name", "number"].map(|key| format!("{pad}{key}: {value}"));
                vec![condition, name, format!("{pad}{{{{- else }}}}"), number, format!("{pad}{{{{- end }}}}")]
            }
        }
    }
}

/// Returns where the subject's apiVersion is written.
fn version(view: View<'_>, finding: &Finding) -> Option<Site> {
    let subject = &finding.subject;
    let mut resources = view.linked.manifest.resources.iter().enumerate();
    let (index, resource) = resources.find(|(_, it)| (&it.subject.kind, &it.subject.name) == (&subject.kind, &subject.name))?;
    let field = Field::new(index, "apiVersion", resource.node.get("apiVersion")?);
    match view.source(&field)? {
        Source::Value(site) => Some(site),
        Source::Within(_) => None,
    }
}

/// Whether the backend's port is a name in the rendering; what is written as a number is one.
fn is_name(view: View<'_>, finding: &Finding, value: &str) -> bool {
    if !value.contains("{{") {
        return !value.trim_matches(['"', '\'']).bytes().all(|it| it.is_ascii_digit());
    }
    let subject = |it: &&Resource| it.subject == finding.subject;
    let Some(resource) = view.linked.manifest.resources.iter().find(subject) else { return false };
    let path = finding.path.replace(".serviceName", ".servicePort");
    let node = steps(&path).and_then(|it| walk(&resource.node, &it)?.str());
    node.is_some_and(|it| !it.bytes().all(|it| it.is_ascii_digit()))
}

/// What chooses the API version of a template.
struct Chooser<'s, 'a> {
    scan: &'s Scan<'a>,
    /// The expression that makes the apiVersion; `None` where it is literal.
    expression: Option<String>,
    offset: usize,
}

impl<'s, 'a> Chooser<'s, 'a> {
    fn new(scan: &'s Scan<'a>, version: &Site) -> Self {
        let it = written(scan, version.start, version.end);
        let expression = it.and_then(|it| match it.pieces[..] {
            [Piece::Action(inner)] => {
                Some(inner.strip_prefix("template ").map_or_else(|| inner.to_owned(), |rest| format!("include {rest}")))
            }
            _ => None,
        });
        Self { scan, expression, offset: version.start }
    }

    /// Writes at a byte whether the version is v1.
    fn is_v1(&self, at: usize) -> Option<String> {
        let root = roots(self.scan, at).into_iter().next()?;
        let expression = adapted(self.expression.as_ref()?, self.scan, self.offset, &root)?;
        let expression = expression.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(&expression).to_owned();
        Some(format!("eq ({expression}) \"{V1}\""))
    }

    /// Where both forms are there, the condition that chooses between them becomes that which chooses the version.
    fn gates(&self, site: &Site) -> Option<Vec<Edit>> {
        let text = self.scan.text;
        let gate = |at: usize| {
            let block = self.scan.blocks(at).into_iter().rev().find(|it| it.branch > 0)?;
            let opener = self.scan.actions.get(block.opener).filter(|it| it.kind == Kind::If)?;
            let first = text.get(opener.end..at)?;
            first.contains("service:").then(|| self.scan.inner(opener).trim_start_matches("if ").replace("$.", "."))
        };
        let condition = text.match_indices("serviceName:").find_map(|(at, _)| gate(at))?;
        let same = |inner: &str| inner.strip_prefix("if ").is_some_and(|it| it.replace("$.", ".") == condition);
        let gates = self.scan.actions.iter().filter(|it| it.kind == Kind::If && same(self.scan.inner(it)));
        gates.map(|it| Some(edit(site, it.inner.0, it.inner.1, format!("if {}", self.is_v1(it.start)?)))).collect()
    }

    /// Writes every backend in the v1 form, beside the old one where an expression makes the version.
    fn backends(&self, site: &Site, form: &dyn Fn(&str) -> Form) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for (at, _) in self.scan.text.match_indices("serviceName:") {
            if self.scan.action_at(at).is_none() && is_key(self.scan.text, at) {
                edits.extend(self.backend(site, at, form)?);
            }
        }
        (!edits.is_empty()).then_some(edits)
    }

    /// Writes one backend, whose `serviceName` is at a byte.
    fn backend(&self, site: &Site, at: usize, form: &dyn Fn(&str) -> Form) -> Option<Vec<Edit>> {
        let text = self.scan.text;
        let end = line_end(text);
        let lines = Lines::new(text);
        let own = lines.at(at)?;
        let indent = lines.indent(own);
        let block = lines.block(own, indent);
        let new = self.v1_lines(&lines, block, indent, form)?;
        let (start, stop) = (lines.list[block.0].0, lines.list[block.1 - 1].1);
        let backend = (0..own).rev().find(|it| lines.key(*it) == Some("backend"))?;
        let typed = lines.item(backend).any(|it| lines.key(it) == Some("pathType"));
        let pad = " ".repeat(indent);
        let mut edits = Vec::new();
        let old = &text[start..stop];
        let body = new.join(end);
        let Some(is_v1) = self.is_v1(at) else {
            edits.push(edit(site, start, stop, body));
            edits.extend((!typed).then(|| self.path_type(site, &lines, backend, None)).flatten());
            return Some(edits);
        };
        let gated = format!("{pad}{{{{- if {is_v1} }}}}{end}{body}{end}{pad}{{{{- else }}}}{end}{old}{end}{pad}{{{{- end }}}}");
        edits.push(edit(site, start, stop, gated));
        edits.extend((!typed).then(|| self.path_type(site, &lines, backend, Some(is_v1))).flatten());
        Some(edits)
    }

    /// Adds the path's type before its backend.
    fn path_type(&self, site: &Site, lines: &Lines<'_>, backend: usize, gate: Option<String>) -> Option<Edit> {
        let text = self.scan.text;
        let (start, _) = lines.list[backend];
        let indent = lines.indent(backend);
        if lines.parent(backend).is_none_or(|it| lines.key(it) == Some("spec")) {
            return None;
        }
        let (end, pad) = (line_end(text), " ".repeat(indent));
        let key = start + text[start..].find("backend:")?;
        Some(match gate {
            None => edit(site, key, key, format!("{PATH_TYPE}{end}{pad}")),
            // In a list's first line an action would stand before its dash.
            Some(gate) => {
                let (_, stop) = lines.list[lines.block(backend + 1, indent + 1).1 - 1];
                let text = format!("{end}{pad}{{{{- if {gate} }}}}{end}{pad}{PATH_TYPE}{end}{pad}{{{{- end }}}}");
                edit(site, stop, stop, text)
            }
        })
    }

    /// Writes the lines of a backend in the v1 form.
    fn v1_lines(
        &self,
        lines: &Lines<'_>,
        block: (usize, usize),
        indent: usize,
        form: &dyn Fn(&str) -> Form,
    ) -> Option<Vec<String>> {
        let text = self.scan.text;
        let pad = |more: usize| " ".repeat(indent + more);
        let mut name = None;
        let mut port = Vec::new();
        for at in block.0..block.1 {
            let (start, stop) = lines.list[at];
            let line = &text[start..stop];
            let value = |key: &str| {
                let from = start + line.find(key)? + key.len() + 1;
                let from = from + (text[from..stop].len() - text[from..stop].trim_start().len());
                Some(text[from..value_end(self.scan, from).max(from)].to_owned()).filter(|it| !it.is_empty())
            };
            let rest = || line.split_once(':').map(|it| it.1.trim().to_owned());
            match lines.key(at) {
                Some("serviceName") => name = Some(value("serviceName").or_else(rest)?),
                Some("servicePort") => {
                    let value = value("servicePort").or_else(rest)?;
                    port.extend(form(&value).lines(&value, &pad(4)));
                }
                Some(_) => return None,
                // Actions that choose the port.
                None if line.trim().is_empty() => {}
                None => port.push(format!("{}{}", pad(4), line.trim())),
            }
        }
        let mut out = vec![format!("{}service:", pad(0)), format!("{}name: {}", pad(2), name?), format!("{}port:", pad(2))];
        out.extend(port);
        Some(out)
    }
}

fn is_key(text: &str, at: usize) -> bool {
    let (start, _) = line_of(text, at);
    text[start..at].chars().all(|c| matches!(c, ' ' | '-'))
}

/// Lines of a template by their indentation.
struct Lines<'a> {
    text: &'a str,
    /// First byte, and that behind the last.
    list: Vec<(usize, usize)>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let mut list = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim_end_matches(['\n', '\r']);
            list.push((start, start + trimmed.len()));
            start += line.len();
        }
        Self { text, list }
    }

    fn at(&self, offset: usize) -> Option<usize> {
        self.list.iter().position(|(start, end)| (*start..=*end).contains(&offset))
    }

    fn line(&self, at: usize) -> &'a str {
        self.list.get(at).map_or("", |(start, end)| &self.text[*start..*end])
    }

    /// Returns the column of the first key, behind dashes.
    fn indent(&self, at: usize) -> usize {
        let line = self.line(at);
        line.len() - line.trim_start_matches([' ', '-']).len()
    }

    /// Returns the key that a line begins with.
    fn key(&self, at: usize) -> Option<&'a str> {
        let line = self.line(at).trim_start_matches([' ', '-']);
        let key = line.split(':').next().filter(|it| it.len() < line.len())?;
        key.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(key).filter(|it| !it.is_empty())
    }

    /// Whether a line holds nothing but actions, a comment or space.
    fn is_bare(&self, at: usize) -> bool {
        let line = self.line(at).trim();
        line.is_empty() || line.starts_with('#') || line.starts_with("{{")
    }

    /// Returns the lines around one that are keys of the same mapping, with actions between them: first, and behind the last.
    fn block(&self, own: usize, indent: usize) -> (usize, usize) {
        let inside =
            |at: usize| self.key(at).is_some() && self.indent(at) >= indent && !self.line(at).trim_start().starts_with('-');
        let (mut first, mut last) = (own, own);
        let mut at = own + 1;
        while at < self.list.len() && (self.is_bare(at) || inside(at)) {
            if inside(at) {
                last = at;
            }
            at += 1;
        }
        at = own;
        while at > 0 && inside(at - 1) {
            at -= 1;
            first = at;
        }
        // An action between two keys is closed behind the second.
        let open = |last: usize| -> i64 {
            let scan = Scan::new(&self.text[self.list[first].0..self.list[last].1]);
            let weigh = |kind: Kind| match kind {
                Kind::If | Kind::With | Kind::Range => 1,
                Kind::End => -1,
                _ => 0,
            };
            scan.actions.iter().map(|it| weigh(it.kind)).sum()
        };
        while open(last) > 0 && last + 1 < self.list.len() && (self.is_bare(last + 1) || inside(last + 1)) {
            last += 1;
        }
        (first, last + 1)
    }

    /// Returns the line that a line lies below.
    fn parent(&self, at: usize) -> Option<usize> {
        let indent = self.indent(at);
        (0..at).rev().find(|it| self.key(*it).is_some() && self.indent(*it) < indent)
    }

    /// Returns the lines of the mapping that a line is a key of.
    fn item(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let indent = self.indent(at);
        let is_first = |it: usize| self.line(it).trim_start().starts_with('-') && self.indent(it) == indent;
        let start =
            (0..=at).rev().find(|it| is_first(*it) || (self.key(*it).is_some() && self.indent(*it) < indent)).unwrap_or(0);
        let behind = |it: &usize| self.key(*it).is_some() && (self.indent(*it) < indent || (is_first(*it) && *it > at));
        let end = (at + 1..self.list.len()).find(behind).unwrap_or(self.list.len());
        (start..end).filter(move |it| self.indent(*it) == indent)
    }
}
