//! Regular expressions: sprig's regex.go, and Go's regexp, whose language is RE2's.

mod class;
mod engine;
mod syntax;
mod unicode;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use engine::Regexp;

use super::args::{MAX_ITEMS, check_text, limit};
use super::crypto::str_arg;
use super::random::int_arg;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::print::{can_backquote, quote};
use crate::gotemplate::value::{List, ListType, Value};

const MATCH: &[Param] = &[Param::Str, Param::Str];
const REPLACE: &[Param] = &[Param::Str, Param::Str, Param::Str];
const LIST: &[Param] = &[Param::Str, Param::Str, Param::Int];

pub(super) const FUNCS: &[Func] = &[
    Func::new("regexMatch", MATCH, |_, args| Ok(compile(str_arg(args, 0)).is_ok_and(|re| re.is_match(str_arg(args, 1))).into()))
        .costly(1),
    Func::new("mustRegexMatch", MATCH, |_, args| with(args, false, |re| Ok(re.is_match(str_arg(args, 1)).into()))).costly(1),
    Func::new("regexFind", MATCH, |_, args| with(args, true, |re| Ok(Value::str(re.find(str_arg(args, 1)))))).costly(1),
    Func::new("mustRegexFind", MATCH, |_, args| with(args, false, |re| Ok(Value::str(re.find(str_arg(args, 1)))))).costly(1),
    Func::new("regexFindAll", LIST, |exec, args| with(args, true, |re| find_all(exec, re, args))).costly(1),
    Func::new("mustRegexFindAll", LIST, |exec, args| with(args, false, |re| find_all(exec, re, args))).costly(1),
    Func::new("regexReplaceAll", REPLACE, |exec, args| with(args, true, |re| replace(exec, re, args, false))).costly(1),
    Func::new("mustRegexReplaceAll", REPLACE, |exec, args| with(args, false, |re| replace(exec, re, args, false))).costly(1),
    Func::new("regexReplaceAllLiteral", REPLACE, |exec, args| with(args, true, |re| replace(exec, re, args, true))).costly(1),
    Func::new("mustRegexReplaceAllLiteral", REPLACE, |exec, args| with(args, false, |re| replace(exec, re, args, true)))
        .costly(1),
    Func::new("regexSplit", LIST, |exec, args| with(args, true, |re| split(exec, re, args))).costly(1),
    Func::new("mustRegexSplit", LIST, |exec, args| with(args, false, |re| split(exec, re, args))).costly(1),
    Func::new("regexQuoteMeta", &[Param::Str], quote_meta),
];

type Compiled = Rc<Result<Regexp, String>>;

thread_local! {
    /// Charts call with a handful of patterns, again and again.
    static CACHE: RefCell<HashMap<Vec<u8>, Compiled>> = RefCell::default();
}

/// How many patterns a thread keeps.
const CACHED: usize = 256;

/// Compiles a pattern. The error is Go's.
fn compile(pattern: &[u8]) -> Result<RegexpRef, String> {
    let compiled = CACHE.with_borrow_mut(|cache| {
        if let Some(compiled) = cache.get(pattern) {
            return Rc::clone(compiled);
        }
        if cache.len() >= CACHED {
            cache.clear();
        }
        let compiled = Rc::new(Regexp::new(pattern));
        cache.insert(pattern.to_vec(), Rc::clone(&compiled));
        compiled
    });
    match &*compiled {
        Ok(_) => Ok(RegexpRef(compiled)),
        Err(message) => Err(message.clone()),
    }
}

/// A pattern that compiled.
struct RegexpRef(Compiled);

impl std::ops::Deref for RegexpRef {
    type Target = Regexp;

    fn deref(&self) -> &Regexp {
        match &*self.0 {
            Ok(regexp) => regexp,
            Err(message) => unreachable!("checked by compile: {message}"),
        }
    }
}

/// Compiles the first argument and uses it. Functions without `must` panic in Go, with a longer sentence.
fn with(args: &[Value], panics: bool, what: impl FnOnce(&Regexp) -> Result<Value, Error>) -> Result<Value, Error> {
    let pattern = str_arg(args, 0);
    let compiled = compile(pattern).map_err(|message| {
        if !panics {
            return Error::new(message);
        }
        let shown: Cow<'_, str> =
            if can_backquote(pattern) { format!("`{}`", String::from_utf8_lossy(pattern)).into() } else { quote(pattern).into() };
        Error::new(format!("regexp: Compile({shown}): {message}"))
    })?;
    what(&compiled)
}

fn strings(items: Option<Vec<&[u8]>>) -> Value {
    items.map_or_else(|| List::nil(ListType::Str).into(), Value::strings)
}

/// Bounds what one call makes, and how long it takes.
fn bounds(exec: &mut Exec<'_>) -> impl FnMut(usize, usize) -> Result<(), Error> {
    /// How many matches are worth a look at the clock.
    const ASK: usize = 64;
    |matches, bytes| {
        if matches > MAX_ITEMS {
            return Err(limit(format!("more than {MAX_ITEMS} matches")));
        }
        check_text("a replacement", Some(bytes))?;
        if matches.is_multiple_of(ASK) { exec.spend(1) } else { Ok(()) }
    }
}

fn find_all(exec: &mut Exec<'_>, regexp: &Regexp, args: &[Value]) -> Result<Value, Error> {
    let found = regexp.find_all(str_arg(args, 1), int_arg(args, 2), &mut bounds(exec))?;
    Ok(strings((!found.is_empty()).then_some(found)))
}

fn split(exec: &mut Exec<'_>, regexp: &Regexp, args: &[Value]) -> Result<Value, Error> {
    Ok(strings(regexp.split(str_arg(args, 1), int_arg(args, 2), &mut bounds(exec))?))
}

fn replace(exec: &mut Exec<'_>, regexp: &Regexp, args: &[Value], is_literal: bool) -> Result<Value, Error> {
    Ok(regexp.replace_all(str_arg(args, 1), str_arg(args, 2), is_literal, &mut bounds(exec))?.into())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn quote_meta(_exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let mut quoted = Vec::new();
    for byte in str_arg(args, 0) {
        if br"\.+*?()|[]{}^$".contains(byte) {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    Ok(quoted.into())
}

#[cfg(test)]
#[path = "regex_tests.rs"]
mod tests;
