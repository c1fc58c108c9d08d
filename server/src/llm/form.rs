//! Answers of a form. Owns: the JSON Schema of a Rust type, and getting a value of it: one repair, then another model.
//! Refuses: believing what is in it; [`Form::check`] is the type's own.

use super::{
    Answer, Finish, Message, NoModel, Orchestrator, Request, Schema, Speaker,
    json::{self, NoJson},
};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Most models that are asked for one form.
const MODELS: usize = 3;

/// A type that a model can fill.
pub trait Form: DeserializeOwned + JsonSchema + Send {
    /// Letters, digits and `_`.
    const NAME: &'static str;

    /// What the type itself cannot say of its values.
    ///
    /// # Errors
    /// What is wrong, in words for the model.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// What came of asking for a form.
#[derive(Debug)]
pub enum Filled<T> {
    /// A value, and who wrote it (`provider/model`).
    Given(T, String),
    /// Models answered, and none of them in the form.
    Unusable,
    /// Nobody could be asked.
    NoModel(NoModel),
}

impl<T> Filled<T> {
    /// The same with another value; `change` is told who wrote the first one.
    pub fn map<U>(self, change: impl FnOnce(T, &str) -> U) -> Filled<U> {
        match self {
            Self::Given(value, model) => Filled::Given(change(value, &model), model),
            Self::Unusable => Filled::Unusable,
            Self::NoModel(why) => Filled::NoModel(why),
        }
    }
}

/// The schema of a form, as strict providers take it: without references, each property required and none besides.
pub fn schema<T: Form>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    strict(&mut schema);
    Schema { name: T::NAME, schema }
}

/// Takes out what no strict provider knows, and closes objects.
fn strict(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            for unknown in ["$schema", "title", "format", "minimum", "maximum", "default"] {
                if !object.get(unknown).is_some_and(Value::is_object) {
                    object.remove(unknown);
                }
            }
            // variants with a comment each: strict providers know no 'oneOf'
            if let Some(Value::Array(variants)) = object.remove("oneOf") {
                let words: Vec<Value> =
                    variants.iter().filter_map(|variant| variant.get("const").cloned()).collect();
                if words.len() == variants.len() {
                    object.insert("type".into(), "string".into());
                    object.insert("enum".into(), words.into());
                } else {
                    object.insert("anyOf".into(), variants.into());
                }
            }
            if let Some(Value::Object(properties)) = object.get("properties") {
                let all: Vec<Value> = properties.keys().cloned().map(Value::String).collect();
                object.insert("required".into(), all.into());
                object.insert("additionalProperties".into(), false.into());
            }
            object.values_mut().for_each(strict);
        }
        Value::Array(list) => list.iter_mut().for_each(strict),
        _ => {}
    }
}

impl Orchestrator {
    /// Asks for a value of a form. What comes back in another one is sent back once; then another model is asked.
    ///
    /// # Errors
    /// As [`Orchestrator::ask`].
    pub async fn fill<T: Form>(&self, request: Request) -> anyhow::Result<Filled<T>> {
        self.fill_where(request, &|_: &T| Ok(())).await
    }

    /// The same, for values that must also hold against what the type does not know, such as the text they quote. `holds` says
    /// what is wrong, in words for the model.
    ///
    /// # Errors
    /// As [`Orchestrator::ask`].
    pub async fn fill_where<T: Form>(
        &self,
        request: Request,
        holds: &(dyn Fn(&T) -> Result<(), String> + Sync),
    ) -> anyhow::Result<Filled<T>> {
        let request = Request { schema: Some(schema::<T>()), ..request };
        let mut failed: Vec<String> = vec![];
        for _ in 0..MODELS {
            let answering = match self.ask_others(request.clone(), &failed).await? {
                Answer::Given(answering) => answering,
                Answer::NoModel(_) if !failed.is_empty() => return Ok(Filled::Unusable),
                Answer::NoModel(why) => return Ok(Filled::NoModel(why)),
            };
            let (text, ended) = answering.whole().await;
            let wrong = match usable(&text, ended.finish, holds) {
                Ok(value) => return Ok(Filled::Given(value, ended.model)),
                Err(wrong) => wrong,
            };
            let again = format!(
                "This cannot be used: {wrong}. Answer again, with the one JSON object alone, whole and in the form asked for."
            );
            let mut messages = request.messages.clone();
            messages.push(Message::new(Speaker::Assistant, text));
            messages.push(Message::new(Speaker::User, again));
            if let Answer::Given(answering) =
                self.ask_others(Request { messages, ..request.clone() }, &failed).await?
            {
                let (text, ended) = answering.whole().await;
                match usable(&text, ended.finish, holds) {
                    Ok(value) => return Ok(Filled::Given(value, ended.model)),
                    Err(wrong) => tracing::warn!(
                        model = ended.model,
                        form = T::NAME,
                        "unusable twice: {}",
                        kind(&wrong)
                    ),
                }
            }
            failed.push(ended.model);
        }
        Ok(Filled::Unusable)
    }
}

