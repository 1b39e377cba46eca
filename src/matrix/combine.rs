//! Which points of a product of axes become cases: all, a covering array of all pairs, or one axis at a time.
//!
//! A point is a row of item indices, one for each axis. Knows nothing of what the items are.

mod pairwise;

use super::Combine;

/// More cases than this are refused: nobody reads their report, and a product grows to that by mistake.
pub const MAX_CASES: usize = 10_000;

/// The axes have more points than a run may have cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the axes make {}{points} cases, more than {MAX_CASES}; {}", if *.at_least { "at least " } else { "" }, .how.help())]
pub struct TooMany {
    /// How many there would be.
    pub points: u128,
    /// Whether that is only a bound from below.
    pub at_least: bool,
    how: Combine,
}

impl Combine {
    fn help(self) -> &'static str {
        match self {
            Self::Product => "combine them with `pairwise` or `each`, or drop items",
            Self::Pairwise => "combine them with `each`, or drop items",
            Self::Each => "drop items",
        }
    }
}

/// Says of a row, of which some coordinates may still be open, whether it is certainly left out.
pub(super) type Excluded<'a> = &'a dyn Fn(&[Option<usize>]) -> bool;

/// Returns the chosen rows, sorted, for axes of these sizes (each at least 1).
///
/// `excluded` is asked about rows with open coordinates too and must stick to a yes. `constrained` names the axes that it looks at.
pub fn combine(sizes: &[usize], how: Combine, constrained: &[usize], excluded: Excluded<'_>) -> Result<Vec<Vec<usize>>, TooMany> {
    let (points, at_least) = match how {
        Combine::Product => (sizes.iter().fold(1_u128, |points, &size| points.saturating_mul(size as u128)), false),
        Combine::Each => (1 + sizes.iter().map(|&size| size.saturating_sub(1) as u128).sum::<u128>(), false),
        Combine::Pairwise => (two_largest(sizes), sizes.len() > 2),
    };
    if points > MAX_CASES as u128 {
        return Err(TooMany { points, at_least, how });
    }
    let allowed = |row: &Vec<usize>| !excluded(&row.iter().map(|&item| Some(item)).collect::<Vec<_>>());
    let mut rows = match how {
        Combine::Pairwise if sizes.len() > 2 => pairwise::rows(sizes, constrained, excluded),
        Combine::Product | Combine::Pairwise => product(sizes).into_iter().filter(allowed).collect(),
        Combine::Each => each(sizes).into_iter().filter(allowed).collect(),
    };
    rows.sort();
    Ok(rows)
}

/// Returns the number of pairs between the two largest axes: no covering array has fewer rows.
fn two_largest(sizes: &[usize]) -> u128 {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    sorted.iter().take(2).map(|&size| size as u128).product()
}

fn product(sizes: &[usize]) -> Vec<Vec<usize>> {
    sizes.iter().fold(vec![Vec::new()], |rows, &size| {
        rows.iter().flat_map(|row| (0..size).map(move |item| [row.as_slice(), &[item]].concat())).collect()
    })
}

fn each(sizes: &[usize]) -> Vec<Vec<usize>> {
    let first = vec![0; sizes.len()];
    let mut rows = vec![first.clone()];
    for (axis, &size) in sizes.iter().enumerate() {
        for item in 1..size {
            let mut row = first.clone();
            row[axis] = item;
            rows.push(row);
        }
    }
    rows
}

#[cfg(test)]
mod tests;
