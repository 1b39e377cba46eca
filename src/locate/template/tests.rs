use super::*;
use crate::kube::{SourceRef, read};
use crate::yaml::parse;

const FILE: &str = "templates/x.yaml";

/// Finds the field of a path in the first object of a rendering.
fn find_in(files: &[(&str, &str)], rendered: &str, path: &str, hint: Hint) -> Option<String> {
    let mut tree = SourceTree::default();
    for (file, text) in files {
        tree.insert(*file, text.as_bytes());
    }
    let source = SourceRef { file: FILE.into(), line: 1, line_in_file: None };
    let manifest = read(parse(rendered), "default", &|_| Some(source.clone()));
    let resource = &manifest.resources[0];
    let node = walk(&resource.node, &steps(path).unwrap()).unwrap();
    place(&tree, resource, &Field::new(0, path, node), hint).map(|it| format!("{}:{}:{}", it.file, it.line, it.column))
}

fn find(template: &str, rendered: &str, path: &str) -> Option<String> {
    find_in(&[(FILE, template)], rendered, path, Hint::None)
}

fn at(line: u32, column: u32) -> String {
    format!("{FILE}:{line}:{column}")
}

const SERVICE: &str = "kind: Service\nspec: { ports: [{ name: http, port: 80 }, { name: https, port: 443 }] }\n";

#[test]
fn two_lines_that_fit_are_not_certain_until_one_is_known_to_be_a_literal() {
    let template = "kind: Ingress
spec:
  rules:
    - http:
        paths:
          - backend:
              service:
                port:
                  number: 80
          {{- range .Values.extra }}
          - backend:
              service:
                port:
                  number: {{ .port }}
          {{- end }}
";
    let rendered =
        "kind: Ingress\nspec: { rules: [{ http: { paths: [{ backend: { service: { port: { number: 80 } } } }] } }] }\n";
    let path = "spec.rules[0].http.paths[0].backend.service.port.number";
    assert_eq!(find(template, rendered, path), None);
    assert_eq!(find_in(&[(FILE, template)], rendered, path, Hint::Literal), Some(at(9, 27)));
    let twice = template.replace("{{ .port }}", "80");
    assert_eq!(find_in(&[(FILE, &twice)], rendered, path, Hint::Literal), None);
}

#[test]
fn dashes_may_stand_below_their_key() {
    let template =
        "kind: Service\nspec:\n  ports:\n  - port: {{ .Values.port }}\n    name: http\n  - name: https\n    port: 443\n";
    assert_eq!(find(template, SERVICE, "spec.ports[0].port"), Some(at(4, 11)));
    assert_eq!(find(template, SERVICE, "spec.ports[1].port"), Some(at(7, 11)));
}

#[test]
fn elements_are_told_apart_by_a_literal_name() {
    let template = "kind: Service
spec:
  ports:
    - name: http
      port: {{ .Values.port }}
    - port: {{ .Values.tls }}
      name: \"https\" # the other
";
    assert_eq!(find(template, SERVICE, "spec.ports[0].port"), Some(at(5, 13)));
    assert_eq!(find(template, SERVICE, "spec.ports[1].port"), Some(at(6, 13)));
    let unnamed = template.replace("\"https\"", "{{ .Values.name }}");
    assert_eq!(find(&unnamed, SERVICE, "spec.ports[0].port"), None);
}

#[test]
fn each_document_has_its_kind() {
    let template = "kind: Service
metadata: {}
spec:
  ports:
    - port: {{ .Values.a }}
---
spec:
  ports:
    - port: {{ .Values.b }}
kind: Other
";
    assert_eq!(find(template, SERVICE, "spec.ports[0].port"), Some(at(5, 13)));
    let other = SERVICE.replace("Service", "Other");
    assert_eq!(find(template, &other, "spec.ports[0].port"), Some(at(9, 13)));
}

