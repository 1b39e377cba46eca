//! Executes templates: text/template's exec.go, with counters instead of a deep stack, and with provenance.

mod call;
mod error;
mod eval;
mod limits;
mod paths;
mod set;
mod trace;
mod walk;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::ast::Tree;
use super::func::{Error, Reason};
use super::parse::is_empty;
use super::print;
use super::value::{Mark, Str, Taint, Value};
use error::At;
use limits::Meter;
pub use limits::{Interrupt, Limits};
pub use paths::{PathStep, PathTables, Paths};
pub use set::{Functions, Templates, TplCache, parse_file};
pub use trace::{Origin, Trace};

/// What an execution may depend on besides its data.
#[derive(Default)]
pub struct Options<'a> {
    /// Nanoseconds since the Unix epoch.
    pub now: i128,
    /// Where randomness comes from: the same seed, the same passwords and keys.
    pub seed: [u8; 32],
    /// Whether provenance is kept.
    pub traced: bool,
    pub limits: Limits,
    /// Asked now and then whether to stop.
    pub interrupt: Option<&'a Interrupt>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("now", &self.now).field("traced", &self.traced).finish_non_exhaustive()
    }
}

/// What a template wrote.
#[derive(Debug, Default)]
pub struct Out {
    pub bytes: Vec<u8>,
    /// With provenance: where each part came from.
    pub marks: Vec<Mark>,
    /// With provenance: the paths that all of it was made from.
    pub taint: Taint,
}

/// One rendering.
pub struct Exec<'a> {
    options: &'a Options<'a>,
    templates: &'a Templates,
    cache: &'a TplCache,
    /// What the texts given to `tpl` define while they run, innermost last.
    scopes: Vec<Vec<Arc<Tree>>>,
    included: HashMap<Arc<str>, u32, RandomState>,
    meter: Meter,
    trace: Trace,
    state: HashMap<TypeId, Box<dyn Any>>,
    /// Room for arguments.
    spare: Vec<Vec<Value>>,
}

impl fmt::Debug for Exec<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exec").field("options", self.options).finish_non_exhaustive()
    }
}

/// A value where Go keeps it: in an `interface{}`, or as what it is. It shows in errors, and in what a nil is good for.
#[derive(Debug, Clone)]
struct Slot {
    value: Value,
    in_interface: bool,
}

impl Slot {
    fn plain(value: Value) -> Self {
        Self { value, in_interface: false }
    }

    fn interface(value: Value) -> Self {
        Self { value, in_interface: true }
    }

    fn type_name(&self) -> &str {
        if self.in_interface { "interface {}" } else { self.value.type_name() }
    }
}

/// A template that runs.
struct Frame<'t> {
    tree: &'t Tree,
    vars: Vec<(&'t str, Slot)>,
    at: At<'t>,
    out: Out,
    /// Whether it writes straight into a file: nothing changes its text any more.
    is_file: bool,
}

impl<'a> Exec<'a> {
    pub fn new(options: &'a Options<'a>, templates: &'a Templates, cache: &'a TplCache) -> Self {
        Self {
            options,
            templates,
            cache,
            scopes: Vec::new(),
            included: HashMap::default(),
            meter: Meter::default(),
            trace: Trace::default(),
            state: HashMap::new(),
            spare: Vec::new(),
        }
    }

    /// Returns the time of this rendering, in nanoseconds since the Unix epoch.
    pub fn now(&self) -> i128 {
        self.options.now
    }

    /// Returns the seed of this rendering's randomness.
    pub fn seed(&self) -> [u8; 32] {
        self.options.seed
    }

    /// Whether provenance is kept: marks of strings and taints matter.
    pub fn traced(&self) -> bool {
        self.options.traced
    }

