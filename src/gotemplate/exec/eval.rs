//! Pipelines, commands, fields and constants (exec.go, `evalPipeline` …).

use std::sync::Arc;

use super::error::At;
use super::{Exec, Frame, Slot};
use crate::gotemplate::ast::{Command, Expr, ExprKind, Number, Pipe};
use crate::gotemplate::func::{Error, Param};
use crate::gotemplate::print;
use crate::gotemplate::value::{IntKind, Kind, Map, MapType, Str, Value};

impl Exec<'_> {
    pub(super) fn eval_pipeline<'t>(&mut self, f: &mut Frame<'t>, dot: &Slot, pipe: &'t Pipe) -> Result<Value, Error> {
        f.at = At::Pipe(pipe);
        let mut value: Option<Value> = None;
        for command in &pipe.cmds {
            value = Some(self.eval_command(f, dot, command, value)?.value);
        }
        let value = value.unwrap_or_default();
        for name in &pipe.decl {
            if pipe.is_assign {
                f.set_var(name, Slot::plain(value.clone()))?;
            } else {
                f.vars.push((name, Slot::plain(value.clone())));
            }
        }
        Ok(value)
    }

    /// Evaluates a pipeline in parentheses.
    fn eval_inner<'t>(&mut self, f: &mut Frame<'t>, dot: &Slot, pipe: &'t Pipe) -> Result<Value, Error> {
        self.meter.enter(&self.options.limits).map_err(|error| f.fail(error, None))?;
        let value = self.eval_pipeline(f, dot, pipe);
        self.meter.leave();
        value
    }

    fn eval_command<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        command: &'t Command,
        last: Option<Value>,
    ) -> Result<Slot, Error> {
        let first = &command.args[0];
        let rest = &command.args[1..];
        match &first.kind {
            ExprKind::Field(names) => {
                f.at = At::Expr(first);
                return self.eval_fields(f, dot, dot.clone(), names, (At::Expr(first), rest, last));
            }
            ExprKind::Chain { node, fields } => return self.eval_chain(f, dot, (first, node, fields), rest, last),
            ExprKind::Function(func) => return self.eval_function(f, dot, first, func, At::Command(command), rest, last),
            ExprKind::Pipe(pipe) => {
                not_a_function(f, command, last.as_ref())?;
                return self.eval_inner(f, dot, pipe).map(Slot::plain);
            }
            ExprKind::Variable(names) => return self.eval_variable(f, dot, (first, names), rest, last),
            _ => {}
        }
        f.at = At::Expr(first);
        not_a_function(f, command, last.as_ref())?;
        Ok(match &first.kind {
            ExprKind::Bool(value) => Slot::plain(Value::from(*value)),
            ExprKind::Dot => dot.clone(),
            ExprKind::Nil => return Err(f.error("nil is not a command")),
            ExprKind::Number(number) => Slot::plain(ideal_constant(f, first, number)?),
            ExprKind::Str { text, .. } => Slot::plain(Str::from(Arc::clone(text)).into()),
            _ => return Err(f.error(format!("can't evaluate command {first:?}"))),
        })
    }

    fn eval_chain<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        (expr, node, fields): (&'t Expr, &'t Expr, &'t [Box<str>]),
        rest: &'t [Expr],
        last: Option<Value>,
    ) -> Result<Slot, Error> {
        f.at = At::Expr(expr);
        if matches!(node.kind, ExprKind::Nil) {
            return Err(f.error(format!("indirection through explicit nil in {expr}")));
        }
        let receiver = self.eval_any(f, dot, node)?;
        self.eval_fields(f, dot, receiver, fields, (At::Expr(expr), rest, last))
    }

    fn eval_variable<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        (expr, names): (&'t Expr, &'t [Box<str>]),
        rest: &'t [Expr],
        last: Option<Value>,
    ) -> Result<Slot, Error> {
        f.at = At::Expr(expr);
        let value = variable(f, &names[0])?;
        if names.len() == 1 {
            if !rest.is_empty() || last.is_some() {
                return Err(f.error(format!("can't give argument to non-function {expr}")));
            }
            return Ok(value);
        }
        self.eval_fields(f, dot, value, &names[1..], (At::Expr(expr), rest, last))
    }

    /// Evaluates `.A.B.C`, the last of which may be a method with arguments.
    pub(super) fn eval_fields<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        mut receiver: Slot,
        names: &'t [Box<str>],
        (at, rest, last): (At<'t>, &'t [Expr], Option<Value>),
    ) -> Result<Slot, Error> {
        let Some((name, before)) = names.split_last() else { return Ok(receiver) };
        for name in before {
            receiver = self.eval_field(f, dot, receiver, name, (at, &[], None))?;
        }
        self.eval_field(f, dot, receiver, name, (at, rest, last))
    }

    fn eval_field<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        receiver: Slot,
        name: &'t str,
        (at, rest, last): (At<'t>, &'t [Expr], Option<Value>),
    ) -> Result<Slot, Error> {
        let has_args = !rest.is_empty() || last.is_some();
        match &receiver.value.kind {
            Kind::Nil if !receiver.in_interface => return Ok(receiver),
            Kind::Nil => return Err(f.error(format!("nil pointer evaluating interface {{}}.{name}"))),
            Kind::Map(map) => {
                if let Some(value) = values_method(map, name) {
                    return Ok(Slot::plain(value));
                }
                if has_args {
                    return Err(f.error(format!("{name} is not a method but has arguments")));
                }
                return Ok(self.map_entry(map, &receiver.value, name));
            }
            Kind::Object(object) => {
                if let Some(params) = object.method(name) {
                    return self.call_method(f, dot, &object.clone(), (name, params), at, (rest, last));
                }
                if let Some(value) = object.field(name) {
                    if has_args {
                        return Err(f.error(format!("{name} has arguments but cannot be invoked as function")));
                    }
                    return Ok(Slot::plain(value));
                }
                if object.kind_name() == "map" {
                    if has_args {
                        return Err(f.error(format!("{name} is not a method but has arguments")));
                    }
                    let entry = object.data().as_map().and_then(|map| map.get(name));
                    return Ok(Slot::plain(entry.unwrap_or_default()));
                }
            }
            Kind::Int(kind, number) => {
                if let Some(value) = int_method(*kind, *number, name) {
                    if has_args {
                        let given = rest.len() + usize::from(last.is_some());
                        return Err(f.error(format!("wrong number of args for {name}: want 0 got {given}")));
                    }
                    return Ok(Slot::plain(value.with_taint(receiver.value.taint)));
                }
            }
            _ => {}
        }
        Err(f.error(format!("can't evaluate field {name} in type {}", receiver.type_name())))
    }

    fn map_entry(&mut self, map: &Map, holder: &Value, name: &str) -> Slot {
        let in_interface = map.ty() != MapType::Str;
        let value = match map.get(name) {
            Some(value) => value,
            None if in_interface => {
                let taint = if self.options.traced { self.trace.missing(holder.taint, name.as_bytes()) } else { holder.taint };
                Value::NIL.with_taint(taint)
            }
            None => Value::str(""),
        };
        Slot { value, in_interface }
    }

    /// Evaluates an argument for an `interface{}`.
    pub(super) fn eval_any<'t>(&mut self, f: &mut Frame<'t>, dot: &Slot, expr: &'t Expr) -> Result<Slot, Error> {
        f.at = At::Expr(expr);
        Ok(match &expr.kind {
            ExprKind::Dot => dot.clone(),
            ExprKind::Nil => Slot::interface(Value::NIL),
            ExprKind::Field(names) => {
                return self.eval_fields(f, dot, dot.clone(), names, (At::Expr(expr), &[], None));
            }
            ExprKind::Variable(names) => return self.eval_variable(f, dot, (expr, names), &[], None),
            ExprKind::Pipe(pipe) => Slot::plain(self.eval_inner(f, dot, pipe)?),
            ExprKind::Function(func) => return self.eval_function(f, dot, expr, func, At::Expr(expr), &[], None),
            ExprKind::Chain { node, fields } => return self.eval_chain(f, dot, (expr, node, fields), &[], None),
            ExprKind::Bool(value) => Slot::plain(Value::from(*value)),
            ExprKind::Number(number) => Slot::plain(ideal_constant(f, expr, number)?),
            ExprKind::Str { text, .. } => Slot::plain(Str::from(Arc::clone(text)).into()),
        })
    }

    /// Evaluates an argument for a parameter (exec.go, `evalArg`).
    pub(super) fn eval_arg<'t>(&mut self, f: &mut Frame<'t>, dot: &Slot, expr: &'t Expr, param: Param) -> Result<Value, Error> {
        f.at = At::Expr(expr);
        let literal = match (&expr.kind, param) {
            (ExprKind::Nil, _) => return nil_argument(f, param),
            (ExprKind::Bool(value), Param::Bool) => Value::from(*value),
            (ExprKind::Str { text, .. }, Param::Str) => Str::from(Arc::clone(text)).into(),
            (ExprKind::Number(Number { int: Some(value), .. }), Param::Int) => Value::int(*value),
            (ExprKind::Number(Number { int: Some(value), .. }), Param::Int64) => Value::int64(*value),
            (ExprKind::Number(Number { int: Some(value), .. }), Param::Duration) => {
                Value::new(Kind::Int(IntKind::Duration, *value))
            }
            (ExprKind::Number(Number { float: Some(value), .. }), Param::Float64) => Value::float(*value),
            (ExprKind::Bool(_) | ExprKind::Str { .. } | ExprKind::Number(_), Param::Any) => {
                return self.eval_any(f, dot, expr).map(|it| it.value);
            }
            (ExprKind::Bool(_) | ExprKind::Str { .. } | ExprKind::Number(_), _) => return Err(bad_literal(f, expr, param)),
            _ => {
                let value = self.eval_any(f, dot, expr)?;
                return validate(f, value, param);
            }
        };
        Ok(literal)
    }
}

