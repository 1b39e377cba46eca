//! YAML streams from random values in random styles: mostly what charts and `toYaml` write, at times what nobody should.
//!
//! Left out: two keys of one mapping with the same text but another type, such as 80 and '80', of which Go takes a random one;
//! more than the reader's bounds, where Go has its own: nesting beyond 256 levels, millions of values; a second byte order mark at
//! the start, for which Go drops the first character of lines below.
//!
//! Chance seldom makes what is read differently on purpose: a broken date behind `!!timestamp` is a text, and a null key is an error
//! even in a mapping that an equal key replaces.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;

/// A value with its style.
#[derive(Debug, Clone)]
enum Sketch {
    /// A scalar or a flow collection on one line.
    Inline(String),
    /// With what stands behind its indicator, and its lines.
    Block(String, Vec<String>),
    /// What begins, separates and ends the lines of a quoted or plain scalar, or of a flow collection.
    Lines(Vec<String>),
    List(Layout, Vec<Self>),
    Map(Layout, Vec<(String, Self)>),
}

#[derive(Debug, Clone)]
struct Layout {
    /// Columns further right than the collection around it; a list may have none.
    indent: usize,
    /// An anchor or a tag.
    property: String,
    /// Stands on the lines before some entries.
    comment: String,
    /// Behind `:` and `-`.
    space: &'static str,
}

const WORDS: &str = "\
    nginx:1.25¦http://a.b:80/c?d=e#f¦80/tcp¦128Mi¦100m¦app.kubernetes.io/name¦a b  c¦it's¦say \"x\"¦{{ x }}¦$(VAR)¦\
    /var/run¦a#b¦a: b¦x:¦-x¦--flag=1¦a, b¦é ü¦0.0.0.0:80¦*¦*.example.com¦sha256:00ff¦v1¦apps/v1¦ClusterIP¦-¦?¦?x¦:x¦\
    a\tb¦100%¦%x¦@x¦`x`¦#x¦a #b¦tab\t#c¦&x y¦!x y¦|¦>";

const ODD: &str = "\
    yes¦No¦on¦OFF¦y¦n¦true¦FALSE¦~¦null¦Null¦NULL¦nULL¦¦0777¦0o17¦0x1F¦0b1¦0b-1¦1_000¦12:30:00¦1:20¦190:20:30.15¦1e3¦\
    1E3¦1e+3¦.5¦-.5¦+.5¦5.¦.¦..¦._1¦.5_0¦1_0.5¦-0¦+1¦+0x1¦-0x1¦00¦08¦019¦1e400¦-1e400¦9223372036854775807¦\
    9223372036854775808¦-9223372036854775808¦-9223372036854775809¦18446744073709551615¦18446744073709551616¦\
    99999999999999999999999¦0x8000000000000000¦+9223372036854775808¦1.0¦1.50¦1e6¦1e21¦0.1¦123456789.125¦2001-12-14¦\
    2001-12-14t21:59:43.10-05:00¦2001-1-1¦=¦<<¦.inf¦-.INF¦.nan¦_1¦1_¦1__0¦- a¦0_7¦0x_1¦1.2.3¦1k¦0x¦0b2¦1e¦e1¦+¦--1¦inf¦\
    NaN¦0x1p3¦0X1f¦0B1¦0O7";

const QUOTED: &str = "\
    'it''s'¦''¦\"\"¦\"a\\nb\"¦\"\\u00e9\\x41\\U0001F600\"¦\"\\/\"¦\"\\ud83d\"¦\"\\e\\_\\N\\L\\P\\0\"¦\"\\\t\"¦\
    \"a\\'b\"¦\"\\q\"¦'\\n'¦\"80\"¦'yes'¦\"a\tb\"¦'a # b'¦\"a: b\"¦\"\u{85}\"¦'a\u{2028}b'¦\"\\xZZ\"";

const TAGGED: &str = "\
    !!str 80¦!!int 80¦!!int '80'¦!!int x¦!!float 1¦!!float '1.5'¦!!bool yes¦!!null ''¦!!null x¦!!str¦!!str null¦! 80¦\
    !local 80¦!!binary aGVsbG8=¦!!binary x¦!<tag:yaml.org,2002:str> 80¦!e!x 80¦!!timestamp 2001-12-14¦!!set {a, b}¦\
    !!map [a]¦!!merge a¦! '<<'¦!%41 b¦!!% x¦!a{b} c";

