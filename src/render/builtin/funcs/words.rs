//! Snake, kebab and camel case: xstrings' convert.go, followed literally, as its rules are its code.

use super::unicode::{is_letter, is_number, is_punct, is_space, is_upper, rune, runes, to_lower, to_upper};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punct,
    Other,
}

fn is_connector(rune: char) -> bool {
    matches!(rune, '-' | '_') || is_space(rune)
}

/// xstrings' `isAlphabet`: a letter, but no Chinese one.
fn is_alphabet(rune: char) -> bool {
    let chinese = matches!(rune, '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}');
    is_letter(rune) && !chinese
}

/// `ToPascalCase`.
pub(super) fn pascal_case(text: &[u8]) -> String {
    let mut runes = runes(text).map(|(.., it)| it).peekable();
    let mut out = String::new();
    let mut first_is_upper = false;
    let mut current = None;
    while let Some(rune) = runes.next() {
        current = Some(rune);
        if !is_connector(rune) {
            first_is_upper = is_upper(rune);
            current = Some(to_upper(rune));
            break;
        }
        if runes.peek().is_some() {
            out.push(rune);
        }
    }
    let Some(mut current) = current else { return out };
    if is_connector(current) {
        // Only connectors: the last one is written twice, the second time as the only rune that is left.
        if !out.is_empty() || text.len() == current.len_utf8() {
            out.push(current);
        }
        out.push(current);
        return out;
    }
    for next in runes {
        let last = std::mem::replace(&mut current, next);
        if is_connector(current) && is_connector(last) {
            out.push(last);
            continue;
        }
        if is_connector(last) {
            first_is_upper = is_upper(current);
            current = to_upper(current);
            continue;
        }
        if first_is_upper {
            if is_upper(current) {
                current = to_lower(current);
            } else {
                first_is_upper = false;
            }
        }
        out.push(last);
    }
    out.push(current);
    out
}

/// `ToSnakeCase` and `ToKebabCase`.
pub(super) fn separated(text: &[u8], connector: char) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut kind, mut word, mut rest) = next_word(text);
    while !rest.is_empty() {
        if kind != Word::Connector {
            write(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word, rest) = next_word(rest);
        match before {
            Word::Number => {
                (kind, word, rest) = write_tail(&mut out, (kind, word, rest), connector);
                connect(&mut out, kind, connector, true);
            }
            Word::Connector => write(&mut out, before, last, connector),
            Word::Punct => {}
            _ if kind != Word::Number => connect(&mut out, kind, connector, false),
            _ if rest.is_empty() => {}
            _ => {
                let last = word;
                (kind, word, rest) = next_word(rest);
                if kind == Word::Alphabet {
                    // A number before lower case letters is a word with them: "http_2xx".
                    push(&mut out, connector);
                    write(&mut out, Word::Number, last, connector);
                    (kind, word, rest) = write_tail(&mut out, (kind, word, rest), connector);
                    connect(&mut out, kind, connector, true);
                } else {
                    write(&mut out, Word::Number, last, connector);
                    connect(&mut out, kind, connector, false);
                }
            }
        }
    }
    write(&mut out, kind, word, connector);
    out
}

type Next<'a> = (Word, &'a [u8], &'a [u8]);

/// Writes the letters and numbers that come next.
fn write_tail<'a>(out: &mut Vec<u8>, mut next: Next<'a>, connector: char) -> Next<'a> {
    while matches!(next.0, Word::Alphabet | Word::Number) {
        write(out, next.0, next.1, connector);
        next = next_word(next.2);
    }
    next
}

fn connect(out: &mut Vec<u8>, before: Word, connector: char, valid: bool) {
    if !(matches!(before, Word::Connector | Word::Punct) || valid && before == Word::Invalid) {
        push(out, connector);
    }
}

fn push(out: &mut Vec<u8>, rune: char) {
    out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
}

fn write(out: &mut Vec<u8>, kind: Word, word: &[u8], connector: char) {
    if !matches!(kind, Word::Upper | Word::Connector) {
        out.extend_from_slice(word);
        return;
    }
    for (.., it) in runes(word) {
        push(
            out,
            if is_connector(it) {
                connector
            } else if is_upper(it) {
                to_lower(it)
            } else {
                it
            },
        );
    }
}

/// Returns the next rune that is valid, or the one before, and how many bytes were read.
fn next_valid(text: &[u8], before: char) -> (char, usize) {
    let mut size = 0;
    while let Some(rest) = text.get(size..).filter(|it| !it.is_empty()) {
        let (found, length) = rune(rest);
        size += length;
        if found != char::REPLACEMENT_CHARACTER {
            return (found, size);
        }
    }
    (before, size)
}

/// Goes on while a test holds; returns the offset after it, the last rune read, and the size of the last that held.
fn scan(text: &[u8], mut at: usize, mut last: char, mut size: usize, holds: impl Fn(char) -> bool) -> (usize, char, usize) {
    while at < text.len() {
        let (next, length) = next_valid(&text[at..], last);
        last = next;
        if !holds(next) {
            break;
        }
        size = length;
        at += length;
    }
    (at, last, size)
}

fn next_word(text: &[u8]) -> Next<'_> {
    if text.is_empty() {
        return (Word::Invalid, text, text);
    }
    let (first, size) = next_valid(text, char::REPLACEMENT_CHARACTER);
    let lower = |it: char| is_alphabet(it) && !is_upper(it);
    let other = |it: char| !(is_connector(it) || is_alphabet(it) || is_number(it) || is_punct(it));
    let (kind, end) = match first {
        char::REPLACEMENT_CHARACTER => (Word::Invalid, size),
        it if is_connector(it) => (Word::Connector, scan(text, size, it, size, is_connector).0),
        it if is_punct(it) => (Word::Punct, scan(text, size, it, size, is_punct).0),
        it if is_upper(it) => (Word::Upper, upper_word(text, size, it)),
        it if is_alphabet(it) => (Word::Alphabet, scan(text, size, it, size, lower).0),
        it if is_number(it) => (Word::Number, scan(text, size, it, size, is_number).0),
        it => (Word::Other, scan(text, size, it, size, other).0),
    };
    let (word, rest) = text.split_at(end);
    (kind, word, rest)
}

/// Returns where a word that starts in upper case ends: `HTTPStatus` is `HTTP` and `Status`.
fn upper_word(text: &[u8], size: usize, first: char) -> usize {
    if size >= text.len() {
        return size;
    }
    let (second, length) = next_valid(&text[size..], first);
    if is_upper(second) {
        let (end, last, held) = scan(text, size + length, second, length, is_upper);
        return if end < text.len() && is_alphabet(last) { end - held } else { end };
    }
    if is_alphabet(second) {
        return scan(text, size + length, second, length, |it| is_alphabet(it) && !is_upper(it)).0;
    }
    size
}
