//! The order of keys: go-yaml's sorter.go, where `a2` comes before `a10`.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

use super::emit::Dialect;

/// Sorts as `less` says, which need not be an order: the library's sorts may panic then.
pub(super) fn sort<T: Copy>(items: &mut Vec<T>, less: &impl Fn(&T, &T) -> bool) {
    const SHORT: usize = 12;
    if items.len() > SHORT {
        let mut right = items.split_off(items.len() / 2);
        sort(items, less);
        sort(&mut right, less);
        *items = merge(items, &right, less);
        return;
    }
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && less(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

fn merge<T: Copy>(mut left: &[T], mut right: &[T], less: &impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
        if less(second, first) {
            merged.push(*second);
            right = right_rest;
        } else {
            merged.push(*first);
            left = left_rest;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    merged
}

/// Whether one key comes before another.
pub(super) fn less(a: &[u8], b: &[u8], dialect: Dialect) -> bool {
    let common = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    match (a.get(common), b.get(common)) {
        (Some(x), Some(y)) if x.is_ascii_alphabetic() && y.is_ascii_alphabetic() => return x < y,
        (None, _) => return b.len() > common,
        (_, None) => return false,
        _ => {}
    }
    if a.is_ascii() && b.is_ascii() {
        return less_from(&Ascii(a), &Ascii(b), common, dialect);
    }
    let (a, b) = (String::from_utf8_lossy(a), String::from_utf8_lossy(b));
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let common = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    less_from(&Wide(&a), &Wide(&b), common, dialect)
}

/// Characters by their index.
trait Characters {
    fn at(&self, index: usize) -> Option<char>;
}

struct Ascii<'a>(&'a [u8]);

impl Characters for Ascii<'_> {
    fn at(&self, index: usize) -> Option<char> {
        self.0.get(index).copied().map(char::from)
    }
}

struct Wide<'a>(&'a [char]);

impl Characters for Wide<'_> {
    fn at(&self, index: usize) -> Option<char> {
        self.0.get(index).copied()
    }
}

fn less_from<C: Characters>(a: &C, b: &C, index: usize, dialect: Dialect) -> bool {
    let (x, y) = match (a.at(index), b.at(index)) {
        (Some(x), Some(y)) => (x, y),
        (x, y) => return x.is_none() && y.is_some(),
    };
    match (is_letter(x), is_letter(y)) {
        (true, true) => return x < y,
        (false, false) => {}
        (is_first, is_second) => {
            let behind_digit = index > 0 && a.at(index - 1).is_some_and(is_digit);
            return if dialect == Dialect::V3 && behind_digit { is_first } else { is_second };
        }
    }
    // zeros behind other digits count
    let is_nonzero = |it: char| it != '0';
    let counts = (x == '0' || y == '0') && (0..index).rev().map_while(|it| a.at(it).filter(|it| is_digit(*it))).any(is_nonzero);
    let (x_end, x_number) = run(a, index, i64::from(counts));
    let (y_end, y_number) = run(b, index, i64::from(counts));
    x_number.cmp(&y_number).then(x_end.cmp(&y_end)).then(x.cmp(&y)) == Ordering::Less
}

fn run<C: Characters>(text: &C, start: usize, mut number: i64) -> (usize, i64) {
    let mut at = start;
    while let Some(digit) = text.at(at).filter(|it| is_digit(*it)) {
        number = number.wrapping_mul(10).wrapping_add(i64::from(u32::from(digit)) - i64::from(u32::from('0')));
        at += 1;
    }
    (at, number)
}

fn is_letter(character: char) -> bool {
    static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{L}").ok());
    character.is_ascii_alphabetic() || !character.is_ascii() && is_one_of(LETTER.as_ref(), character)
}

fn is_digit(character: char) -> bool {
    static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{Nd}").ok());
    character.is_ascii_digit() || !character.is_ascii() && is_one_of(DIGIT.as_ref(), character)
}

fn is_one_of(class: Option<&Regex>, character: char) -> bool {
    class.is_some_and(|it| it.is_match(character.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_natural_order() {
        let mut keys = vec!["b", "a10", "a2", "a", "_x", "1", "10", "2", "é", "a-b", "a_b", "aB", "ab", "a01", "a1b", "z"];
        sort(&mut keys, &|a, b| less(a.as_bytes(), b.as_bytes(), Dialect::V2));
        assert_eq!(keys, ["_x", "1", "2", "10", "a", "a-b", "a_b", "a1b", "a01", "a2", "a10", "aB", "ab", "b", "z", "é"]);
    }
}
