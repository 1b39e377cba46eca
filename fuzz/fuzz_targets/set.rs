//! The `--set` family: any text gives values or a sentence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::chart::{HelmVersion, SetKind, read_values, user_values};

const FLAGS: [SetKind; 5] = [SetKind::Set, SetKind::SetString, SetKind::SetJson, SetKind::SetLiteral, SetKind::SetFile];

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    let base: &[u8] = b"{a: {b: [1, {c: d}]}, list: [x], text: t}";
    // Several flags, one a line, each in the values that the ones before left.
    let sets: Vec<(SetKind, &str)> =
        text.lines().enumerate().map(|(at, line)| (FLAGS[(usize::from(choice) + at) % FLAGS.len()], line)).collect();
    let read = |path: &str| if path.len() > 3 { Err("no such file".to_owned()) } else { Ok(path.as_bytes().to_vec()) };
    for helm in [HelmVersion::V3, HelmVersion::V4] {
        let Ok(file) = read_values("values.yaml", base, helm) else { continue };
        _ = user_values(&[&file], &sets, &read, helm);
    }
});
