//! The nodes of a template, one after the other (exec.go, `walk` …).

use super::error::At;
use super::{Exec, Frame, Slot, limits};
use crate::gotemplate::ast::{Branch, Node, Pipe, Pos};
use crate::gotemplate::func::Error;
use crate::gotemplate::print;
use crate::gotemplate::value::{IntKind, Kind, ListType, MapType, Str, Taint, Value};

/// How a list of nodes ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl Exec<'_> {
    pub(super) fn walk_list<'t>(&mut self, f: &mut Frame<'t>, dot: &Slot, nodes: &'t [Node]) -> Result<Flow, Error> {
        for node in nodes {
            self.meter.step(&self.options.limits, self.options.interrupt).map_err(|error| f.fail(error, Some(At::Node(node))))?;
            let flow = match node {
                Node::Text { pos, text } => {
                    self.write_text(f, *pos, text)?;
                    Flow::Next
                }
                Node::Action { pos, pipe } => {
                    f.at = At::Node(node);
                    self.trace.stand(*pos);
                    let value = self.eval_pipeline(f, dot, pipe)?;
                    if pipe.decl.is_empty() {
                        f.at = At::Node(node);
                        self.write_value(f, *pos, &value)?;
                    }
                    Flow::Next
                }
                Node::If(branch) => self.walk_if_or_with(f, dot, (node, branch), false)?,
                Node::With(branch) => self.walk_if_or_with(f, dot, (node, branch), true)?,
                Node::Range(branch) => self.walk_range(f, dot, node, branch)?,
                Node::Template { pos, name, pipe } => {
                    f.at = At::Node(node);
                    self.walk_template(f, dot, (*pos, name, pipe.as_ref()))?;
                    Flow::Next
                }
                Node::Break { .. } => Flow::Break,
                Node::Continue { .. } => Flow::Continue,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    /// Walks a list inside of a branch.
    fn walk_inner<'t>(&mut self, f: &mut Frame<'t>, dot: &Slot, nodes: &'t [Node]) -> Result<Flow, Error> {
        self.meter.enter(&self.options.limits).map_err(|error| f.fail(error, None))?;
        let flow = self.walk_list(f, dot, nodes);
        self.meter.leave();
        flow
    }

    fn walk_if_or_with<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        (node, branch): (&'t Node, &'t Branch),
        is_with: bool,
    ) -> Result<Flow, Error> {
        f.at = At::Node(node);
        let mark = f.vars.len();
        self.trace.stand(branch.pos);
        let value = self.eval_pipeline(f, dot, &branch.pipe)?;
        let control = self.trace.control(value.taint);
        let flow = if value.truth() {
            let inner = if is_with { &Slot::plain(value) } else { dot };
            self.walk_inner(f, inner, &branch.list)
        } else if let Some(list) = &branch.else_list {
            self.walk_inner(f, dot, list)
        } else {
            Ok(Flow::Next)
        };
        self.trace.set_control(control);
        f.vars.truncate(mark);
        flow
    }

    fn walk_range<'t>(&mut self, f: &mut Frame<'t>, dot: &Slot, node: &'t Node, branch: &'t Branch) -> Result<Flow, Error> {
        f.at = At::Node(node);
        let before = f.vars.len();
        self.trace.stand(branch.pos);
        let value = self.eval_pipeline(f, dot, &branch.pipe)?;
        let control = self.trace.control(value.taint);
        let flow = self.iterate(f, &value, branch);
        let flow = match flow {
            Ok(Iterated::Empty) => match &branch.else_list {
                Some(list) => self.walk_inner(f, dot, list),
                None => Ok(Flow::Next),
            },
            Ok(Iterated::Done) => Ok(Flow::Next),
            Err(error) => Err(error),
        };
        self.trace.set_control(control);
        f.vars.truncate(before);
        // A `break` or `continue` of the else list ends at this range, as Go's recover has it.
        flow.map(|flow| if flow == Flow::Break { Flow::Next } else { flow })
    }

    fn iterate<'t>(&mut self, f: &mut Frame<'t>, value: &Value, branch: &'t Branch) -> Result<Iterated, Error> {
        let data;
        let kind = match &value.kind {
            Kind::Object(object) if matches!(object.kind_name(), "map" | "slice") => {
                data = object.data();
                &data.kind
            }
            kind => kind,
        };
        let mut items = Items::new(kind, branch.pipe.decl.len(), f)?;
        let mut run = false;
        while let Some((index, element)) = items.next() {
            run = true;
            if self.one_iteration(f, branch, index, &element)? == Flow::Break {
                break;
            }
        }
        Ok(if run { Iterated::Done } else { Iterated::Empty })
    }

    fn one_iteration<'t>(&mut self, f: &mut Frame<'t>, branch: &'t Branch, index: Slot, element: &Slot) -> Result<Flow, Error> {
        let top = f.vars.len();
        match (&branch.pipe.decl[..], branch.pipe.is_assign) {
            ([], _) => {}
            ([one], true) => f.set_var(one, element.clone())?,
            ([one, two, ..], true) => {
                f.set_var(one, index)?;
                f.set_var(two, element.clone())?;
            }
            ([_], false) => f.vars[top - 1].1 = element.clone(),
            ([_, _, ..], false) => {
                f.vars[top - 1].1 = element.clone();
                f.vars[top - 2].1 = index;
            }
        }
        self.meter.step(&self.options.limits, self.options.interrupt).map_err(|error| f.fail(error, None))?;
        let flow = self.walk_inner(f, element, &branch.list);
        f.vars.truncate(top);
        flow
    }

    fn walk_template<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        (pos, name, pipe): (Pos, &'t str, Option<&'t Pipe>),
    ) -> Result<(), Error> {
        let Some(tree) = self.lookup(name) else {
            return Err(f.error(format!("template {} not defined", print::quote(name.as_bytes()))));
        };
        self.trace.stand(pos);
        let data = match pipe {
            Some(pipe) => self.eval_pipeline(f, dot, pipe)?,
            None => Value::NIL,
        };
        if self.meter.is_full(&self.options.limits) {
            return Err(f.fail(limits::too_deep(&self.options.limits), None));
        }
        let out = std::mem::take(&mut f.out);
        f.out = self.run(&tree, &Slot::plain(data), out, f.is_file)?;
        Ok(())
    }

    pub(super) fn write_text(&mut self, f: &mut Frame<'_>, pos: Pos, text: &[u8]) -> Result<(), Error> {
        self.meter.made(text.len(), &self.options.limits).map_err(|error| f.fail(error, None))?;
        if self.options.traced {
            f.out.marks.push(self.trace.mark_text(f.out.bytes.len(), pos));
        }
        f.out.bytes.extend_from_slice(text);
        self.meter.check_text(f.out.bytes.len(), &self.options.limits).map_err(|error| f.fail(error, None))
    }

    fn write_value(&mut self, f: &mut Frame<'_>, pos: Pos, value: &Value) -> Result<(), Error> {
        let start = f.out.bytes.len();
        match &value.kind {
            Kind::Nil => f.out.bytes.extend_from_slice(b"<no value>"),
            Kind::Str(text) => f.out.bytes.extend_from_slice(text),
            Kind::Object(object) => match object.printed() {
                Some(text) => f.out.bytes.extend_from_slice(&text),
                None => print::print_value(&mut f.out.bytes, value),
            },
            _ => print::print_value(&mut f.out.bytes, value),
        }
        let limits = &self.options.limits;
        self.meter.made(f.out.bytes.len() - start, limits).map_err(|error| f.fail(error, None))?;
        self.meter.check_text(f.out.bytes.len(), limits).map_err(|error| f.fail(error, None))?;
        if self.options.traced {
            let marks = value.as_str().map(Str::marks).unwrap_or_default();
            if marks.is_empty() {
                f.out.marks.push(self.trace.mark_value(start, pos, value.taint));
            }
            f.out.marks.extend(marks.iter().map(|mark| mark.cut(0, mark.start as usize + start)));
            f.out.taint = self.trace.join(f.out.taint, value.taint);
        }
        Ok(())
    }
}

