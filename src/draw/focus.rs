//! One object, what leads to it, and what it leads to.

use super::Picture;
use crate::graph::EdgeKind;

impl Picture {
    /// Returns the objects that a word names: `web`, or `Service/web` in any case.
    pub fn named(&self, word: &str) -> Vec<usize> {
        let is = |index: &usize| {
            let subject = &self.nodes[*index].subject;
            match word.split_once('/') {
                Some((kind, name)) => subject.kind.eq_ignore_ascii_case(kind) && subject.name == name,
                None => subject.name == word,
            }
        };
        (0..self.nodes.len()).filter(is).collect()
    }

    /// Keeps some objects, whatever leads to them, and whatever they lead to. Texts count for the objects themselves alone:
    /// they tie everything together.
    pub fn focus(&mut self, on: &[usize]) {
        let forward = self.reached(on, |from, to| (from, to));
        let backward = self.reached(on, |from, to| (to, from));
        let keep: Vec<bool> = forward.iter().zip(&backward).map(|(a, b)| *a || *b).collect();
        retain(self, &keep);
    }

    fn reached(&self, on: &[usize], turned: impl Fn(usize, usize) -> (usize, usize)) -> Vec<bool> {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut queue = on.to_vec();
        for link in &self.links {
            if let Some(to) = link.to {
                let (from, to) = turned(link.from.node, to.node);
                match link.kind {
                    EdgeKind::Soft if on.contains(&from) => queue.push(to),
                    EdgeKind::Soft => {}
                    _ => next[from].push(to),
                }
            }
        }
        let mut seen = vec![false; self.nodes.len()];
        while let Some(node) = queue.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                queue.extend(&next[node]);
            }
        }
        seen
    }
}

/// Leaves out nodes, and the links of those.
pub(super) fn retain(picture: &mut Picture, keep: &[bool]) {
    let mut next = 0;
    let moved: Vec<Option<usize>> = keep
        .iter()
        .map(|kept| {
            next += usize::from(*kept);
            kept.then(|| next - 1)
        })
        .collect();
    let mut index = 0;
    picture.nodes.retain(|_| {
        index += 1;
        keep[index - 1]
    });
    picture.links.retain_mut(|link| {
        let Some(from) = moved[link.from.node] else { return false };
        link.from.node = from;
        match &mut link.to {
            None => true,
            Some(to) => moved[to.node].map(|it| to.node = it).is_some(),
        }
    });
}
