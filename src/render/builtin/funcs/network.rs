//! Functions of the network, which `helm template` does not let charts use.

use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::Value;

pub(super) const FUNCS: &[Func] = &[Func::new("getHostByName", &[Param::Str], get_host_by_name)];

/// Returns an empty string, as Helm does without `--enable-dns`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn get_host_by_name(_exec: &mut Exec<'_>, _args: &[Value]) -> Result<Value, Error> {
    Ok(Value::str(""))
}
