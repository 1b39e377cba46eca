//! What a condition wants of the values.

use serde_json::Value as Json;

use super::Want;
use super::scope::Scope;
use super::walk::Walk;
use crate::gotemplate::ast::{Command, Expr, ExprKind, Pipe};

/// Functions whose result counts as true as their last argument does, or nearly.
const ALIKE: [&str; 14] =
    ["toString", "quote", "squote", "int", "int64", "trim", "len", "lower", "upper", "tpl", "default", "toYaml", "first", "bool"];

impl Walk<'_> {
    /// Returns what makes a pipeline true, or false.
    pub(super) fn wants(&mut self, pipe: &Pipe, positive: bool) -> Vec<Want> {
        let Some((last, before)) = pipe.cmds.split_last() else { return Vec::new() };
        self.command_wants(last, before, positive)
    }

    fn command_wants(&mut self, command: &Command, before: &[Command], positive: bool) -> Vec<Want> {
        let Some((head, args)) = command.args.split_first() else { return Vec::new() };
        if let ExprKind::Function(func) = &head.kind {
            return self.call_wants(func.name, args, before, positive);
        }
        if is_has(head) {
            return match args.first().map(|it| self.expr(it)) {
                Some(Scope::Str(api)) if positive => vec![Want::Api(api)],
                _ => Vec::new(),
            };
        }
        if args.is_empty() && before.is_empty() { self.expr_wants(head, positive) } else { Vec::new() }
    }

    fn expr_wants(&mut self, expr: &Expr, positive: bool) -> Vec<Want> {
        if let ExprKind::Pipe(pipe) = &expr.kind {
            return self.wants(pipe, positive);
        }
        let scope = self.expr(expr);
        truth(&scope, positive)
    }

    fn call_wants(&mut self, name: &str, args: &[Expr], before: &[Command], positive: bool) -> Vec<Want> {
        match name {
            "not" | "empty" => self.last_wants(args, before, !positive),
            "and" if positive => self.each_wants(args, before, true),
            "or" if !positive => self.each_wants(args, before, false),
            // One of them will do: the first that can be followed.
            "and" | "or" => {
                let all: Vec<Vec<Want>> = args.iter().map(|it| self.expr_wants(it, positive)).collect();
                all.into_iter().find(|it| !it.is_empty()).unwrap_or_default()
            }
            "eq" | "ne" => self.compared(args, before, positive == (name == "eq")),
            "gt" | "ge" => match args.first() {
                Some(first) => self.expr_wants(first, positive),
                None => Vec::new(),
            },
            "hasKey" => match args {
                [map, key] => {
                    let (map, key) = (self.expr(map), self.expr(key));
                    let Scope::Str(key) = key else { return Vec::new() };
                    truth(&map.field(&key, self.prefix()), positive)
                }
                _ => Vec::new(),
            },
            "index" | "get" | "dig" | "coalesce" | "required" | "include" => truth(&self.call(name, args, before), positive),
            _ if ALIKE.contains(&name) => self.last_wants(args, before, positive),
            _ => Vec::new(),
        }
    }

    /// What the last argument must be, which a pipeline hands over.
    fn last_wants(&mut self, args: &[Expr], before: &[Command], positive: bool) -> Vec<Want> {
        match (before.split_last(), args.last()) {
            (Some((last, before)), _) => self.command_wants(last, before, positive),
            (None, Some(last)) => self.expr_wants(last, positive),
            (None, None) => Vec::new(),
        }
    }

    fn each_wants(&mut self, args: &[Expr], before: &[Command], positive: bool) -> Vec<Want> {
        let mut all: Vec<Want> = args.iter().flat_map(|it| self.expr_wants(it, positive)).collect();
        if !before.is_empty() {
            all.extend(self.last_wants(&[], before, positive));
        }
        all
    }

    fn compared(&mut self, args: &[Expr], before: &[Command], equal: bool) -> Vec<Want> {
        let mut sides: Vec<Scope> = args.iter().map(|it| self.expr(it)).collect();
        if !before.is_empty() {
            sides.push(self.commands(before));
        }
        let Some(value) = sides.iter().find_map(Scope::literal) else { return Vec::new() };
        if let Some(printed) = sides.iter().find(|it| matches!(it, Scope::Printed(_))).filter(|_| equal) {
            return prints(printed, &value).unwrap_or_default();
        }
        let Some(path) = sides.iter().find_map(Scope::path) else { return Vec::new() };
        match (value, equal) {
            (value, true) => vec![Want::Equal(path.clone(), value)],
            (Json::Bool(value), false) => truth(&Scope::Values(path.clone()), !value),
            (Json::String(text), false) if text.is_empty() => vec![Want::Some(path.clone())],
            _ => Vec::new(),
        }
    }
}

/// Returns what makes a helper print a literal: itself, or the value that it prints, the deepest of those that stand within each other.
fn prints(scope: &Scope, value: &Json) -> Option<Vec<Want>> {
    match scope {
        Scope::Printed(options) => {
            let literal = options.iter().find(|it| it.1.literal().as_ref() == Some(value));
            let deepest = |it: &&(Vec<Want>, Scope)| {
                let path = it.1.path();
                !options
                    .iter()
                    .filter_map(|it| it.1.path())
                    .any(|other| path.is_some_and(|it| other.len() > it.len() && other.starts_with(it)))
            };
            let (wants, scope) = literal.or_else(|| options.iter().find(|it| it.1.literal().is_none() && deepest(it)))?;
            Some(wants.iter().cloned().chain(prints(scope, value)?).collect())
        }
        Scope::Values(path) => Some(vec![Want::Equal(path.clone(), value.clone())]),
        scope => (scope.literal().as_ref() == Some(value)).then(Vec::new),
    }
}

fn truth(scope: &Scope, positive: bool) -> Vec<Want> {
    if let Scope::Printed(options) = scope {
        // What it prints is text, which is true unless it is empty.
        let first = options.iter().find(|_| positive);
        return first.map(|(wants, it)| wants.iter().cloned().chain(truth(it, true)).collect()).unwrap_or_default();
    }
    match scope.path() {
        Some(path) if positive => vec![Want::Some(path.clone())],
        Some(path) => vec![Want::None(path.clone())],
        None => Vec::new(),
    }
}

/// Whether an expression is `.Capabilities.APIVersions.Has`.
pub(super) fn is_has(expr: &Expr) -> bool {
    let (ExprKind::Field(names) | ExprKind::Variable(names)) = &expr.kind else { return false };
    let tail: Vec<&str> = names.iter().rev().take(2).map(AsRef::as_ref).collect();
    tail == ["Has", "APIVersions"]
}
