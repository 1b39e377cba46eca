{{ if .Values.yes }}a{{ else }}b{{ end }}{{ if .Values.no }}a{{ else if .Values.yes }}c{{ else }}d{{ end }}
====
{{ with .Values.service }}{{ .port }} {{ $.Values.text }}{{ end }}
====
{{ with .Values.none }}x{{ else with .Values.map }}{{ .a }}{{ else }}y{{ end }}
====
{{ with $x := .Values.text }}{{ $x }}{{ end }}
====
{{ range .Values.list }}{{ . }},{{ end }}
====
{{ range $i, $v := .Values.list }}{{ $i }}={{ $v }} {{ end }}
====
{{ range $k, $v := .Values.map }}{{ $k }}={{ $v }} {{ end }}
====
{{ range $v := .Values.map }}{{ $v }} {{ end }}
====
{{ range .Values.none }}x{{ else }}none{{ end }}
====
{{ range .Values.missing }}x{{ else }}none{{ end }}
====
{{ range .Values.text }}x{{ end }}
====
{{ range .Values.number }}x{{ end }}
====
{{ range 3 }}{{ . }}{{ end }}
====
{{ range $i, $v := 3 }}{{ . }}{{ end }}
====
{{ range $i := int .Values.service.port }}{{ if gt $i 3 }}{{ break }}{{ end }}{{ $i }}{{ end }}
====
{{ range $i, $v := .Values.list }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ $v }}{{ end }}
====
{{ range .Values.list }}{{ range $.Values.numbers }}{{ if eq . 1.0 }}{{ break }}{{ end }}{{ . }}{{ end }};{{ end }}
====
{{ break }}
====
{{ continue }}
====
{{ range .Values.list }}{{ else }}{{ break }}{{ end }}
====
{{ if .Values.yes }}{{ break }}{{ end }}
====
{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}
====
{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}
====
{{ if true }}{{ $y := 2 }}{{ end }}{{ $y }}
====
{{ $undefined }}
====
{{ $undefined = 1 }}
====
{{ $a := 1 }}{{ $b := $a }}{{ $a = 3 }}{{ $a }}{{ $b }}
====
{{ $i := 0 }}{{ range $i, $v := .Values.list }}{{ $i }}{{ end }}{{ $i }}
====
{{ $i := 0 }}{{ $v := 0 }}{{ range $i, $v = .Values.list }}{{ end }}{{ $i }}{{ $v }}
====
{{ $v := 0 }}{{ range $v = .Values.list }}{{ end }}{{ $v }}
====
{{ $last := "" }}{{ range .Values.list }}{{ $last = . }}{{ end }}{{ $last }}
====
{{ else }}
====
{{ end }}
====
{{ if true }}
====
{{ if }}x{{ end }}
====
{{ if true }}a{{ else }}b{{ else }}c{{ end }}
====
{{ range $a, $b, $c := .Values.list }}{{ end }}
====
{{ with $a, $b := .Values.list }}{{ end }}
====
{{ define "x" }}[{{ . }}]{{ end }}{{ template "x" .Values.text }}{{ template "x" }}
====
{{ template "missing" . }}
====
{{ include "missing" . }}
====
{{ define "x" }}{{ .Values.text }}{{ end }}{{ include "x" . }} {{ include "x" . | upper | quote }}
====
{{ define "x" }}  a
  b{{ end }}{{ include "x" . | nindent 4 }}
