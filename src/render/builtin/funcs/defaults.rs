//! Choosing between values: sprig's defaults.go. Its `empty` is text/template's truth, turned round.

#![expect(clippy::unnecessary_wraps, reason = "the signature of natives")]

use super::args::any;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::Value;

pub(super) const FUNCS: &[Func] = &[
    Func::variadic("default", &[Param::Any], Param::Any, default).own_flow(),
    Func::new("empty", &[Param::Any], |_, args| Ok((!any(args, 0).truth()).into())),
    Func::variadic("coalesce", &[], Param::Any, coalesce).own_flow(),
    Func::variadic("all", &[], Param::Any, |_, args| Ok(args.iter().all(Value::truth).into())),
    Func::variadic("any", &[], Param::Any, |_, args| Ok(args.iter().any(Value::truth).into())),
    Func::new("ternary", &[Param::Any, Param::Any, Param::Bool], ternary).own_flow(),
];

fn chosen(exec: &mut Exec<'_>, chosen: &Value, tested: &Value) -> Value {
    let taint = exec.join(chosen.taint, tested.taint);
    chosen.clone().with_taint(taint)
}

fn default(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let given = any(args, 1);
    Ok(if given.truth() { given.clone() } else { chosen(exec, any(args, 0), given) })
}

fn coalesce(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut tested = Value::NIL;
    for value in args {
        tested = chosen(exec, value, &tested);
        if value.truth() {
            return Ok(tested);
        }
    }
    Ok(Value::NIL.with_taint(tested.taint))
}

fn ternary(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let test = any(args, 2);
    Ok(chosen(exec, any(args, usize::from(!test.truth())), test))
}
