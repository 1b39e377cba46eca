//! Paths: Go's path package. The functions of path/filepath do the same on Unix.

use bstr::ByteSlice as _;

use super::args::bytes;
use crate::gotemplate::func::{Func, Native, Param};

const STR: &[Param] = &[Param::Str];
const BASE: Native = |_, args| Ok(base(bytes(args, 0)).to_vec().into());
const CLEAN: Native = |_, args| Ok(clean(bytes(args, 0)).into());
const DIR: Native = |_, args| {
    let path = bytes(args, 0);
    Ok(clean(&path[..path.rfind_byte(b'/').map_or(0, |it| it + 1)]).into())
};
const EXT: Native = |_, args| {
    let path = bytes(args, 0);
    let name = &path[path.rfind_byte(b'/').map_or(0, |it| it + 1)..];
    Ok(name[name.rfind_byte(b'.').unwrap_or(name.len())..].to_vec().into())
};
const IS_ABS: Native = |_, args| Ok(bytes(args, 0).starts_with(b"/").into());

pub(super) const FUNCS: &[Func] = &[
    Func::new("base", STR, BASE),
    Func::new("osBase", STR, BASE),
    Func::new("clean", STR, CLEAN),
    Func::new("osClean", STR, CLEAN),
    Func::new("dir", STR, DIR),
    Func::new("osDir", STR, DIR),
    Func::new("ext", STR, EXT),
    Func::new("osExt", STR, EXT),
    Func::new("isAbs", STR, IS_ABS),
    Func::new("osIsAbs", STR, IS_ABS),
];

fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let path = path.trim_end_with(|it| it == '/');
    if path.is_empty() { b"/" } else { &path[path.rfind_byte(b'/').map_or(0, |it| it + 1)..] }
}

fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|it| *it == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            part => parts.push(part),
        }
    }
    let clean = parts.join(&b'/');
    match (rooted, clean.is_empty()) {
        (true, _) => [b"/", &*clean].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => clean,
    }
}
