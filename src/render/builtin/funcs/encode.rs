//! To and from YAML, JSON and TOML: Helm's pkg/engine/funcs.go, and what it leaves of sprig's defaults.go.

use std::collections::BTreeMap;

use super::args::limit;
use crate::codec::toml::Failure;
use crate::codec::{TOO_DEEP, TOO_LARGE, json, toml, yaml};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::{Kind, Map, MapType, Str, Taint, Value};

/// Functions of Helm 3 and 4.
pub(super) const FUNCS: &[Func] = &[
    Func::new("toYaml", &[Param::Any], to_yaml),
    Func::new("toYamlPretty", &[Param::Any], |_, args| lenient(yaml::to_yaml_pretty(arg(args)).map(without_break))),
    Func::new("fromYaml", &[Param::Str], |exec, args| Ok(from_yaml(exec, args))),
    Func::new("fromYamlArray", &[Param::Str], |exec, args| Ok(from_yaml_array(exec, args))),
    Func::new("toJson", &[Param::Any], |_, args| lenient(json::to_json(arg(args)))),
    Func::new("mustToJson", &[Param::Any], |_, args| strict(json::to_json(arg(args)))),
    Func::new("toPrettyJson", &[Param::Any], |_, args| lenient(json::to_pretty_json(arg(args)))),
    Func::new("mustToPrettyJson", &[Param::Any], |_, args| strict(json::to_pretty_json(arg(args)))),
    Func::new("toRawJson", &[Param::Any], |_, args| strict(json::to_raw_json(arg(args)))),
    Func::new("mustToRawJson", &[Param::Any], |_, args| strict(json::to_raw_json(arg(args)))),
    Func::new("fromJson", &[Param::Str], |exec, args| Ok(spread(exec, args, json::from_json_map(text(args))))),
    Func::new("fromJsonArray", &[Param::Str], |exec, args| Ok(spread(exec, args, json::from_json_list(text(args))))),
    Func::new("mustFromJson", &[Param::Str], must_from_json),
    Func::new("toToml", &[Param::Any], to_toml),
    Func::new("fromToml", &[Param::Str], |exec, args| Ok(from_toml(exec, args))),
];

/// Functions that Helm 4 alone has.
pub(super) const HELM4_FUNCS: &[Func] =
    &[Func::new("mustToYaml", &[Param::Any], must_to_yaml), Func::new("mustToToml", &[Param::Any], must_to_toml)];

fn arg(args: &[Value]) -> &Value {
    args.first().unwrap_or(&Value::NIL)
}

fn text(args: &[Value]) -> &[u8] {
    arg(args).as_str().map_or(&[], |it| it)
}

/// Whether an encoder gave up where Go would not have.
fn is_limit(message: &str) -> bool {
    [TOO_LARGE, TOO_DEEP].iter().any(|it| message.ends_with(it))
}

/// An error is an empty string, save one of ours.
fn lenient<T: Into<Value>>(result: Result<T, String>) -> Result<Value, Error> {
    match result {
        Ok(made) => Ok(made.into()),
        Err(message) if is_limit(&message) => Err(limit(message)),
        Err(_) => Ok(Value::from("")),
    }
}

fn strict(result: Result<Vec<u8>, String>) -> Result<Value, Error> {
    result.map(Value::from).map_err(Error::new)
}

fn to_yaml(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    lenient(yaml_text(exec, arg(args)))
}

fn must_to_yaml(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    yaml_text(exec, arg(args)).map_err(Error::new)
}

fn yaml_text(exec: &mut Exec<'_>, value: &Value) -> Result<Value, String> {
    if !exec.traced() {
        return yaml::to_yaml(value).map(|it| Value::from(without_break(it)));
    }
    let (bytes, taints) = yaml::to_yaml_traced(value)?;
    let bytes = without_break(bytes);
    let taints = taints.into_iter().filter(|(start, _)| (*start as usize) < bytes.len());
    let marks = taints.map(|(start, taint)| exec.mark(start as usize, taint)).collect();
    Ok(Str::marked(bytes, marks).into())
}

fn without_break(mut text: Vec<u8>) -> Vec<u8> {
    text.pop_if(|it| *it == b'\n');
    text
}

fn from_yaml(exec: &Exec<'_>, args: &[Value]) -> Value {
    let value = yaml::from_yaml_map(text(args)).unwrap_or_else(|error| error_map(&error));
    spread(exec, args, value)
}

fn from_yaml_array(exec: &Exec<'_>, args: &[Value]) -> Value {
    let value = yaml::from_yaml_list(text(args)).unwrap_or_else(|error| Value::list(vec![error.into()]));
    spread(exec, args, value)
}

fn must_from_json(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let value = json::from_json(text(args)).map_err(Error::new)?;
    Ok(spread(exec, args, value))
}

fn to_toml(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    match toml::to_toml(arg(args)) {
        Ok(text) => Ok(text.into()),
        Err(Failure::Error(message)) if is_limit(&message) => Err(limit(message)),
        Err(Failure::Error(message)) => Ok(message.into()),
        Err(Failure::Panic(message)) => Err(Error::new(message)),
    }
}

