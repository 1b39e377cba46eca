//! The evaluator: a template and its values, with a NUL between them, end in text or in a sentence; with
//! provenance in the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::chart::HelmVersion;
use portcullis::codec::yaml::from_yaml_map;
use portcullis::gotemplate::Limits;
use portcullis::render::builtin::{Engine, Job, Settings};
use portcullis::source::SourceTree;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let (template, values) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Ok(_) = from_yaml_map(values) else { return };
    for helm in [HelmVersion::V3, HelmVersion::V4] {
        let mut tree = SourceTree::default();
        tree.insert("Chart.yaml", &b"{apiVersion: v2, name: web, version: 1.2.3}"[..]);
        tree.insert("values.yaml", &b"{list: [1, two], map: {a: {b: c}}, text: abc, number: 8080}"[..]);
        tree.insert("templates/t.yaml", template);
        let Ok(engine) = Engine::new(&tree, helm) else { return };
        let render = |traced: bool| {
            let Ok(values) = from_yaml_map(values) else { unreachable!("it was read before") };
            let job = Job { release: "rel", namespace: "space", include_crds: true, ..Job::new(values) };
            let limits = Limits { steps: 20_000, bytes: 8 << 20, ..Limits::default() };
            engine.render(&job, &Settings { traced, limits, ..Settings::default() }).map(|made| made.text)
        };
        assert_eq!(render(false), render(true), "provenance changes nothing");
    }
});