impl Frame<'_> {
    pub(super) fn set_var(&mut self, name: &str, value: Slot) -> Result<(), Error> {
        match self.vars.iter_mut().rev().find(|(it, _)| *it == name) {
            Some((_, slot)) => *slot = value,
            None => return Err(self.error(format!("undefined variable: {name}"))),
        }
        Ok(())
    }
}

fn variable(f: &Frame<'_>, name: &str) -> Result<Slot, Error> {
    let found = f.vars.iter().rev().find(|(it, _)| *it == name);
    found.map(|(_, slot)| slot.clone()).ok_or_else(|| f.error(format!("undefined variable: {name}")))
}

fn not_a_function(f: &Frame<'_>, command: &Command, last: Option<&Value>) -> Result<(), Error> {
    if command.args.len() > 1 || last.is_some() {
        return Err(f.error(format!("can't give argument to non-function {}", command.args[0])));
    }
    Ok(())
}

/// Gives a number the type that its form asks for.
fn ideal_constant<'t>(f: &mut Frame<'t>, expr: &'t Expr, number: &Number) -> Result<Value, Error> {
    f.at = At::Expr(expr);
    let text = &*number.text;
    let is_rune = text.starts_with('\'');
    let is_hex = text.len() > 2 && (text.starts_with("0x") || text.starts_with("0X")) && !text.contains(['p', 'P']);
    match number {
        Number { float: Some(value), .. } if !is_hex && !is_rune && text.contains(['.', 'e', 'E', 'p', 'P']) => {
            Ok(Value::float(*value))
        }
        Number { int: Some(value), .. } => Ok(Value::int(*value)),
        Number { uint: Some(_), .. } => Err(f.error(format!("{text} overflows int"))),
        _ => Ok(Value::NIL),
    }
}