fn must_to_toml(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    match toml::to_toml(arg(args)) {
        Ok(text) => Ok(text.into()),
        Err(Failure::Error(message) | Failure::Panic(message)) => Err(Error::new(message)),
    }
}

fn from_toml(exec: &Exec<'_>, args: &[Value]) -> Value {
    let value = toml::from_toml(text(args)).unwrap_or_else(|error| error_map(&error));
    spread(exec, args, value)
}

fn error_map(message: &str) -> Value {
    let entries = BTreeMap::from([(Str::from("Error"), Value::from(message))]);
    Map::new(MapType::Any, entries).into()
}

/// Lets all that was read from a text have the text's taint.
fn spread(exec: &Exec<'_>, args: &[Value], mut value: Value) -> Value {
    let taint = arg(args).taint;
    if exec.traced() && taint != Taint::NONE {
        paint(&mut value, taint);
    }
    value
}

fn paint(value: &mut Value, taint: Taint) {
    value.taint = taint;
    match &value.kind {
        Kind::List(list) => list.items_mut().iter_mut().for_each(|it| paint(it, taint)),
        Kind::Map(map) => map.entries_mut().values_mut().for_each(|it| paint(it, taint)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gotemplate::Options;

    fn call(name: &str, arg: Value, traced: bool) -> Result<Value, Error> {
        let func = FUNCS.iter().chain(HELM4_FUNCS).find(|it| it.name == name).expect("there is such a function");
        let options = Options { traced, ..Options::default() };
        super::super::calling::with_options(&options, |exec| (func.call)(exec, &[arg]))
    }

    fn json(value: Result<Value, Error>) -> String {
        let json = json::to_json(&value.expect("it does not fail")).expect("it has JSON");
        String::from_utf8_lossy(&json).into_owned()
    }

    #[test]
    fn errors_are_part_of_the_result() {
        let infinite = || Value::float(f64::INFINITY);
        let syntax = "invalid character 'x' looking for beginning of value";
        let ty = "json: cannot unmarshal array into Go value of type";
        let cases = [
            ("toYaml", infinite(), "\"\"".to_owned()),
            ("toJson", infinite(), "\"\"".to_owned()),
            (
                "toToml",
                Value::list(vec![Value::map([("a", Value::NIL)])]),
                "\"toml: top-level values must be Go maps or structs\"".to_owned(),
            ),
            ("fromJson", "x".into(), format!("{{\"Error\":\"{syntax}\"}}")),
            ("fromJson", "[1]".into(), format!("{{\"Error\":\"{ty} map[string]interface {{}}\"}}")),
            ("fromJson", "null".into(), "null".to_owned()),
            (
                "fromJson",
                "{\"a\":1e999}".into(),
                "{\"Error\":\"json: cannot unmarshal number 1e999 into Go value of type float64\",\"a\":null}".to_owned(),
            ),
            ("fromJsonArray", "x".into(), format!("[\"{syntax}\"]")),
            ("fromYaml", "".into(), "{}".to_owned()),
            (
                "fromYaml",
                "- a".into(),
                format!("{{\"Error\":\"error unmarshaling JSON: while decoding JSON: {ty} map[string]interface {{}}\"}}"),
            ),
            ("fromYamlArray", "~".into(), "[]".to_owned()),
            ("mustFromJson", "[1]".into(), "[1]".to_owned()),
        ];
        for (name, arg, expected) in cases {
            assert_eq!(json(call(name, arg, false)), expected, "{name}");
        }
        assert_eq!(call("mustFromJson", "x".into(), false).expect_err("it is no JSON").message, syntax);
        let message = "error marshaling into JSON: json: unsupported value: +Inf";
        assert_eq!(call("mustToYaml", infinite(), false).expect_err("it has no JSON").message, message);
        call("toRawJson", infinite(), false).expect_err("it has no JSON");
        let message = "reflect: call of reflect.Value.Type on zero Value";
        assert_eq!(call("toToml", Value::NIL, false).expect_err("Go panics").message, message);
    }

    #[test]
    fn text_knows_the_values_that_made_it() {
        let value = Value::map([
            ("a", Value::int(1).with_taint(Taint(2))),
            ("b", Value::list(vec![Value::from("x").with_taint(Taint(4))]).with_taint(Taint(3))),
        ]);
        let text = call("toYaml", value.with_taint(Taint(1)), true).expect("it does not fail");
        let text = text.as_str().expect("it is a string").clone();
        assert_eq!(text.text(), "a: 1\nb:\n- x");
        let marks: Vec<_> = text.marks().iter().map(|it| (it.start, it.origin(), it.taint().0)).collect();
        assert_eq!(marks, [(0, 1), (2, 2), (5, 1), (8, 3), (9, 4)].map(|(start, taint)| (start, Some(0), taint)));
    }
}
