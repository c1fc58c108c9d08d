//! The schemas of structured outputs: which ones OpenAI and Anthropic take, and a value that fits one.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{problem::Problem, schema};

/// Keywords that structured outputs do not know.
const REFUSED: &[&str] = &[
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "uniqueItems",
    "contains",
    "prefixItems",
];

/// Refuses a `json_schema` as OpenAI does: without a name or a schema, and with `strict` where not every field is
/// required and every other one forbidden.
pub(crate) fn check(format: &Value) -> Result<(), Problem> {
    let name = format["name"].as_str().unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        let message = "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that \
                       matches the pattern '^[a-zA-Z0-9_-]+$'.";
        return Err(Problem::invalid(message, "response_format.json_schema.name", Some("invalid_value")));
    }
    let Some(schema) = format["schema"].as_object() else {
        let message = "Missing required parameter: 'response_format.json_schema.schema'.";
        return Err(Problem::invalid(
            message,
            "response_format.json_schema.schema",
            Some("missing_required_parameter"),
        ));
    };
    if format["strict"] != true {
        return Ok(());
    }
    let wrong = match schema.get("type").and_then(Value::as_str) {
        Some("object") if !schema.contains_key("anyOf") => wrong(&format["schema"], ""),
        other => Some(format!("schema must be a JSON Schema of 'type: \"object\"', got 'type: {other:?}'.")),
    };
    match wrong {
        None => Ok(()),
        Some(wrong) => {
            let message = format!("Invalid schema for response_format '{name}': {wrong}");
            Err(Problem::invalid(message, "response_format", None))
        }
    }
}

/// The first thing in a schema that `strict` forbids.
fn wrong(schema: &Value, at: &str) -> Option<String> {
    let fields = schema.as_object()?;
    if let Some(name) = fields.keys().find(|name| REFUSED.contains(&name.as_str())) {
        return Some(format!("In context=({at}), '{name}' is not permitted."));
    }
    let named = fields.get("properties").and_then(Value::as_object);
    if named.is_some() || fields.get("type").is_some_and(|kind| kind == "object") {
        if fields.get("additionalProperties") != Some(&Value::Bool(false)) {
            return Some(format!(
                "In context=({at}), 'additionalProperties' is required to be supplied and to be false."
            ));
        }
        let required: BTreeSet<_> = fields
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if let Some((name, _)) =
            named.into_iter().flatten().find(|(name, _)| !required.contains(name.as_str()))
        {
            return Some(format!(
                "In context=({at}), 'required' is required to be supplied and to be an array including every key in \
                 properties. Missing '{name}'."
            ));
        }
    }
    let parts = |keyword: &str| fields.get(keyword).and_then(Value::as_object).into_iter().flatten();
    let choices = fields.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    parts("properties")
        .chain(parts("$defs"))
        .find_map(|(name, part)| wrong(part, &format!("{at}'{name}', ")))
        .or_else(|| fields.get("items").and_then(|part| wrong(part, &format!("{at}'items', "))))
        .or_else(|| choices.into_iter().find_map(|part| wrong(part, &format!("{at}'anyOf', "))))
}

/// Keywords that Anthropic's structured outputs know.
const TAKEN: &[&str] = &[
    "$defs",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "definitions",
    "description",
    "enum",
    "format",
    "items",
    "minItems",
    "properties",
    "required",
    "title",
    "type",
];

/// The first thing in a schema that Anthropic's structured outputs do not take: objects that are not closed, and most bounds.
pub(crate) fn not_taken(schema: &Value) -> Option<String> {
    let fields = schema.as_object()?;
    let kind = fields.get("type").map_or_else(|| "any".to_string(), Value::to_string);
    if let Some(name) = fields.keys().find(|name| !TAKEN.contains(&name.as_str())) {
        return Some(format!("For {kind} type, property '{name}' is not supported"));
    }
    if fields.get("minItems").is_some_and(|least| least.as_u64().is_none_or(|least| least > 1)) {
        return Some(format!("For {kind} type, 'minItems' values other than 0 or 1 are not supported"));
    }
    let is_object =
        fields.contains_key("properties") || fields.get("type").is_some_and(|kind| kind == "object");
    if is_object && fields.get("additionalProperties") != Some(&Value::Bool(false)) {
        return Some("For 'object' type, 'additionalProperties' must be explicitly set to false".into());
    }
    let named = ["properties", "$defs", "definitions"].into_iter();
    let named = named.filter_map(|name| fields.get(name)?.as_object()).flat_map(Map::values);
    let listed = ["anyOf", "allOf"].into_iter().filter_map(|name| fields.get(name)?.as_array()).flatten();
    named.chain(listed).chain(fields.get("items")).find_map(not_taken)
}

/// A value that fits the schema, with `text` wherever a text is free: what a model made to answer in JSON would do with it.
pub(crate) fn sample(schema: &Value, text: &str) -> Value {
    fill(schema, schema, text, 0)
}

