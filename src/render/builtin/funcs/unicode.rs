//! Go's runes and its unicode package, as far as functions of strings need it.

use std::sync::LazyLock;

use crate::gotemplate::print::is_print;
pub(super) use crate::gotemplate::print::{decode_rune as rune, is_digit, is_letter};

/// Goes through the runes of a text: where each starts, where it ends, and what it is.
pub(super) fn runes(text: &[u8]) -> impl Iterator<Item = (usize, usize, char)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let (rune, size) = rune(text.get(start..)?);
        at += size;
        (size > 0).then_some((start, at, rune))
    })
}

/// `strings.Map` with a rune for each rune: what is no UTF-8 becomes U+FFFD.
pub(super) fn map(text: &[u8], mut change: impl FnMut(char) -> char) -> String {
    runes(text).map(|(.., it)| change(it)).collect()
}

pub(super) fn is_space(rune: char) -> bool {
    rune.is_whitespace()
}

type Ranges = Vec<(char, char)>;

/// Returns the ranges of a Unicode class.
fn class(pattern: &str) -> Ranges {
    use regex_syntax::hir::{Class, Hir, HirKind};
    match regex_syntax::parse(pattern).map(Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class.iter().map(|it| (it.start(), it.end())).collect(),
        _ => Ranges::new(),
    }
}

fn within(ranges: &Ranges, rune: char) -> bool {
    let after = ranges.partition_point(|it| it.0 <= rune);
    after.checked_sub(1).and_then(|it| ranges.get(it)).is_some_and(|it| rune <= it.1)
}

macro_rules! classes {
    ($($name:ident $pattern:literal)*) => {$(
        pub(super) fn $name(rune: char) -> bool {
            static RANGES: LazyLock<Ranges> = LazyLock::new(|| class($pattern));
            within(&RANGES, rune) && is_known(rune)
        }
    )*};
}

classes! {
    is_upper r"\p{Lu}"
    is_lower r"\p{Ll}"
    is_title r"\p{Lt}"
    is_number r"\p{N}"
    is_punct r"\p{P}"
}

/// Whether Go's tables, of Unicode 15.0, know a letter, number or punctuation.
fn is_known(rune: char) -> bool {
    rune.is_ascii() || is_print(rune)
}

/// Returns the only rune of a mapping, which may give more than one where Go's never does.
fn single(rune: char, mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let only = mapped.next().filter(|_| mapped.next().is_none())?;
    (is_known(rune) && is_known(only)).then_some(only)
}

pub(super) fn to_upper(rune: char) -> char {
    single(rune, rune.to_uppercase()).unwrap_or_else(|| iota(rune))
}

pub(super) fn to_lower(rune: char) -> char {
    if rune == 'İ' { 'i' } else { single(rune, rune.to_lowercase()).unwrap_or(rune) }
}

pub(super) fn to_title(rune: char) -> char {
    match rune {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჺ' | 'ჽ'..='ჿ' => rune,
        _ => to_upper(rune),
    }
}

/// Greek letters with an iota below: one rune in Go's mapping, two in the full one.
fn iota(rune: char) -> char {
    let code = match rune as u32 {
        code @ (0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7) => code + 8,
        0x1fb3 => 0x1fbc,
        0x1fc3 => 0x1fcc,
        0x1ff3 => 0x1ffc,
        code => code,
    };
    char::from_u32(code).unwrap_or(rune)
}
