//! Template values as YAML, JSON and TOML, written and read as Go does it.
