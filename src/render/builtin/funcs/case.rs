//! Upper and lower case: Go's strings and goutils.

use super::args::bytes;
use super::unicode::{is_digit, is_letter, is_lower, is_space, is_title, is_upper, map, to_lower, to_title, to_upper};
use super::words;
use crate::gotemplate::func::{Func, Param};
use crate::gotemplate::value::Value;

const STR: &[Param] = &[Param::Str];

pub(super) const FUNCS: &[Func] = &[
    Func::new("upper", STR, |_, args| Ok(changed(bytes(args, 0), to_upper))),
    Func::new("lower", STR, |_, args| Ok(changed(bytes(args, 0), to_lower))),
    Func::new("title", STR, |_, args| Ok(title(bytes(args, 0)))),
    Func::new("untitle", STR, |_, args| Ok(untitle(bytes(args, 0)))),
    Func::new("swapcase", STR, |_, args| Ok(swap_case(bytes(args, 0)))),
    Func::new("snakecase", STR, |_, args| Ok(words::separated(bytes(args, 0), '_').into())),
    Func::new("kebabcase", STR, |_, args| Ok(words::separated(bytes(args, 0), '-').into())),
    Func::new("camelcase", STR, |_, args| Ok(words::pascal_case(bytes(args, 0)).into())),
];

fn changed(text: &[u8], change: impl FnMut(char) -> char) -> Value {
    map(text, change).into()
}

/// Go's `strings.isSeparator`.
fn is_separator(rune: char) -> bool {
    if rune.is_ascii() {
        return !rune.is_ascii_alphanumeric() && rune != '_';
    }
    !is_letter(rune) && !is_digit(rune) && is_space(rune)
}

/// Go's `strings.Title`.
fn title(text: &[u8]) -> Value {
    let mut before = ' ';
    changed(text, |rune| {
        let starts = is_separator(std::mem::replace(&mut before, rune));
        if starts { to_title(rune) } else { rune }
    })
}

/// goutils' `Uncapitalize`.
fn untitle(text: &[u8]) -> Value {
    let mut starts = true;
    changed(text, |rune| {
        if is_space(rune) {
            starts = true;
            return rune;
        }
        if std::mem::take(&mut starts) { to_lower(rune) } else { rune }
    })
}

/// goutils' `SwapCase`.
fn swap_case(text: &[u8]) -> Value {
    let mut after_space = true;
    changed(text, |rune| {
        if is_upper(rune) || is_title(rune) {
            after_space = false;
            to_lower(rune)
        } else if is_lower(rune) {
            if std::mem::take(&mut after_space) { to_title(rune) } else { to_upper(rune) }
        } else {
            after_space = is_space(rune);
            rune
        }
    })
}
