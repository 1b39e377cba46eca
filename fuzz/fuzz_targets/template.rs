//! The template parser: any bytes are a template or an error with a line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::gotemplate::func::{Func, Param};
use portcullis::gotemplate::parse_file;
use portcullis::gotemplate::value::Value;

/// Stands for every function but those with an x in their name, which are not known.
static ANY: Func = Func::variadic("any", &[], Param::Any, |_, _| Ok(Value::NIL));

fuzz_target!(|text: &[u8]| {
    match parse_file("web/templates/t.yaml", text, &|name: &str| (!name.contains('x')).then_some(&ANY)) {
        // What was parsed can be written for an error.
        Ok(trees) => drop(format!("{trees:?}")),
        Err(error) => {
            let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
            assert!(error.line as usize <= lines, "{error} of {lines} lines");
        }
    }
});
