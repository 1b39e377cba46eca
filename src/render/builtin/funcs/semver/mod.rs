//! Versions: sprig's semver.go over Masterminds/semver.

mod constraint;
mod object;
mod version;

use std::rc::Rc;

use super::args::bytes;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{Kind, Value};
use constraint::Constraints;
use object::VersionObject;
use version::Version;

pub(super) const FUNCS: &[Func] =
    &[Func::new("semver", &[Param::Str], semver), Func::new("semverCompare", &[Param::Str, Param::Str], semver_compare)];

fn semver(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let version = Version::parse(bytes(args, 0))?;
    Ok(Value::new(Kind::Object(Rc::new(VersionObject { version, pointer: true }))))
}

fn semver_compare(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let constraints = Constraints::parse(bytes(args, 0))?;
    Ok(constraints.allow(&Version::parse(bytes(args, 1))?).into())
}