const FLOW: &str = "\
    []¦{}¦[ ]¦[a, b]¦[1, '2', \"3\"]¦{a: 1, b: [c]}¦{a, b: , c: ~}¦[a, ]¦[a: b, c]¦[{a: b}]¦\
    {\"a\":1,\"b\":[true,null]}¦{a:}¦{a:1}¦[?a]¦[-]¦[- a]¦[a b, c]¦{? a : b}¦[a]#c¦{a: 'b'} # c¦[,]¦{,}¦[a¦{a: b¦[a]]¦\
    {*a: b}¦[*a, *b]¦{<<: *a, z: 1}¦{z: 1, <<: *a}¦[]: x¦{}: x¦[a]: x¦{a: b}: x¦[http://a:80]¦{a: http://b}¦{a: b:c}¦\
    [a:b]¦[\"a\":b]¦{'a':b}¦[a\t,\tb]¦[@a]¦{a: &c 1, b: *c}¦[&d a, *d]¦{a: [}¦[':']¦[::]¦{80: a, 1.5: b, yes: c}¦\
    {~: a}¦{1e6: a, 1e-5: b, 0.1: c, 123456789: d, 16777217.0: e}¦{18446744073709551615: a}¦{.inf: a}¦{a: 1, a: 2}";

fn regex(pattern: &str) -> BoxedStrategy<String> {
    string_regex(pattern).unwrap().boxed()
}

