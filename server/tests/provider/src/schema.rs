//! Whether a value fits a JSON Schema: those of OpenAI's and Anthropic's APIs, which are bundled, and those that a request brings
//! along.
//!
//! Knows the keywords that `extract.py` lets through and those that structured outputs allow. A keyword that it does not
//! know is an error and never passes in silence. A crate for this would change the features of `hashbrown` and `idna`, and
//! with them every build of the server's tests would compile Leptos and sqlx once more.

use std::{collections::BTreeSet, sync::OnceLock};

use regex::Regex;
use serde_json::{Map, Value};

/// Keywords that say nothing about a value.
const SILENT: &[&str] = &[
    "$schema",
    "$comment",
    "$defs",
    "definitions",
    "$id",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "format",
];

/// How many errors are told; more than these help nobody.
const MOST: usize = 8;

/// The schemas of OpenAI's API, as `extract.py` has made them.
pub(crate) fn openai() -> &'static Value {
    static ALL: OnceLock<Value> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(include_str!("../schema/chat.json")).expect("chat.json is JSON"))
}

/// The schemas of Anthropic's own API, made likewise.
pub(crate) fn anthropic() -> &'static Value {
    static ALL: OnceLock<Value> = OnceLock::new();
    let text = include_str!("../schema/messages.json");
    ALL.get_or_init(|| serde_json::from_str(text).expect("messages.json is JSON"))
}

/// The document that has a component; nothing that is asked for by name stands in both.
fn document_of(name: &str) -> &'static Value {
    if openai()["$defs"].get(name).is_some() { openai() } else { anthropic() }
}

/// What is wrong with `value` as the component `name` of a bundled API; empty if nothing is.
pub(crate) fn errors_of(name: &str, value: &Value) -> Vec<String> {
    let document = document_of(name);
    errors(document, &document["$defs"][name], value)
}

/// The properties that the component `name` of a bundled API may have at its top.
pub(crate) fn fields_of(name: &str) -> BTreeSet<&'static str> {
    fn collect(document: &'static Value, schema: &'static Value, fields: &mut BTreeSet<&'static str>) {
        if let Some(target) = schema["$ref"].as_str() {
            collect(document, refer(document, target).unwrap_or(&Value::Null), fields);
        }
        fields.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()));
        schema["allOf"].as_array().into_iter().flatten().for_each(|part| collect(document, part, fields));
    }
    let mut fields = BTreeSet::new();
    let document = document_of(name);
    collect(document, &document["$defs"][name], &mut fields);
    fields
}

/// What is wrong with `value` by `schema`, whose references point into `root`.
pub(crate) fn errors(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check { root, errors: vec![], depth: 0 };
    check.value(schema, value, "");
    check.errors
}

/// The part of `root` that a reference like `#/$defs/Name` means.
pub(crate) fn refer<'a>(root: &'a Value, target: &str) -> Option<&'a Value> {
    root.pointer(target.strip_prefix('#')?)
}

struct Check<'a> {
    root: &'a Value,
    errors: Vec<String>,
    /// References followed on the way here, so that a schema that means itself ends.
    depth: usize,
}

