//! What functions share: their arguments, and how much they may make.

use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Reason};
use crate::gotemplate::value::{IntKind, Kind, List, ListType, Map, MapType, Str, Taint, Value};

/// The longest text that a function makes, in bytes.
pub(super) const MAX_TEXT: usize = 32 << 20;
/// The longest list that a function makes of nothing.
pub(super) const MAX_ITEMS: usize = 1_000_000;
/// How deep a function looks into maps and lists.
pub(super) const MAX_DEPTH: usize = 200;

/// What Go says where a nil is used as if it were not.
pub(super) const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";

/// Returns a string argument.
pub(super) fn bytes(args: &[Value], index: usize) -> &[u8] {
    args.get(index).and_then(Value::as_str).map_or(&[], |text| text)
}

/// Returns a string argument with its marks.
pub(super) fn text(args: &[Value], index: usize) -> Str {
    args.get(index).and_then(Value::as_str).cloned().unwrap_or_else(|| Str::from(""))
}

/// Returns an integer argument.
pub(super) fn int(args: &[Value], index: usize) -> i64 {
    if let Some(Value { kind: Kind::Int(_, value), .. }) = args.get(index) { *value } else { 0 }
}

/// Returns an argument of any type.
pub(super) fn any(args: &[Value], index: usize) -> &Value {
    args.get(index).unwrap_or(&Value::NIL)
}

/// Returns a map argument as Go passes it: `Values` are converted to a `map[string]interface{}`, which shares their entries.
pub(super) fn map(args: &[Value], index: usize) -> Map {
    args.get(index).and_then(Value::as_map).map_or_else(|| Map::nil(MapType::Any), |it| it.as_type(MapType::Any))
}

/// Returns the elements of a slice: what `reflect` lets Go index. `None` for what is no slice.
pub(super) fn elements(value: &Value) -> Option<Vec<Value>> {
    match &value.kind {
        Kind::List(list) => Some(list.to_vec()),
        Kind::Bytes(bytes) => Some(bytes.iter().map(|it| Value::new(Kind::Int(IntKind::Uint8, i64::from(*it)))).collect()),
        Kind::Object(object) if object.kind_name() == "slice" => elements(&object.data()),
        _ => None,
    }
}

/// Makes a `[]interface{}` that stands for another list: its own taint is that of the other.
pub(super) fn list_of(items: Vec<Value>, origin: &Value) -> Value {
    Value::list(items).with_taint(origin.taint)
}

/// Returns what values, and all in them, were made from: for functions that make one text or answer of whole lists and maps.
pub(super) fn taint_within(exec: &mut Exec<'_>, values: &[Value]) -> Taint {
    /// More is not looked at: values may hold themselves.
    const MAX: usize = 10_000;
    if !exec.traced() {
        return Taint::NONE;
    }
    let mut taint = Taint::NONE;
    let mut rest = values.to_vec();
    for _ in 0..MAX {
        let Some(value) = rest.pop() else { break };
        taint = exec.join(taint, value.taint);
        match &value.kind {
            Kind::List(list) => rest.extend(list.items().iter().cloned()),
            Kind::Map(map) => rest.extend(map.entries().values().cloned()),
            _ => {}
        }
    }
    taint
}

/// Makes a nil `[]interface{}`.
pub(super) fn nil_list() -> Value {
    Value::from(List::nil(ListType::Any))
}

/// Refuses a text that would be too long.
pub(super) fn check_text(function: &str, length: Option<usize>) -> Result<usize, Error> {
    match length {
        Some(length) if length <= MAX_TEXT => Ok(length),
        _ => Err(limit(format!("{function}: the result would have more than {} MB", MAX_TEXT >> 20))),
    }
}

/// Makes the error of a limit of ours.
pub(super) fn limit(message: impl Into<String>) -> Error {
    Error::new(message).because(Reason::Limit)
}

/// Bounds how deep and how long a walk through maps and lists is: they may hold themselves.
#[derive(Debug)]
pub(super) struct Walk {
    function: &'static str,
    depth: usize,
    steps: usize,
}

impl Walk {
    const MAX_STEPS: usize = 1_000_000;

    pub(super) fn new(function: &'static str) -> Self {
        Self { function, depth: 0, steps: 0 }
    }

    pub(super) fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        self.step()?;
        if self.depth > MAX_DEPTH {
            return Err(limit(format!("{}: more than {MAX_DEPTH} levels of maps and lists", self.function)));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub(super) fn step(&mut self) -> Result<(), Error> {
        self.steps += 1;
        if self.steps > Self::MAX_STEPS {
            return Err(limit(format!("{}: more than {} values", self.function, Self::MAX_STEPS)));
        }
        Ok(())
    }
}
