//! Heads of documents, kept: from rendering to rendering of a chart, most documents are the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

use super::head::{Head, HeadError, read};
use crate::chart::HelmVersion;

/// More text than that is not kept.
const KEPT: usize = 16 << 20;

/// The heads of documents that were read already, for all threads.
#[derive(Debug, Default)]
pub(in crate::render::builtin) struct Heads {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_text: HashMap<Box<[u8]>, Arc<Head>, RandomState>,
    bytes: usize,
}

impl Heads {
    /// Reads the head of a document.
    pub(super) fn of(&self, text: &[u8], helm: HelmVersion) -> Result<Arc<Head>, HeadError> {
        if let Some(head) = self.known.lock().unwrap_or_else(PoisonError::into_inner).by_text.get(text) {
            return Ok(Arc::clone(head));
        }
        let head = Arc::new(read(text, helm)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.bytes + text.len() <= KEPT && known.by_text.insert(text.into(), Arc::clone(&head)).is_none() {
            known.bytes += text.len();
        }
        Ok(head)
    }
}
