//! Keys as people write them: `targetPort`, `target_port`, `target-port`.

/// Splits a key in camel, snake or kebab case into lower-case words.
pub(crate) fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in key.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// Stands for what is not shown.
pub const REDACTED: &str = "[redacted]";

/// Whether a key names something that is not to be shown: `rootPassword`, `apiKey`; not `keycloak`.
pub fn is_secret(key: &str) -> bool {
    const WORDS: [&str; 6] = ["password", "passwd", "token", "secret", "key", "credential"];
    let secret = |word: &String| WORDS.iter().any(|it| word.strip_suffix('s').unwrap_or(word).ends_with(it));
    words(key).iter().any(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fall_into_words() {
        for (key, want) in
            [("targetPort", "target port"), ("HTTP_PORT", "http port"), ("api-key", "api key"), ("keycloak", "keycloak")]
        {
            assert_eq!(words(key).join(" "), want);
        }
    }
}