====
{{ define "x" }}{{ $y := 1 }}{{ end }}{{ template "x" }}{{ $y }}
====
{{ define "x" }}{{ end }}{{ include "x" . | len }}
====
{{ block "x" .Values.text }}<{{ . }}>{{ end }}
====
{{ define "x" }}1{{ end }}{{ define "x" }}2{{ end }}{{ template "x" }}
====
{{ define "x" }}{{ define "y" }}{{ end }}{{ end }}
====
{{ if true }}{{ define "y" }}{{ end }}{{ end }}
====
{{ define x }}{{ end }}
====
{{ template x }}
====
{{ define "a" }}{{ .Values.text.x }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "b" . }}
====
{{ define "a" }}{{ template "a" . }}{{ end }}{{ "no loop" }}
====
{{ tpl .Values.tpl . }} {{ tpl "{{ .Values.number }}" . }} {{ tpl "plain" . }}
====
{{ tpl "{{ define \"z\" }}in{{ end }}{{ include \"z\" . }}" . }}
====
{{ tpl "{{ define \"z\" }}in{{ end }}" . }}{{ include "z" . }}
====
{{ tpl "{{ .Values.text.x }}" . }}
====
{{ tpl "{{ bad" . }}
====
{{ tpl "{{ nofunc }}" . }}
====
{{ tpl 1 . }}
====
{{ define "h" }}{{ .v }}{{ end }}{{ tpl "{{ include \"h\" . }}" (dict "v" "x") }}
====
{{ tpl "{{ $.Template.Name }} {{ .missing }}|" . }}
====
{{ "<no value>" }}|{{ .Values.missing }}|{{ printf "%v" .Values.missing }}
====
{{ $d := dict "a" 1 }}{{ $_ := set $d "b" 2 }}{{ $d }} {{ unset $d "a" }}
====
{{ $_ := set .Values "fresh" "set" }}{{ .Values.fresh }}
====
{{ $a := dict "m" (dict "x" 1) }}{{ $b := merge (dict) $a }}{{ $_ := set $b.m "y" 2 }}{{ $a }}
====
{{ required "need it" .Values.missing }}
====
{{ required "need it" .Values.empty }}
====
{{ required "need it" .Values.number }} {{ required "x" false }}
====
{{ fail "no way" }}
====
{{ fail (printf "no %s: a: b" "way") }}
====
{{ define "f" }}{{ fail "deep" }}{{ end }}{{ include "f" . }}
====
{{ lookup "v1" "Secret" "ns" "name" }} {{ (lookup "v1" "Secret" "ns" "name").data }}
====
{{ and true .Values.text }} {{ and .Values.no (fail "x") }} {{ or .Values.text (fail "x") }} {{ or .Values.no .Values.empty "c" }} {{ and }}
====
{{ and true .Values.text }} {{ and .Values.no (fail "x") }} {{ or .Values.text (fail "x") }} {{ or .Values.no .Values.empty "c" }}
====
{{ .Values.no | or .Values.text }} {{ "x" | and .Values.text }}
====
{{ (or .Values.missing .Values.service).port }}
====
{{ "a" | printf "%s-%s" "b" }} {{ printf "%d %s %v" 1 "x" .Values.list }} {{ printf "%d" .Values.number }} {{ printf "%s" .Values.number }}
====
{{ upper }}
====
{{ upper "a" "b" }}
====
{{ upper 1 }}
====
{{ upper .Values.number }}
====
{{ upper .Values.missing }}
====
{{ .Values.missing | upper }}
====
{{ upper nil }}
====
{{ trunc "x" "abc" }}
====
{{ trunc 1.5 "abc" }}
====
{{ trunc .Values.number "abc" }}
====
{{ hasKey .Values.missing "a" }}
====
{{ hasKey (.Values.missing) "a" }}
====
{{ get .Values.map "a" }} {{ get .Values.map "zz" }}| {{ keys .Values.map | sortAlpha }}
====
{{ nofunc 1 }}
====
{{ "a" "b" }}
====
{{ 1 | 2 }}
====
{{ .Values.list | first }} {{ .Values.list | last | quote }} {{ (first .Values.none) }}|
====
{{ "a" | }}
====
{{ | "a" }}
====
{{ (1 }}
====
{{ 1) }}
====
{{ .Values..x }}
====
{{ . . }}
====
{{ .Values.x-y }}
====
{{ $x := }}
====
{{ $x, $y := 1 }}
====
{{ "a".b }}
====
{{ ( "a" ) | upper }} {{ (printf "%s" "a").b }}
====
{{ dict "a" }} {{ dict "a" 1 "b" }} {{ dict 1 2 }}
====
{{ list 1 "a" nil true }} {{ list }}
====
{{ default "d" .Values.missing }} {{ default "d" .Values.empty }} {{ default "d" .Values.text }} {{ .Values.no | default true }} {{ default 1 0 }}
====
{{ ternary "a" "b" true }} {{ ternary "a" "b" .Values.no }} {{ .Values.yes | ternary 1 2 }}
====
{{ ternary "a" "b" .Values.text }}
====
{{ coalesce .Values.missing .Values.empty .Values.text }} {{ coalesce nil }}|
====
{{ toYaml .Values.map }}
====
{{ .Values | toYaml }}
====
{{ toJson .Values.mixed }} {{ .Values.map | toPrettyJson }}
====
{{ .Values.lines | indent 2 }}|{{ .Values.lines | nindent 4 }}|{{ .Values.lines | trim | quote }}
====
{{ typeOf 1 }} {{ typeOf 1.0 }} {{ typeOf "a" }} {{ typeOf nil }} {{ typeOf true }} {{ typeOf (list) }} {{ typeOf (dict) }} {{ typeOf (splitList "," "a") }} {{ typeOf (int64 1) }} {{ kindOf nil }}
====
{{ int "12" }} {{ int "x" }} {{ int 3.9 }} {{ int64 "0x10" }} {{ float64 "1.5" }} {{ int true }} {{ int .Values.missing }} {{ atoi "7" }} {{ int "08" }}
====
{{ add 1 2 3 }} {{ sub 5 3 }} {{ div 7 2 }} {{ mod 7 3 }} {{ mul 2 3 }} {{ add1 1 }} {{ max 1 5 3 }} {{ min 4 2 }} {{ ceil 1.2 }} {{ floor 1.8 }} {{ round 1.2345 2 }} {{ addf 1.5 2 }} {{ add .Values.number 1 }}
====
{{ div 1 0 }}
====
{{ mod 1 0 }}
====
{{ until 3 }} {{ untilStep 0 10 3 }} {{ seq 1 3 }} {{ seq 3 }} {{ range until 2 }}x{{ end }}
====
{{ semverCompare ">=1.20-0" "1.34.0" }} {{ semverCompare "^1.2" "2.0.0" }} {{ (semver "1.2.3").Minor }}
====
{{ semverCompare "bad" "1.0.0" }}
====
{{ regexMatch "^h" .Values.text }} {{ regexReplaceAll "o" .Values.text "0" }} {{ regexFind "[a-z]+" .Values.text }} {{ regexSplit " " .Values.text -1 }}
====
{{ regexMatch "(" "x" }}
====
{{ mustRegexMatch "(" "x" }}
====
{{ b64enc "hi" }} {{ b64dec "aGk=" }} {{ b64dec "!" }} {{ sha256sum "x" }} {{ adler32sum "x" }}
====
{{ fromYaml "a: 1" }} {{ fromYaml "- a" }} {{ fromYamlArray "- a" }} {{ fromJson "{\"a\": 1}" }} {{ fromJson "x" }} {{ (fromYaml "a: {b: 1}").a.b }}
====
{{ cat "a" 1 nil "b" }} {{ join "," .Values.list }} {{ join "," .Values.mixed }} {{ .Values.list | toString }}
====
{{ html "<a>" }} {{ js "'x'" }} {{ urlquery "a b" }} {{ print 1 2 "a" "b" 3 }} {{ println "x" }}
====
{{ slice .Values.list 1 }} {{ slice .Values.text 1 3 }} {{ index .Values.list 0 }} {{ index "abc" 1 }}
====
{{ .Values.map.a.b.c }}
====
{{ pluck "a" .Values.map (dict "a" 5) }} {{ dig "c" "d" "no" .Values.map }} {{ dig "c" "x" "no" .Values.map }} {{ pick .Values.map "a" }} {{ omit .Values.map "c" }}
====
{{ deepCopy .Values.map }} {{ deepEqual .Values.map .Values.map }} {{ concat .Values.list (list 1) }} {{ uniq (list 1 1 2) }} {{ without .Values.list "a" }} {{ has "a" .Values.list }} {{ reverse .Values.list }} {{ compact (list "" "a") }}
====
{{ duration 3661 }} {{ durationRound "2h10m5s" }} {{ toDate "2006-01-02" "2024-02-29" | date "Jan 2, 2006" }}
====
{{ repeat 3 "ab" }} {{ substr 1 3 "hello" }} {{ nospace "a b" }} {{ title "ab cd" }} {{ snakecase "FooBar" }} {{ camelcase "foo_bar" }} {{ kebabcase "FooBar" }} {{ swapcase "aB" }} {{ initials "ab cd" }} {{ plural "one" "many" 2 }} {{ abbrev 5 "hello world" }} {{ wrap 5 "hello world" }}
====
{{ trimAll "$" "$5$" }} {{ trimSuffix "-" "a-" }} {{ trimPrefix "-" "-a" }} {{ contains "ell" "hello" }} {{ replace " " "-" .Values.text }} {{ splitList " " .Values.text }} {{ (split " " .Values.text)._0 }} {{ quote "a" 1 nil "b" }} {{ squote "a" 1 }}
====
{{ len .Values.nothing }}
====
{{ $x := .Values.nothing }}{{ len $x }}
====
{{ len nil }}
====
{{ .Values.nothing | len }}
====
{{ len (index .Values.map "nothing") }}
====
{{ range $v := list nil }}{{ len $v }}{{ end }}
====
{{ range list nil }}{{ len . }}{{ end }}
====
{{ slice .Values.list .Values.number }}
====
{{ $n := 1 }}{{ slice .Values.list $n }} {{ slice "abc" (int 1) (add 1 1 | int) }}
====
{{ range $n := list 1 }}{{ slice "abc" $n }}{{ end }}
====
{{ range list 1 }}{{ slice "abc" . }}{{ end }}
====
{{ slice "abc" (dict "a" 1).a }}
====
{{ call .Values.text }}
====
{{ call nil }}
====
{{ call .Values.nothing }}
====
{{ (mustToDate "2006-01-02" "2024-02-29").Month }} {{ (mustToDate "2006-01-02" "2024-02-29").Weekday.String }}
====
{{ (mustToDate "2006-01-02" "2024-02-29").Month.String }} {{ (mustToDate "2006-01-02" "2024-02-29").YearDay }}
====
{{ .Values.AsMap.text }} {{ .Capabilities.KubeVersion.Major }}
====
{{ $d := (mustToDate "2006-01-02" "2024-03-01").Sub (mustToDate "2006-01-02" "2024-02-29") }}{{ $d.Hours }} {{ $d.Minutes }} {{ $d.String }} {{ $d.Seconds }} {{ $d.Nanoseconds }} {{ $d.Abs }}
====
{{ (mustToDate "2006-01-02" "2024-02-29").Month.String 1 }}
