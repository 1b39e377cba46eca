//! The actions of a template, by their bytes: what a template's tree leaves out, and an edit must know.

/// What an action does to the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Comment,
    If,
    Else,
    With,
    Range,
    /// `define` and `block`.
    Define,
    End,
    /// Anything that writes or assigns.
    Other,
}

/// `{{ … }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Action {
    /// Of the braces.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Of what is within, without trim markers and space.
    pub(super) inner: (usize, usize),
    pub(super) kind: Kind,
}

/// A block that is open somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// The action that opens it, by index.
    pub(super) opener: usize,
    /// In which branch: 0 is the first.
    pub(super) branch: usize,
}

/// A template's text with its actions.
#[derive(Debug, Clone)]
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) actions: Vec<Action>,
}

impl<'a> Scan<'a> {
    /// Scans a text; what is not closed is text.
    pub(super) fn new(text: &'a str) -> Self {
        let mut actions = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find("{{").map(|it| at + it) {
            let Some(end) = action_end(text, start + 2) else { break };
            actions.push(action(text, start, end));
            at = end;
        }
        Self { text, actions }
    }

    /// Returns the text within an action.
    pub(super) fn inner(&self, action: &Action) -> &'a str {
        &self.text[action.inner.0..action.inner.1]
    }

    /// Returns the action that a byte is in.
    pub(super) fn action_at(&self, offset: usize) -> Option<&Action> {
        let behind = self.actions.partition_point(|it| it.start <= offset);
        self.actions[..behind].last().filter(|it| offset < it.end)
    }

    /// Returns the blocks that are open at a byte, the outermost first.
    pub(super) fn blocks(&self, offset: usize) -> Vec<Block> {
        let mut open: Vec<Block> = Vec::new();
        for (at, action) in self.actions.iter().enumerate().take_while(|(_, it)| it.start < offset) {
            match action.kind {
                Kind::If | Kind::With | Kind::Range | Kind::Define => open.push(Block { opener: at, branch: 0 }),
                Kind::Else => open.last_mut().into_iter().for_each(|it| it.branch += 1),
                Kind::End => _ = open.pop(),
                Kind::Comment | Kind::Other => {}
            }
        }
        open
    }

    /// Returns the actions that belong to the block that an action opens: itself, each `else`, and its `end`.
    pub(super) fn block(&self, opener: usize) -> Vec<usize> {
        let mut found = vec![opener];
        let mut depth = 0;
        for (at, action) in self.actions.iter().enumerate().skip(opener + 1) {
            match action.kind {
                Kind::If | Kind::With | Kind::Range | Kind::Define => depth += 1,
                Kind::Else if depth == 0 => found.push(at),
                Kind::End if depth == 0 => {
                    found.push(at);
                    break;
                }
                Kind::End => depth -= 1,
                _ => {}
            }
        }
        found
    }

    /// Returns where a variable got its value that is read at a byte: the expression's bytes, and the action's index.
    pub(super) fn definition(&self, variable: &str, offset: usize) -> Option<(usize, (usize, usize))> {
        let body = self.blocks(offset).into_iter().rev().find(|it| self.actions[it.opener].kind == Kind::Define);
        let first = body.map_or(0, |it| it.opener);
        let defines = |(at, action): (usize, &Action)| Some((at, assigned(self.text, action, variable)?));
        let mut found = self.actions.iter().enumerate().skip(first).take_while(|(_, it)| it.end <= offset);
        let mut last = None;
        for it in found.by_ref() {
            last = defines(it).or(last);
        }
        last
    }
}

/// Returns the expression that an action assigns to a variable.
fn assigned(text: &str, action: &Action, variable: &str) -> Option<(usize, usize)> {
    if action.kind == Kind::Comment {
        return None;
    }
    let inner = &text[action.inner.0..action.inner.1];
    let rest = match action.kind {
        Kind::If | Kind::With => inner.split_once(char::is_whitespace)?.1.trim_start(),
        Kind::Other => inner,
        _ => return None,
    };
    let rest = rest.strip_prefix(variable)?.trim_start();
    let rest = rest.strip_prefix(":=").or_else(|| rest.strip_prefix('='))?.trim_start();
    Some((action.inner.1 - rest.len(), action.inner.1))
}

/// Returns the end of the action whose inside begins at `at`.
fn action_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let body = text[at..].strip_prefix('-').map_or(at, |rest| text.len() - rest.trim_start().len());
    if text[body..].starts_with("/*") {
        let close = body + text[body..].find("*/")? + 2;
        return Some(close + text[close..].find("}}")? + 2);
    }
    let mut at = at;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'`' | b'\'') => at = string_end(bytes, at, quote)?,
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
            _ => at += 1,
        }
    }
    None
}

/// Returns the byte behind the string that begins at `at`.
pub(super) fn string_end(bytes: &[u8], at: usize, quote: u8) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote != b'`' => at += 2,
            it if it == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn action(text: &str, start: usize, end: usize) -> Action {
    let within = &text[start + 2..end - 2];
    let left = within.strip_prefix("- ").or_else(|| within.strip_prefix("-\n")).or_else(|| within.strip_prefix("-\t"));
    let left = left.unwrap_or_else(|| within.strip_prefix("-/*").map_or(within, |_| &within[1..])).trim_start();
    let from = start + 2 + (within.len() - left.len());
    let right = left.strip_suffix('-').filter(|it| it.is_empty() || it.ends_with(char::is_whitespace) || it.ends_with("*/"));
    let inner = right.unwrap_or(left).trim_end();
    let word: &str = inner.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let kind = match word {
        _ if inner.starts_with("/*") => Kind::Comment,
        "if" => Kind::If,
        "else" => Kind::Else,
        "with" => Kind::With,
        "range" => Kind::Range,
        "define" | "block" => Kind::Define,
        "end" => Kind::End,
        _ => Kind::Other,
    };
    Action { start, end, inner: (from, from + inner.len()), kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_told_with_their_insides() {
        let scan = Scan::new("a: {{- if .x -}}\nb: {{ \"}}\" | quote }}{{- /* {{ x }} */ -}}{{end}} {{ open");
        let told: Vec<_> = scan.actions.iter().map(|it| (it.kind, scan.inner(it))).collect();
        assert_eq!(
            told,
            [(Kind::If, "if .x"), (Kind::Other, "\"}}\" | quote"), (Kind::Comment, "/* {{ x }} */"), (Kind::End, "end")]
        );
    }

    #[test]
    fn open_blocks_and_branches_are_told() {
        let text = "{{ define \"a\" }}{{ with .x }}{{ else }}HERE{{ end }}{{ end }}";
        let scan = Scan::new(text);
        let blocks = scan.blocks(text.find("HERE").unwrap());
        assert_eq!(blocks, [Block { opener: 0, branch: 0 }, Block { opener: 1, branch: 1 }]);
        assert_eq!(scan.block(1), [1, 2, 3]);
    }

    #[test]
    fn the_last_definition_of_a_variable_counts() {
        let text = "{{- $port := .Values.a -}}{{ if $x := .y }}{{ end }}{{ $port = 80 }} HERE {{ $port := 1 }}";
        let scan = Scan::new(text);
        let read = |name| scan.definition(name, text.find("HERE").unwrap()).map(|it| &text[it.1.0..it.1.1]);
        assert_eq!(read("$port"), Some("80"));
        assert_eq!(read("$x"), Some(".y"));
        assert_eq!(read("$por"), None);
    }
}
