//! Calls functions in tests.

use crate::gotemplate::func::Func;
use crate::gotemplate::value::{Kind, Value};
use crate::gotemplate::{Exec, Options, Templates, TplCache};

/// 2024-02-29 12:34:56.789 UTC
pub(super) const NOW: i128 = 1_709_210_096_789_000_000;

/// Calls a function in a rendering of its own.
pub(super) fn call_seeded(seed: u8, funcs: &[Func], name: &str, args: &[Value]) -> Result<Value, String> {
    let func = funcs.iter().find(|func| func.name == name).expect("a function of that name");
    let options = Options { seed: [seed; 32], ..options() };
    with_options(&options, |exec| (func.call)(exec, args).map_err(|error| error.message))
}

pub(super) fn call(funcs: &[Func], name: &str, args: &[Value]) -> Result<Value, String> {
    call_seeded(1, funcs, name, args)
}

/// Calls it, and returns the result as text: strings as they are, lists in brackets, with the items quoted.
pub(super) fn text(funcs: &[Func], name: &str, args: &[Value]) -> Result<String, String> {
    call(funcs, name, args).map(|value| show(&value))
}

pub(crate) fn show(value: &Value) -> String {
    match &value.kind {
        Kind::Int(_, number) => number.to_string(),
        Kind::Bool(value) => value.to_string(),
        Kind::Float(number) => number.to_string(),
        Kind::Str(text) => text.text().into_owned(),
        Kind::List(list) if list.is_nil() => "nil".into(),
        Kind::List(list) => format!("{:?}", list.items().iter().map(show).collect::<Vec<_>>()),
        Kind::Object(object) => {
            object.string().map_or_else(|| show(&object.data()), |text| String::from_utf8_lossy(&text).into_owned())
        }
        other => format!("{other:?}"),
    }
}

/// Does something in a rendering of its own.
pub(crate) fn with_exec<T>(what: impl FnOnce(&mut Exec<'_>) -> T) -> T {
    with_options(&options(), what)
}

fn options() -> Options<'static> {
    Options { now: NOW, seed: [1; 32], ..Options::default() }
}

/// Does something in a rendering with such options.
pub(crate) fn with_options<T>(options: &Options<'_>, what: impl FnOnce(&mut Exec<'_>) -> T) -> T {
    let cache = TplCache::new(std::sync::Arc::new(|_: &str| None));
    what(&mut Exec::new(options, &Templates::default(), &cache))
}
