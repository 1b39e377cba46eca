//! What templates see of sprig. The expected texts are Go's, without what a nil prints as: Helm drops it.

use super::rendering::{check, rendered};
use crate::gotemplate::func::Reason;

#[test]
fn strings_are_searched_cut_and_put_together() {
    check(&[
        (r#"{{ "foobar" | contains "oba" }} {{ hasPrefix "foo" "foobar" }} {{ hasSuffix "foo" "foobar" }}"#, "true true false"),
        (r#"{{ "a.b.c" | replace "." "-" }} {{ replace "" "-" "äb" }} {{ replace "x" "y" "abc" }}"#, "a-b-c -ä-b- abc"),
        (r#"{{ repeat 3 "ab" }}|{{ repeat 0 "ab" }}"#, "ababab|"),
        (r#"{{ repeat -1 "ab" }}"#, "! repeat: strings: negative Repeat count"),
        (
            r#"{{ trim " \u00a0a b\n" }}|{{ trimAll "$-" "-$a$-b$" }}|{{ trimPrefix "v" "vv1" }}|{{ trimSuffix "-" "a--" }}"#,
            "a b|a$-b|v1|a-",
        ),
        (
            r#"{{ trunc 3 "abcdef" }} {{ trunc -3 "abcdef" }} {{ trunc 9 "abc" }} {{ trunc -9 "abc" }} {{ trunc 0 "abc" }}|"#,
            "abc def abc abc |",
        ),
        (r#"{{ trunc 2 "aä" | printf "%q" }}"#, r#""a\xc3""#),
        (
            r#"{{ substr 1 3 "abcdef" }} {{ substr -1 2 "abcdef" }} {{ substr 2 -1 "abcdef" }} {{ substr 2 99 "abcdef" }}"#,
            "bc ab cdef cdef",
        ),
        (r#"{{ substr -1 9 "abc" }}"#, "! substr: runtime error: slice bounds out of range [:9] with length 3"),
        (r#"{{ substr 9 -1 "abc" }}"#, "! substr: runtime error: slice bounds out of range [9:3]"),
        (r#"{{ substr 3 1 "abc" }}"#, "! substr: runtime error: slice bounds out of range [3:1]"),
        (r#"{{ substr -1 -2 "abc" }}"#, "! substr: runtime error: slice bounds out of range [:-2]"),
        (r#"{{ plural "one" "many" 1 }} {{ plural "one" "many" 0 }}"#, "one many"),
        (
            r#"{{ split "," "a,b,c" }} {{ (split "," "a,b")._1 }} {{ splitn "," 2 "a,b,c" }} {{ splitn "," 0 "a,b" }}"#,
            "map[_0:a _1:b _2:c] b map[_0:a _1:b,c] map[]",
        ),
        (
            r#"{{ splitList "," "a,b" }} {{ splitList "" "äb" | len }} {{ splitList "," "" | len }} {{ splitList "," "a" | typeOf }}"#,
            "[a b] 2 1 []string",
        ),
    ]);
}

#[test]
fn lines_are_indented_wrapped_and_shortened() {
    check(&[
        (
            r#"{{ indent 2 "a\nb\n" | printf "%q" }} {{ nindent 2 "a\n\nb" | printf "%q" }} {{ indent 2 "" | printf "%q" }}"#,
            r#""  a\n  b\n  " "\n  a\n  \n  b" "  ""#,
        ),
        (r#"{{ indent -1 "a" }}"#, "! indent: strings: negative Repeat count"),
        (
            r#"{{ wrap 5 "the quick brown fox" | printf "%q" }} {{ wrap 3 "averylongword and more" | printf "%q" }}"#,
            r#""the\nquick\nbrown\nfox" "averylongword\nand\nmore""#,
        ),
        (
            r#"{{ wrapWith 4 "|" "averylongword is it" }} {{ wrap 0 "ab cd" | printf "%q" }}"#,
            r#"aver|ylon|gwor|d is|it "ab\ncd""#,
        ),
        (
            r#"{{ abbrev 5 "hello world" }} {{ abbrev 3 "hello" }} {{ abbrevboth 5 10 "1234 5678 9123" }} {{ abbrevboth 5 6 "hello world" }}"#,
            "he... hello ...5678... hello world",
        ),
        (
            r#"{{ initials "First Try of äll" }} {{ nospace "a b\tc" }} {{ nospace "ä b" | printf "%q" }} {{ nospace "àb" | printf "%q" }}"#,
            r#"FToÃ abc "Ã¤b" "Ãb""#,
        ),
    ]);
}

#[test]
fn case_follows_unicode_one_rune_for_one() {
    check(&[
        (
            r#"{{ upper "straße ŉ ǆ ᾳ" }} {{ lower "İSTANBUL ΑΣ" }} {{ title "hello wORLD foo_bar a-b ǆ" }} {{ untitle "Hello World" }}"#,
            "STRAßE ŉ Ǆ ᾼ istanbul ασ Hello WORLD Foo_bar A-B ǅ hello world",
        ),
        (
            r#"{{ swapcase "Hello World ABC" }} {{ camelcase "http_server-x  y" }} {{ camelcase "_complex__case_" }} {{ camelcase "GOLANG_IS_GREAT" }} {{ camelcase "_" }}"#,
            "hELLO wORLD abc HttpServerX Y _Complex_Case_ GolangIsGreat __",
        ),
        (
            r#"{{ snakecase "FirstName" }} {{ snakecase "HTTPServer" }} {{ snakecase "http2xx" }} {{ snakecase "Bld4Floor3rd" }} {{ kebabcase "HTTP20xOK" }} {{ kebabcase "GO PATH" }} {{ snakecase "a.B" }}"#,
            "first_name http_server http_2xx bld4_floor_3rd http-20x-ok go-path a.b",
        ),
    ]);
}

#[test]
fn anything_becomes_text_as_fmt_has_it() {
    check(&[
        (
            r#"{{ quote 1 "a\"b" nil true 1.5 }} {{ squote "a" 1 nil }} {{ quote }}|{{ quote nil }}|{{ quote 1e6 }}"#,
            r#""1" "a\"b" "true" "1.5" 'a' '1' ||"1e+06""#,
        ),
        (r#"{{ cat "a" 1 nil 2.50 }} {{ cat }}|{{ cat "%d" }}"#, "a 1 2.5 |%d"),
        (
            r#"{{ toString 1e6 }} {{ toString nil }} {{ toString (list 1 "a" nil) }} {{ toString (dict "b" 1 "a" (list)) }} {{ toString true }}"#,
            "1e+06 <nil> [1 a <nil>] map[a:[] b:1] true",
        ),
        (
            r#"{{ toStrings (list 1 nil "a") | printf "%q" }} {{ toStrings 5 | printf "%q" }} {{ toStrings nil | len }}"#,
            r#"["1" "a"] ["5"] 0"#,
        ),
        (
            r#"{{ join "," (list "a" nil 1 2.5) }} {{ join "," "a" }} {{ join "," nil }}|{{ join "-" (until 3) }} {{ join "," (dict "a" 1) }}"#,
            "a,1,2.5 a |0-1-2 map[a:1]",
        ),
    ]);
}

#[test]
fn numbers_are_cast() {
    check(&[
        (
            r#"{{ int "7" }} {{ int "7.00" }} {{ int "7.50" }} {{ int "010" }} {{ int "08" }} {{ int "0x1F" }} {{ int "1_000" }} {{ int "x" }} {{ int nil }} {{ int true }} {{ int -2.9 }} {{ int (list) }}"#,
            "7 7 0 8 0 31 1000 0 0 1 -2 0",
        ),
        (
            r#"{{ int64 "9223372036854775808" }} {{ int64 1e19 }} {{ float64 "1e3" }} {{ float64 "0x1p-2" }} {{ float64 "1_0.5" }} {{ float64 "x" }} {{ float64 "inf" }}"#,
            "0 -9223372036854775808 1000 0.25 10.5 0 +Inf",
        ),
        (
            r#"{{ atoi "12" }} {{ atoi "12.0" }} {{ atoi "99999999999999999999" }} {{ toDecimal "0755" }} {{ toDecimal 777 }} {{ toDecimal 8 }}"#,
            "12 0 9223372036854775807 493 511 0",
        ),
        (
            "{{ typeOf (int 1) }} {{ typeOf (int64 1) }} {{ typeOf (add 1 2) }} {{ typeOf (addf 1 2) }} {{ typeOf (until 2) }} {{ typeOf (floor 1) }}",
            "int int64 int64 float64 []int float64",
        ),
    ]);
}

#[test]
fn arithmetic_is_that_of_int64_and_of_decimals() {
    check(&[
        (
            r#"{{ add 1 2 "3" }} {{ add }} {{ sub 1 3 }} {{ mul 2 3 4 }} {{ div 7 -2 }} {{ mod -7 3 }} {{ add1 9223372036854775807 }}"#,
            "6 0 -2 24 -3 -1 -9223372036854775808",
        ),
        ("{{ div 1 0 }}", "! div: runtime error: integer divide by zero"),
        (r#"{{ mod 1 "x" }}"#, "! mod: runtime error: integer divide by zero"),
        (r#"{{ max 1 "5" 3.9 }} {{ min 1 -5 }} {{ biggest 2 }} {{ maxf 1 2.5 }} {{ minf 1 -2.5 "x" }}"#, "5 -5 2 2.5 -2.5"),
        (
            "{{ addf 0.1 0.2 }} {{ subf 1 0.9 }} {{ mulf 1.1 1.1 }} {{ divf 10 3 }} {{ divf 2 3 }} {{ divf -2 3 }} {{ add1f 0.1 }} {{ addf }}",
            "0.3 0.1 1.21 3.3333333333333335 0.6666666666666667 -0.6666666666666667 1.1 0",
        ),
        ("{{ divf 1 0 }}", "! divf: decimal division by 0"),
        (r#"{{ addf "inf" }}"#, "! addf: Cannot create a Decimal from +Inf"),
        (
            "{{ ceil 1.2 }} {{ floor -1.2 }} {{ round 2.5 0 }} {{ round 123.555 2 }} {{ round 123.5 -2 }} {{ round 1.5 0 0.6 }} {{ round -1.5 0 }}",
            "2 -2 3 123.56 100 1 -2",
        ),
        (
            "{{ until 3 }} {{ until -3 }} {{ untilStep 0 10 4 }} {{ untilStep 3 0 1 }} {{ untilStep 0 3 -1 }}",
            "[0 1 2] [0 -1 -2] [0 4 8] [] []",
        ),
        (
            "{{ seq 5 }}|{{ seq -2 }}|{{ seq 2 5 }}|{{ seq 0 2 6 }}|{{ seq 6 -2 0 }}|{{ seq 6 2 0 }}|{{ seq }}|{{ seq 0 }}|{{ seq 1 2 3 4 }}",
            "1 2 3 4 5|1 0 -1 -2|2 3 4 5|0 2 4 6|6 4 2 0|||1 0|",
        ),
    ]);
}

#[test]
fn lists_are_made_and_taken_apart() {
    check(&[
        (
            r#"{{ list 1 "a" nil }} {{ list | len }} {{ typeOf (list) }} {{ append (list 1) 2 }} {{ prepend (splitList "," "a,b") 1 }} {{ append (list) nil | len }}"#,
            "[1 a <nil>] 0 []interface {} [1 2] [1 a b] 1",
        ),
        ("{{ append nil 1 }}", "! append: runtime error: invalid memory address or nil pointer dereference"),
        (r#"{{ append "a" 1 }}"#, "! append: Cannot push on type string"),
        (
            "{{ first (list 1 2) }} {{ first (list) }} {{ last (list 1 2) }} {{ rest (list 1 2 3) }} {{ initial (list 1 2 3) }} {{ rest (list) | len }} {{ first (until 2) }}",
            "1  2 [2 3] [1 2] 0 0",
        ),
        ("{{ first nil }}", "! first: runtime error: invalid memory address or nil pointer dereference"),
        (r#"{{ first "abc" }}"#, "! first: Cannot find first on type string"),
        ("{{ mustLast (dict) }}", "! mustLast: Cannot find last on type map"),
        (
            r#"{{ reverse (list 1 2 3) }} {{ compact (list 0 1 "" "a" nil false (list)) }} {{ uniq (list 1 1.0 1 "1" (list 1) (list 1)) }} {{ without (list 1 2 3 2) 2 "3" }}"#,
            "[3 2 1] [1 a] [1 1 1 [1]] [1 3]",
        ),
        (
            r#"{{ has 1 (list 1 2) }} {{ has 1.0 (list 1 2) }} {{ has 1 nil }} {{ has "a" (splitList "," "a,b") }} {{ has (dict "a" 1) (list (dict "a" 1)) }}"#,
            "true false false true true",
        ),
        (r#"{{ has "a" "abc" }}"#, "! has: Cannot find has on type string"),
        (
            r#"{{ slice (list 1 2 3 4) 1 3 }} {{ slice (list 1 2 3) 1 }} {{ slice (splitList "," "a,b,c") 0 2 | typeOf }} {{ slice (list) 0 1 }}"#,
            "[2 3] [2 3] []string ",
        ),
        ("{{ slice (list 1 2) 0 5 }}", "! slice: reflect.Value.Slice: slice index out of bounds"),
        (
            r#"{{ concat (list 1) (splitList "," "a,b") (until 2) }} {{ concat | len }} {{ concat (list) | typeOf }}"#,
            "[1 a b 0 1] 0 []interface {}",
        ),
        (r#"{{ concat (list 1) "a" }}"#, "! concat: Cannot concat type string as list"),
        (
            "{{ chunk 2 (list 1 2 3) }} {{ chunk 2 (list 1 2 3) | typeOf }} {{ chunk 5 (list) }} {{ chunk -5 (list 1 2) }}",
            "[[1 2] [3]] [][]interface {} [] []",
        ),
        ("{{ chunk 0 (list 1) }}", "! chunk: runtime error: makeslice: len out of range"),
        (
            r#"{{ sortAlpha (list "b" 1 "a" nil) }} {{ sortAlpha "x" }} {{ $l := splitList "," "b,a" }}{{ $s := sortAlpha $l }}{{ $l }}"#,
            "[1 a b] [x] [a b]",
        ),
    ]);
}

#[test]
fn maps_are_read_and_changed_in_place() {
    check(&[
        (
            r#"{{ dict "a" 1 "b" }} {{ dict 1 2 nil 3 }} {{ get (dict "a" 1) "a" }} {{ get (dict) "a" | printf "%q" }}"#,
            r#"map[a:1 b:] map[1:2 <nil>:3] 1 """#,
        ),
        (
            r#"{{ $d := dict "a" 1 }}{{ $e := set $d "b" 2 }}{{ $d }} {{ $_ := unset $e "a" }}{{ $d }} {{ hasKey $d "a" }} {{ hasKey $d "b" }}"#,
            "map[a:1 b:2] map[b:2] false true",
        ),
        (
            r#"{{ pluck "a" (dict "a" 1) (dict "b" 2) (dict "a" nil) }} {{ keys (dict "b" 1 "a" 2) | sortAlpha }} {{ values (dict "a" 1) }}"#,
            "[1 <nil>] [a b] [1]",
        ),
        (r#"{{ pick (dict "a" 1 "b" 2) "a" "c" }} {{ omit (dict "a" 1 "b" 2) "a" "c" }}"#, "map[a:1] map[b:2]"),
        (
            r#"{{ dig "a" "b" "no" (dict "a" (dict "b" 1)) }} {{ dig "a" "c" "no" (dict "a" (dict "b" 1)) }} {{ dig "a" "no" (dict "a" nil) }}"#,
            "1 no ",
        ),
        (
            r#"{{ dig "a" "b" "no" (dict "a" 1) }}"#,
            "! dig: interface conversion: interface {} is int, not map[string]interface {}",
        ),
        (
            r#"{{ dig "a" "b" "no" (dict "a" nil) }}"#,
            "! dig: interface conversion: interface {} is nil, not map[string]interface {}",
        ),
        (r#"{{ dig "a" "no" "x" }}"#, "! dig: interface conversion: interface {} is string, not map[string]interface {}"),
        (r#"{{ dig "a" (dict) }}"#, "! dig: dig needs at least three arguments"),
        (r#"{{ dig 1 "no" (dict) }}"#, "! dig: interface conversion: interface {} is int, not string"),
        (
            r#"{{ $d := dict "a" (dict "b" (list 1)) }}{{ $c := deepCopy $d }}{{ $_ := set $c.a "x" 1 }}{{ $d }} {{ $c }}"#,
            "map[a:map[b:[1]]] map[a:map[b:[1] x:1]]",
        ),
        ("{{ deepCopy nil }}", "! deepCopy: reflect: call of reflect.Value.Type on zero Value"),
    ]);
}

#[test]
fn merging_fills_and_overwrites_and_shares() {
    check(&[
        (
            r#"{{ merge (dict "a" 1 "b" "" "c" 0) (dict "a" 2 "b" "x" "c" 3 "d" 4) }} {{ mergeOverwrite (dict "a" 1 "b" 2) (dict "a" "" "b" nil) }}"#,
            "map[a:1 b:x c:3 d:4] map[a: b:<nil>]",
        ),
        (
            r#"{{ merge (dict "m" (dict "x" 1)) (dict "m" (dict "x" 2 "y" 3)) (dict "m" (dict "z" 4)) }} {{ merge (dict "l" (list 1)) (dict "l" (list 2 3)) }} {{ mergeOverwrite (dict "l" (list 1)) (dict "l" (list)) }}"#,
            "map[m:map[x:1 y:3 z:4]] map[l:[1]] map[l:[]]",
        ),
        (
            r#"{{ merge (dict "a" (dict "x" 1)) (dict "a" "s") }} {{ mergeOverwrite (dict "a" (dict "x" 1)) (dict "a" "s") }} {{ mergeOverwrite (dict "a" "s") (dict "a" (dict "x" 1)) }} {{ merge (dict "a" false) (dict "a" true) }}"#,
            "map[a:map[x:1]] map[a:s] map[a:map[x:1]] map[a:true]",
        ),
        (
            r#"{{ $src := dict "m" (dict "x" 1) }}{{ $dst := merge (dict) $src }}{{ $_ := set $dst.m "y" 2 }}{{ $src }}"#,
            "map[m:map[x:1 y:2]]",
        ),
        (
            r#"{{ $src := dict "m" (dict "x" 1) }}{{ $dst := merge (dict "m" (dict)) $src }}{{ $_ := set $dst.m "y" 2 }}{{ $src }}"#,
            "map[m:map[x:1]]",
        ),
        (
            r#"{{ $d := dict "a" 1 }}{{ $_ := merge $d (dict "b" 2) }}{{ $d }} {{ mustMergeOverwrite $d (dict "b" 3) }} {{ merge nil (dict "b" 3) }} {{ merge $d $d }}"#,
            "map[a:1 b:2] map[a:1 b:3] map[b:3] map[a:1 b:3]",
        ),
        (
            r#"{{ merge (dict "v" (semver "1.2.3")) (dict "v" (dict "a" 1)) | printf "%q" }} {{ mergeOverwrite (dict "v" (semver "1.2.3")) (dict "v" (dict "a" 1)) }}"#,
            r#""" map[v:map[a:1]]"#,
        ),
        (
            r#"{{ mustMerge (dict "v" (semver "1.2.3")) (dict "v" (dict "a" 1)) }}"#,
            "! mustMerge: src and dst must be of same type",
        ),
    ]);
}

#[test]
fn the_first_that_is_not_empty_is_chosen() {
    check(&[
        (
            r#"{{ default "d" "" }} {{ default "d" 0 }} {{ default "d" false }} {{ default "d" nil }} {{ default "d" (list) }} {{ default "d" "x" }} {{ default "d" }} {{ "d" | default 1 }} {{ default "d" (semver "1") }}"#,
            "d d d d d x d d 1.0.0",
        ),
        (
            r#"{{ empty 0.0 }} {{ empty " " }} {{ empty (dict) }} {{ empty nil }} {{ coalesce 0 "" nil "a" "b" }} {{ coalesce 0 "" }} {{ all 1 "" }} {{ all }} {{ any 0 1 }} {{ any }} {{ ternary "y" "n" true }} {{ false | ternary "y" "n" }}"#,
            "true false true true a  false true true false y n",
        ),
    ]);
}

#[test]
fn types_have_gos_names() {
    check(&[
        (
            r#"{{ typeOf nil }} {{ typeOf 1 }} {{ typeOf 1.5 }} {{ typeOf "a" }} {{ typeOf (list) }} {{ typeOf (dict) }} {{ typeOf (split "," "a") }} {{ typeOf (semver "1") }} {{ typeIs "int" 1 }} {{ typeIsLike "semver.Version" (semver "1") }} {{ typeIsLike "*int" 1 }}"#,
            "<nil> int float64 string []interface {} map[string]interface {} map[string]string *semver.Version true true false",
        ),
        (
            r#"{{ kindOf nil }} {{ kindOf (list) }} {{ kindOf (dict) }} {{ kindOf (semver "1") }} {{ kindIs "float64" 1.0 }} {{ kindIs "map" nil }} {{ deepEqual (list 1 "a") (list 1 "a") }} {{ deepEqual 1 1.0 }} {{ deepEqual (list "a") (splitList "," "a") }} {{ deepEqual nil nil }}"#,
            "invalid slice map ptr true false true false false true",
        ),
    ]);
}

#[test]
fn paths_are_cleaned() {
    check(&[(
        r#"{{ base "/a/b/" }} {{ base "" }} {{ base "//" }} {{ dir "/a/b" }} {{ dir "a" }} {{ clean "a/../../b//c/." }} {{ clean "/../a" }} {{ ext "a/b.tar.gz" }} {{ ext "a.b/c" }}|{{ isAbs "/a" }} {{ osBase "a/b" }} {{ osDir "a/b" }} {{ osClean "" }} {{ osExt ".x" }} {{ osIsAbs "a" }}"#,
        "b . / /a . ../b/c /a .gz |true b a . .x false",
    )]);
}

#[test]
fn urls_are_taken_apart_and_joined() {
    check(&[
        (
            r#"{{ urlParse "http://user:p%40ss@Host.com:8080/p%20a?q=1#f%20r" }}"#,
            "map[fragment:f r host:Host.com:8080 hostname:Host.com opaque: path:/p a query:q=1 scheme:http userinfo:user:p%40ss]",
        ),
        (
            r#"{{ urlParse "mailto:a@b" }} {{ (urlParse "http://[::1]:80/").hostname }}"#,
            "map[fragment: host: hostname: opaque:a@b path: query: scheme:mailto userinfo:] ::1",
        ),
        (
            r#"{{ urlParse "http://h/%zz" }}"#,
            r#"! urlParse: unable to parse url: parse "http://h/%zz": invalid URL escape "%zz""#,
        ),
        (
            r#"{{ urlParse "http://h:8a/" }}"#,
            r#"! urlParse: unable to parse url: parse "http://h:8a/": invalid port ":8a" after host"#,
        ),
        (r#"{{ urlParse ":x" }}"#, r#"! urlParse: unable to parse url: parse ":x": missing protocol scheme"#),
        (
            r#"{{ urlJoin (dict "scheme" "https" "host" "h:80" "path" "a b" "query" "x=1" "fragment" "ü" "userinfo" "u:p@q") }} {{ urlJoin (dict "path" "a:b") }} {{ urlJoin (dict) }}|{{ urlJoin (dict "scheme" "file" "path" "/x") }}"#,
            "https://u:p%40q@h:80/a%20b?x=1#%C3%BC ./a:b |file:///x",
        ),
        (r#"{{ urlJoin (dict "host" 1) }}"#, "! urlJoin: unable to parse host key, must be of type string, but int found"),
    ]);
}

#[test]
fn versions_are_compared() {
    check(&[
        (
            r#"{{ semverCompare ">=1.19-0" "v1.27.3-gke.100" }} {{ semverCompare ">=1.19" "1.27.3-gke.100" }} {{ semverCompare "^1.2" "1.9.0" }} {{ semverCompare "^0.2.3" "0.3.0" }} {{ semverCompare "~1.2" "1.2.9" }} {{ semverCompare "1.2 - 1.4 || >=3" "3.0.0" }} {{ semverCompare "1.x" "1.9" }} {{ semverCompare "<1.14-0" "1.13.9" }} {{ semverCompare "!=1.2" "1.2.3" }} {{ semverCompare "*" "1.2.3-a" }} {{ semverCompare ">=1.22, <1.25" "1.24" }}"#,
            "true false true false true true true true false false true",
        ),
        (r#"{{ semverCompare "foo" "1" }}"#, r#"! semverCompare: improper constraint: "foo""#),
        (r#"{{ semverCompare ">=1.2<3" "1" }}"#, r#"! semverCompare: improper constraint: ">=1.2<3""#),
        (r#"{{ semverCompare "1.2.3-01" "1" }}"#, "! semverCompare: constraint parser error"),
        (r#"{{ semverCompare "" "1" }}"#, r#"! semverCompare: improper constraint: """#),
        (r#"{{ semverCompare "1" "x" }}"#, "! semverCompare: invalid semantic version"),
        (r#"{{ semver "1.2.3-01" }}"#, "! semver: version segment starts with 0"),
        (
            r#"{{ semver "99999999999999999999" }}"#,
            r#"! semver: error parsing version segment: strconv.ParseUint: parsing "99999999999999999999": value out of range"#,
        ),
        (
            r#"{{ with semver "v1.2.3-rc.1+b" }}{{ . }} {{ .Major }} {{ .Minor }} {{ .Patch }} {{ .Prerelease }} {{ .Metadata }} {{ .Original }} {{ .IncPatch }} {{ .IncMinor }} {{ .IncMajor }} {{ .SetPrerelease "x.1" }} {{ typeOf .IncMajor }} {{ typeOf .Major }}{{ end }}"#,
            "1.2.3-rc.1+b 1 2 3 rc.1 b v1.2.3-rc.1+b 1.2.3 1.3.0 2.0.0 1.2.3-x.1+b semver.Version uint64",
        ),
        (
            r#"{{ $a := semver "1.2.3" }}{{ $b := semver "1.2.10" }}{{ $a.Compare $b }} {{ $a.LessThan $b }} {{ $a.GreaterThan $b }} {{ $a.Equal $a }} {{ $a.LessThanEqual $b }} {{ $b.GreaterThanEqual $a }} {{ (semver "1.0.0-a.1").Compare (semver "1.0.0-a.b") }}"#,
            "-1 true false true true true -1",
        ),
        (r#"{{ (semver "1.0.0").SetPrerelease "a b" }}"#, "! SetPrerelease: invalid prerelease string"),
    ]);
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    for (template, expected) in [
        ("{{ repeat 40000000 `a` }}", "repeat: the result would have more than 32 MB"),
        ("{{ repeat 9223372036854775807 `ab` }}", "repeat: the result would have more than 32 MB"),
        ("{{ indent 40000000 `a` }}", "indent: the result would have more than 32 MB"),
        ("{{ nindent 20000000 `a\\nb` }}", "nindent: the result would have more than 32 MB"),
        ("{{ repeat 1000000 `a` | replace `` (repeat 100 `b`) }}", "replace: the result would have more than 32 MB"),
        ("{{ repeat 1000 `a` | splitList `` | join (repeat 100000 `b`) }}", "join: the result would have more than 32 MB"),
        (
            "{{ repeat 1000 `a ` | wrap 1 }}{{ repeat 1000000 `ab` | wrapWith 1 (repeat 100 `b`) }}",
            "wrapWith: the result would have more than 32 MB",
        ),
        ("{{ repeat 2000000 `a` | splitList `` }}", "splitList: the result would have more than 1000000 items"),
        ("{{ until 100000 | uniq }}", "uniq: more than 1000000 values"),
        ("{{ $s := repeat 100000 `a` }}{{ regexReplaceAll `a` $s $s }}", "a replacement: the result would have more than 32 MB"),
        ("{{ regexFindAll `` (repeat 2000000 `a`) -1 }}", "more than 1000000 matches"),
        (
            "{{ $d := dict `a` 1 }}{{ range until 40 }}{{ $d = dict `a` $d `b` $d }}{{ end }}{{ toJson $d }}",
            "the result would have more than 64 MB",
        ),
        (
            "{{ $d := dict `a` 1 }}{{ range until 40 }}{{ $d = dict `a` $d `b` $d }}{{ end }}{{ toYaml $d }}",
            "the result would have more than 64 MB",
        ),
        ("{{ range until 1000 }}{{ genPrivateKey `ed25519` }}{{ end }}", "took more than 100000000 steps: a loop without end?"),
        ("{{ until 2000000 }}", "until: the result would have more than 1000000 items"),
        ("{{ untilStep 0 9223372036854775807 1 }}", "untilStep: the result would have more than 1000000 items"),
        ("{{ seq 2000000 }}", "seq: the result would have more than 1000000 items"),
        ("{{ $d := dict }}{{ $_ := set $d `a` $d }}{{ deepCopy $d }}", "deepCopy: more than 200 levels of maps and lists"),
        (
            "{{ $d := dict }}{{ $_ := set $d `a` $d }}{{ $e := dict }}{{ $_ := set $e `a` $e }}{{ deepEqual $d $e }}",
            "deepEqual: more than 200 levels of maps and lists",
        ),
        (
            "{{ $d := dict }}{{ $_ := set $d `a` $d }}{{ $e := dict }}{{ $_ := set $e `a` $e }}{{ merge $d $e }}",
            "merge: more than 200 levels of maps and lists",
        ),
    ] {
        let error = rendered(&template.replace("\\n", "\n")).expect_err(template);
        assert!(error.message.ends_with(expected), "{template}: {error}");
        assert_eq!(error.reason, Reason::Limit, "{template}");
    }
}
