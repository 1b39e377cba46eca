//! JSON as Go's encoding/json reads and writes it.

mod decode;
mod encode;
mod syntax;

pub(super) use decode::type_error;
pub use decode::{Decoded, decode, decode_first, from_json, from_json_list, from_json_map};
pub(super) use encode::write_integer;
pub use encode::{to_json, to_pretty_json, to_raw_json};
