//! Calls of functions and methods (exec.go, `evalCall`).

use std::rc::Rc;

use super::error::At;
use super::eval::validate;
use super::{Exec, Frame, Slot, limit};
use crate::gotemplate::ast::{Expr, ExprKind};
use crate::gotemplate::builtins::{call, len_of_unpacked_nil};
use crate::gotemplate::func::{Error, Flow, Func, Param};
use crate::gotemplate::value::{Kind, Object, Taint, Value};

/// What is called: its name, its fixed parameters, and the type of each further one.
#[derive(Clone, Copy)]
struct Callee<'t> {
    name: &'t str,
    params: &'static [Param],
    rest: Option<Param>,
}

impl Exec<'_> {
    #[expect(clippy::too_many_arguments, reason = "the parts of a command, as in exec.go")]
    pub(super) fn eval_function<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        expr: &'t Expr,
        func: &'static Func,
        at: At<'t>,
        args: &'t [Expr],
        last: Option<Value>,
    ) -> Result<Slot, Error> {
        f.at = At::Expr(expr);
        let callee = Callee { name: func.name, params: func.params, rest: func.variadic };
        check_count(f, callee, args, last.is_some())?;
        if matches!(func.name, "and" | "or") {
            return self.short_circuit(f, dot, func.name == "or", args, last);
        }
        if matches!(func.name, "len" | "call") {
            return self.len_or_call(f, dot, func, at, (args, last));
        }
        let args = self.arguments(f, dot, callee, args, last)?;
        if func.cost > 0 {
            self.spend(func.cost).map_err(|error| f.fail(error, None))?;
        }
        let made = (func.call)(self, &args);
        let taint = self.forget(args, func.flow);
        let mut value = made.map_err(|error| {
            f.at = at;
            f.call_error(func.name, error)
        })?;
        self.weigh(f, &value)?;
        value.taint = self.join(value.taint, taint);
        Ok(Slot::plain(value))
    }

    /// `len` sees whether a nil stands in an `interface{}`, and `call` the expression that gave what cannot be called.
    fn len_or_call<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        func: &'static Func,
        at: At<'t>,
        (args, last): (&'t [Expr], Option<Value>),
    ) -> Result<Slot, Error> {
        let mut slots = Vec::new();
        for arg in args {
            let slot = self.eval_any(f, dot, arg)?;
            // The literal stands in nothing.
            slots.push(if matches!(arg.kind, ExprKind::Nil) { Slot::plain(slot.value) } else { slot });
        }
        slots.extend(last.map(Slot::plain));
        let made = match (func.name, slots.first()) {
            ("len", Some(slot)) if slot.value.is_nil() && !slot.in_interface => Err(len_of_unpacked_nil()),
            ("call", Some(slot)) => Err(call(&args.first().map(ToString::to_string).unwrap_or_default(), &slot.value)),
            _ => (func.call)(self, &slots.iter().map(|it| it.value.clone()).collect::<Vec<_>>()),
        };
        let value = made.map_err(|error| {
            f.at = at;
            f.call_error(func.name, error)
        })?;
        let taint = slots.iter().fold(value.taint, |taint, slot| self.join(taint, slot.value.taint));
        Ok(Slot::plain(value.with_taint(taint)))
    }

    pub(super) fn call_method<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        object: &Rc<dyn Object>,
        (name, params): (&'t str, &'static [Param]),
        at: At<'t>,
        (args, last): (&'t [Expr], Option<Value>),
    ) -> Result<Slot, Error> {
        let callee = Callee { name, params, rest: None };
        check_count(f, callee, args, last.is_some())?;
        let args = self.arguments(f, dot, callee, args, last)?;
        let made = object.call(self, name, &args);
        let taint = self.forget(args, Flow::Args);
        let mut value = made.map_err(|error| {
            f.at = at;
            f.call_error(name, error)
        })?;
        self.weigh(f, &value)?;
        value.taint = self.join(value.taint, taint);
        Ok(Slot::plain(value))
    }

    /// `and` and `or` evaluate no more than they must.
    fn short_circuit<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        is_or: bool,
        args: &'t [Expr],
        last: Option<Value>,
    ) -> Result<Slot, Error> {
        let mut tested = Taint::NONE;
        let mut value = Slot::plain(Value::NIL);
        for arg in args {
            value = self.eval_any(f, dot, arg)?;
            tested = self.join(tested, value.value.taint);
            value.value.taint = tested;
            if value.value.truth() == is_or {
                return Ok(value);
            }
        }
        if let Some(last) = last {
            let taint = self.join(tested, last.taint);
            value = Slot::plain(last.with_taint(taint));
        }
        Ok(value)
    }

    fn arguments<'t>(
        &mut self,
        f: &mut Frame<'t>,
        dot: &Slot,
        callee: Callee<'_>,
        args: &'t [Expr],
        last: Option<Value>,
    ) -> Result<Vec<Value>, Error> {
        let param = |at: usize| callee.params.get(at).copied().or(callee.rest).unwrap_or(Param::Any);
        let mut values = self.spare.pop().unwrap_or_default();
        for (at, arg) in args.iter().enumerate() {
            values.push(self.eval_arg(f, dot, arg, param(at))?);
        }
        if let Some(last) = last {
            values.push(validate(f, Slot::plain(last), param(values.len()))?);
        }
        Ok(values)
    }

    /// Drops arguments, whose room the next call takes; returns what goes over from them to the result.
    fn forget(&mut self, mut args: Vec<Value>, flow: Flow) -> Taint {
        let mut taint = Taint::NONE;
        if self.options.traced && flow == Flow::Args {
            taint = args.iter().fold(taint, |taint, arg| self.trace.join(taint, arg.taint));
        }
        args.clear();
        self.spare.push(args);
        taint
    }

    /// Counts what a function made.
    fn weigh(&mut self, f: &Frame<'_>, value: &Value) -> Result<(), Error> {
        let size = match &value.kind {
            Kind::Str(text) => text.len(),
            Kind::Bytes(bytes) => bytes.len(),
            Kind::List(list) => list.len() * size_of::<Value>(),
            _ => return Ok(()),
        };
        if u32::try_from(size).is_err() {
            return Err(f.fail(limit("made a text of more than 4 GB"), None));
        }
        self.meter.made(size, &self.options.limits).map_err(|error| f.fail(error, None))
    }
}

fn check_count(f: &Frame<'_>, callee: Callee<'_>, args: &[Expr], has_last: bool) -> Result<(), Error> {
    let (name, given, wanted) = (callee.name, args.len() + usize::from(has_last), callee.params.len());
    if callee.rest.is_some() {
        if given < wanted {
            return Err(f.error(format!("wrong number of args for {name}: want at least {wanted} got {}", args.len())));
        }
    } else if given != wanted {
        return Err(f.error(format!("wrong number of args for {name}: want {wanted} got {given}")));
    }
    Ok(())
}
