//! stand-in
use crate::chart::HelmVersion;
use crate::gotemplate::value::Mark;
pub struct RenderedFile {
    pub name: String,
    pub text: Vec<u8>,
    pub marks: Vec<Mark>,
}
pub struct Options {
    pub helm: HelmVersion,
    pub include_crds: bool,
    pub crds: Vec<(String, Vec<u8>)>,
    pub skip_tests: bool,
    pub show_only: Vec<String>,
}
pub struct Piece {
    pub start: usize,
    pub len: usize,
    pub file: usize,
    pub offset: usize,
}
pub struct Assembled {
    pub text: Vec<u8>,
    pub pieces: Vec<Piece>,
}
pub struct Error {
    pub message: String,
}
pub fn assemble(rendered: &[RenderedFile], _: &Options) -> Result<Assembled, Error> {
    let mut text = Vec::new();
    let mut pieces = Vec::new();
    for (file, it) in rendered.iter().enumerate() {
        text.extend_from_slice(format!("---\n# Source: {}\n", it.name).as_bytes());
        pieces.push(Piece { start: text.len(), len: it.text.len(), file, offset: 0 });
        text.extend_from_slice(&it.text);
        text.push(b'\n');
    }
    Ok(Assembled { text, pieces })
}
