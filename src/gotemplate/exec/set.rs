//! Parsed templates by name, and what was parsed for `tpl`.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

use crate::gotemplate::ast::{Text, Tree};
use crate::gotemplate::func::Func;
use crate::gotemplate::parse::{ParseError, is_empty, parse};

/// Finds a function by name.
pub type Functions = dyn Fn(&str) -> Option<&'static Func> + Send + Sync;

/// All templates of a chart, by name.
#[derive(Debug, Default)]
pub struct Templates {
    by_name: HashMap<Arc<str>, Arc<Tree>, RandomState>,
}

impl Templates {
    /// Adds what a file defines. A later definition replaces an earlier one, unless it is empty (text/template's template.go, `associate`).
    pub fn add(&mut self, trees: &[Arc<Tree>]) {
        for tree in trees {
            if !(is_empty(tree) && self.by_name.contains_key(&tree.name)) {
                self.by_name.insert(Arc::clone(&tree.name), Arc::clone(tree));
            }
        }
    }

    pub fn get(&self, name: &str) -> Option<&Arc<Tree>> {
        self.by_name.get(name)
    }
}

/// Parses a file; its trees can be kept for all renderings.
pub fn parse_file(name: &str, text: &[u8], functions: &Functions) -> Result<Vec<Arc<Tree>>, ParseError> {
    let trees = parse(name, &Arc::new(Text::new(text, false)), functions)?;
    Ok(trees.into_iter().map(Arc::new).collect())
}

/// The texts given to `tpl`, parsed once for all renderings of a chart.
pub struct TplCache {
    functions: Arc<Functions>,
    parsed: Mutex<Parsed>,
}

#[derive(Default)]
struct Parsed {
    by_text: HashMap<Box<[u8]>, Trees, RandomState>,
    bytes: usize,
}

type Trees = Result<Vec<Arc<Tree>>, ParseError>;

/// More than that is not kept, in bytes of text and trees.
const KEPT: usize = 64 << 20;
/// What an action takes as a tree, in bytes, about.
const ACTION: usize = 700;

/// Helm names each text after the root of all templates.
pub(super) const TPL_NAME: &str = "gotpl";

impl TplCache {
    pub fn new(functions: Arc<Functions>) -> Self {
        Self { functions, parsed: Mutex::default() }
    }

    /// Returns the trees of a text, the text itself first.
    pub(super) fn get(&self, text: &[u8]) -> Trees {
        if let Some(known) = self.lock().by_text.get(text) {
            return known.clone();
        }
        let trees = parse(TPL_NAME, &Arc::new(Text::new(text, true)), &*self.functions);
        let trees = trees.map(|trees| trees.into_iter().map(Arc::new).collect::<Vec<_>>());
        let mut parsed = self.lock();
        let weight = text.len() + ACTION * memchr::memmem::find_iter(text, b"{{").count();
        if parsed.bytes + weight <= KEPT {
            parsed.bytes += weight;
            parsed.by_text.insert(text.into(), trees.clone());
        }
        trees
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Parsed> {
        self.parsed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TplCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TplCache").finish_non_exhaustive()
    }
}
