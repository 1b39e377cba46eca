//! Helm's functions: sprig's and its own. Each file holds one table.

#[cfg(test)]
pub(crate) mod calling;
mod args;
mod case;
mod cast;
mod certs;
mod crypto;
mod dates;
mod decimal;
mod defaults;
mod dicts;
mod durations;
mod encode;
mod encoding;
mod equal;
mod helm;
mod layout;
mod lists;
mod marks;
mod math;
mod merge;
mod network;
mod path;
mod printed;
mod random;
mod reflect;
mod regex;
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
        crypto::FUNCS,
        decimal::FUNCS,
        defaults::FUNCS,
        dicts::FUNCS,
        encode::FUNCS,
        encoding::FUNCS,
        helm::FUNCS,
        layout::FUNCS,
        lists::FUNCS,
        math::FUNCS,
        merge::FUNCS,
        network::FUNCS,
        path::FUNCS,
        printed::FUNCS,
        random::FUNCS,
        reflect::FUNCS,
        semver::FUNCS,
        strings::FUNCS,
        url::FUNCS,
    ]
    .into_iter()
}