fn fill(root: &Value, schema: &Value, text: &str, depth: usize) -> Value {
    // a schema that means itself; what is not required is left out from here on
    if depth > 40 {
        return Value::Null;
    }
    let deeper = |part: &Value| fill(root, part, text, depth + 1);
    if let Some(target) = schema["$ref"].as_str() {
        return schema::refer(root, target).map(deeper).unwrap_or_default();
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(value) = schema["enum"].as_array().and_then(|values| values.first()) {
        return value.clone();
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        // the shallow way out of a schema that means itself
        let choice = if depth > 8 { choices.iter().find(|choice| choice["type"] == "null") } else { None };
        return choice.or(choices.first()).map(deeper).unwrap_or_default();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    let number = |keyword: &str| schema[keyword].as_u64();
    match kind.as_str() {
        Some("object") => {
            let fields = schema["properties"].as_object();
            let filled = fields.into_iter().flatten().map(|(name, part)| (name.clone(), deeper(part)));
            Value::Object(filled.collect::<Map<_, _>>())
        }
        Some("array") => {
            let few = if depth > 8 { 0 } else { 1 };
            let count = number("minItems").unwrap_or(few).min(number("maxItems").unwrap_or(u64::MAX));
            (0..count).map(|_| deeper(&schema["items"])).collect()
        }
        Some("string") => {
            let most =
                number("maxLength").map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
            let least = number("minLength").map_or(0, |least| usize::try_from(least).unwrap_or(0));
            let mut text: String = text.chars().take(most).collect();
            text.extend(std::iter::repeat_n('.', least.saturating_sub(text.chars().count())));
            json!(text)
        }
        Some("integer" | "number") => {
            let least =
                schema["minimum"].as_i64().or(schema["exclusiveMinimum"].as_i64().map(|least| least + 1));
            let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
            json!(least.unwrap_or(1.min(most)))
        }
        Some("boolean") => json!(true),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Value {
        json!({
            "type": "object",
            "properties": {
                "questions": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/question"}},
                "level": {"enum": ["easy", "hard"]},
                "note": {"type": ["string", "null"]},
                "page": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
            },
            "required": ["questions", "level", "note", "page"],
            "additionalProperties": false,
            "$defs": {"question": {
                "type": "object",
                "properties": {"text": {"type": "string", "minLength": 40}, "right": {"type": "boolean"}},
                "required": ["text", "right"],
                "additionalProperties": false,
            }},
        })
    }

    #[test]
    fn a_sample_fits_its_schema() {
        let schema = questions();
        let sample = sample(&schema, "What does the heart do?");
        assert_eq!(schema::errors(&schema, &schema, &sample), Vec::<String>::new());
        assert_eq!(sample["questions"].as_array().unwrap().len(), 2);
        assert_eq!(sample["note"], "What does the heart do?");
    }

    #[test]
    fn a_sample_of_a_schema_that_means_itself_ends() {
        let schema =
            json!({"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}});
        assert!(sample(&schema, "x")["next"].is_object());
    }

    #[test]
    fn anthropic_takes_closed_objects_without_bounds() {
        let closed = json!({
            "type": "object",
            "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "maximum": {"type": "integer"}},
            "additionalProperties": false,
        });
        assert_eq!(not_taken(&closed), None);
        let inside = |part: Value| json!({"type": "array", "items": {"anyOf": [part]}});
        for (schema, part) in [
            (inside(json!({"type": "object", "properties": {}})), "additionalProperties"),
            (inside(json!({"type": "integer", "maximum": 5})), "'maximum'"),
            (inside(json!({"type": "string", "minLength": 5})), "'minLength'"),
            (inside(json!({"type": "array", "minItems": 2})), "minItems"),
            (json!({"oneOf": []}), "'oneOf'"),
            (questions(), "is not supported"),
        ] {
            let wrong = not_taken(&schema).unwrap_or_default();
            assert!(wrong.contains(part), "{schema}: {wrong}");
        }
    }

    #[test]
    fn strict_forbids_what_openai_forbids() {
        let format = |schema: Value| json!({"name": "quiz", "strict": true, "schema": schema});
        let message = |format: Value| match check(&format) {
            Ok(()) => String::new(),
            Err(Problem::Invalid { message, .. }) => message,
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(message(format(questions())), "");
        let without = |pointer: &str, name: &str| {
            let mut schema = questions();
            schema.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name).unwrap();
            schema
        };
        for (schema, part) in [
            (without("", "additionalProperties"), "'additionalProperties' is required"),
            (without("/$defs/question", "additionalProperties"), "context=('question', )"),
            (without("/$defs/question", "required"), "Missing 'right'"),
            (without("", "type"), "type: \"object\""),
            (json!({"type": "object", "allOf": []}), "'allOf' is not permitted"),
        ] {
            let message = message(format(schema.clone()));
            assert!(message.contains(part), "{schema}: {message}");
        }
        let mut loose = format(without("", "required"));
        loose["strict"] = json!(false);
        assert_eq!(message(loose), "", "without strict it is taken");
        assert!(message(json!({"name": "my quiz", "schema": {}})).contains("name"));
        assert!(message(json!({"name": "quiz"})).contains("Missing required parameter"));
    }
}
