//! Helm's own functions that need the engine: a port of pkg/engine/engine.go.

use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param, Reason};
use crate::gotemplate::value::{Kind, Value};
use crate::render::builtin::errors::refusal;

pub(super) const FUNCS: &[Func] = &[
    Func::new("include", &[Param::Str, Param::Any], include).own_flow(),
    Func::new("tpl", &[Param::Str, Param::Any], tpl).own_flow(),
    Func::new("required", &[Param::Str, Param::Any], required).own_flow(),
    Func::new("fail", &[Param::Str], fail),
    Func::new("lookup", &[Param::Str, Param::Str, Param::Str, Param::Str], lookup),
];

fn include(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    match &args[0].kind {
        Kind::Str(name) => exec.include(name, args[1].clone()),
        _ => Err(Error::new("include wants a name")),
    }
}

fn tpl(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    exec.tpl(&args[0], args[1].clone())
}

fn required(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let missing = match &args[1].kind {
        Kind::Nil => true,
        Kind::Str(text) => text.is_empty(),
        _ => false,
    };
    if missing { Err(refuse(&args[0])) } else { Ok(args[1].clone()) }
}

fn fail(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    Err(refuse(&args[0]))
}

fn refuse(message: &Value) -> Error {
    Error::new(message.as_str().map(refusal).unwrap_or_default()).because(Reason::Refused)
}

/// Without a cluster there is nothing to find.
#[expect(clippy::unnecessary_wraps, reason = "what a native is")]
fn lookup(_: &mut Exec<'_>, _: &[Value]) -> Result<Value, Error> {
    Ok(Value::map::<&str>([]))
}
