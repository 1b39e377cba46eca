//! Names of releases: Helm's `pkg/chart/v2/util/validate_name.go`.

use super::HelmVersion;

/// So that names made of it, with a suffix, are still names.
const LIMIT: usize = 53;

/// Checks the name of a release as `helm template` does.
///
/// # Errors
/// Helm's sentence.
pub fn check_release_name(name: &str, helm: HelmVersion) -> Result<(), String> {
    let is_word = |it: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        it.bytes().all(|byte| inner(byte) || byte == b'-')
            && it.bytes().next().is_some_and(inner)
            && it.bytes().last().is_some_and(inner)
    };
    let problem = if name.is_empty() {
        "no name provided"
    } else if name.len() > LIMIT || !name.split('.').all(is_word) {
        "invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
    } else {
        return Ok(());
    };
    let words = match helm {
        HelmVersion::V3 => "",
        HelmVersion::V4 => "release name check failed: ",
    };
    Err(format!("{words}release name \"{name}\": {problem}"))
}