impl Check<'_> {
    fn fail(&mut self, at: &str, what: String) {
        if self.errors.len() < MOST {
            self.errors.push(format!("{}: {what}", if at.is_empty() { "the body" } else { at }));
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut check = Check { root: self.root, errors: vec![], depth: self.depth };
        check.value(schema, value, "");
        check.errors.is_empty()
    }

    /// The errors of the one among `schemas` that the value was most likely meant for: where its constants fit.
    fn nearest(&self, schemas: &[Value], value: &Value, at: &str) -> Vec<String> {
        let mut found: Vec<Vec<String>> = vec![];
        for schema in schemas {
            let mut check = Check { root: self.root, errors: vec![], depth: self.depth };
            check.value(schema, value, at);
            found.push(check.errors);
        }
        let constant = |errors: &[String]| errors.iter().filter(|error| error.contains("is none of")).count();
        found.into_iter().min_by_key(|errors| (constant(errors), errors.len())).unwrap_or_default()
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        let schema = match schema {
            Value::Bool(true) => return,
            Value::Bool(false) => return self.fail(at, "nothing may stand here".into()),
            Value::Object(schema) => schema,
            other => return self.fail(at, format!("{} is not a schema", short(other))),
        };
        for (keyword, says) in schema {
            self.keyword(schema, keyword, says, value, at);
        }
    }

    fn keyword(&mut self, schema: &Map<String, Value>, keyword: &str, says: &Value, value: &Value, at: &str) {
        let parts = says.as_array().map(Vec::as_slice).unwrap_or_default();
        match keyword {
            "$ref" => match refer(self.root, says.as_str().unwrap_or_default()) {
                Some(_) if self.depth > 100 => self.fail(at, "too deep".into()),
                Some(target) => {
                    self.depth += 1;
                    self.value(target, value, at);
                    self.depth -= 1;
                }
                None => self.fail(at, format!("{says} leads nowhere")),
            },
            "type" if !of_type(says, value) => {
                self.fail(at, format!("{} is not of type {says}", short(value)))
            }
            "enum" if !parts.contains(value) => {
                self.fail(at, format!("{} is none of {}", short(value), short(says)))
            }
            "const" if says != value => self.fail(at, format!("{} is none of {}", short(value), short(says))),
            "allOf" => parts.iter().for_each(|part| self.value(part, value, at)),
            "anyOf" | "oneOf" => {
                let fitting = parts.iter().filter(|part| self.fits(part, value)).count();
                if fitting == 0 {
                    let nearest = self.nearest(parts, value, at);
                    self.errors.extend(nearest);
                } else if keyword == "oneOf" && fitting > 1 {
                    self.fail(at, format!("{} fits {fitting} schemas where it must fit one", short(value)));
                }
            }
            "not" if self.fits(says, value) => self.fail(at, format!("{} must not be", short(value))),
            "pattern" => self.pattern(says, value, at),
            "type" | "enum" | "const" | "not" => {}
            _ if SILENT.contains(&keyword) => {}
            _ => match value {
                Value::Object(fields) => self.object(schema, keyword, says, fields, at),
                Value::Array(items) => self.array(keyword, says, items, at),
                Value::String(text) => self.size(keyword, says, text.chars().count(), "characters", at),
                Value::Number(_) => self.number(keyword, says, value.as_f64().unwrap_or_default(), at),
                // what a keyword says of other types does not concern this one
                _ => self.known(keyword, at),
            },
        }
    }

    fn object(
        &mut self,
        schema: &Map<String, Value>,
        keyword: &str,
        says: &Value,
        fields: &Map<String, Value>,
        at: &str,
    ) {
        let named = schema.get("properties").and_then(Value::as_object);
        match keyword {
            "properties" => {
                for (name, part) in named.into_iter().flatten() {
                    if let Some(value) = fields.get(name) {
                        self.value(part, value, &format!("{at}/{name}"));
                    }
                }
            }
            "required" => {
                for name in says.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !fields.contains_key(name) {
                        self.fail(at, format!("'{name}' is missing"));
                    }
                }
            }
            "additionalProperties" => {
                for (name, value) in fields {
                    if !named.is_some_and(|named| named.contains_key(name)) {
                        match says {
                            Value::Bool(false) => self.fail(at, format!("'{name}' is unknown")),
                            says => self.value(says, value, &format!("{at}/{name}")),
                        }
                    }
                }
            }
            "minProperties" | "maxProperties" => self.size(keyword, says, fields.len(), "fields", at),
            _ => self.known(keyword, at),
        }
    }

    fn array(&mut self, keyword: &str, says: &Value, items: &[Value], at: &str) {
        match keyword {
            "items" => {
                for (number, item) in items.iter().enumerate() {
                    self.value(says, item, &format!("{at}/{number}"));
                }
            }
            "uniqueItems" if says == &Value::Bool(true) => {
                for (number, item) in items.iter().enumerate() {
                    if items[..number].contains(item) {
                        self.fail(at, format!("{} stands there twice", short(item)));
                    }
                }
            }
            "minItems" | "maxItems" => self.size(keyword, says, items.len(), "items", at),
            _ => self.known(keyword, at),
        }
    }

    fn size(&mut self, keyword: &str, says: &Value, size: usize, of: &str, at: &str) {
        let limit = says.as_u64().unwrap_or_default();
        match keyword {
            "minLength" | "minItems" | "minProperties" if (size as u64) < limit => {
                self.fail(at, format!("{size} {of} are fewer than {limit}"));
            }
            "maxLength" | "maxItems" | "maxProperties" if size as u64 > limit => {
                self.fail(at, format!("{size} {of} are more than {limit}"));
            }
            _ => self.known(keyword, at),
        }
    }

    fn number(&mut self, keyword: &str, says: &Value, number: f64, at: &str) {
        let limit = says.as_f64().unwrap_or_default();
        let wrong = match keyword {
            "minimum" => number < limit,
            "maximum" => number > limit,
            "exclusiveMinimum" => number <= limit,
            "exclusiveMaximum" => number >= limit,
            "multipleOf" => (number / limit).fract() != 0.0,
            _ => return self.known(keyword, at),
        };
        if wrong {
            self.fail(at, format!("{number} breaks {keyword} {says}"));
        }
    }

    fn pattern(&mut self, says: &Value, value: &Value, at: &str) {
        let (Some(says), Some(text)) = (says.as_str(), value.as_str()) else { return };
        match Regex::new(says) {
            Ok(pattern) if pattern.is_match(text) => {}
            Ok(_) => self.fail(at, format!("{} does not match {says}", short(value))),
            Err(_) => self.fail(at, format!("the pattern {says} is not understood")),
        }
    }

    /// A keyword of another type says nothing here; one that nobody knows would pass everything.
    fn known(&mut self, keyword: &str, at: &str) {
        const KNOWN: &[&str] = &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "items",
            "uniqueItems",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ];
        if !KNOWN.contains(&keyword) {
            self.fail(at, format!("the keyword '{keyword}' of the schema is not understood"));
        }
    }
}