#[test]
fn includes_are_followed() {
    let template = "{{- include \"x.service\" . }}\n";
    let helpers = "{{/* port: 80 */}}
{{- define \"x.other\" -}}
spec:
  ports:
    - port: 80
{{- end }}
{{- define \"x.service\" -}}
kind: Service
spec:
  ports:
    {{- template \"x.ports\" . }}
{{- end }}
{{- define \"x.ports\" }}
- name: http
  port: {{ .Values.port }}
{{- end }}
";
    let files = [(FILE, template), ("templates/_helpers.tpl", helpers)];
    let found = find_in(&files, SERVICE, "spec.ports[0].port", Hint::None);
    assert_eq!(found.as_deref(), Some("templates/_helpers.tpl:15:9"));
}

#[test]
fn range_and_with_change_nothing() {
    let template = "{{- with .Values.service }}
kind: Service
spec:
  ports:
    {{- range $name, $port := .ports }}
    - name: {{ $name }}
      port: {{ $port }}
    {{- end }}
{{- end }}
";
    assert_eq!(find(template, SERVICE, "spec.ports[1].port"), Some(at(7, 13)));
}

#[test]
fn what_cannot_be_seen_through_makes_uncertain() {
    let base = "kind: Service\nspec:\n  ports:\n    - port: {{ .Values.port }}\n      name: {{ .Values.name }}\n";
    assert_eq!(find(base, SERVICE, "spec.ports[0].port"), Some(at(4, 13)));
    for more in [
        "    {{- toYaml .Values.more | nindent 4 }}\n",
        "  {{- toYaml .Values.more | nindent 2 }}\n",
        "    - { name: https, port: 443 }\n",
        "{{- if .Values.x }}\nspec: {{ toYaml .Values.x | nindent 2 }}\n{{- end }}\n",
        "{{ .Values.raw }}\n",
    ] {
        assert_eq!(find(&format!("{base}{more}"), SERVICE, "spec.ports[0].port"), None, "{more}");
    }
    for more in [
        "  {{- with .Values.selector }}\n  selector:\n    {{- toYaml . | nindent 4 }}\n  {{- end }}\n",
        "  type: {{ .Values.type }}\n",
        "metadata:\n  labels: { port: 80 }\n  annotations:\n    {{- tpl .Values.a . | nindent 4 }}\n",
    ] {
        assert_eq!(find(&format!("{base}{more}"), SERVICE, "spec.ports[0].port"), Some(at(4, 13)), "{more}");
    }
}

#[test]
fn flow_style_gives_the_file_only() {
    let template = "kind: Service\nspec:\n  ports: [{ name: http, port: 80 }, { name: https, port: {{ .Values.tls }} }]\n";
    assert_eq!(find(template, SERVICE, "spec.ports[0].port"), None);
    let mixed = format!("{template}  {{{{- if .Values.x }}}}\n  ports:\n    - port: 80\n  {{{{- end }}}}\n");
    assert_eq!(find_in(&[(FILE, &mixed)], SERVICE, "spec.ports[0].port", Hint::Literal), None);
}

#[test]
fn quotes_comments_and_line_ends_do_not_matter() {
    let rendered = "kind: Pod\nspec: { containers: [{ name: a, livenessProbe: { httpGet: { port: '80' } }, ports: [{ containerPort: 80 }] }] }\n";
    let template = "kind: \"Pod\"\r\nspec:\r\n  containers:\r\n    - name: a\r\n      livenessProbe:\r\n        httpGet:\r\n          port: '80' # a port\r\n      ports:\r\n        - containerPort: 80 # a port\r\n";
    assert_eq!(find(template, rendered, "spec.containers[0].livenessProbe.httpGet.port"), Some(at(7, 17)));
    assert_eq!(find(template, rendered, "spec.containers[0].ports[0].containerPort"), Some(at(9, 26)));
    // In quotes it is no number.
    let quoted = template.replace("containerPort: 80", "containerPort: '80'");
    assert_eq!(find(&quoted, rendered, "spec.containers[0].ports[0].containerPort"), None);
}

#[test]
fn parents_must_fit_up_to_the_object() {
    for template in [
        "kind: Service\nport: 80\n",
        "kind: Service\nports:\n  - port: 80\n",
        "kind: Service\nother:\n  spec:\n    ports:\n      - port: 80\n",
        "kind: Service\nspec:\n  other:\n    - port: 80\n",
        "kind: Other\nspec:\n  ports:\n    - port: 80\n",
        "kind: Service\nspec:\n  ports:\n    - port: 81\n",
        "kind: Service\nspec:\n  ports:\n    # - port: 80\n",
        "kind: Service\nspec:\n  ports:\n    {{/*\n    - port: 80\n    */}}\n",
    ] {
        assert_eq!(find(template, SERVICE, "spec.ports[0].port"), None, "{template}");
    }
}

#[test]
fn items_of_a_list_are_found() {
    let template = "kind: List\nitems:\n  - kind: Service\n    spec:\n      ports:\n        - port: {{ .Values.port }}\n";
    let rendered = "kind: List\nitems:\n- kind: Service\n  spec: { ports: [{ port: 80 }] }\n";
    assert_eq!(find(template, rendered, "spec.ports[0].port"), Some(at(6, 17)));
}

#[test]
fn keys_with_dots_are_found() {
    let rendered = "kind: Service\nspec: { selector: { app.kubernetes.io/name: web } }\n";
    let template = "kind: Service\nspec:\n  selector:\n    app.kubernetes.io/name: web\n    name: web\n";
    assert_eq!(find(template, rendered, "spec.selector[\"app.kubernetes.io/name\"]"), Some(at(4, 29)));
}
