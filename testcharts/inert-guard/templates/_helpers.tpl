{{- define "web.labels" -}}
app: {{ required "set nameOverride" (.Values.nameOverride | default "web") }}
{{- end }}

{{- if not .Values.service.portName }}
  {{- fail "set service.portName" }}
{{- end }}
