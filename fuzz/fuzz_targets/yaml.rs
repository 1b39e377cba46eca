//! YAML: what is read is written so that it is read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::codec::json::to_json;
use portcullis::codec::yaml::{from_yaml, to_yaml};

fuzz_target!(|text: &[u8]| {
    if let Ok(text) = std::str::from_utf8(text) {
        drop(portcullis::yaml::parse(text));
    }
    let Ok(value) = from_yaml(text) else { return };
    let (Ok(json), Ok(written)) = (to_json(&value), to_yaml(&value)) else { return };
    let again = from_yaml(&written).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&written)));
    // go-yaml takes the other breaks of Unicode for line breaks where it reads, and not where it writes: they get lost.
    if ["\u{85}", "\u{2028}", "\u{2029}"].iter().any(|it| String::from_utf8_lossy(&written).contains(it)) {
        return;
    }
    assert_eq!(to_json(&again).as_deref(), Ok(&*json), "{}", String::from_utf8_lossy(&written));
});
