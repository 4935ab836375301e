#!/usr/bin/env python3
"""Makes the schemas in this folder anew from the Go modules that publish them.

usage: deploy/schemas/refresh.py     (needs go and PyYAML)

What is kept: the kinds that deploy/k8s uses with all that they refer to, and nothing that only
describes. What is added: objects with named properties take no others, so that a misspelt field is
found. README.md tells where each file comes from.
"""

import json
import pathlib
import subprocess

import yaml

HERE = pathlib.Path(__file__).parent
COMPOSE = "github.com/compose-spec/compose-go/v2@v2.16.2"
KUBERNETES = "k8s.io/kubernetes@v1.37.2"
KEDA = "github.com/kedacore/keda/v2@v2.21.0"
OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.85.0"

KINDS = {
    "api__v1": ["ConfigMap", "Namespace", "Secret", "Service", "ServiceAccount"],
    "apis__apps__v1": ["StatefulSet"],
    "apis__batch__v1": ["Job"],
    "apis__networking.k8s.io__v1": ["NetworkPolicy"],
    "apis__policy__v1": ["PodDisruptionBudget"],
}
# What the server fills in, or reads from annotations: no manifest has it.
UNUSED = {"description", "status", "managedFields", "example", "externalDocs", "default"}


def module(name):
    told = subprocess.run(
        ["go", "mod", "download", "-json", name], check=True, capture_output=True, cwd="/"
    )
    return pathlib.Path(json.loads(told.stdout)["Dir"])


def tightened(node, in_properties=False):
    """The schema without prose and extensions, closed where it names its properties."""
    if isinstance(node, list):
        return [tightened(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if not in_properties and (key in UNUSED or key.startswith("x-")):
            continue
        kept[key] = tightened(value, in_properties=key == "properties" and not in_properties)
    if not in_properties:
        if "properties" in kept and "x-kubernetes-preserve-unknown-fields" not in node:
            kept.setdefault("additionalProperties", False)
        if node.get("x-kubernetes-int-or-string") or node.get("format") == "int-or-string":
            kept = {"type": ["integer", "string"]}
        # A reference stands alone, or its fellows are not looked at.
        if len(kept.get("allOf", [])) == 1 and "$ref" in kept["allOf"][0]:
            kept = kept["allOf"][0]
    return kept


def references(node):
    if isinstance(node, list):
        return {name for item in node for name in references(item)}
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"].rsplit("/", 1)[1]} if isinstance(node.get("$ref"), str) else set()
    return own | {name for value in node.values() for name in references(value)}


def kubernetes():
    folder = module(KUBERNETES) / "api/openapi-spec/v3"
    schemas, kinds = {}, {}
    for group, wanted in KINDS.items():
        all_of_group = json.loads((folder / f"{group}_openapi.json").read_text())["components"]["schemas"]
        for name, schema in all_of_group.items():
            for at in schema.get("x-kubernetes-group-version-kind", []):
                if at["kind"] in wanted and len(schema["x-kubernetes-group-version-kind"]) == 1:
                    version = "/".join(filter(None, [at["group"], at["version"]]))
                    kinds[f"{version} {at['kind']}"] = {"$ref": f"#/definitions/{name}"}
            text = json.dumps(tightened(schema)).replace("#/components/schemas/", "#/definitions/")
            schemas[name] = json.loads(text)
    needed, open_ends = set(), references(list(kinds.values()))
    while open_ends:
        name = open_ends.pop()
        needed.add(name)
        open_ends |= references(schemas[name]) - needed
    return kinds, {name: schemas[name] for name in sorted(needed)}


def custom(file):
    definition = yaml.safe_load(file.read_text())["spec"]
    version = next(version for version in definition["versions"] if version["storage"])
    schema = tightened(version["schema"]["openAPIV3Schema"])
    schema["properties"]["metadata"] = {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
    return f"{definition['group']}/{version['name']} {definition['names']['kind']}", schema


def main():
    kinds, definitions = kubernetes()
    crds = [
        module(KEDA) / "config/crd/bases/keda.sh_scaledobjects.yaml",
        module(OPERATOR) / "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
    ]
    for file in crds:
        kind, schema = custom(file)
        definitions[kind.split()[1]] = schema
        kinds[kind] = {"$ref": f"#/definitions/{kind.split()[1]}"}
    # One line a definition: a change is seen as such.
    lines = [f" {json.dumps(name)}: {json.dumps(schema, sort_keys=True)}" for name, schema in definitions.items()]
    head = json.dumps(dict(sorted(kinds.items())), indent=1)
    text = '{"kinds": ' + head + ',\n"definitions": {\n' + ",\n".join(lines) + "\n}}\n"
    (HERE / "kubernetes.json").write_text(text)
    compose = json.loads((module(COMPOSE) / "schema/compose-spec.json").read_text())
    (HERE / "compose-spec.json").write_text(json.dumps(plain(compose)) + "\n")


def plain(node):
    """A schema without its prose; what it closes, it closes by itself."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: plain(value)
        for key, value in node.items()
        if not (key == "description" and isinstance(value, str))
    }


if __name__ == "__main__":
    main()
