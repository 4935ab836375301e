//! What `kubectl kustomize` makes of a folder, as far as deploy/k8s asks it: resources, components,
//! generated config maps and strategic patches. Names and labels are left as they are written.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::tree::{Tree, beside, list, text, texts};

const FILE: &str = "kustomization.yaml";
/// What a kustomization may say here: anything else would be passed over in silence.
const KNOWN: [&str; 10] = [
    "apiVersion",
    "kind",
    "namespace",
    "labels",
    "resources",
    "components",
    "configMapGenerator",
    "patches",
    "images",
    "generatorOptions",
];

/// A folder with all that it refers to, as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Built {
    /// The objects, patched.
    pub(crate) objects: Vec<Value>,
    /// The files of each generated config map.
    pub(crate) files: BTreeMap<String, BTreeMap<String, String>>,
    /// What images become: names and tags.
    pub(crate) images: BTreeMap<String, String>,
    /// What is wrong with the kustomizations themselves.
    pub(crate) faults: Vec<String>,
}

impl Built {
    /// The objects of a kind.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let objects = self.objects.iter();
        objects.filter(move |object| text(object, "/kind") == kind)
    }

    /// The object of this kind and name.
    pub(crate) fn find(&self, kind: &str, name: &str) -> Option<&Value> {
        let mut objects = self.objects.iter();
        objects.find(|it| text(it, "/kind") == kind && text(it, "/metadata/name") == name)
    }
}

/// Builds a folder.
pub(crate) fn build(tree: &Tree, folder: &str) -> Built {
    let mut built = Built::default();
    add(tree, folder, &mut built);
    built
}

fn add(tree: &Tree, folder: &str, built: &mut Built) {
    let path = beside(folder, FILE);
    let document = match tree.yaml(&path) {
        Ok(documents) => documents.into_iter().next().unwrap_or_default(),
        Err(error) => return built.faults.push(error),
    };
    for key in document
        .as_object()
        .into_iter()
        .flatten()
        .map(|pair| pair.0)
    {
        if !KNOWN.contains(&key.as_str()) {
            built.faults.push(format!("{path}: {key} is not known"));
        }
    }
    let named = texts(&document, "/resources").into_iter();
    for name in named.chain(texts(&document, "/components")) {
        let resource = beside(folder, &name);
        if tree.has(&beside(&resource, FILE)) {
            add(tree, &resource, built);
        } else if tree.has(&resource) {
            match tree.yaml(&resource) {
                Ok(objects) => built.objects.extend(objects),
                Err(error) => built.faults.push(error),
            }
        } else {
            built.faults.push(format!("{path}: there is no {name}"));
        }
    }
    generate(tree, folder, &document, built);
    for patch in list(&document, "/patches") {
        patched(tree, &beside(folder, text(patch, "/path")), built);
    }
    for image in list(&document, "/images") {
        let name = text(image, "/name").to_owned();
        built.images.insert(name, text(image, "/newTag").to_owned());
    }
    unnamed(folder, &document, built);
}

fn generate(tree: &Tree, folder: &str, document: &Value, built: &mut Built) {
    for map in list(document, "/configMapGenerator") {
        let name = text(map, "/name").to_owned();
        let is_merged = text(map, "/behavior") == "merge";
        if is_merged != built.files.contains_key(&name) {
            let fault = format!("{folder}: config map {name} is merged with none, or made twice");
            built.faults.push(fault);
        }
        let files = built.files.entry(name).or_default();
        for file in texts(map, "/files") {
            let path = beside(folder, &file);
            if tree.has(&path) {
                files.insert(file, tree.read(&path));
            } else {
                built.faults.push(format!("{folder}: there is no {file}"));
            }
        }
    }
}

fn patched(tree: &Tree, path: &str, built: &mut Built) {
    let documents = if tree.has(path) {
        tree.yaml(path)
    } else {
        Err(format!("there is no {path}"))
    };
    let patches = match documents {
        Ok(patches) => patches,
        Err(error) => return built.faults.push(error),
    };
    for patch in patches {
        let (kind, name) = (text(&patch, "/kind"), text(&patch, "/metadata/name"));
        let mut objects = built.objects.iter_mut();
        let target =
            objects.find(|it| text(it, "/kind") == kind && text(it, "/metadata/name") == name);
        match target {
            Some(target) => merge(target, &patch),
            None => built
                .faults
                .push(format!("{path}: there is no {kind} {name} to patch")),
        }
    }
}

/// Tables are merged, lists of named things by their names, and everything else is replaced.
fn merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(target), Value::Array(patch))
            if patch.iter().all(|item| item.get("name").is_some()) =>
        {
            for item in patch {
                match target
                    .iter_mut()
                    .find(|there| there["name"] == item["name"])
                {
                    Some(there) => merge(there, item),
                    None => target.push(item.clone()),
                }
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}

/// A file that no kustomization names is deployed by nobody.
fn unnamed(folder: &str, document: &Value, built: &mut Built) {
    let said = document.to_string();
    for file in Tree::list(folder) {
        if file != FILE && file.contains('.') && !said.contains(&format!("\"{file}\"")) {
            built.faults.push(format!("{folder}: nothing names {file}"));
        }
    }
}
