//! Functions that templates call, their Go signatures and their errors.

use std::fmt;

use super::exec::Exec;
use super::value::Value;

/// The Go type of a parameter. Arguments are checked against it as text/template does (exec.go, `validateType`), so a function gets what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// `interface{}` or `reflect.Value`: anything, nil too.
    Any,
    Str,
    Bool,
    Int,
    Int64,
    Float64,
    /// `[]interface{}`: nil arrives as a nil slice.
    List,
    /// `[]string`
    Strings,
    /// `[]byte`
    Bytes,
    /// `map[string]interface{}`: nil arrives as a nil map.
    Map,
    /// `time.Time` or another struct, by Go's name for it.
    Object(&'static str),
    /// `time.Duration`
    Duration,
    /// `error`
    Error,
}

impl Param {
    /// Returns Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Str => "string",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::List => "[]interface {}",
            Self::Strings => "[]string",
            Self::Bytes => "[]uint8",
            Self::Map => "map[string]interface {}",
            Self::Object(name) => name,
            Self::Duration => "time.Duration",
            Self::Error => "error",
        }
    }
}

/// How the paths that arguments were made from go over to the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The result is made of all arguments: their taints are joined.
    Args,
    /// The function sees to it: it hands an argument on, or takes something out of one, which has its own taint.
    Own,
}

/// What a function does. Arguments are there and of the right types.
pub type Native = fn(&mut Exec<'_>, &[Value]) -> Result<Value, Error>;

/// A function that templates may call.
#[derive(Clone, Copy)]
pub struct Func {
    pub name: &'static str,
    pub params: &'static [Param],
    /// The type of each further argument.
    pub variadic: Option<Param>,
    pub flow: Flow,
    pub call: Native,
    /// How many steps of an execution it takes as long as, if it is slow.
    pub cost: u32,
}

impl Func {
    /// A function with fixed parameters.
    pub const fn new(name: &'static str, params: &'static [Param], call: Native) -> Self {
        Self { name, params, variadic: None, flow: Flow::Args, call, cost: 0 }
    }

    /// A function that takes any number of further arguments.
    pub const fn variadic(name: &'static str, params: &'static [Param], rest: Param, call: Native) -> Self {
        Self { name, params, variadic: Some(rest), flow: Flow::Args, call, cost: 0 }
    }

    /// The same function, which takes as long as so many steps.
    #[must_use]
    pub const fn costly(mut self, steps: u32) -> Self {
        self.cost = steps;
        self
    }

    /// The same function, which sees to the taint of its result.
    #[must_use]
    pub const fn own_flow(mut self) -> Self {
        self.flow = Flow::Own;
        self
    }
}

impl fmt::Debug for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Func({})", self.name)
    }
}

/// An error of a function or of an execution, as Go words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The whole sentence, with those of its causes in it: Go's `Error()`.
    pub message: String,
    /// The error that it wraps: Go's `Unwrap()`.
    pub cause: Option<Box<Self>>,
    /// Where a template stood, if that is an error of executing it.
    pub place: Option<Box<ErrorPlace>>,
    /// What Helm must tell apart.
    pub reason: Reason,
}

/// Where a template stood when it failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPlace {
    /// The file that was parsed: `web/templates/ingress.yaml`; or the name of the template that `tpl` was called from.
    pub file: String,
    /// 1-based; column in bytes, 0-based as Go counts.
    pub line: u32,
    pub column: u32,
    /// The name of the template: that of a `define`, or the file.
    pub template: String,
    /// Whether the place is in a text that `tpl` was given, and not in the file.
    pub in_tpl: bool,
}

/// Why an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reason {
    #[default]
    Error,
    /// `fail` or `required` said no.
    Refused,
    /// A limit of ours was reached.
    Limit,
}

impl Error {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cause: None, place: None, reason: Reason::Error }
    }

    /// Wraps an error as `fmt.Errorf("…: %w", cause)` does.
    #[must_use]
    pub fn wrap(prefix: impl fmt::Display, cause: Self) -> Self {
        let reason = cause.reason;
        // A limit is ours: Go has no words for it, and what led there may be hundreds of templates.
        let message = if reason == Reason::Limit { cause.message.clone() } else { format!("{prefix}: {}", cause.message) };
        Self { message, cause: Some(Box::new(cause)), place: None, reason }
    }

    /// Whether it, or what led to it, says where a template stood.
    pub fn is_placed(&self) -> bool {
        self.place.is_some() || self.cause.as_deref().is_some_and(Self::is_placed)
    }

    /// Returns where the template stood that failed first.
    pub fn innermost_place(&self) -> Option<&ErrorPlace> {
        let inner = self.cause.as_deref().and_then(Self::innermost_place);
        inner.or(self.place.as_deref().filter(|it| !it.in_tpl))
    }

    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = reason;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