    /// Returns what a family of functions keeps during one rendering.
    pub fn state<T: Default + 'static>(&mut self) -> &mut T {
        let slot = self.state.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(T::default()));
        match slot.downcast_mut() {
            Some(state) => state,
            None => unreachable!("the key is the type"),
        }
    }

    /// Joins two sets of paths.
    pub fn join(&mut self, a: Taint, b: Taint) -> Taint {
        self.trace.join(a, b)
    }

    /// Marks what is made from `taint` where the execution stands.
    pub fn mark(&mut self, start: usize, taint: Taint) -> Mark {
        self.trace.mark_here(start, taint)
    }

    /// Counts what takes as long as so many steps, and asks whether to stop.
    ///
    /// # Errors
    /// What ends the execution.
    pub fn spend(&mut self, steps: u32) -> Result<(), Error> {
        self.meter.spend(steps, &self.options.limits, self.options.interrupt)
    }

    /// Starts with paths that values have already.
    #[must_use]
    pub fn with_paths(mut self, paths: Paths) -> Self {
        self.trace = Trace::new(paths);
        self
    }

    /// Returns what provenance was gathered.
    pub fn into_trace(self) -> Trace {
        self.trace
    }

    /// Executes a template of the set for its own sake, as Helm does with each file.
    pub fn render(&mut self, name: &str, data: Value) -> Result<Out, Error> {
        let Some(tree) = self.lookup(name) else { return Err(missing(name)) };
        // A file that is mostly text comes out about as long as it is.
        let out = Out { bytes: Vec::with_capacity(tree.text.bytes.len()), ..Out::default() };
        let mut out = self.run(&tree, &Slot::plain(data), out, true)?;
        limits::without_no_value(&mut out);
        self.meter.file(out.bytes.len());
        Ok(out)
    }

    /// Helm's `include`: executes a template by name (engine.go, `includeFun`).
    pub fn include(&mut self, name: &Str, data: Value) -> Result<Value, Error> {
        let text = name.text();
        let count = match self.included.get_mut(&*text) {
            Some(count) => count,
            None => self.included.entry(Arc::from(&*text)).or_default(),
        };
        let is_endless = *count > 1 && self.meter.is_full(&self.options.limits);
        if is_endless || *count > self.options.limits.includes {
            return Err(limit(format!("rendering template has a nested reference name: {text}: unable to execute template")));
        }
        *count += 1;
        let out = match self.lookup(&text) {
            Some(tree) => self.run(&tree, &Slot::plain(data), Out::default(), false),
            None => Err(missing(&text)),
        };
        if let Some(count) = self.included.get_mut(&*text) {
            *count -= 1;
        }
        Ok(into_value(out?))
    }

    /// Helm's `tpl`: parses and executes a text (engine.go, `tplFun`).
    pub fn tpl(&mut self, text: &Value, data: Value) -> Result<Value, Error> {
        let source = text.as_str().cloned().unwrap_or_else(|| Str::from(""));
        let trees = self.cache.get(&source).map_err(|error| {
            Error::wrap(format!("cannot parse template {}", print::quote(&source)), Error::new(error.message))
        })?;
        let Some(main) = trees.iter().find(|it| &*it.name == set::TPL_NAME).cloned() else { return Ok(Value::str("")) };
        self.scopes.push(trees);
        let site = self.trace.enter_tpl(text.taint);
        let out = self.run(&main, &Slot::plain(data), Out::default(), false);
        self.trace.leave_tpl(site);
        self.scopes.pop();
        let mut out = out
            .map_err(|error| Error::wrap(format!("error during tpl function execution for {}", print::quote(&source)), error))?;
        limits::without_no_value(&mut out);
        Ok(into_value(out))
    }

    fn lookup(&self, name: &str) -> Option<Arc<Tree>> {
        let scoped = self.scopes.iter().rev().flat_map(|scope| scope.iter().filter(|it| &*it.name == name));
        // An empty definition replaces none that is there already.
        let (mut empty, mut scoped) = (None, scoped);
        let full = scoped.find(|it| {
            !is_empty(it) || {
                empty.get_or_insert(*it);
                false
            }
        });
        full.or_else(|| self.templates.get(name)).or(empty).cloned()
    }

    /// Walks a tree with a fresh stack of variables; what it writes is added to `out`.
    fn run(&mut self, tree: &Arc<Tree>, dot: &Slot, out: Out, is_file: bool) -> Result<Out, Error> {
        self.meter.enter(&self.options.limits).map_err(|error| error::at_template(tree, error))?;
        let place = self.options.traced.then(|| self.trace.enter(tree));
        let mut frame = Frame { tree, vars: vec![("$", dot.clone())], at: At::None, out, is_file };
        let walked = self.walk_list(&mut frame, dot, &tree.root);
        if let Some(place) = place {
            self.trace.leave(place);
        }
        self.meter.leave();
        walked.map(|_| frame.out)
    }
}

fn missing(name: &str) -> Error {
    Error::new(format!("template: no template {} associated with template \"gotpl\"", print::quote(name.as_bytes())))
}

fn into_value(out: Out) -> Value {
    let taint = out.taint;
    Value::from(Str::marked(out.bytes, out.marks)).with_taint(taint)
}

/// Returns an error of a limit.
fn limit(message: impl Into<String>) -> Error {
    Error::new(message).because(Reason::Limit)
}
