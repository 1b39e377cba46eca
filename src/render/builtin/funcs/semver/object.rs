//! Versions as values with methods.

use std::any::Any;
use std::rc::Rc;

use crate::chart::semver::Version;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Param};
use crate::gotemplate::value::{IntKind, Kind, Object, Value};

/// A `*semver.Version`, or a `semver.Version`: then it has no methods that need a pointer.
#[derive(Debug)]
pub(super) struct VersionObject {
    pub(super) version: Version,
    pub(super) pointer: bool,
}

const POINTER: &str = "*semver.Version";
const OTHER: &[Param] = &[Param::Object(POINTER)];

impl Object for VersionObject {
    fn type_name(&self) -> &str {
        if self.pointer { POINTER } else { "semver.Version" }
    }

    fn kind_name(&self) -> &'static str {
        if self.pointer { "ptr" } else { "struct" }
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        Some(match name {
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "String" | "IncMajor" | "IncMinor" | "IncPatch"
            | "MarshalJSON" | "MarshalText" | "Value" => &[],
            "SetPrerelease" | "SetMetadata" => &[Param::Str],
            "Original" if self.pointer => &[],
            "Compare" | "Equal" | "LessThan" | "LessThanEqual" | "GreaterThan" | "GreaterThanEqual" if self.pointer => OTHER,
            _ => return None,
        })
    }

    fn call(&self, _: &mut Exec<'_>, name: &str, args: &[Value]) -> Result<Value, Error> {
        let it = &self.version;
        let number = |it: u64| Value::new(Kind::Int(IntKind::Uint64, it.cast_signed()));
        Ok(match name {
            "Major" => number(it.major),
            "Minor" => number(it.minor),
            "Patch" => number(it.patch),
            "Prerelease" => it.pre.as_str().into(),
            "Metadata" => it.metadata.as_str().into(),
            "String" | "Value" => it.to_string().into(),
            "Original" => it.original.as_str().into(),
            "MarshalText" => Value::bytes(it.to_string().as_bytes()),
            "MarshalJSON" => Value::bytes(format!("\"{it}\"").as_bytes()),
            "IncMajor" | "IncMinor" | "IncPatch" | "SetPrerelease" | "SetMetadata" => self.changed(name, args)?,
            _ => self.compared(name, args)?,
        })
    }

    fn data(&self) -> Value {
        self.version.to_string().into()
    }

    fn string(&self) -> Option<Vec<u8>> {
        Some(self.version.to_string().into_bytes())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

impl VersionObject {
    fn compared(&self, name: &str, args: &[Value]) -> Result<Value, Error> {
        let other = match args {
            [Value { kind: Kind::Object(object), .. }] => object.any().downcast_ref::<Self>(),
            _ => None,
        };
        let other = match other {
            Some(other) => &other.version,
            None if name == "Equal" => return Ok(false.into()),
            None => return Err(Error::new(super::super::args::NIL_POINTER)),
        };
        let order = self.version.compare(other);
        Ok(match name {
            "Equal" => order.is_eq().into(),
            "LessThan" => order.is_lt().into(),
            "LessThanEqual" => order.is_le().into(),
            "GreaterThan" => order.is_gt().into(),
            "GreaterThanEqual" => order.is_ge().into(),
            _ => Value::int(order as i64),
        })
    }

    fn changed(&self, name: &str, args: &[Value]) -> Result<Value, Error> {
        let text = String::from_utf8_lossy(super::super::args::bytes(args, 0));
        let version = match name {
            "SetPrerelease" => self.version.with_prerelease(&text),
            "SetMetadata" => self.version.with_metadata(&text),
            "IncMajor" => self.version.inc_major(),
            "IncMinor" => self.version.inc_minor(),
            _ => self.version.inc_patch(),
        };
        let version = version.map_err(Error::new)?;
        Ok(Value::new(Kind::Object(Rc::new(Self { version, pointer: false }))))
    }
}
