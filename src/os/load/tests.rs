use std::io::Write as _;

use super::*;
use crate::os::testing::write_files;

fn tgz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        // Not `set_path`, which refuses what hostile archives hold.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn paths(tree: &SourceTree) -> Vec<&str> {
    tree.paths().collect()
}

#[test]
fn archives_in_archives_are_unfolded() {
    let inner = tgz(&[("deep/Chart.yaml", b"name: deep")]);
    let middle = tgz(&[("sub/Chart.yaml", b"name: sub"), ("sub/charts/deep-1.0.tgz", &inner)]);
    let outer =
        tgz(&[("web/Chart.yaml", b"name: web"), ("web/charts/sub-2.0.tgz", &middle), ("web/files/data.tgz", b"no archive")]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web-1.0.tgz");
    std::fs::File::create(&path).unwrap().write_all(&outer).unwrap();
    let tree = load_chart(&path).unwrap().tree;
    assert_eq!(paths(&tree), ["Chart.yaml", "charts/sub/Chart.yaml", "charts/sub/charts/deep/Chart.yaml", "files/data.tgz"]);
}

#[test]
fn hostile_and_broken_archives_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.tgz");
    for (bytes, reason) in [
        (tgz(&[("web/../../evil", b"")]), "`web/../../evil` leads out of the chart"),
        (tgz(&[("/etc/evil", b"")]), "`/etc/evil` is an absolute path"),
        (b"name: web".to_vec(), "it is not compressed with gzip"),
        (tgz(&[("web/Chart.yaml", &[b'x'; 9000])])[..60].to_vec(), "incomplete deflate stream"),
    ] {
        std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
        let message = load_chart(&path).unwrap_err().to_string();
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn bombs_are_refused() {
    let mut budget = Budget::new(Path::new("x"), 1000);
    let bomb = tgz(&[("web/Chart.yaml", &vec![0; 100_000])]);
    assert!(archive::unpack("x", &bomb, &mut budget).is_err());
}

#[test]
fn folders_follow_helmignore_but_keep_ci_values() {
    let folder = tempfile::tempdir().unwrap();
    write_files(
        folder.path(),
        &[
            ("Chart.yaml", "name: web"),
            (".helmignore", "ci/\n*.md\n"),
            ("README.md", ""),
            ("ci/a-values.yaml", ""),
            ("ci/notes.txt", ""),
            ("templates/.hidden.yaml", ""),
            ("templates/x.yaml", ""),
        ],
    );
    let tree = load_chart(folder.path()).unwrap().tree;
    assert_eq!(paths(&tree), [".helmignore", "Chart.yaml", "ci/a-values.yaml", "templates/x.yaml"]);
}

#[test]
fn links_stay_inside_and_odd_files_are_never_opened() {
    let folder = tempfile::tempdir().unwrap();
    let chart = folder.path().join("web");
    write_files(&chart, &[("Chart.yaml", "name: web"), ("files/a.txt", "a")]);
    write_files(folder.path(), &[("secret.yaml", "s")]);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, chart.join(at)).unwrap();
    link("files/a.txt", "b.txt");
    link("../secret.yaml", "values.yaml");
    link("..", "files/loop");
    link(".", "files/self");
    let fifo = crate::os::Program::new("/bin/sh").args(["-c", "mkfifo pipe"]).env([("PATH", "/usr/bin:/bin")]);
    fifo.cwd(&chart).run().unwrap();
    let tree = load_chart(&chart).unwrap().tree;
    assert_eq!(paths(&tree), ["Chart.yaml", "b.txt", "files/a.txt"]);
}

#[test]
fn local_dependencies_are_put_in() {
    let folder = tempfile::tempdir().unwrap();
    let dependencies = "name: web\ndependencies:\n- {name: common, version: 1.0.0, repository: 'file://../common'}\n\
                        - {name: there, version: 1.0.0, repository: 'file://../there'}\n- {name: far, repository: 'https://x'}\n";
    write_files(
        folder.path(),
        &[
            ("web/Chart.yaml", dependencies),
            ("web/charts/there-dir/Chart.yaml", "name: there"),
            ("common/Chart.yaml", "name: common"),
            ("there/Chart.yaml", "name: there"),
        ],
    );
    let web = folder.path().join("web");
    let loaded = load_chart(&web).unwrap();
    assert_eq!(paths(&loaded.tree), ["Chart.yaml", "charts/common/Chart.yaml", "charts/there-dir/Chart.yaml"]);
    assert_eq!(loaded.linked[0].at, "charts/common");
    assert!(lacks_local(&web, &loaded.tree));
    std::fs::rename(folder.path().join("common"), web.join("charts/common")).unwrap();
    assert!(!lacks_local(&web, &loaded.tree));
}

#[test]
fn overlays_reach_their_bases() {
    let folder = tempfile::tempdir().unwrap();
    write_files(
        folder.path(),
        &[
            (
                "overlays/prod/kustomization.yaml",
                "resources: [../../base, 'https://x/y.yaml', ns.yaml]\npatches: [{path: p/patch.yaml}]\n\
                 configMapGenerator: [{name: a, files: [k=../../conf/a.conf]}]\n",
            ),
            ("overlays/prod/ns.yaml", ""),
            ("overlays/prod/p/patch.yaml", ""),
            ("overlays/prod/p/other.yaml", ""),
            ("base/kustomization.yml", "resources: [deploy.yaml, ../overlays/prod]"),
            ("base/deploy.yaml", ""),
            ("conf/a.conf", ""),
        ],
    );
    let tree = load_overlay(&folder.path().join("overlays/prod")).unwrap();
    assert_eq!(
        paths(&tree),
        [
            "../../base/deploy.yaml",
            "../../base/kustomization.yml",
            "../../conf/a.conf",
            "kustomization.yaml",
            "ns.yaml",
            "p/patch.yaml",
        ]
    );
}

#[test]
fn remotes_are_told_from_paths() {
    for entry in [
        "https://github.com/a/b//config?ref=v1",
        "github.com/a/b",
        "git@github.com:a/b.git",
        "git::https://x/y.git",
        "ssh://git@x/y",
        "http://x/y.yaml",
        "example.com/a/b?ref=v1",
    ] {
        assert!(is_remote(entry), "{entry}");
    }
    for entry in ["../base", "deploy.yaml", "./github.com", "a.b/c.yaml", "base/git/x.yaml"] {
        assert!(!is_remote(entry), "{entry}");
    }
}

#[test]
fn manifests_are_a_file_or_all_below_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path(), &[("a.yaml", "a"), ("x/b.yml", ""), ("x/c.json", ""), ("x/d.txt", ""), (".git/e.yaml", "")]);
    assert_eq!(paths(&load_manifests(folder.path()).unwrap()), ["a.yaml", "x/b.yml", "x/c.json"]);
    assert_eq!(load_manifests(&folder.path().join("a.yaml")).unwrap().text("").unwrap(), "a");
    assert_eq!(load_manifests(Path::new("/nowhere")).unwrap_err().to_string(), "`/nowhere` does not exist");
}

#[test]
fn links_that_multiply_are_given_up() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path(), &[("Chart.yaml", "name: web")]);
    for from in 0..12 {
        let below = folder.path().join(format!("d{from}"));
        std::fs::create_dir(&below).unwrap();
        for to in 0..12 {
            std::os::unix::fs::symlink(format!("../d{to}"), below.join(format!("l{to}"))).unwrap();
        }
    }
    let error = load_chart(folder.path()).unwrap_err().to_string();
    assert!(error.contains("links that lead to each other"), "{error}");
}