fn of_type(says: &Value, value: &Value) -> bool {
    let one = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        _ => false,
    };
    match says {
        Value::String(name) => one(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(one),
        _ => false,
    }
}

/// A value as it is told in an error: its beginning.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_keyword_refuses_what_it_should() {
        let cases = [
            (json!({"type": "string"}), json!("a"), json!(1)),
            (json!({"type": ["string", "null"]}), json!(null), json!(1)),
            (json!({"type": "integer"}), json!(3), json!(3.5)),
            (json!({"enum": ["a", "b"]}), json!("b"), json!("c")),
            (json!({"const": 1}), json!(1), json!(2)),
            (json!({"required": ["a"]}), json!({"a": 1}), json!({"b": 1})),
            (json!({"properties": {"a": {"type": "string"}}}), json!({"a": "x"}), json!({"a": 1})),
            (
                json!({"properties": {"a": {}}, "additionalProperties": false}),
                json!({"a": 1}),
                json!({"b": 1}),
            ),
            (json!({"additionalProperties": {"type": "string"}}), json!({"a": "x"}), json!({"a": 1})),
            (json!({"items": {"type": "number"}}), json!([1, 2.5]), json!([1, "2"])),
            (json!({"minItems": 1}), json!([1]), json!([])),
            (json!({"maxItems": 1}), json!([1]), json!([1, 2])),
            (json!({"uniqueItems": true}), json!([1, 2]), json!([1, 1])),
            (json!({"minLength": 2}), json!("äö"), json!("ä")),
            (json!({"maxLength": 2}), json!("äö"), json!("äöü")),
            (json!({"minimum": 0}), json!(0), json!(-1)),
            (json!({"maximum": 2}), json!(2), json!(2.1)),
            (json!({"exclusiveMinimum": 0}), json!(1), json!(0)),
            (json!({"multipleOf": 2}), json!(4), json!(5)),
            (json!({"pattern": "^[a-z]+$"}), json!("ab"), json!("Ab")),
            (json!({"allOf": [{"type": "number"}, {"minimum": 1}]}), json!(1), json!(0)),
            (json!({"anyOf": [{"type": "number"}, {"type": "null"}]}), json!(null), json!("x")),
            (json!({"oneOf": [{"type": "number"}, {"minimum": 5}]}), json!(1), json!(6)),
            (json!({"not": {"type": "null"}}), json!(1), json!(null)),
            (json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}), json!("x"), json!(1)),
        ];
        for (schema, right, wrong) in cases {
            assert_eq!(errors(&schema, &schema, &right), Vec::<String>::new(), "{schema}");
            assert_ne!(errors(&schema, &schema, &wrong), Vec::<String>::new(), "{schema} took {wrong}");
        }
    }

    #[test]
    fn an_unknown_keyword_or_reference_never_passes() {
        for schema in
            [json!({"dependentRequired": {}}), json!({"$ref": "#/$defs/none"}), json!({"$ref": "#"})]
        {
            for value in [json!({}), json!([]), json!("x"), json!(1), json!(null)] {
                assert_ne!(errors(&schema, &schema, &value), Vec::<String>::new(), "{schema} took {value}");
            }
        }
    }

    #[test]
    fn a_request_is_measured_against_what_openai_wrote() {
        let right = json!({"model": "gpt-5-mini", "messages": [{"role": "user", "content": "x"}], "temperature": 1.5});
        assert_eq!(errors_of("CreateChatCompletionRequest", &right), Vec::<String>::new());
        let wrong = [
            (json!({"model": "m"}), "'messages' is missing"),
            (json!({"model": "m", "messages": []}), "/messages: 0 items"),
            (json!({"model": "m", "messages": [{"role": "user"}]}), "/messages/0: 'content' is missing"),
            (json!({"model": "m", "messages": [{"role": "person", "content": "x"}]}), "/messages/0/role"),
            (json!({"model": "m", "messages": [{"role": "user", "content": 5}]}), "/messages/0/content"),
            (
                json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "temperature": 3}),
                "/temperature",
            ),
            (json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "n": 0}), "/n"),
            (
                json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "response_format": {"type": "xml"}}),
                "/response_format",
            ),
        ];
        for (body, part) in wrong {
            let errors = errors_of("CreateChatCompletionRequest", &body);
            assert!(errors.iter().any(|error| error.contains(part)), "{body}: {errors:?}");
        }
    }

    #[test]
    fn what_is_asked_for_by_name_stands_in_one_document_alone() {
        for name in ["CreateMessageRequest", "Message", "MessageStreamEvent"] {
            assert!(
                openai()["$defs"].get(name).is_none() && anthropic()["$defs"].get(name).is_some(),
                "{name}"
            );
        }
    }

    #[test]
    fn the_fields_of_a_request_are_gathered_over_its_parts() {
        let fields = fields_of("CreateChatCompletionRequest");
        for name in
            ["model", "messages", "temperature", "metadata", "stream", "max_completion_tokens", "user"]
        {
            assert!(fields.contains(name), "{name} of {fields:?}");
        }
        assert!(!fields.contains("top_k"));
    }
}
