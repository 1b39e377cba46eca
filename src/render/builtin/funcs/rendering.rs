//! Renders templates in tests of functions.

use crate::chart::HelmVersion;
use crate::gotemplate::func::Error;
use crate::gotemplate::value::Value;
use crate::gotemplate::{Exec, Options, Templates, TplCache, parse_file};

/// Renders a template that knows all functions of Helm 4.
pub(super) fn rendered(template: &str) -> Result<String, Error> {
    let functions = super::functions(HelmVersion::V4);
    let mut templates = Templates::default();
    templates.add(&parse_file("t", template.as_bytes(), &*functions).expect("a template that parses"));
    let (options, cache) = (Options::default(), TplCache::new(functions));
    let out = Exec::new(&options, &templates, &cache).render("t", Value::map::<&str>([]))?;
    Ok(String::from_utf8_lossy(&out.bytes).into_owned())
}

/// Checks what templates render to. An error is what comes after `error calling`, with a mark before it.
pub(super) fn check(rows: &[(&str, &str)]) {
    for (template, expected) in rows {
        let found = rendered(template).unwrap_or_else(|error| {
            let message = error.message;
            let function = message.rsplit_once("error calling ").map(|it| it.1.to_owned());
            format!("! {}", function.unwrap_or(message))
        });
        assert_eq!(found, *expected, "{template}");
    }
}
