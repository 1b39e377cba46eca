//! The walk through a template: what is read, and under which conditions.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::Value as Json;

use super::conditions::is_has;
use super::scope::Scope;
use super::{Block, Path, Reads, Topic, Want};
use crate::gotemplate::ast::{Branch, Command, Expr, ExprKind, Node, Pipe, Tree};

/// Helpers may call each other so deep.
const DEPTH: usize = 12;

/// So many nodes of a file and of what it calls are looked at.
const NODES: usize = 20_000;

/// What a helper prints is compared up to this length.
const WORD: usize = 64;

/// Functions that hand their last argument on.
const SAME: [&str; 17] = [
    "quote",
    "squote",
    "toString",
    "int",
    "int64",
    "float64",
    "trim",
    "lower",
    "upper",
    "trunc",
    "trimSuffix",
    "trimPrefix",
    "nindent",
    "indent",
    "toYaml",
    "tpl",
    "required",
];

/// What a walk knows where it is.
struct Frame {
    dot: Scope,
    /// In order of declaration.
    vars: Vec<(String, Scope)>,
    file: String,
    /// What it may print, each with what that wants.
    printed: Vec<(Vec<Want>, Scope)>,
    /// How many of the wants are its callers'.
    outer_wants: usize,
}

pub(super) struct Walk<'a> {
    defines: &'a HashMap<&'a str, &'a Tree>,
    reads: &'a mut Reads,
    prefix: Path,
    frames: Vec<Frame>,
    /// What helpers print by what they are given: a second look shows nothing new.
    seen: HashMap<(String, Scope), Scope>,
    wants: Vec<Want>,
    nodes: usize,
}

impl<'a> Walk<'a> {
    /// Begins at a chart whose values stand at `prefix`.
    pub(super) fn new(defines: &'a HashMap<&'a str, &'a Tree>, reads: &'a mut Reads, prefix: Path) -> Self {
        Self { defines, reads, prefix, frames: Vec::new(), seen: HashMap::new(), wants: Vec::new(), nodes: 0 }
    }

    pub(super) fn prefix(&self) -> &[crate::chart::Step] {
        &self.prefix
    }

    /// Walks a file.
    pub(super) fn file(&mut self, tree: &Tree) {
        self.template(tree, Scope::Root);
    }

    /// Walks a template. Returns what it may print.
    fn template(&mut self, tree: &Tree, dot: Scope) -> Scope {
        let vars = vec![("$".to_owned(), dot.clone())];
        let (file, outer_wants) = (tree.parse_name.to_string(), self.wants.len());
        self.frames.push(Frame { dot, vars, file, printed: Vec::new(), outer_wants });
        self.list(&tree.root, tree);
        let printed = self.frames.pop().map(|it| it.printed).unwrap_or_default();
        if printed.is_empty() { Scope::Unknown } else { Scope::Printed(Rc::new(printed)) }
    }

