//! What Kubernetes reads: `xtask/yamlcheck`, which is the real sigs.k8s.io/yaml.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value as Json;

use super::{Document, Node, NodeKind, Value, parse};

pub(super) struct Go {
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Go {
    /// Starts the program where tests with real tools are asked for and it is on `PATH`.
    pub(super) fn start() -> Option<Self> {
        std::env::var_os("PORTCULLIS_REAL_TOOLS")?;
        #[expect(clippy::disallowed_methods, reason = "it answers for as long as it is asked")]
        let mut child = Command::new("yamlcheck").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let pipes = RefCell::new((child.stdin.take()?, BufReader::new(child.stdout.take()?)));
        Some(Self { child, pipes })
    }

    /// Compares each document of a stream; returns their number, or the first difference.
    ///
    /// What neither reads is no difference, whatever the errors say.
    pub(super) fn compare(&self, text: &str) -> Result<usize, String> {
        let (ours, theirs) = (parse(text), self.ask(text));
        if ours.len() != theirs.len() {
            return Err(format!("{} documents here, {} in Go, in\n{text:?}", ours.len(), theirs.len()));
        }
        for (index, (our, their)) in ours.iter().zip(&theirs).enumerate() {
            if !is_same(our, their) {
                let our: String = format!("{our:?}").chars().take(2_000).collect();
                let text: String = text.chars().take(2_000).collect();
                return Err(format!("document {index} is\n{our}\nhere, and in Go\n{their}\nin\n{text:?}\n{text}"));
            }
        }
        Ok(ours.len())
    }

    fn ask(&self, text: &str) -> Vec<String> {
        let (stdin, stdout) = &mut *self.pipes.borrow_mut();
        write!(stdin, "{}\n{text}", text.len()).unwrap();
        stdin.flush().unwrap();
        stdout.lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect()
    }
}

impl Drop for Go {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn is_same(our: &Document, their: &str) -> bool {
    match (&our.error, &our.root) {
        (Some(_), _) => their.starts_with('!'),
        (None, None) => their == "null",
        (None, Some(root)) => serde_json::from_str(their).is_ok_and(|their| means(root, &their)),
    }
}

fn means(node: &Node, json: &Json) -> bool {
    match (&node.kind, json) {
        (NodeKind::Sequence(items), Json::Array(values)) => {
            items.len() == values.len() && items.iter().zip(values).all(|(item, value)| means(item, value))
        }
        (NodeKind::Mapping(entries), Json::Object(values)) => {
            entries.len() == values.len()
                && entries.iter().all(|entry| values.get(&entry.key).is_some_and(|value| means(&entry.value, value)))
        }
        (NodeKind::Scalar { value: Value::Null, .. }, Json::Null) => true,
        (NodeKind::Scalar { value: Value::Bool(our), .. }, Json::Bool(their)) => our == their,
        (NodeKind::Scalar { value: Value::Str(our), .. }, Json::String(their)) => our == their,
        (NodeKind::Scalar { value: Value::Int(our), .. }, Json::Number(their)) => their.as_i64() == Some(*our),
        // in JSON, 1.0 is 1; and serde_json reads the last digit of long numbers only nearly
        (NodeKind::Scalar { value: Value::Float(our), .. }, Json::Number(their)) => {
            their.as_f64().is_some_and(|their| (our - their).abs() <= our.abs() * f64::EPSILON)
        }
        _ => false,
    }
}