fn one_of(texts: &'static str) -> BoxedStrategy<String> {
    select(texts.split('¦').collect::<Vec<_>>()).prop_map(str::to_owned).boxed()
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn inline() -> BoxedStrategy<String> {
    prop_oneof![
        60 => regex("[a-z][a-z0-9./-]{0,12}"),
        30 => regex("[1-9][0-9]{0,4}"),
        12 => one_of(WORDS).prop_map(|text| quote(&text)),
        12 => one_of(WORDS).prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        40 => one_of(ODD),
        4 => one_of(ODD).prop_map(|text| quote(&text)),
        3 => one_of(WORDS),
        3 => one_of(QUOTED),
        2 => one_of(TAGGED),
        4 => one_of(FLOW),
        2 => select(&["*a", "*b", "*c", "&c x", "&c", "&a.b c", "&é x", "*a:"][..]).prop_map(str::to_owned),
        1 => regex("[-a :#,?&*!|>'\"%@`{}\\[\\]\\\\\t\u{85}\u{2028}]{1,8}"),
    ]
    .boxed()
}

fn line() -> BoxedStrategy<String> {
    prop_oneof![
        8 => regex("[ -~é]{0,20}"),
        2 => Just(String::new()),
        2 => regex("[ \t]{0,3}[a-z#:-]{0,5}[ \t]{0,2}"),
        1 => select(&["---", "...", "# c", "key: value", "- a", "\u{2028}x\u{85}y", "x\\", "'", "\"", "]", "}"][..]).prop_map(str::to_owned),
    ]
    .boxed()
}

fn layout() -> impl Strategy<Value = Layout> {
    let property = prop_oneof![40 => Just(""), 1 => Just("&b"), 1 => Just("!!map"), 1 => Just("&c !x"), 1 => Just("!!seq &c")];
    let comment = prop_oneof![40 => Just(""), 3 => Just("# a comment"), 1 => Just("\t# tab"), 1 => Just(" "), 1 => Just("\t"), 1 => Just("#x\n\n")];
    let space = prop_oneof![90 => Just(" "), 2 => Just("  "), 2 => Just("\t"), 1 => Just(" \t")];
    (0_usize..4, property, comment, space).prop_map(|(indent, property, comment, space)| Layout {
        indent,
        property: property.to_owned(),
        comment: comment.to_owned(),
        space,
    })
}

fn key() -> BoxedStrategy<String> {
    prop_oneof![
        90 => regex("[a-z][a-zA-Z0-9./-]{0,10}"),
        2 => regex("[a-z]{1,3}").prop_map(|key| format!("\"{key}\"")),
        2 => select(&["80", "yes", "1.5", "0x1F", "'a b'", "a b", "\"a\\tb\"", "? a", "1e6", "~", "-a", "*c ", "&c k", "!!str k", "''", "k ", "2001-01-01", "="][..])
            .prop_map(str::to_owned),
        1 => Just("<<".to_owned()),
    ]
    .boxed()
}

fn value() -> impl Strategy<Value = Sketch> {
    let header = select(&["|", "|", "|-", "|+", ">", ">-", ">+", "|2", "|1-", ">+3", "| # c", "|9", "|0", "|x"][..]);
    let leaf = prop_oneof![
        20 => inline().prop_map(Sketch::Inline),
        3 => (header, prop::collection::vec(line(), 0..5)).prop_map(|(header, lines)| Sketch::Block(header.to_owned(), lines)),
        1 => (select(&["'", "\"", ""][..]), prop::collection::vec(regex("[a-z0-9]{0,4}[ \t]{0,2}[a-z]{0,3}"), 1..5)).prop_map(|(quote, mut lines)| {
            lines[0].insert_str(0, quote);
            lines.last_mut().unwrap().push_str(quote);
            Sketch::Lines(lines)
        }),
        1 => prop::collection::vec(inline(), 0..4).prop_map(|items| {
            let items = items.into_iter().map(|item| format!("  {item},"));
            Sketch::Lines(std::iter::once("[".to_owned()).chain(items).chain(["]".to_owned()]).collect())
        }),
    ];
    leaf.prop_recursive(5, 24, 5, |inner| {
        prop_oneof![
            2 => (layout(), prop::collection::vec(inner.clone(), 1..4)).prop_map(|(layout, items)| Sketch::List(layout, items)),
            3 => (layout(), prop::collection::vec((key(), inner), 1..5)).prop_map(|(layout, entries)| Sketch::Map(layout, entries)),
        ]
    })
}

impl Sketch {
    /// Writes what stands behind a `:` or `-` of a collection in a column, or at the start of a document.
    fn write(&self, out: &mut String, space: &str, column: usize, in_map: bool) {
        match self {
            Self::Inline(text) if text.is_empty() => out.push('\n'),
            Self::Inline(text) => out.extend([space, text, "\n"]),
            Self::Block(header, lines) => {
                out.extend([space, header, "\n"]);
                for line in lines {
                    let indent = if line.is_empty() { 0 } else { column + 2 };
                    out.extend([&" ".repeat(indent), line, "\n"]);
                }
            }
            Self::Lines(lines) => out.extend([space, &lines.join(&format!("\n{:column$} ", "")), "\n"]),
            Self::List(layout, items) => {
                let column = column + if in_map { layout.indent } else { layout.indent.max(1) };
                layout.open(out, space);
                for (index, item) in items.iter().enumerate() {
                    layout.indent(out, column, index);
                    out.push('-');
                    item.write(out, layout.space, column, false);
                }
            }
            Self::Map(layout, entries) => {
                let column = column + layout.indent.max(1);
                layout.open(out, space);
                for (index, (key, value)) in entries.iter().enumerate() {
                    layout.indent(out, column, index);
                    out.extend([key, ":"]);
                    value.write(out, layout.space, column, true);
                }
            }
        }
    }
}

impl Layout {
    fn open(&self, out: &mut String, space: &str) {
        out.extend(if self.property.is_empty() { ["", "", "\n"] } else { [space, &self.property, "\n"] });
    }

    fn indent(&self, out: &mut String, column: usize, index: usize) {
        if index % 2 == 1 && !self.comment.is_empty() {
            out.extend([&self.comment, "\n"]);
        }
        out.push_str(&" ".repeat(column));
    }
}

/// One document; most have anchors to refer to.
fn document() -> impl Strategy<Value = String> {
    let head = prop_oneof![20 => Just("---"), 2 => Just("--- # c"), 1 => Just("# c\n---"), 1 => Just("...\n---"), 1 => Just("%YAML 1.1\n---"),
        1 => Just("...\n# c\n%TAG !e! tag:e,2000:\n---"), 1 => Just("---\t"), 1 => Just("%YAML 1.2\n---")];
    let tail = prop_oneof![20 => Just(""), 1 => Just("...\n"), 1 => Just("... # c\nrest: [\n"), 1 => Just("# c\n"), 1 => Just("\t\n"), 1 => Just("\n  \n")];
    let soup = regex("[-a0 :#,?&*!|>'\"%{}\\[\\]\n]{1,12}").prop_map(|text| format!("{text}\n"));
    let body = prop_oneof![
        12 => value().prop_map(|value| {
            let mut out = "base: &a {k: v, l: 2}\nlist: &b [x, 1]\nscalar: &c word".to_owned();
            Sketch::Map(Layout { indent: 0, property: String::new(), comment: String::new(), space: " " }, vec![("top".to_owned(), value)])
                .write(&mut out, " ", 0, true);
            out.replace("\n top:", "\ntop:")
        }),
        3 => value().prop_map(|value| {
            let mut out = String::new();
            value.write(&mut out, "", 0, true);
            out
        }),
        2 => soup,
    ];
    (head, body, tail).prop_map(|(head, body, tail)| format!("{head}\n{body}{tail}"))
}

/// A stream of documents, at times with other line ends, and at times with one character too many or one missing.
pub(super) fn stream() -> impl Strategy<Value = String> {
    let documents = prop::collection::vec(document(), 1..4);
    let extra = select("\t\r\n :-#\"'{}[],?!&*|>%@\\\u{85}\u{2028}\u{feff}\0\u{7f}a0".chars().collect::<Vec<_>>());
    let change = prop_oneof![3 => Just(None), 1 => (any::<prop::sample::Index>(), prop::option::of(extra)).prop_map(Some)];
    (documents, change, 0..16_u8, any::<bool>()).prop_map(|(documents, change, ends, bare)| {
        let mut text = documents.concat();
        if bare {
            text = text.strip_prefix("---\n").unwrap_or(&text).to_owned();
        }
        if let Some((index, extra)) = change {
            let place = text.char_indices().nth(index.index(text.chars().count())).map_or(0, |(place, _)| place);
            match extra {
                Some(extra) => text.insert(place, extra),
                None => _ = text.remove(place),
            }
        }
        match ends {
            0 => text.replace('\n', "\r\n"),
            1 if !text.starts_with('\u{feff}') => format!("\u{feff}{text}"),
            2 | 3 => text.trim_end().to_owned(),
            4 => text.trim_end_matches('\n').to_owned(),
            5 => text.replace('\n', "\r"),
            _ => text,
        }
    })
}
