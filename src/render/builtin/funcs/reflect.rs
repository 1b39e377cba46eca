//! The types of values: sprig's reflect.go.

use super::args::{Walk, any, bytes, taint_within};
use super::equal::deep_equal;
use crate::gotemplate::func::{Func, Param};
use crate::gotemplate::value::Value;

const ONE: &[Param] = &[Param::Any];
const NAMED: &[Param] = &[Param::Str, Param::Any];

pub(super) const FUNCS: &[Func] = &[
    Func::new("typeOf", ONE, |_, args| Ok(any(args, 0).type_name().into())),
    Func::new("kindOf", ONE, |_, args| Ok(any(args, 0).kind_name().into())),
    Func::new("typeIs", NAMED, |_, args| Ok((bytes(args, 0) == any(args, 1).type_name().as_bytes()).into())),
    Func::new("typeIsLike", NAMED, |_, args| {
        let (wanted, found) = (bytes(args, 0), any(args, 1).type_name().as_bytes());
        Ok((wanted == found || found.strip_prefix(b"*") == Some(wanted)).into())
    }),
    Func::new("kindIs", NAMED, |_, args| Ok((bytes(args, 0) == any(args, 1).kind_name().as_bytes()).into())),
    Func::new("deepEqual", &[Param::Any, Param::Any], |exec, args| {
        let equal = deep_equal(&mut Walk::new("deepEqual"), any(args, 0), any(args, 1))?;
        Ok(Value::from(equal).with_taint(taint_within(exec, args)))
    }),
];
