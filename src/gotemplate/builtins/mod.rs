//! The functions that text/template has itself: its funcs.go.
//!
//! `and` and `or` are here for their names: the evaluator does them itself, as they don't evaluate what they don't need. So is `call`,
//! which needs the name of what it calls: see [`call`].

mod compare;
mod escape;
mod index;
#[cfg(test)]
#[path = "builtins_tests.rs"]
mod tests;

pub use index::{len_of_unpacked_nil, slice_with};

use super::exec::Exec;
use super::func::{Error, Func, Param, Reason};
use super::print::{MAX_OUTPUT, sprint, sprintf, sprintln};
use super::value::Value;

/// All builtin functions, by name.
pub const FUNCS: &[Func] = &[
    Func::variadic("and", &[Param::Any], Param::Any, unreachable).own_flow(),
    Func::variadic("call", &[Param::Any], Param::Any, call_any),
    Func::variadic("eq", &[Param::Any], Param::Any, compare::eq),
    Func::new("ge", &[Param::Any, Param::Any], compare::ge),
    Func::new("gt", &[Param::Any, Param::Any], compare::gt),
    Func::variadic("html", &[], Param::Any, escape::html),
    Func::variadic("index", &[Param::Any], Param::Any, index::index).own_flow(),
    Func::variadic("js", &[], Param::Any, escape::js),
    Func::new("le", &[Param::Any, Param::Any], compare::le),
    Func::new("len", &[Param::Any], index::len),
    Func::new("lt", &[Param::Any, Param::Any], compare::lt),
    Func::new("ne", &[Param::Any, Param::Any], compare::ne),
    Func::new("not", &[Param::Any], not),
    Func::variadic("or", &[Param::Any], Param::Any, unreachable).own_flow(),
    Func::variadic("print", &[], Param::Any, print),
    Func::variadic("printf", &[Param::Str], Param::Any, printf),
    Func::variadic("println", &[], Param::Any, println),
    Func::variadic("slice", &[Param::Any], Param::Any, index::slice),
    Func::variadic("urlquery", &[], Param::Any, escape::urlquery),
];

/// Returns why a value can't be called: no value that we know is a function. `name` is the text of the expression that gave it.
pub fn call(name: &str, value: &Value) -> Error {
    if value.is_nil() {
        return Error::new("call of nil");
    }
    Error::new(format!("non-function {name} of type {}", value.type_name()))
}

fn call_any(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Err(call("", args.first().unwrap_or(&Value::NIL)))
}

fn unreachable(_: &mut Exec<'_>, _: &[Value]) -> Result<Value, Error> {
    Err(Error::new("unreachable"))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn not(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Ok((!first(args).truth()).into())
}

fn print(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    text(sprint(args))
}

fn printf(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let format = first(args).as_str().cloned().unwrap_or_else(|| "".into());
    text(sprintf(&format, args.get(1..).unwrap_or_default()))
}

fn println(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    text(sprintln(args))
}

/// Makes a string of what was printed, unless printing stopped half-way.
fn text(printed: Vec<u8>) -> Result<Value, Error> {
    if printed.len() > MAX_OUTPUT {
        return Err(Error::new(format!("prints more than {MAX_OUTPUT} bytes")).because(Reason::Limit));
    }
    Ok(printed.into())
}

fn first(args: &[Value]) -> &Value {
    args.first().unwrap_or(&Value::NIL)
}
