//! `--kube-version`: `ParseKubeVersion` of Helm's capabilities.go, and `ParseGeneric` of apimachinery's version.go.

use super::HelmVersion;
use crate::gotemplate::print::quote;

/// A Kubernetes version as charts see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeVersion {
    /// With the suffix that was given in Helm 4, without it in Helm 3: `v1.33.4-gke.1245000`.
    pub version: String,
    /// Numbers only, which is what `kubeVersion` of Chart.yaml is checked against: `v1.33.4`.
    pub normalized: String,
    pub major: String,
    pub minor: String,
}

impl KubeVersion {
    /// Reads the value of the flag.
    ///
    /// # Errors
    /// The whole sentence of `helm template`, without its `Error: `.
    pub fn parse(text: &str, helm: HelmVersion) -> Result<Self, String> {
        let components = components(text).map_err(|error| format!("invalid kube version '{text}': {error}"))?;
        let joined: Vec<String> = components.iter().map(u64::to_string).collect();
        let normalized = format!("v{}", joined.join("."));
        let version = match helm {
            HelmVersion::V3 => normalized.clone(),
            HelmVersion::V4 if text.starts_with('v') => text.to_owned(),
            HelmVersion::V4 => format!("v{text}"),
        };
        let part = |index: usize| joined.get(index).cloned().unwrap_or_default();
        Ok(Self { version, normalized, major: part(0), minor: part(1) })
    }
}

/// Returns the numbers at the start of a version: two or more, whatever follows them.
fn components(text: &str) -> Result<Vec<u64>, String> {
    let quoted = quote(text.as_bytes());
    let trimmed = text.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    let numbers = trimmed.strip_prefix('v').unwrap_or(trimmed);
    let end = end_of_numbers(numbers.as_bytes());
    let (numbers, extra) = numbers.split_at(end);
    if numbers.is_empty() || extra.contains('\n') {
        return Err(format!("could not parse {quoted} as version"));
    }
    let components: Vec<&str> = numbers.split('.').collect();
    if components.len() < 2 {
        return Err(format!("illegal version string {quoted}"));
    }
    if components[0].len() > 1 && components[0].starts_with('0') {
        return Err(format!("illegal zero-prefixed version component \"{}\" in {quoted}", components[0]));
    }
    let number = |part: &&str| {
        part.parse().map_err(|_| {
            format!("illegal non-numeric version component \"{part}\" in {quoted}: strconv.ParseUint: parsing \"{part}\": value out of range")
        })
    };
    components.iter().map(number).collect()
}

/// Returns how much of a text is `[0-9]+(\.[0-9]+)*`.
fn end_of_numbers(text: &[u8]) -> usize {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(0);
    while end > 0 && text.get(end) == Some(&b'.') {
        match digits(end + 1) {
            0 => break,
            count => end += 1 + count,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_helm_reads_it() {
        // given, version in Helm 4, version in Helm 3 and the normalized one, minor
        let table = [
            ("1.31", "v1.31", "v1.31", "31"),
            ("1.031.2", "v1.031.2", "v1.31.2", "31"),
            ("v1.33.4-gke.1245000", "v1.33.4-gke.1245000", "v1.33.4", "33"),
            ("1.2.3.4", "v1.2.3.4", "v1.2.3.4", "2"),
            (" 1.2.3", "v 1.2.3", "v1.2.3", "2"),
            ("1.2.x", "v1.2.x", "v1.2", "2"),
            ("1.2.", "v1.2.", "v1.2", "2"),
        ];
        for (given, full, short, minor) in table {
            let version = KubeVersion::parse(given, HelmVersion::V4).expect("a version");
            assert_eq!((&*version.version, &*version.normalized, &*version.minor), (full, short, minor), "{given}");
            assert_eq!(KubeVersion::parse(given, HelmVersion::V3).expect("a version").version, short, "{given}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused_in_helms_words() {
        let table = [
            ("v1", "illegal version string \"v1\""),
            ("abc", "could not parse \"abc\" as version"),
            ("vv1.2", "could not parse \"vv1.2\" as version"),
            ("1..2", "illegal version string \"1..2\""),
            ("01.2", "illegal zero-prefixed version component \"01\" in \"01.2\""),
            (
                "1.99999999999999999999",
                "illegal non-numeric version component \"99999999999999999999\" in \"1.99999999999999999999\": \
                 strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
            ),
        ];
        for (given, message) in table {
            let message = format!("invalid kube version '{given}': {message}");
            assert_eq!(KubeVersion::parse(given, HelmVersion::V4), Err(message), "{given}");
        }
    }
}