enum Iterated {
    Empty,
    Done,
}

/// What a range goes over. Lists and maps are taken as they are at the start, as Go does.
enum Items {
    Numbers { kind: IntKind, next: i64, end: i64, taint: Taint },
    List { items: std::vec::IntoIter<Value>, index: i64, in_interface: bool },
    Map { items: std::vec::IntoIter<(Str, Value)>, in_interface: bool },
    Bytes { bytes: std::rc::Rc<[u8]>, index: usize },
    None,
}

impl Items {
    fn new(kind: &Kind, variables: usize, f: &Frame<'_>) -> Result<Self, Error> {
        Ok(match kind {
            Kind::Nil => Self::None,
            Kind::Int(_, value) if variables > 1 => {
                return Err(f.error(format!("can't use {value} to iterate over more than one variable")));
            }
            Kind::Int(kind, value) => Self::Numbers { kind: *kind, next: 0, end: *value, taint: Taint::NONE },
            Kind::List(list) => {
                let in_interface = list.ty() == ListType::Any;
                Self::List { items: list.to_vec().into_iter(), index: 0, in_interface }
            }
            Kind::Map(map) => Self::Map { items: map.to_vec().into_iter(), in_interface: map.ty() != MapType::Str },
            Kind::Bytes(bytes) => Self::Bytes { bytes: bytes.clone(), index: 0 },
            other => {
                let mut shown = Vec::new();
                print::print_value(&mut shown, &Value::new(other.clone()));
                return Err(f.error(format!("range can't iterate over {}", String::from_utf8_lossy(&shown))));
            }
        })
    }

    fn next(&mut self) -> Option<(Slot, Slot)> {
        match self {
            Self::None => None,
            Self::Numbers { kind, next, end, taint } => (*next < *end).then(|| {
                *next += 1;
                (Slot::plain(Value::NIL), Slot::plain(Value::new(Kind::Int(*kind, *next - 1)).with_taint(*taint)))
            }),
            Self::List { items, index, in_interface } => items.next().map(|value| {
                *index += 1;
                (Slot::plain(Value::int(*index - 1)), Slot { value, in_interface: *in_interface })
            }),
            Self::Map { items, in_interface } => items.next().map(|(key, value)| {
                let key = Value::from(key).with_taint(value.taint);
                (Slot::plain(key), Slot { value, in_interface: *in_interface })
            }),
            Self::Bytes { bytes, index } => bytes.get(*index).map(|byte| {
                *index += 1;
                let byte = Value::new(Kind::Int(IntKind::Uint8, i64::from(*byte)));
                (Slot::plain(Value::int(i64::try_from(*index - 1).unwrap_or_default())), Slot::plain(byte))
            }),
        }
    }
}
