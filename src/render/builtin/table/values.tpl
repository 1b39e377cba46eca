{{ .Values.number }} {{ .Values.fraction }} {{ .Values.big }} {{ .Values.huge }}
====
{{ .Values.text }}|{{ .Values.empty }}|{{ .Values.nothing }}|{{ .Values.missing }}
====
{{ .Values.list }} {{ .Values.map }} {{ .Values.bare }} {{ .Values.none }} {{ .Values.mixed }}
====
{{ .Values.yes }} {{ .Values.no }}
====
{{ .Values.missing.deeper }}
====
{{ .Values.nothing.deeper }}
====
{{ .Values.text.deeper }}
====
{{ .Values.number.deeper }}
====
{{ .Values.list.deeper }}
====
{{ (.Values.missing).deeper }}
====
{{ ((.Values.missing).deeper).still }}
====
{{ $x := .Values.missing }}{{ $x.deeper }}|
====
{{ $x := .Values.missing }}{{ $x }}|{{ $x.deeper.still }}
====
{{ with .Values.missing }}a{{ else }}b{{ end }}
====
{{ .Values.map.c.d }} {{ .Values.map.c.e }} {{ .Values.map.c.f }}
====
{{ .Values.map.c.e.f }}
====
{{ (.Values.map.c.e).f }}
====
{{ .Values.map.c.d.x }}
====
{{ with .Values.text }}{{ .x }}{{ end }}
====
{{ range .Values.mixed }}[{{ . }}]{{ end }}
====
{{ range .Values.mixed }}{{ .three }}{{ end }}
====
{{ (index .Values.mixed 2).x }}
====
{{ range .Values.mixed }}{{ with . }}<{{ . }}>{{ else }}nil{{ end }}{{ end }}
====
{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Service }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }}
====
{{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.AppVersion }} {{ .Chart.Description }}|{{ .Chart.IsRoot }}
====
{{ .Chart.Missing }}
====
{{ .Template.Name }} {{ .Template.BasePath }}
====
{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Major }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.KubeVersion.GitVersion }}
====
{{ .Capabilities.APIVersions.Has "networking.k8s.io/v1" }} {{ .Capabilities.APIVersions.Has "networking.k8s.io/v1/Ingress" }} {{ .Capabilities.APIVersions.Has "no/v1" }}
====
{{ .Capabilities.APIVersions | len }}
====
{{ .Capabilities.Missing }}
====
{{ .Missing }} {{ .Missing.deeper }}
====
{{ .Values.service }}{{ .Values.service.port | quote }}
====
{{ $.Values.text }} {{ $ | kindOf }} {{ typeOf .Values }} {{ typeOf .Values.map }} {{ kindOf .Values.number }} {{ typeOf .Values.list }}
====
{{ .Values.text "arg" }}
====
{{ "a" | .Values.text }}
====
{{ .Values.AsMap.text }}
====
{{ .Files.Get "missing" }}|{{ .Files.Glob "*" }}
====
{{ .Subcharts }}
====
{{ nil }}
====
{{ true }} {{ false }} {{ 1 }} {{ 1.5 }} {{ 'a' }} {{ 0x1F }} {{ 1e3 }} {{ 1_000 }} {{ 0b11 }} {{ 0o17 }} {{ 017 }}
====
{{ 08 }}
====
{{ 99999999999999999999 }}
====
{{ 0xFFFFFFFFFFFFFFFF }}
====
{{ . | typeOf }}
====
{{ .Values.ports }}
====
{{ (.Values.ports | first).name }} {{ (index .Values.ports 1).port }}
====
{{ index .Values.ports 5 }}
====
{{ index .Values.map "a" }} {{ index .Values "map" "c" "d" }} {{ index .Values.map "zz" }}
====
{{ index .Values.missing "x" }}
====
{{ .Values.map.b | int }} {{ .Values.map.b | int64 | typeOf }} {{ .Values.map.b | typeOf }}
====
{{ eq .Values.number 8080 }}
====
{{ eq .Values.number 8080.0 }} {{ eq (int .Values.number) 8080 }} {{ eq .Values.text "hello world" }} {{ eq .Values.nothing nil }} {{ ne .Values.text "x" "y" }}
====
{{ eq .Values.text "a" "hello world" }} {{ lt 1 2 }} {{ gt "b" "a" }} {{ le 1.5 1.5 }} {{ ge 1 2 }}
====
{{ eq .Values.list .Values.list }}
====
{{ lt 1 "a" }}
====
{{ not .Values.no }} {{ not .Values.text }} {{ len .Values.list }} {{ len .Values.text }} {{ len .Values.map }}
====
{{ len .Values.number }}
====
{{ len .Values.nothing }}
