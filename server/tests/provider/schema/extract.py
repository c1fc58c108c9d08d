#!/usr/bin/env python3
"""Cuts the parts that the test provider checks out of an OpenAPI document, OpenAI's or Anthropic's, as one JSON Schema.

    python3 extract.py PATH/openai-openapi.yaml > chat.json
    python3 extract.py PATH/dart-anthropic_openapi_curated.yaml > messages.json

Wants Python 3 with PyYAML. Owns the translation alone: `nullable` becomes a type or an `anyOf`, what JSON Schema does not
know (discriminators, examples) and what only people read (descriptions) is left out. In Anthropic's document the value of a
discriminator becomes a constant: its variants are told apart by nothing else.
"""

import json
import sys

import yaml

OPENAI = [
    "CreateChatCompletionRequest",
    "CreateChatCompletionResponse",
    "CreateChatCompletionStreamResponse",
    "CreateEmbeddingRequest",
    "CreateEmbeddingResponse",
    "ListModelsResponse",
]
ANTHROPIC = ["CreateMessageRequest", "Message", "MessageStreamEvent"]

# Keywords of a schema whose value is a schema, a list of schemas or schemas by name.
ONE = {"items", "additionalProperties", "not", "propertyNames"}
MANY = {"allOf", "anyOf", "oneOf"}
NAMED = {"properties", "patternProperties"}
# Keywords that are taken as they are. `format` is none of them: it only annotates.
PLAIN = {
    "type", "enum", "const", "required", "pattern",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "minProperties", "maxProperties",
}
REFERENCE = "#/components/schemas/"


def translate(schema, wanted):
    """One schema of OpenAPI as JSON Schema; names that it refers to are added to `wanted`."""
    if isinstance(schema, bool):
        return schema
    made = {}
    for key, value in schema.items():
        if key == "$ref":
            if not value.startswith(REFERENCE):
                sys.exit(f"a reference that is not understood: {value}")
            name = value[len(REFERENCE):]
            wanted.append(name)
            made["$ref"] = f"#/$defs/{name}"
        elif key == "$recursiveRef":
            sys.exit("recursion by $recursiveRef is not translated")
        elif key in ONE:
            made[key] = translate(value, wanted)
        elif key in MANY:
            made[key] = [translate(part, wanted) for part in value]
        elif key in NAMED:
            made[key] = {name: translate(part, wanted) for name, part in value.items()}
        elif key in PLAIN:
            made[key] = value
    if schema.get("nullable"):
        return nullable(made)
    return made


def told_apart(schemas):
    """Anthropic's components with what the document says in words of its own alone: which `type` a variant has."""
    for schema in list(schemas.values()):
        mapping = schema.get("discriminator", {}).get("mapping", {})
        if "oneOf" in schema:
            schema["oneOf"] = [
                {
                    "allOf": [
                        {"$ref": target},
                        {"type": "object", "properties": {"type": {"const": value}}, "required": ["type"]},
                    ]
                }
                for value, target in mapping.items()
            ] or schema["oneOf"]
    # a text or blocks, of which the document says 'string' besides
    system = schemas["CreateMessageRequest"]["properties"]["system"]
    if "oneOf" in system:
        system.pop("type", None)


def nullable(schema):
    """`schema`, or null. A type alone takes null in; anything else needs a choice."""
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema and "const" not in schema and not MANY & schema.keys():
        return {**schema, "type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    schemas = document["components"]["schemas"]
    info = document["info"]
    if info["title"] == "Anthropic API":
        told_apart(schemas)
        wanted = list(ANTHROPIC)
        whose = f"a description of Anthropic's API, version {info['version']}, MIT licence, (c) David Miguel Lozano"
    else:
        wanted = list(OPENAI)
        whose = f"OpenAI's OpenAPI document {info['version']}, MIT licence, (c) OpenAI"
    made = {}
    while wanted:
        name = wanted.pop()
        if name not in made:
            made[name] = translate(schemas[name], wanted)
    result = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"From {whose}. Made by extract.py; do not edit.",
        "$defs": {name: made[name] for name in sorted(made)},
    }
    json.dump(result, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