/// Methods of Helm's `Values`, as far as they make sense in a template.
fn values_method(map: &Map, name: &str) -> Option<Value> {
    (matches!(map.ty(), MapType::Named(_)) && name == "AsMap").then(|| {
        let entries = map.entries().clone();
        Value::from(Map::new(MapType::Any, entries))
    })
}

/// Methods without arguments of `time.Duration`, `time.Month` and `time.Weekday`.
#[expect(clippy::cast_precision_loss, reason = "Go's own floats")]
fn int_method(kind: IntKind, number: i64, name: &str) -> Option<Value> {
    const SECOND: i64 = 1_000_000_000;
    let parts = |unit: i64| Value::float((number / unit) as f64 + (number % unit) as f64 / unit as f64);
    Some(match (kind, name) {
        (IntKind::Duration | IntKind::Month | IntKind::Weekday, "String") => {
            print::sprint(&[Value::new(Kind::Int(kind, number))]).into()
        }
        (IntKind::Duration, "Hours") => parts(3600 * SECOND),
        (IntKind::Duration, "Minutes") => parts(60 * SECOND),
        (IntKind::Duration, "Seconds") => parts(SECOND),
        (IntKind::Duration, "Milliseconds") => Value::int64(number / 1_000_000),
        (IntKind::Duration, "Microseconds") => Value::int64(number / 1000),
        (IntKind::Duration, "Nanoseconds") => Value::int64(number),
        (IntKind::Duration, "Abs") => Value::new(Kind::Int(kind, number.saturating_abs())),
        _ => return None,
    })
}

