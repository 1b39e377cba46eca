//! Which of the ports that are there was likely meant.

use super::dangling_port::port_words;
use crate::graph::Declared;
use crate::kube::{Field, Port};

/// Names that mean the same to most people, by number.
const USUAL: [(i64, &str); 6] =
    [(80, "http"), (8080, "http"), (8000, "http"), (443, "https"), (8443, "https"), (9090, "metrics")];

/// Returns the port that a wrong one resembles, if that is one of several or the only one.
pub(super) fn meant<'a>(near: &'a [Declared], wanted: &Port) -> Option<&'a Declared> {
    let name = |it: &Declared| it.name.as_ref().map(Field::text).unwrap_or_default();
    let alike = match wanted {
        Port::Name(wanted) => by_name(near, wanted),
        Port::Number(number) => {
            let usual = USUAL.iter().find(|it| it.0 == *number).map(|it| it.1);
            let digits = number.to_string();
            let same_digits = |it: &&Declared| it.number.is_some_and(|it| is_within(&it.to_string(), &digits));
            near.iter().find(same_digits).or_else(|| near.iter().find(|it| usual.is_some_and(|usual| name(it) == usual)))
        }
        Port::Malformed(_) => None,
    };
    match (alike, near) {
        (Some(it), _) => Some(it),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

fn by_name<'a>(near: &'a [Declared], wanted: &str) -> Option<&'a Declared> {
    let wanted = wanted.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    let distance = |it: &Declared| {
        let name = it.name.as_ref()?.text().to_lowercase();
        // `http-metrics` for `metrics`, and the reverse.
        let parts = name.split('-').any(|it| it == wanted) || wanted.split('-').any(|it| it == name);
        let distance = strsim::osa_distance(&name, &wanted);
        let distance = if parts { distance.min(1) } else { distance };
        (distance <= limit).then_some(distance)
    };
    near.iter().filter_map(|it| Some((distance(it)?, it))).min_by_key(|it| it.0).map(|it| it.1)
}

/// Whether one number is the other with more digits around: 8080 and 80, 8443 and 443.
fn is_within(a: &str, b: &str) -> bool {
    a.len() != b.len() && a.len().min(b.len()) >= 2 && (a.ends_with(b) || b.ends_with(a))
}

/// Asks after it: ``did you mean `http` (8080)?``.
pub(super) fn did_you_mean(near: &[Declared], wanted: &Port) -> Option<String> {
    meant(near, wanted).map(|it| format!("did you mean {}?", port_words(it)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Place;

    fn declared(number: i64, name: &str) -> Declared {
        let at = Place::default();
        let field = |value: serde_json::Value| Field { resource: 0, path: String::new(), start: at, end: at, value };
        let name = (!name.is_empty()).then(|| field(name.into()));
        Declared { field: field(number.into()), number: Some(number), name, protocol: "TCP".into() }
    }

    fn ask(ports: &[(i64, &str)], wanted: &Port) -> String {
        let near: Vec<Declared> = ports.iter().map(|(number, name)| declared(*number, name)).collect();
        did_you_mean(&near, wanted).unwrap_or_default()
    }

    #[test]
    fn the_nearest_port_is_asked_after() {
        let ports = [(9090, "http-metrics"), (8080, "http"), (8443, "https"), (53, "")];
        let name = |it: &str| Port::Name(it.into());
        let number = Port::Number;
        assert_eq!(ask(&ports, &name("htp")), "did you mean `http` (8080)?");
        assert_eq!(ask(&ports, &name("HTTPS")), "did you mean `https` (8443)?");
        assert_eq!(ask(&ports, &name("metrics")), "did you mean `http-metrics` (9090)?");
        assert_eq!(ask(&ports, &name("grpc")), "");
        assert_eq!(ask(&ports, &number(80)), "did you mean `http` (8080)?");
        assert_eq!(ask(&ports, &number(443)), "did you mean `https` (8443)?");
        assert_eq!(ask(&ports, &number(1234)), "");
        assert_eq!(ask(&ports[3..], &name("dns")), "did you mean 53?");
        assert_eq!(ask(&[], &number(80)), "");
    }
}
