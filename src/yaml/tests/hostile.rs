//! Texts that are made to take all time or memory: each is read, or refused, soon and within bounds.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;

/// Reads on a thread with the stack of a worker, as the default of the main thread would hide an overflow.
#[track_caller]
fn read(text: impl Into<String>) -> Vec<Document> {
    let text = text.into();
    let start = Instant::now();
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || parse(&text)).unwrap();
    let documents = thread.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "took {:?}", start.elapsed());
    documents
}

/// Returns the last document's error.
#[track_caller]
fn refused(text: impl Into<String>) -> String {
    read(text).pop().unwrap().error.unwrap().message
}

fn root(mut documents: Vec<Document>) -> Node {
    documents.pop().unwrap().root.unwrap()
}

#[test]
fn bombs_of_aliases_are_refused() {
    let mut exponential = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for index in 1..20 {
        let aliases = vec![format!("*a{}", index - 1); 9].join(", ");
        writeln!(exponential, "a{index}: &a{index} [{aliases}]").unwrap();
    }
    assert_eq!(refused(exponential), "document contains excessive aliasing");
    let quadratic = format!("a: &a [{}]\nb:\n{}", "x,".repeat(10_000), "- *a\n".repeat(10_000));
    assert_eq!(refused(quadratic), "document contains excessive aliasing");
    let long_text = format!("a: &a {}\nb:\n{}", "x".repeat(1 << 20), "- *a\n".repeat(10_000));
    assert_eq!(refused(long_text), "document contains excessive aliasing");
    let merges = format!(
        "a: &a {{{}}}\nb:\n{}",
        (0..10_000).fold(String::new(), |all, it| all + &format!("k{it}: v, ")),
        "- <<: *a\n".repeat(10_000)
    );
    assert_eq!(refused(merges), "document contains excessive aliasing");
}

#[test]
fn nested_anchors_are_copied_only_for_aliases() {
    let open: String = (0..200).fold(String::new(), |all, it| all + &format!("&a{it} ["));
    let text = format!("{open}{}{}", "x,".repeat(100_000), "]".repeat(200));
    assert!(read(&*text)[0].error.is_none());
    let aliases: String = (0..200).fold(String::new(), |all, it| all + &format!("# *a{it}\n"));
    assert_eq!(refused(format!("{aliases}{text}")), "document contains excessive aliasing");
}

#[test]
fn towers_of_aliases_are_refused() {
    let mut tower = "- &a0 [x]\n".to_owned();
    for index in 1..100 {
        writeln!(tower, "- &a{index} {}*a{}{}", "[".repeat(100), index - 1, "]".repeat(100)).unwrap();
    }
    assert_eq!(refused(tower), "nested too deeply");
}

#[test]
fn deep_nesting_is_refused() {
    for text in ["[", "{a: ", "- ", "? ", "[a: ", "{? ", "- [", "&a [", "!x {a: "] {
        let documents = read(text.repeat(100_000));
        assert!(documents[0].error.is_some(), "{text}");
    }
    let staircase = (0..2_000).fold(String::new(), |all, depth| all + &" ".repeat(depth) + "a:\n");
    assert_eq!(refused(staircase), "nested too deeply");
    let deep = format!("{}x{}", "[".repeat(256), "]".repeat(256));
    assert!(read(deep)[0].error.is_none());
}

#[test]
fn many_documents_are_read() {
    assert_eq!(read("---\na: b\n".repeat(100_000)).len(), 100_000);
}

#[test]
fn millions_of_values_are_refused() {
    for (first, rest) in [("[", "a,"), ("", "- a: b\n"), ("{", "a,")] {
        let documents = read(format!("{first}{}\n---\nleft: out\n", rest.repeat(2_000_000)));
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0].error.as_ref().unwrap().message, "too many values", "{rest}");
    }
}

#[test]
fn long_lines_and_scalars_are_read() {
    let long = "word ".repeat(1_000_000);
    assert_eq!(root(read(format!("a: {long}"))).get("a").unwrap().str(), Some(long.trim_end()));
    assert_eq!(root(read(format!("a: '{long}'"))).get("a").unwrap().str(), Some(&*long));
    assert_eq!(root(read(format!("# {long}\na: 1"))).get("a").unwrap().int(), Some(1));
    assert_eq!(root(read(format!("a: |\n  {long}\n"))).get("a").unwrap().str().map(str::len), Some(long.len() + 1));
    assert!(read(format!("a: \"{long}"))[0].error.is_some());
    for text in ["a: >\n", "a: |\n", "a:\n", "a: \"", "a: '"] {
        read(format!("{text}{}", "  x\n\n".repeat(500_000)));
    }
    for blank in [" ", "\t", "\n", "\r", "\u{2028}", "#\n"] {
        read(format!("a: b\n{}c: d", blank.repeat(1_000_000)));
    }
    read(format!("{}: b", "a".repeat(1_000_000)));
}

#[test]
fn many_keys_take_linear_time() {
    let mut text = String::new();
    for index in 0..300_000 {
        writeln!(text, "k{index}: v").unwrap();
    }
    text.push_str("k7: w\n");
    let documents = read(text);
    assert_eq!(documents[0].duplicates.len(), 1);
    let equal = read("k: v\n".repeat(300_000));
    assert_eq!(equal[0].duplicates.len(), 299_999);
    assert!(equal[0].duplicates.iter().all(|duplicate| duplicate.kept.line == 300_000));
}

#[test]
fn huge_numbers_are_read_soon() {
    let digits = "9".repeat(1_000_000);
    for text in [digits.clone(), format!("0.{digits}"), format!("1e{digits}"), format!("0x{digits}"), "1_".repeat(1_000_000)] {
        assert!(!root(read(text)).is_mapping());
    }
}

#[test]
fn texts_without_content_have_none() {
    for text in ["", "\u{feff}", "\n", "# c", "---", "\r\n", "%YAML 1.1\n---\n", "---\n...\n---\n"] {
        assert!(read(text).iter().all(|document| document.root.is_none() && document.error.is_none()), "{text:?}");
    }
    assert!(read("\0")[0].error.is_some());
}