fn nil_argument(f: &Frame<'_>, param: Param) -> Result<Value, Error> {
    zero(param).ok_or_else(|| f.error(format!("cannot assign nil to {}", param.name())))
}

/// Returns the zero value of a type that can be nil.
fn zero(param: Param) -> Option<Value> {
    use crate::gotemplate::value::{List, ListType};
    Some(match param {
        Param::Any | Param::Error => Value::NIL,
        Param::Map => Value::from(Map::nil(MapType::Any)),
        Param::List => Value::from(List::nil(ListType::Any)),
        Param::Strings => Value::from(List::nil(ListType::Str)),
        Param::Bytes => Value::bytes(b""),
        Param::Object(name) if name.starts_with('*') => Value::NIL,
        _ => return None,
    })
}

fn bad_literal(f: &Frame<'_>, expr: &Expr, param: Param) -> Error {
    let wanted = match param {
        Param::Bool => "bool",
        Param::Float64 => "float",
        Param::Int | Param::Int64 | Param::Duration => "integer",
        Param::Str => "string",
        _ => return f.error(format!("can't handle {expr} for arg of type {}", param.name())),
    };
    f.error(format!("expected {wanted}; found {expr}"))
}

/// Checks that a value can be given for a parameter (exec.go, `validateType`).
pub(super) fn validate(f: &Frame<'_>, slot: Slot, param: Param) -> Result<Value, Error> {
    use crate::gotemplate::value::ListType;
    let fits = match (&slot.value.kind, param) {
        (Kind::Nil, _) if param != Param::Any && !slot.in_interface => {
            let zero = zero(param).ok_or_else(|| f.error(format!("invalid value; expected {}", param.name())))?;
            return Ok(zero.with_taint(slot.value.taint));
        }
        (_, Param::Any)
        | (Kind::Str(_), Param::Str)
        | (Kind::Bool(_), Param::Bool)
        | (Kind::Int(IntKind::Int, _), Param::Int)
        | (Kind::Int(IntKind::Int64, _), Param::Int64)
        | (Kind::Int(IntKind::Duration, _), Param::Duration)
        | (Kind::Float(_), Param::Float64)
        | (Kind::Bytes(_), Param::Bytes) => true,
        (Kind::Map(map), Param::Map) => map.ty() != MapType::Str,
        (Kind::List(list), Param::List) => list.ty() == ListType::Any,
        (Kind::List(list), Param::Strings) => list.ty() == ListType::Str,
        (Kind::Object(object), Param::Object(name)) => object.type_name().trim_start_matches('*') == name.trim_start_matches('*'),
        _ => false,
    };
    if fits {
        return Ok(slot.value);
    }
    let got = if slot.value.is_nil() { "interface {}" } else { slot.value.type_name() };
    Err(f.error(format!("wrong type for value; expected {}; got {got}", param.name())))
}
