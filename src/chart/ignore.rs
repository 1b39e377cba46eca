//! `.helmignore`: a port of Helm's rules, `pkg/ignore/rules.go` (Helm 3) and `internal/ignore` or `pkg/ignore` (Helm 4).
//!
//! They are not git's: the first rule that matches decides, `!` ignores whatever does not match, and there is no `**`.

/// The rules of one file, with Helm's own behind them.
#[derive(Debug, Default)]
pub struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    pattern: String,
    negated: bool,
    folders_only: bool,
    /// Without a slash in the pattern the last part of the path is matched alone.
    whole_path: bool,
}

impl Rules {
    /// Reads the text of a `.helmignore`. Helm refuses a file with a broken pattern; here that pattern never matches.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self(text.lines().chain(["templates/.?*"]).filter_map(Rule::parse).collect())
    }

    /// Whether a file or folder is left out.
    pub fn ignores(&self, path: &str, is_folder: bool) -> bool {
        for rule in &self.0 {
            let matches = (is_folder || !rule.folders_only) && rule.matches(path);
            if matches != rule.negated {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.contains("**") {
            return None;
        }
        let (line, negated) = line.strip_prefix('!').map_or((line, false), |rest| (rest, true));
        let (line, folders_only) = line.strip_suffix('/').map_or((line, false), |rest| (rest, true));
        let (pattern, whole_path) = line.strip_prefix('/').map_or((line, line.contains('/')), |rest| (rest, true));
        Some(Self { pattern: pattern.into(), negated, folders_only, whole_path })
    }

    fn matches(&self, path: &str) -> bool {
        let path = if self.whole_path { path } else { path.rsplit('/').next().unwrap_or(path) };
        let (pattern, path): (Vec<char>, Vec<char>) = (self.pattern.chars().collect(), path.chars().collect());
        glob(&pattern, &path)
    }
}

/// Go's `filepath.Match`: `*` and `?` stop at a slash, `[a-z]` and `[^a]` are classes, `\` escapes.
fn glob(pattern: &[char], text: &[char]) -> bool {
    // Where to go on when what follows the last `*` has not matched: behind it in the pattern, and one more character in its stead.
    let mut retry: Option<(usize, usize)> = None;
    let (mut at, mut read) = (0, 0);
    loop {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at + 1, read));
                at += 1;
                continue;
            }
            None if read == text.len() => return true,
            _ => {}
        }
        if let (Some(&c), Some(next)) = (text.get(read), pattern.get(at..).filter(|rest| !rest.is_empty()))
            && let Some(length) = one(next, c)
        {
            at += length;
            read += 1;
            continue;
        }
        match retry {
            Some((behind, taken)) if text.get(taken).is_some_and(|&c| c != '/') => {
                retry = Some((behind, taken + 1));
                (at, read) = (behind, taken + 1);
            }
            _ => return false,
        }
    }
}

/// Matches one character with the start of a pattern, and returns how much of the pattern that took.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern {
        ['?', ..] => (c != '/').then_some(1),
        ['[', class @ ..] => self::class(class, c).map(|length| length + 1),
        ['\\', escaped, ..] => (*escaped == c).then_some(2),
        [literal, ..] => (*literal == c).then_some(1),
        [] => None,
    }
}

fn class(pattern: &[char], c: char) -> Option<usize> {
    let negated = pattern.first() == Some(&'^');
    let mut at = usize::from(negated);
    let mut hit = false;
    let mut first = true;
    while first || pattern.get(at) != Some(&']') {
        first = false;
        let (low, behind) = class_char(pattern, at)?;
        let (high, behind) = if pattern.get(behind) == Some(&'-') { class_char(pattern, behind + 1)? } else { (low, behind) };
        hit |= (low..=high).contains(&c);
        at = behind;
    }
    (hit != negated).then_some(at + 1)
}

fn class_char(pattern: &[char], at: usize) -> Option<(char, usize)> {
    match (pattern.get(at)?, pattern.get(at + 1)) {
        ('\\', Some(&escaped)) => Some((escaped, at + 2)),
        (']' | '-', _) => None,
        (&c, _) => Some((c, at + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, text, expected) in [
            ("*.tgz", "a.tgz", true),
            ("*.tgz", "a/b.tgz", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("?", "/", false),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("[]", "]", false),
            ("\\*", "*", true),
            ("", "", true),
            ("*", "", true),
        ] {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(glob(&chars(pattern), &chars(text)), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn rules_are_helms() {
        for (rules, path, is_folder, expected) in [
            ("*.txt", "docs/a.txt", false, true),
            ("/a.txt", "docs/a.txt", false, false),
            ("docs/*.txt", "docs/a.txt", false, true),
            ("ci/", "ci", true, true),
            ("ci/", "ci", false, false),
            ("# a", "# a", false, false),
            ("!*.yaml", "a.txt", false, true),
            ("!*.yaml", "a.yaml", false, false),
            ("", "templates/.x.swp", false, true),
            ("", "templates/x.yaml", false, false),
        ] {
            assert_eq!(Rules::parse(rules).ignores(path, is_folder), expected, "{rules} {path}");
        }
    }
}
