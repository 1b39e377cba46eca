//! Where boxes stand: four columns (who asks, Services, pods, who asks for pods alone), each box beside what it is linked with.

use std::collections::{HashMap, HashSet};

use super::place::{Sizes, X_GAP, Y_GAP};
use super::{Picture, Role};
use crate::graph::EdgeKind;

const COLUMNS: usize = 4;
/// Sweeps over the columns, each to put boxes in the order of what they are linked with.
const SWEEPS: usize = 6;

/// Left upper corners, in pixels.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Column of each node.
    pub(super) columns: Vec<usize>,
    pub(super) x: Vec<i32>,
    pub(super) y: Vec<i32>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Lays out a picture below a margin.
pub(super) fn layout(picture: &Picture, sizes: &Sizes, margin: i32) -> Layout {
    let columns = columns(picture);
    let neighbours = neighbours(picture);
    let mut y = vec![0; picture.nodes.len()];
    let mut bottoms = [margin; COLUMNS];
    for part in parts(picture) {
        let ordered = ordered(&part, &columns, &neighbours);
        let used = |column: &usize| !ordered[*column].is_empty();
        let top = (0..COLUMNS).filter(used).map(|it| bottoms[it]).max().unwrap_or(margin);
        place(&ordered, sizes, &neighbours, top, &mut y);
        for (column, nodes) in ordered.iter().enumerate() {
            let bottom = nodes.last().map(|it| y[*it] + sizes.height(*it) + Y_GAP);
            bottoms[column] = bottom.unwrap_or(bottoms[column]).max(bottoms[column]);
        }
    }
    let widths = widths(&columns, sizes);
    let mut left = [margin; COLUMNS];
    for column in 1..COLUMNS {
        left[column] = left[column - 1] + widths[column - 1] + if widths[column - 1] > 0 { X_GAP } else { 0 };
    }
    let last = (0..COLUMNS).rev().find(|it| widths[*it] > 0).unwrap_or(0);
    Layout {
        x: columns.iter().map(|it| left[*it]).collect(),
        width: left[last] + widths[last] + margin,
        height: bottoms.into_iter().max().unwrap_or(margin),
        columns,
        y,
    }
}

/// Returns the width of each column, which its boxes share.
pub(super) fn widths(columns: &[usize], sizes: &Sizes) -> [i32; COLUMNS] {
    let mut widths = [0; COLUMNS];
    for (node, column) in columns.iter().enumerate() {
        widths[*column] = widths[*column].max(sizes.width(node));
    }
    widths
}

fn columns(picture: &Picture) -> Vec<usize> {
    let mut to_service = vec![false; picture.nodes.len()];
    let mut to_pods = vec![false; picture.nodes.len()];
    for link in &picture.links {
        let Some(to) = link.to else { continue };
        match picture.nodes[to.node].role {
            Role::Service => to_service[link.from.node] = true,
            Role::Workload => to_pods[link.from.node] = true,
            Role::Referrer => {}
        }
    }
    let column = |(index, node): (usize, &super::Node)| match node.role {
        Role::Service => 1,
        Role::Workload => 2,
        Role::Referrer if to_pods[index] && !to_service[index] => 3,
        Role::Referrer => 0,
    };
    picture.nodes.iter().enumerate().map(column).collect()
}

/// For each node those that it is linked with, either way; texts pull nothing together.
fn neighbours(picture: &Picture) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new(); picture.nodes.len()];
    for (from, to) in ties(picture) {
        all[from].push(to);
        all[to].push(from);
    }
    all
}

fn ties(picture: &Picture) -> impl Iterator<Item = (usize, usize)> {
    let strong =
        picture.links.iter().filter(|it| it.kind != EdgeKind::Soft || picture.nodes[it.from.node].role == Role::Referrer);
    strong.filter_map(|it| Some((it.from.node, it.to?.node))).filter(|(from, to)| from != to)
}

/// Splits the nodes into parts that hang together: those with something broken first, then routes, then the rest.
fn parts(picture: &Picture) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..picture.nodes.len()).collect();
    let mut tied: HashMap<usize, usize> = HashMap::new();
    for (from, to) in ties(picture) {
        // A policy that speaks of all pods would make one part of everything.
        let first = *tied.entry(from).or_insert(to);
        if first == to || picture.nodes[from].role != Role::Referrer {
            let (a, b) = (root(&mut group, from), root(&mut group, to));
            group[a.max(b)] = a.min(b);
        }
    }
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); picture.nodes.len()];
    for node in 0..picture.nodes.len() {
        parts[root(&mut group, node)].push(node);
    }
    parts.retain(|it| !it.is_empty());
    let mut broken: Vec<bool> = picture.nodes.iter().map(|it| !it.troubles.is_empty()).collect();
    for link in picture.links.iter().filter(|it| it.state.trouble().is_some()) {
        broken[link.from.node] = true;
    }
    parts.sort_by_key(|part| {
        let first = part.iter().map(|it| picture.nodes[*it].role).min();
        (!part.iter().any(|it| broken[*it]), part.len() == 1, first)
    });
    parts
}