/// Why an answer is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Wrong {
    #[error("{0}")]
    Json(#[from] NoJson),
    #[error("it ends too early")]
    Cut,
    #[error("{0}")]
    Check(String),
}

/// One word for the log, without anything of the answer.
fn kind(wrong: &Wrong) -> &'static str {
    match wrong {
        Wrong::Json(NoJson::None) => "no JSON",
        Wrong::Json(NoJson::Broken(_)) => "broken JSON",
        Wrong::Json(NoJson::Form(_)) => "another form",
        Wrong::Json(NoJson::Cut) | Wrong::Cut => "cut off",
        Wrong::Check(_) => "contents",
    }
}

fn usable<T: Form>(
    text: &str,
    finish: Finish,
    holds: &(dyn Fn(&T) -> Result<(), String> + Sync),
) -> Result<T, Wrong> {
    let read = json::read::<T>(text)?;
    // what was cut off may lack half a sentence that nobody would miss
    if read.cut || matches!(finish, Finish::Broken) {
        return Err(Wrong::Cut);
    }
    read.value.check().and_then(|()| holds(&read.value)).map_err(Wrong::Check)?;
    Ok(read.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "the schema is what is tested")]
    struct Verdict {
        /// What the page says.
        judgement: Judgement,
        quotes: Vec<Quote>,
        page: Option<u32>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Judgement {
        /// It says so.
        Supported,
        /// It does not.
        Silent,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "the schema is what is tested")]
    struct Quote {
        title: String,
    }

    impl Form for Verdict {
        const NAME: &'static str = "verdict";

        fn check(&self) -> Result<(), String> {
            if matches!(self.judgement, Judgement::Silent) { Err("not silent".into()) } else { Ok(()) }
        }
    }

    #[test]
    fn a_schema_is_strict() {
        let Schema { name, schema } = schema::<Verdict>();
        assert_eq!(name, "verdict");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["required"].as_array().unwrap().len(), 3);
        assert_eq!(schema["properties"]["quotes"]["items"]["required"], json!(["title"]));
        assert_eq!(schema["properties"]["quotes"]["items"]["properties"]["title"]["type"], "string");
        let judgement = &schema["properties"]["judgement"];
        assert_eq!(
            (&judgement["type"], &judgement["enum"]),
            (&json!("string"), &json!(["supported", "silent"]))
        );
        let text = schema.to_string();
        assert!(!text.contains("oneOf"), "{text}");
        assert!(!text.contains("$ref") && !text.contains("uint32"), "{text}");
    }

    #[test]
    fn what_is_cut_off_or_wrong_is_of_no_use() {
        let usable = |text: &str, finish| usable::<Verdict>(text, finish, &|_| Ok(()));
        let whole = r#"{"judgement": "supported", "quotes": [], "page": null}"#;
        assert!(usable(whole, Finish::Whole).is_ok());
        assert_eq!(usable(whole, Finish::Broken).unwrap_err(), Wrong::Cut);
        assert_eq!(usable(&whole[..50], Finish::Length).unwrap_err(), Wrong::Cut);
        assert_eq!(usable(&whole[..20], Finish::Length).unwrap_err(), Wrong::Json(NoJson::Cut));
        assert_eq!(usable("no", Finish::Whole).unwrap_err(), Wrong::Json(NoJson::None));
        let silent = whole.replace("supported", "silent");
        assert_eq!(usable(&silent, Finish::Whole).unwrap_err(), Wrong::Check("not silent".into()));
        let holds = super::usable::<Verdict>(whole, Finish::Whole, &|_| Err("no such page".into()));
        assert_eq!(holds.unwrap_err(), Wrong::Check("no such page".into()));
    }
}