    fn list(&mut self, nodes: &[Node], tree: &Tree) {
        let mut lines = Vec::new();
        let mut starts = Vec::new();
        let mut text = String::new();
        let mut printed: Vec<Scope> = Vec::new();
        for node in nodes {
            self.nodes += 1;
            if self.nodes > NODES {
                return;
            }
            match node {
                Node::Text { pos, text: bytes } => {
                    let shown = String::from_utf8_lossy(bytes);
                    let (first, column) = tree.text.place(*pos);
                    starts.extend((!shown.trim().is_empty()).then_some((first, column + 1)));
                    lines.extend((first..).zip(shown.split('\n')).filter(|(_, line)| !line.trim().is_empty()).map(|it| it.0));
                    text.push_str(&shown);
                }
                Node::Action { pipe, .. } => {
                    let scope = self.pipe(pipe);
                    self.declare(pipe, &scope);
                    printed.extend(pipe.decl.is_empty().then_some(scope));
                }
                Node::If(branch) => self.branch(branch, tree, |walk, _| (walk.frame().dot.clone(), Vec::new())),
                Node::With(branch) => self.branch(branch, tree, |_, scope| (scope.clone(), vec![scope.clone()])),
                Node::Range(branch) => self.branch(branch, tree, |_, scope| {
                    let element = scope.element();
                    (element.clone(), vec![Scope::Unknown, element])
                }),
                Node::Template { name, pipe, .. } => {
                    let dot = pipe.as_ref().map_or(Scope::Unknown, |it| self.pipe(it));
                    printed.push(self.include(name, dot));
                }
                Node::Break { .. } | Node::Continue { .. } => {}
            }
        }
        let own = text.trim();
        printed.extend((!own.is_empty()).then(|| if own.len() <= WORD { Scope::Str(own.to_owned()) } else { Scope::Unknown }));
        // Of several, one after the other, neither is all that is printed.
        if let [one] = &printed[..] {
            let outer = self.frame().outer_wants;
            let wants = self.wants[outer..].to_vec();
            self.frame().printed.push((wants, one.clone()));
        }
        self.block(lines, starts, &text);
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            let (printed, outer_wants) = (Vec::new(), 0);
            self.frames.push(Frame { dot: Scope::Unknown, vars: Vec::new(), file: String::new(), printed, outer_wants });
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Walks both sides of a branch; `inside` says what the dot and the variables are.
    fn branch(&mut self, branch: &Branch, tree: &Tree, inside: impl Fn(&mut Self, &Scope) -> (Scope, Vec<Scope>)) {
        let scope = self.pipe(&branch.pipe);
        let outer_wants = self.wants.len();
        let outer_vars = self.frame().vars.len();
        let outer_dot = self.frame().dot.clone();
        let wants = self.wants(&branch.pipe, true);
        self.wants.extend(wants);
        let (dot, vars) = inside(self, &scope);
        self.frame().dot = dot;
        let skipped = vars.len().saturating_sub(branch.pipe.decl.len());
        let given = if vars.is_empty() { vec![scope.clone(); branch.pipe.decl.len()] } else { vars[skipped..].to_vec() };
        let named: Vec<(String, Scope)> = branch.pipe.decl.iter().map(ToString::to_string).zip(given).collect();
        self.frame().vars.extend(named);
        self.list(&branch.list, tree);
        self.wants.truncate(outer_wants);
        self.frame().vars.truncate(outer_vars);
        self.frame().dot = outer_dot;
        if let Some(other) = &branch.else_list {
            let wants = self.wants(&branch.pipe, false);
            self.wants.extend(wants);
            self.list(other, tree);
            self.wants.truncate(outer_wants);
            self.frame().vars.truncate(outer_vars);
        }
    }

    fn declare(&mut self, pipe: &Pipe, scope: &Scope) {
        for name in &pipe.decl {
            let vars = &mut self.frame().vars;
            match vars.iter_mut().rev().find(|it| pipe.is_assign && it.0 == **name) {
                Some(known) if known.1 != *scope => known.1 = Scope::Unknown,
                Some(_) => {}
                None => vars.push((name.to_string(), scope.clone())),
            }
        }
    }

    fn block(&mut self, lines: Vec<u32>, starts: Vec<(u32, u32)>, text: &str) {
        let file = self.frame().file.clone();
        if lines.is_empty()
            || self.wants.is_empty()
            || self.reads.blocks.iter().any(|it| it.file == file && it.lines == lines && it.wants == self.wants)
        {
            return;
        }
        let wants = self.wants.clone();
        self.reads.blocks.push(Block { file, lines, starts, wants, speaks_of: topic(text) });
    }

    /// Walks a helper, if that is new. Returns what it may print.
    fn include(&mut self, name: &str, dot: Scope) -> Scope {
        let Some(tree) = self.defines.get(name).copied().filter(|_| self.frames.len() < DEPTH) else { return Scope::Unknown };
        let key = (name.to_owned(), dot.clone());
        if let Some(known) = self.seen.get(&key) {
            return known.clone();
        }
        // One that calls itself prints what cannot be followed.
        self.seen.insert(key.clone(), Scope::Unknown);
        let printed = self.template(tree, dot);
        self.seen.insert(key, printed.clone());
        printed
    }

    fn pipe(&mut self, pipe: &Pipe) -> Scope {
        self.commands(&pipe.cmds)
    }

    /// Returns what commands come to, each handed what the one before came to.
    pub(super) fn commands(&mut self, commands: &[Command]) -> Scope {
        let Some((last, before)) = commands.split_last() else { return Scope::Unknown };
        let Some((head, args)) = last.args.split_first() else { return Scope::Unknown };
        if let ExprKind::Function(func) = &head.kind {
            return self.call(func.name, args, before);
        }
        if is_has(head) {
            if let Some(Scope::Str(api)) = args.first().map(|it| self.expr(it)) {
                self.reads.apis.insert(api);
            }
            return Scope::Unknown;
        }
        for arg in args {
            self.expr(arg);
        }
        self.expr(head)
    }

    /// Returns what a call comes to.
    pub(super) fn call(&mut self, name: &str, args: &[Expr], before: &[Command]) -> Scope {
        let mut given: Vec<Scope> = args.iter().map(|it| self.expr(it)).collect();
        if !before.is_empty() {
            given.push(self.commands(before));
        }
        match (name, given.as_slice()) {
            ("include", [Scope::Str(helper), dot]) => self.include(helper, dot.clone()),
            ("default", [default, Scope::Values(path)]) => {
                self.read(path, default.literal());
                Scope::Values(path.clone())
            }
            ("index" | "get", [map, keys @ ..]) => {
                let mut scope = map.clone();
                for key in keys {
                    scope = match key {
                        Scope::Str(key) => scope.field(key, &self.prefix),
                        _ => scope.element(),
                    };
                }
                self.note(scope)
            }
            ("dig", [keys @ .., _, map]) => {
                let step = |scope: Scope, key: &Scope| match key {
                    Scope::Str(key) => scope.field(key, &self.prefix),
                    _ => Scope::Unknown,
                };
                let scope = keys.iter().fold(map.clone(), step);
                self.note(scope)
            }
            ("dict", pairs) => {
                let map: BTreeMap<String, Scope> = pairs
                    .chunks_exact(2)
                    .filter_map(|it| match &it[0] {
                        Scope::Str(key) => Some((key.clone(), it[1].clone())),
                        _ => None,
                    })
                    .collect();
                Scope::Dict(Rc::new(map))
            }
            ("coalesce" | "or", all) => all.iter().find(|it| it.path().is_some()).cloned().unwrap_or(Scope::Unknown),
            ("semverCompare", [Scope::Str(constraint), _]) => {
                self.reads.kube_versions.insert(constraint.clone());
                Scope::Unknown
            }
            ("first" | "last", [list]) => list.element(),
            ("tpl", [text, _]) => text.clone(),
            (name, [.., last]) if SAME.contains(&name) => last.clone(),
            _ => Scope::Unknown,
        }
    }

    /// Returns what an expression stands for, and notes what it reads.
    pub(super) fn expr(&mut self, expr: &Expr) -> Scope {
        let scope = match &expr.kind {
            ExprKind::Dot => self.frame().dot.clone(),
            ExprKind::Bool(value) => Scope::Other(value.to_string()),
            ExprKind::Number(number) => Scope::Other(number.text.to_string()),
            ExprKind::Str { text, .. } => Scope::Str(String::from_utf8_lossy(text).into_owned()),
            ExprKind::Field(names) => {
                let dot = self.frame().dot.clone();
                self.fields(dot, names)
            }
            ExprKind::Variable(names) => {
                let Some((name, rest)) = names.split_first() else { return Scope::Unknown };
                let known = self.frame().vars.iter().rev().find(|it| it.0 == **name).map(|it| it.1.clone());
                self.fields(known.unwrap_or(Scope::Unknown), rest)
            }
            ExprKind::Chain { node, fields } => {
                let scope = self.expr(node);
                self.fields(scope, fields)
            }
            ExprKind::Function(func) => self.call(func.name, &[], &[]),
            ExprKind::Pipe(pipe) => self.pipe(pipe),
            ExprKind::Nil => Scope::Unknown,
        };
        self.note(scope)
    }

    fn fields(&self, scope: Scope, names: &[Box<str>]) -> Scope {
        names.iter().fold(scope, |scope, name| scope.field(name, &self.prefix))
    }

    fn note(&mut self, scope: Scope) -> Scope {
        if let Scope::Values(path) = &scope
            && path.len() > self.prefix.len()
        {
            let path = path.clone();
            self.read(&path, None);
        }
        scope
    }

    fn read(&mut self, path: &Path, default: Option<Json>) {
        let known = self.reads.paths.entry(path.clone()).or_default();
        if known.is_none() {
            *known = default;
        }
    }
}

/// Returns what the text of a block speaks of.
fn topic(text: &str) -> Topic {
    match text.lines().find_map(|it| it.strip_prefix("kind:")) {
        Some(kind) if is_wired(kind.trim()) => Topic::Wired,
        Some(_) => Topic::Object,
        None if text.lines().any(is_wiring) => Topic::Wiring,
        None => Topic::Else,
    }
}

/// Whether objects of a kind declare ports or refer to some. A kind that a helper writes may be any.
fn is_wired(kind: &str) -> bool {
    const ENDS: [&str; 16] = [
        "Service",
        "Ingress",
        "Route",
        "RouteTCP",
        "RouteUDP",
        "HTTPProxy",
        "Monitor",
        "Scrape",
        "NetworkPolicy",
        "WebhookConfiguration",
        "Deployment",
        "Set",
        "Rollout",
        "Job",
        "Pod",
        "Gateway",
    ];
    kind.is_empty() || ENDS.iter().any(|it| kind.ends_with(it))
}

/// Whether a line of a manifest refers to a port or a Service, or declares one.
fn is_wiring(line: &str) -> bool {
    const KEYS: [&str; 14] = [
        "port",
        "targetPort",
        "containerPort",
        "servicePort",
        "number",
        "serviceName",
        "backend",
        "defaultBackend",
        "backendRefs",
        "ports",
        "service",
        "host",
        "endpoints",
        "prometheus.io/port",
    ];
    let key = line.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default();
    KEYS.contains(&key.trim_matches('"'))
}