fn root(group: &mut [usize], mut node: usize) -> usize {
    while group[node] != node {
        group[node] = group[group[node]];
        node = group[node];
    }
    node
}

/// Puts the nodes of a part into columns, each in the order of what it is linked with.
fn ordered(part: &[usize], columns: &[usize], neighbours: &[Vec<usize>]) -> [Vec<usize>; COLUMNS] {
    let mut ordered: [Vec<usize>; COLUMNS] = Default::default();
    for node in part {
        ordered[columns[*node]].push(*node);
    }
    let mut rank: HashMap<usize, usize> = HashMap::new();
    for nodes in &ordered {
        rank.extend(nodes.iter().copied().zip(0..));
    }
    for sweep in 0..SWEEPS {
        let forth = sweep % 2 == 0;
        for step in 0..COLUMNS {
            let column = if forth { step } else { COLUMNS - 1 - step };
            let beside = |it: &usize| if forth { columns[*it] < column } else { columns[*it] > column };
            let mut keyed: Vec<(usize, usize, usize)> = Vec::new();
            for (place, node) in ordered[column].iter().enumerate() {
                let ranks: Vec<usize> =
                    neighbours[*node].iter().filter(|it| beside(it)).filter_map(|it| rank.get(it)).copied().collect();
                // In thousandths, so that equal means stay equal everywhere.
                let mean = (ranks.iter().sum::<usize>() * 1000).checked_div(ranks.len()).unwrap_or(place * 1000);
                keyed.push((mean, place, *node));
            }
            keyed.sort_unstable();
            ordered[column] = keyed.into_iter().map(|it| it.2).collect();
            rank.extend(ordered[column].iter().copied().zip(0..));
        }
    }
    ordered
}

/// Stacks the tallest column from `top`, and moves the boxes of the others beside what they are linked with.
fn place(ordered: &[Vec<usize>; COLUMNS], sizes: &Sizes, neighbours: &[Vec<usize>], top: i32, y: &mut [i32]) {
    let height = |nodes: &Vec<usize>| nodes.iter().map(|it| sizes.height(*it) + Y_GAP).sum::<i32>();
    let tallest = (0..COLUMNS).max_by_key(|it| (height(&ordered[*it]), usize::MAX - it)).unwrap_or(0);
    let mut placed: HashSet<usize> = HashSet::new();
    let mut order: Vec<usize> = (0..COLUMNS).collect();
    order.sort_by_key(|it| it.abs_diff(tallest));
    for column in order {
        let mut at = top;
        let mut wish: Vec<i32> = Vec::new();
        for node in &ordered[column] {
            let seen = neighbours[*node].iter().filter(|it| placed.contains(it));
            let middles: Vec<i32> = seen.map(|it| y[*it] + sizes.height(*it) / 2).collect();
            let count = i32::try_from(middles.len()).unwrap_or(i32::MAX);
            let mean = middles.iter().sum::<i32>().checked_div(count);
            let wanted = mean.map_or(at, |it| it - sizes.height(*node) / 2);
            wish.push(wanted);
            y[*node] = at.max(wanted);
            at = y[*node] + sizes.height(*node) + Y_GAP;
        }
        lift(&ordered[column], &wish, sizes, top, y);
        placed.extend(&ordered[column]);
    }
}

/// Moves boxes up again that others have pushed below where they belong, as far as there is room.
fn lift(nodes: &[usize], wish: &[i32], sizes: &Sizes, top: i32, y: &mut [i32]) {
    let mut first = nodes.len();
    while first > 0 {
        // A run of boxes that touch moves as one.
        let last = first - 1;
        let mut start = last;
        while start > 0 && y[nodes[start]] - (y[nodes[start - 1]] + sizes.height(nodes[start - 1])) <= Y_GAP {
            start -= 1;
        }
        let run = start..=last;
        let off: i32 = run.clone().map(|it| y[nodes[it]] - wish[it]).sum();
        let mean = off / i32::try_from(last - start + 1).unwrap_or(i32::MAX);
        let above = if start == 0 { top } else { y[nodes[start - 1]] + sizes.height(nodes[start - 1]) + Y_GAP };
        let room = (y[nodes[start]] - above).max(0);
        let up = mean.clamp(0, room);
        for it in run {
            y[nodes[it]] -= up;
        }
        first = start;
    }
}
