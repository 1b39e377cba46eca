//! Helm's functions: sprig's and its own. Each file holds one table.

mod args;
#[cfg(test)]
pub(crate) mod calling;
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
mod math;
mod merge;
mod network;
mod path;
mod printed;
mod random;
mod reflect;
mod regex;
#[cfg(test)]
mod rendering;
mod semver;
#[cfg(test)]
mod sprig_tests;
mod strings;
mod unicode;
mod url;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use crate::chart::HelmVersion;
use crate::gotemplate::func::Func;
use crate::gotemplate::{Functions, builtins};

/// Returns the functions that a Helm knows. In its map, Helm's own replace sprig's, and those replace Go's.
pub(super) fn functions(helm: HelmVersion) -> Arc<Functions> {
    let later: &[&'static [Func]] = match helm {
        HelmVersion::V3 => &[],
        HelmVersion::V4 => &[durations::HELM4_FUNCS, encode::HELM4_FUNCS],
    };
    let all = [builtins::FUNCS].into_iter().chain(tables()).chain(later.iter().copied());
    let by_name: HashMap<&str, &'static Func> = all.flatten().map(|it| (it.name, it)).collect();
    Arc::new(move |name: &str| by_name.get(name).copied())
}

/// Returns the tables of the functions that both Helms know.
fn tables() -> impl Iterator<Item = &'static [Func]> {
    [
        case::FUNCS,
        certs::FUNCS,
        crypto::FUNCS,
        decimal::FUNCS,
        defaults::FUNCS,
        dates::FUNCS,
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
        regex::FUNCS,
        semver::FUNCS,
        strings::FUNCS,
        url::FUNCS,
    ]
    .into_iter()
}
