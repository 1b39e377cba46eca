//! Helm's functions: sprig's and its own. Each file holds one table.

mod args;
mod case;
mod cast;
mod decimal;
mod defaults;
mod dicts;
mod equal;
mod layout;
mod lists;
mod marks;
mod math;
mod merge;
mod path;
mod printed;
mod reflect;
mod semver;
mod strings;
mod unicode;
mod url;
mod words;

use crate::gotemplate::func::Func;

/// Returns the tables of all functions; a name stands in one of them.
pub fn tables() -> impl Iterator<Item = &'static [Func]> {
    [
        case::FUNCS,
        decimal::FUNCS,
        defaults::FUNCS,
        dicts::FUNCS,
        layout::FUNCS,
        lists::FUNCS,
        math::FUNCS,
        merge::FUNCS,
        path::FUNCS,
        printed::FUNCS,
        reflect::FUNCS,
        semver::FUNCS,
        strings::FUNCS,
        url::FUNCS,
    ]
    .into_iter()
}
