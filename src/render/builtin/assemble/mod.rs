//! From rendered files to what `helm template` prints: Helm's pkg/action/action.go (`renderResources`), pkg/release/v1/util and
//! pkg/cmd/template.go.

mod glob;
mod head;
mod heads;
mod hooks;
mod kinds;
mod show;
mod split;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bstr::ByteSlice as _;

use crate::chart::HelmVersion;
use crate::gotemplate::value::Mark;
use head::Head;
pub(super) use heads::Heads;

/// A file of a chart, rendered.
#[derive(Debug, Clone, Default)]
pub(super) struct RenderedFile {
    /// `web/templates/deployment.yaml`
    pub(super) name: String,
    pub(super) text: Vec<u8>,
    /// Who made which part of the text; empty without provenance.
    pub(super) marks: Vec<Mark>,
}

/// What `helm template` is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub(super) helm: HelmVersion,
    /// `--include-crds`
    pub(super) include_crds: bool,
    /// Files of `crds` folders, by name, those of dependencies last.
    pub(super) crds: Vec<(String, Vec<u8>)>,
    /// `--skip-tests`
    pub(super) skip_tests: bool,
    /// `--show-only`, a pattern each; empty shows all.
    pub(super) show_only: Vec<String>,
}

/// What `helm template` prints.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Assembled {
    pub(super) text: Vec<u8>,
    /// Which parts were taken from files, in ascending order. What is between them is Helm's own: separators and names of files.
    pub(super) pieces: Vec<Piece>,
}

/// A part of the output that a file made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// In the output, in bytes.
    pub(super) start: usize,
    pub(super) len: usize,
    /// Index of the rendered file; behind them all come the CRDs.
    pub(super) file: usize,
    /// In the text of the file, in bytes.
    pub(super) offset: usize,
}

/// Why there is no output, as Helm words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Error {
    pub(super) message: String,
    /// The rendered file at fault, and the line in it (1-based) where that is known.
    pub(super) place: Option<(usize, Option<u32>)>,
}

/// What Helm writes about each document, besides the name of its file.
const HEADER: usize = "---\n# Source: \n\n".len();

/// One document of a file.
struct Manifest {
    file: usize,
    range: Range<usize>,
    head: Arc<Head>,
}

/// Sorts the documents of rendered files, and puts them together.
///
/// Fails for a document that is no YAML, and for a pattern that shows nothing.
pub(super) fn assemble(rendered: &[RenderedFile], options: &Options, heads: &Heads) -> Result<Assembled, Error> {
    let (mut manifests, mut hooks) = manifests(rendered, options.helm, heads)?;
    kinds::sort(&mut manifests, options.helm);
    kinds::sort(&mut hooks, options.helm);
    let mut output = Assembled::default();
    let lengths = manifests.iter().chain(&hooks).map(|it| it.range.len() + rendered[it.file].name.len() + HEADER);
    output.text.reserve(lengths.sum());
    if options.include_crds {
        for (index, (name, text)) in options.crds.iter().enumerate() {
            output.document(name, text, 0..text.len(), rendered.len() + index);
        }
    }
    for it in &manifests {
        output.manifest(it, rendered);
    }
    output.trim();
    output.text.push(b'\n');
    for it in hooks.iter().filter(|it| !(options.skip_tests && hooks::is_test(&it.head))) {
        output.manifest(it, rendered);
    }
    if options.show_only.is_empty() { Ok(output) } else { show::only(&output, options) }
}

/// Splits files into documents, and those into plain ones and hooks. Notes and partials are left out.
fn manifests(rendered: &[RenderedFile], helm: HelmVersion, heads: &Heads) -> Result<(Vec<Manifest>, Vec<Manifest>), Error> {
    let (mut plain, mut hooks) = (Vec::new(), Vec::new());
    let by_name: BTreeMap<&str, usize> = rendered.iter().enumerate().map(|(index, it)| (&*it.name, index)).collect();
    for (name, file) in by_name {
        if name.ends_with("NOTES.txt") || base(name).starts_with('_') {
            continue;
        }
        let text = &rendered[file].text;
        for range in split::split(text, helm) {
            let head = heads.of(&text[range.clone()], helm).map_err(|error| {
                let before = text[..range.start].find_iter(b"\n").count();
                let line = error.line.map(|it| it.saturating_add(u32::try_from(before).unwrap_or(u32::MAX)));
                Error { message: format!("YAML parse error on {name}: {}", error.message), place: Some((file, line)) }
            })?;
            match hooks::kind(&head) {
                hooks::Kind::None => plain.push(Manifest { file, range, head }),
                hooks::Kind::Known => hooks.push(Manifest { file, range, head }),
                hooks::Kind::Unknown => {}
            }
        }
    }
    Ok((plain, hooks))
}

/// Returns the last element of a path: Go's `path.Base`, for what is no folder.
fn base(name: &str) -> Cow<'_, str> {
    name.rsplit('/').find(|it| !it.is_empty()).unwrap_or_default().into()
}

impl Assembled {
    fn manifest(&mut self, manifest: &Manifest, rendered: &[RenderedFile]) {
        let file = &rendered[manifest.file];
        self.document(&file.name, &file.text, manifest.range.clone(), manifest.file);
    }

    fn document(&mut self, name: &str, text: &[u8], range: Range<usize>, file: usize) {
        self.text.extend_from_slice(b"---\n# Source: ");
        self.text.extend_from_slice(name.as_bytes());
        self.text.push(b'\n');
        let (start, offset) = (self.text.len(), range.start);
        self.pieces.push(Piece { start, len: range.len(), file, offset });
        self.text.extend_from_slice(&text[range]);
        self.text.push(b'\n');
    }

    /// Removes white space at the end. There is none at the start.
    fn trim(&mut self) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        for piece in self.pieces.iter_mut().rev() {
            if piece.start + piece.len <= end {
                break;
            }
            piece.len = end.saturating_sub(piece.start);
        }
        self.pieces.retain(|it| it.len > 0);
    }

    /// Appends a part of another output.
    fn copy(&mut self, other: &Self, range: Range<usize>) {
        let shift = self.text.len();
        for piece in &other.pieces {
            let start = piece.start.max(range.start);
            let end = (piece.start + piece.len).min(range.end);
            if start < end {
                let offset = piece.offset + (start - piece.start);
                self.pieces.push(Piece { start: shift + start - range.start, len: end - start, file: piece.file, offset });
            }
        }
        self.text.extend_from_slice(&other.text[range]);
    }
}

#[cfg(test)]
#[path = "assemble_tests.rs"]
mod tests;
