//! What the commands say of themselves, and of the rules.

use crate::sandbox::Sandbox;

#[test]
fn version_is_told() {
    assert_eq!(Sandbox::new().run("--version").ended(0), format!("portcullis {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn each_command_has_help() {
    let sandbox = Sandbox::new();
    let top = sandbox.run("--help").ended(0);
    let commands = top.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> =
        commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|it| !it.is_empty()).collect();
    assert!(names.contains(&"check") && names.contains(&"explain"), "{names:?}");
    let mut all = vec![format!("$ portcullis --help\n{top}")];
    for name in names.into_iter().filter(|it| *it != "help") {
        all.push(format!("$ portcullis {name} --help\n{}", sandbox.run(&format!("{name} --help")).ended(0)));
    }
    snapshot!(all.join("\n"));
}

#[test]
fn rules_are_listed() {
    snapshot!(Sandbox::new().run("rules"));
}

#[test]
fn each_rule_is_explained() {
    let sandbox = Sandbox::new();
    for id in portcullis::rules::ids() {
        let text = sandbox.run(&format!("explain {id}")).ended(0);
        assert!(text.starts_with(&format!("# {id}\n\n")), "{text}");
        for heading in ["What it does", "Why is this bad?", "Example", "Use instead"] {
            assert!(text.contains(&format!("\n## {heading}\n")), "{id} lacks `{heading}`");
        }
    }
}

#[test]
fn explanation_is_markdown() {
    snapshot!(Sandbox::new().run("explain dangling-port"));
}

#[test]
fn unknown_rules_have_a_neighbour() {
    snapshot!(Sandbox::new().transcript(&["explain dangling-prt", "explain image-tag", "explain"]));
}

#[test]
fn unknown_commands_have_a_neighbour() {
    snapshot!(Sandbox::new().transcript(&["chekc", "check --valeus x.yaml", "matrix --format githb"]));
}
