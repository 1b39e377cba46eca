//! `.Capabilities`: Helm's capabilities.go and version.go.

use std::any::Any;
use std::rc::Rc;

use super::api_versions::DEFAULT;
use crate::chart::{HelmVersion, KubeVersion};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Param};
use crate::gotemplate::value::{Kind, List, ListType, Object, Value};

/// `*common.Capabilities`, or `*chartutil.Capabilities` in Helm 3.
#[derive(Debug)]
pub(crate) struct Capabilities {
    helm: HelmVersion,
    kube_version: Value,
    api_versions: Value,
    helm_version: Value,
}

impl Capabilities {
    /// Makes what `helm template` makes: `--kube-version` moves the version alone, and `--api-versions` are added to the default ones.
    pub(crate) fn new(helm: HelmVersion, kube_version: KubeVersion, api_versions: &[String]) -> Self {
        let versions = DEFAULT.iter().copied().chain(api_versions.iter().map(String::as_str)).map(Value::str).collect();
        let ty = ListType::Named(match helm {
            HelmVersion::V3 => "chartutil.VersionSet",
            HelmVersion::V4 => "common.VersionSet",
        });
        Self {
            helm,
            kube_version: object(KubeVersionObject { helm, version: kube_version }),
            api_versions: object(VersionSet(List::new(ty, versions))),
            helm_version: object(BuildInfo(helm)),
        }
    }

    /// Returns it as a value.
    pub(crate) fn value(self) -> Value {
        object(self)
    }
}

fn object(object: impl Object) -> Value {
    Value::new(Kind::Object(Rc::new(object)))
}

/// Returns what `%v` prints of a struct's field.
fn printed(value: &Value) -> Vec<u8> {
    match &value.kind {
        Kind::Object(object) => object.string().unwrap_or_default(),
        Kind::Str(text) => text.to_vec(),
        _ => Vec::new(),
    }
}

impl Object for Capabilities {
    fn type_name(&self) -> &str {
        match self.helm {
            HelmVersion::V3 => "*chartutil.Capabilities",
            HelmVersion::V4 => "*common.Capabilities",
        }
    }

    fn kind_name(&self) -> &'static str {
        "ptr"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "KubeVersion" => Some(self.kube_version.clone()),
            "APIVersions" => Some(self.api_versions.clone()),
            "HelmVersion" => Some(self.helm_version.clone()),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        (name == "Copy").then_some(&[])
    }

    fn call(&self, _exec: &mut Exec<'_>, _name: &str, _args: &[Value]) -> Result<Value, Error> {
        let (kube_version, api_versions) = (self.kube_version.clone(), self.api_versions.clone());
        Ok(object(Self { helm: self.helm, kube_version, api_versions, helm_version: self.helm_version.clone() }))
    }

    fn data(&self) -> Value {
        Value::map(["KubeVersion", "APIVersions", "HelmVersion"].map(|name| (name, self.field(name).unwrap_or_default())))
    }

    fn string(&self) -> Option<Vec<u8>> {
        let fields = [&self.kube_version, &self.api_versions, &self.helm_version].map(printed);
        Some([b"&{", &*fields.join(&b' '), b"}"].concat())
    }

    fn printed(&self) -> Option<Vec<u8>> {
        // an action prints what a pointer points to
        self.string().map(|text| text[1..].to_vec())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

/// `common.KubeVersion`
#[derive(Debug)]
struct KubeVersionObject {
    helm: HelmVersion,
    version: KubeVersion,
}

impl Object for KubeVersionObject {
    fn type_name(&self) -> &str {
        match self.helm {
            HelmVersion::V3 => "chartutil.KubeVersion",
            HelmVersion::V4 => "common.KubeVersion",
        }
    }

    fn field(&self, name: &str) -> Option<Value> {
        let version = &self.version;
        match name {
            "Version" => Some(Value::str(&version.version)),
            "Major" => Some(Value::str(&version.major)),
            "Minor" => Some(Value::str(&version.minor)),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        matches!(name, "String" | "GitVersion").then_some(&[])
    }

    fn call(&self, _exec: &mut Exec<'_>, name: &str, _args: &[Value]) -> Result<Value, Error> {
        Ok(Value::str(if name == "String" { &self.version.normalized } else { &self.version.version }))
    }

    fn data(&self) -> Value {
        Value::map(["Version", "Major", "Minor"].map(|name| (name, self.field(name).unwrap_or_default())))
    }

    /// The `String` method is the pointer's: `quote` and the like don't see it.
    fn string(&self) -> Option<Vec<u8>> {
        let KubeVersion { version, normalized, major, minor } = &self.version;
        let text = match self.helm {
            HelmVersion::V3 => format!("{{{version} {major} {minor}}}"),
            HelmVersion::V4 => format!("{{{version} {normalized} {major} {minor}}}"),
        };
        Some(text.into_bytes())
    }

    fn printed(&self) -> Option<Vec<u8>> {
        Some(self.version.normalized.clone().into_bytes())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

/// `common.VersionSet`, a slice of strings.
#[derive(Debug)]
struct VersionSet(List);

impl Object for VersionSet {
    fn type_name(&self) -> &str {
        self.0.ty().name()
    }

    fn kind_name(&self) -> &'static str {
        "slice"
    }

    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        (name == "Has").then_some(&[Param::Str])
    }

    fn call(&self, _exec: &mut Exec<'_>, _name: &str, args: &[Value]) -> Result<Value, Error> {
        let wanted = args.first().and_then(Value::as_str);
        Ok(self.0.items().iter().any(|item| item.as_str() == wanted).into())
    }

    fn data(&self) -> Value {
        self.0.clone().into()
    }

    fn string(&self) -> Option<Vec<u8>> {
        let items: Vec<Vec<u8>> = self.0.items().iter().map(printed).collect();
        Some([b"[", &*items.join(&b' '), b"]"].concat())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

/// `version.BuildInfo`: what a Helm says that was built as a Go module.
#[derive(Debug)]
struct BuildInfo(HelmVersion);

impl BuildInfo {
    /// Fields with their names in JSON, in order.
    fn fields(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self.0 {
            HelmVersion::V3 => &[
                ("Version", "version", "v3.22"),
                ("GitCommit", "git_commit", ""),
                ("GitTreeState", "git_tree_state", ""),
                ("GoVersion", "go_version", "go1.26.8"),
            ],
            HelmVersion::V4 => &[
                ("Version", "version", "v4.3"),
                ("GitCommit", "git_commit", ""),
                ("GitTreeState", "git_tree_state", ""),
                ("GoVersion", "go_version", "go1.26.8"),
                ("KubeClientVersion", "kube_client_version", "v1.37"),
            ],
        }
    }
}

impl Object for BuildInfo {
    fn type_name(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields().iter().find(|(field, ..)| *field == name).map(|(.., value)| Value::str(value))
    }

    fn data(&self) -> Value {
        Value::map(self.fields().iter().filter(|(.., value)| !value.is_empty()).map(|(_, key, value)| (key, Value::str(value))))
    }

    fn string(&self) -> Option<Vec<u8>> {
        let values: Vec<&str> = self.fields().iter().map(|(.., value)| *value).collect();
        Some(format!("{{{}}}", values.join(" ")).into_bytes())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}
