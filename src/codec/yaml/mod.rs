//! YAML as Helm reads and writes it: sigs.k8s.io/yaml, which passes everything through JSON, and for `toYamlPretty` go-yaml v3.

mod decode;
mod emit;
mod error;
mod marshal;
mod order;
mod plain;
mod scalar;

pub(crate) use decode::utf8;
pub use decode::{from_yaml, from_yaml_frozen, from_yaml_list, from_yaml_map, from_yaml_map_frozen};
pub use error::parse_error;
pub use marshal::{Taints, to_yaml, to_yaml_pretty, to_yaml_traced};
