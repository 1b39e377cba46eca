use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn nothing(_: &[Option<usize>]) -> bool {
    false
}

fn count(sizes: &[usize], how: Combine) -> usize {
    combine(sizes, how, &[], &nothing).unwrap().len()
}

/// All pairs `(axis, item, axis, item)` of some rows.
fn pairs(rows: &[Vec<usize>]) -> BTreeSet<(usize, usize, usize, usize)> {
    let mut pairs = BTreeSet::new();
    for row in rows {
        for a in 0..row.len() {
            pairs.extend((a + 1..row.len()).map(|b| (a, row[a], b, row[b])));
        }
    }
    pairs
}

#[test]
fn sizes_are_as_promised() {
    for (sizes, how, most) in [
        (vec![2; 10], Combine::Pairwise, 10),
        (vec![3; 20], Combine::Pairwise, 27),
        (vec![3; 4], Combine::Pairwise, 13),
        (vec![10, 2, 2, 2], Combine::Pairwise, 22),
        (vec![3, 4], Combine::Pairwise, 12),
        (vec![5], Combine::Pairwise, 5),
        (vec![1, 1, 1], Combine::Pairwise, 1),
        (vec![3, 4, 2], Combine::Product, 24),
        (vec![3, 4, 2], Combine::Each, 7),
        (vec![], Combine::Product, 1),
    ] {
        let made = count(&sizes, how);
        assert!(made <= most, "{sizes:?} {how:?}: {made}");
    }
}

#[test]
fn first_row_is_the_base() {
    for how in [Combine::Product, Combine::Pairwise, Combine::Each] {
        assert_eq!(combine(&[2, 3, 2], how, &[], &nothing).unwrap()[0], [0, 0, 0]);
    }
}

#[test]
fn too_many_cases_are_refused_with_a_way_out() {
    for (sizes, how, expected) in [
        (
            vec![3; 20],
            Combine::Product,
            "the axes make 3486784401 cases, more than 10000; combine them with `pairwise` or `each`, or drop items",
        ),
        (
            vec![200; 3],
            Combine::Pairwise,
            "the axes make at least 40000 cases, more than 10000; combine them with `each`, or drop items",
        ),
        (vec![20_000], Combine::Each, "the axes make 20000 cases, more than 10000; drop items"),
        (
            vec![1 << 60; 20],
            Combine::Product,
            "the axes make 340282366920938463463374607431768211455 cases, more than 10000; combine them with `pairwise` or `each`, or drop items",
        ),
    ] {
        assert_eq!(combine(&sizes, how, &[], &nothing).unwrap_err().to_string(), expected);
    }
}

#[test]
fn pair_that_no_allowed_row_has_is_given_up() {
    // items 0 of the first two axes leave nothing for the last
    let excluded = |row: &[Option<usize>]| {
        let with = |axis: usize, item| row[axis] == Some(0) && row[19] == Some(item);
        with(0, 0) || with(1, 1) || with(0, 2)
    };
    let rows = combine(&[3; 20], Combine::Pairwise, &[0, 1, 19], &excluded).unwrap();
    assert!(rows.iter().all(|row| row[0] != 0 || row[1] != 0));
    assert!(rows.iter().any(|row| row[0] == 0) && rows.iter().any(|row| row[1] == 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn product_has_the_size_of_the_product(sizes in prop::collection::vec(1_usize..5, 0..5)) {
        let rows = combine(&sizes, Combine::Product, &[], &nothing).unwrap();
        prop_assert_eq!(rows.len(), sizes.iter().product::<usize>());
        prop_assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len());
    }

    #[test]
    fn each_varies_one_axis(sizes in prop::collection::vec(1_usize..5, 0..6)) {
        let rows = combine(&sizes, Combine::Each, &[], &nothing).unwrap();
        prop_assert_eq!(rows.len(), 1 + sizes.iter().map(|size| size - 1).sum::<usize>());
        prop_assert!(rows.iter().all(|row| row.iter().filter(|&&item| item != 0).count() <= 1));
    }

    #[test]
    fn pairwise_covers_every_pair_that_an_allowed_row_has(
        sizes in prop::collection::vec(1_usize..4, 1..6),
        bans in prop::collection::vec((0_usize..6, 0_usize..4, 0_usize..6, 0_usize..4), 0..4),
    ) {
        let at = |row: &[Option<usize>], axis: usize| row.get(axis).copied().flatten();
        let excluded = |row: &[Option<usize>]| bans.iter().any(|&(a, i, b, j)| at(row, a) == Some(i) && at(row, b) == Some(j));
        let constrained: Vec<usize> = bans.iter().flat_map(|&(a, _, b, _)| [a, b]).collect();
        let all = combine(&sizes, Combine::Product, &constrained, &excluded).unwrap();
        let rows = combine(&sizes, Combine::Pairwise, &constrained, &excluded).unwrap();
        prop_assert!(rows.iter().all(|row| all.contains(row)));
        prop_assert_eq!(pairs(&rows), pairs(&all));
        prop_assert!(rows.len() <= all.len());
    }

    #[test]
    fn equal_axes_give_equal_rows(sizes in prop::collection::vec(1_usize..4, 0..8)) {
        for how in [Combine::Pairwise, Combine::Each] {
            prop_assert_eq!(combine(&sizes, how, &[], &nothing), combine(&sizes, how, &[], &nothing));
        }
    }
}
#[test]
fn zz() {
    for (n, s) in [(10, 2), (20, 3), (4, 3), (13, 3), (30, 2), (10, 5), (6, 10)] {
        let t = std::time::Instant::now();
        println!("Z {s}^{n} {} {:?}", count(&vec![s; n], Combine::Pairwise), t.elapsed());
    }
    for t in ["charts/web", "charts/api", "overlays/prod", "charts/db"] {
        println!("Z {t} {}", "1/2".parse::<crate::matrix::Shard>().unwrap().takes_target(t));
    }
}
