//! What has fields or methods: structs, and Helm's `.Files`.

use std::any::Any;
use std::fmt;

use super::Value;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Param};

/// A Go struct (or pointer to one), or a map or slice with methods.
pub trait Object: fmt::Debug + Any {
    /// Returns what `%T` prints: `*common.Capabilities`.
    fn type_name(&self) -> &str;

    /// Returns the name of its `reflect.Kind`: `struct`, `ptr`, `map`, `slice`.
    fn kind_name(&self) -> &'static str {
        "struct"
    }

    /// Returns a field of a struct. `None` where its type has none of that name.
    fn field(&self, name: &str) -> Option<Value>;

    /// Returns the parameters of a method. `None` where its type has none of that name.
    fn method(&self, _name: &str) -> Option<&'static [Param]> {
        None
    }

    /// Calls a method, with arguments as [`Object::method`] wants them.
    fn call(&self, _exec: &mut Exec<'_>, name: &str, _args: &[Value]) -> Result<Value, Error> {
        Err(Error::new(format!("{name} is not a method")))
    }

    /// Returns the value that `range`, `index`, `len`, equality, JSON and YAML see instead of it: a map (of a struct, by the names of its
    /// JSON fields), a list, or a string.
    fn data(&self) -> Value;

    /// Returns what printing it gives, where that is not what printing [`Object::data`] gives: types with a `String` method.
    fn string(&self) -> Option<Vec<u8>> {
        None
    }

    /// Returns what an action prints, where that is not what `print` gives: text/template prints a field through its address, so that it
    /// sees a `String` method of the pointer.
    fn printed(&self) -> Option<Vec<u8>> {
        self.string()
    }

    /// Whether `if` takes it for true. A struct always is.
    fn truth(&self) -> bool {
        matches!(self.kind_name(), "struct" | "ptr") || self.data().truth()
    }

    /// Gives way to `downcast_ref`.
    fn any(&self) -> &dyn Any;
}
