//! Versions: sprig's semver.go over Masterminds/semver.

mod object;

use std::rc::Rc;

use super::args::bytes;
use crate::chart::semver::{Constraint, Version};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{Kind, Value};
use object::VersionObject;

pub(super) const FUNCS: &[Func] =
    &[Func::new("semver", &[Param::Str], semver), Func::new("semverCompare", &[Param::Str, Param::Str], semver_compare)];

fn semver(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let version = version(bytes(args, 0))?;
    Ok(Value::new(Kind::Object(Rc::new(VersionObject { version, pointer: true }))))
}

fn semver_compare(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let text = String::from_utf8_lossy(bytes(args, 0));
    let constraint = Constraint::new(&text).map_err(Error::new)?;
    Ok(constraint.check(&version(bytes(args, 1))?).into())
}

fn version(text: &[u8]) -> Result<Version, Error> {
    Version::new(&String::from_utf8_lossy(text)).map_err(Error::new)
}
