//! A covering array of strength two, made greedily: each new row covers a pair that is still open, and of several tries the one is taken
//! that covers most. The tries differ by a fixed sequence of pseudo-random orders, so equal axes give equal rows.

use super::Excluded;

/// How many rows are tried for each that is taken.
const TRIES: usize = 24;

/// How many steps a try may take back; only exclusions make it do so.
const STEPS: usize = 2_000;

/// The same for the last try: a pair that it cannot place counts as excluded.
const LAST_STEPS: usize = 100_000;

/// Returns rows such that each pair of items that some allowed row has stands in one of them.
pub(super) fn rows(sizes: &[usize], constrained: &[usize], excluded: Excluded<'_>) -> Vec<Vec<usize>> {
    let mut open = Open::new(sizes);
    let mut rows = Vec::new();
    let first: Vec<Option<usize>> = vec![Some(0); sizes.len()];
    if !excluded(&first) {
        rows.push(open.cover(&first));
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    while let Some(pair) = open.next() {
        let tries = (0..TRIES).filter_map(|_| {
            let order = random.order(sizes.len());
            Try { open: &open, excluded, order: &order, steps: STEPS }.row(pair)
        });
        // the first of the best, hence the reversed comparison of positions
        let best = tries.enumerate().max_by_key(|(at, row)| (open.gain(row), std::cmp::Reverse(*at)));
        let row = best.map(|(_, row)| row).or_else(|| {
            let order = constrained_first(sizes.len(), constrained);
            Try { open: &open, excluded, order: &order, steps: LAST_STEPS }.row(pair)
        });
        match row {
            Some(row) => rows.push(open.cover(&row)),
            None => open.close(pair),
        }
    }
    rows
}

fn constrained_first(axes: usize, constrained: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..axes).collect();
    order.sort_by_key(|axis| !constrained.contains(axis));
    order
}

/// Two items of two axes.
#[derive(Clone, Copy)]
struct Pair {
    first: (usize, usize),
    second: (usize, usize),
}

/// Which pairs are not covered yet.
struct Open {
    /// All pairs, in order; those before `cursor` are covered.
    pairs: Vec<Pair>,
    cursor: usize,
    /// By the numbers of two items, both ways round.
    flags: Vec<bool>,
    /// Number of each axis's first item.
    offsets: Vec<usize>,
    items: usize,
}

impl Open {
    fn new(sizes: &[usize]) -> Self {
        let items = sizes.iter().sum();
        let offsets = sizes.iter().scan(0, |next, size| Some(std::mem::replace(next, *next + size))).collect();
        let mut all = Self { pairs: Vec::new(), cursor: 0, flags: vec![false; items * items], offsets, items };
        for (a, &size) in sizes.iter().enumerate() {
            for (b, &other) in sizes.iter().enumerate().skip(a + 1) {
                let pairs = (0..size).flat_map(|i| (0..other).map(move |j| Pair { first: (a, i), second: (b, j) }));
                all.pairs.extend(pairs);
            }
        }
        for at in 0..all.pairs.len() {
            all.set(all.pairs[at], true);
        }
        all
    }

    fn number(&self, (axis, item): (usize, usize)) -> usize {
        self.offsets[axis] + item
    }

    fn is_open(&self, first: (usize, usize), second: (usize, usize)) -> bool {
        self.flags[self.number(first) * self.items + self.number(second)]
    }

    fn set(&mut self, pair: Pair, open: bool) {
        let (first, second) = (self.number(pair.first), self.number(pair.second));
        self.flags[first * self.items + second] = open;
        self.flags[second * self.items + first] = open;
    }

    fn close(&mut self, pair: Pair) {
        self.set(pair, false);
    }

    /// Returns the first pair that is not covered.
    fn next(&mut self) -> Option<Pair> {
        let ahead = self.pairs[self.cursor..].iter().position(|pair| self.is_open(pair.first, pair.second))?;
        self.cursor += ahead;
        Some(self.pairs[self.cursor])
    }

    /// Returns how many open pairs an item would cover together with the row's others.
    fn gain_of(&self, row: &[Option<usize>], item: (usize, usize)) -> usize {
        let others = row.iter().enumerate().filter_map(|(axis, other)| Some((axis, (*other)?)));
        others.filter(|&other| other.0 != item.0 && self.is_open(item, other)).count()
    }

    /// Returns how many open pairs a row covers, counted from both ends.
    fn gain(&self, row: &[Option<usize>]) -> usize {
        row.iter().enumerate().filter_map(|(axis, item)| Some(self.gain_of(row, (axis, (*item)?)))).sum()
    }

    /// Marks a row's pairs as covered and returns the row.
    fn cover(&mut self, row: &[Option<usize>]) -> Vec<usize> {
        let row: Vec<usize> = row.iter().copied().flatten().collect();
        for (a, &i) in row.iter().enumerate() {
            for (b, &j) in row.iter().enumerate().skip(a + 1) {
                self.close(Pair { first: (a, i), second: (b, j) });
            }
        }
        row
    }

    fn size(&self, axis: usize) -> usize {
        self.offsets.get(axis + 1).unwrap_or(&self.items) - self.offsets[axis]
    }
}

/// One try to make a row around a pair.
struct Try<'a> {
    open: &'a Open,
    excluded: Excluded<'a>,
    /// In which the axes are filled.
    order: &'a [usize],
    steps: usize,
}

impl Try<'_> {
    fn row(mut self, pair: Pair) -> Option<Vec<Option<usize>>> {
        let mut row = vec![None; self.order.len()];
        row[pair.first.0] = Some(pair.first.1);
        row[pair.second.0] = Some(pair.second.1);
        (!(self.excluded)(&row) && self.fill(&mut row, 0)).then_some(row)
    }

    /// Fills the axes from a place in the order on, best item first; takes steps back where it runs into an exclusion.
    fn fill(&mut self, row: &mut [Option<usize>], at: usize) -> bool {
        let Some(&axis) = self.order.get(at) else { return true };
        if row[axis].is_some() {
            return self.fill(row, at + 1);
        }
        let mut items: Vec<(usize, usize)> =
            (0..self.open.size(axis)).map(|item| (self.open.gain_of(row, (axis, item)), item)).collect();
        items.sort_by_key(|&(gain, item)| (std::cmp::Reverse(gain), item));
        for (_, item) in items {
            if self.steps == 0 {
                break;
            }
            self.steps -= 1;
            row[axis] = Some(item);
            if !(self.excluded)(row) && self.fill(row, at + 1) {
                return true;
            }
        }
        row[axis] = None;
        false
    }
}

/// Xorshift: orders that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn order(&mut self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        for at in (1..length).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }
}
