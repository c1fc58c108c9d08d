//! What the model says to a request, whole: the words in its dialect, why they end, and what they cost.

use serde_json::{Value, json};

use crate::{
    Dialect, Fault, Reply, Request,
    problem::Problem,
    schema,
    script::Saying,
    strict,
    tokens::{first, pieces, tokens},
};

/// One answer, before it is written in its dialect's envelope.
#[derive(Debug)]
pub(crate) struct Answer {
    /// None where the vendor sends no content.
    pub(crate) content: Option<String>,
    pub(crate) refusal: Option<String>,
    pub(crate) finish: &'static str,
    /// How many choices were asked for.
    pub(crate) choices: u64,
    /// None where the dialect tells none.
    pub(crate) usage: Option<Value>,
}

const NO: &str = "I'm sorry, but I can't help with that.";

/// What `reply` (resolved) says to `request`, of whose prompt `cached` tokens were seen before.
pub(crate) fn answer(request: &Request, reply: &Reply, cached: u64) -> Result<Answer, Problem> {
    let choices = request.json()["n"].as_u64().unwrap_or(1);
    let mut answer = Answer { content: None, refusal: None, finish: "stop", choices, usage: None };
    let has = |fault: &Fault| reply.faults.contains(fault);
    if has(&Fault::Refusal) {
        refuse(&mut answer, request.dialect);
    } else if has(&Fault::Empty) {
        answer.content = Some(String::new());
    } else {
        let text = words(request, reply)?;
        let kept = cut(&text, request, reply);
        if kept.len() < text.len() {
            answer.finish = "length";
        }
        answer.content = Some(kept);
    }
    answer.usage = usage(request, &answer, cached, has(&Fault::WrongUsage));
    Ok(answer)
}

/// The text as far as the limit of tokens and the fault `Length` let it come.
fn cut(text: &str, request: &Request, reply: &Reply) -> String {
    let mut kept = request.most_tokens().map_or_else(|| text.to_string(), |most| first(text, most));
    for fault in &reply.faults {
        if let Fault::Length { after } = fault {
            let all = pieces(&kept);
            // at least one is lost: an answer that is whole was not cut off
            let left = (*after).min(all.len().saturating_sub(1));
            kept = all[..left].concat();
        }
    }
    kept
}

/// A refusal as each vendor says it.
fn refuse(answer: &mut Answer, dialect: Dialect) {
    match dialect {
        Dialect::OpenAi => answer.refusal = Some(NO.into()),
        // the layer leaves `refusal` empty for ever
        Dialect::Claude => (answer.content, answer.finish) = (Some(String::new()), "content_filter"),
        // its reason with a reason, and no content at all; text of books is what it refuses most
        Dialect::Gemini => answer.finish = "content_filter: RECITATION",
        Dialect::Foreign => answer.content = Some(NO.into()),
    }
}

/// The words, in the form that the request wants and the dialect gives.
fn words(request: &Request, reply: &Reply) -> Result<String, Problem> {
    let (text, scripted) = match &reply.saying {
        Saying::Text(text) => (text.clone(), None),
        Saying::Json(value) => (value.to_string(), Some(value)),
        Saying::Echo | Saying::Computed(_) => (request.asked(), None),
    };
    if reply.verbatim {
        return Ok(text);
    }
    let format = if request.is_native() { "/output_config/format" } else { "/response_format" };
    let format = request.json().pointer(format).unwrap_or(&Value::Null);
    if request.dialect == Dialect::Claude && !(request.is_native() && format.is_object()) {
        return Ok(match scripted {
            Some(value) => format!("Here is the JSON you asked for:\n\n```json\n{value:#}\n```"),
            None => text,
        });
    }
    let schema = match format["type"].as_str() {
        Some("json_schema") if request.is_native() => format["schema"].clone(),
        Some("json_schema") => format["json_schema"]["schema"].clone(),
        Some("json_object") => json!({"type": "object"}),
        _ => return Ok(text),
    };
    let value = serde_json::from_str(&text);
    let errors = match &value {
        Ok(value) => schema::errors(&schema, &schema, value),
        Err(error) => vec![error.to_string()],
    };
    match scripted {
        _ if errors.is_empty() => Ok(text),
        Some(_) => {
            let errors = errors.join("; ");
            Err(Problem::Script(format!(
                "The script's JSON does not fit the schema of the request: {errors}"
            )))
        }
        None if schema == json!({"type": "object"}) => Ok(json!({"text": text}).to_string()),
        None => Ok(strict::sample(&schema, &text).to_string()),
    }
}

fn usage(request: &Request, answer: &Answer, cached: u64, wrong: bool) -> Option<Value> {
    if request.dialect == Dialect::Foreign {
        return None;
    }
    let said = [&answer.content, &answer.refusal];
    let completion = said.into_iter().flatten().map(|text| tokens(text)).sum::<u64>() * answer.choices;
    let prompt = request.prompt_tokens();
    let mut usage = json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion});
    if wrong {
        usage =
            json!({"prompt_tokens": -7, "completion_tokens": 9_007_199_254_740_993_u64, "total_tokens": 3});
    }
    if request.dialect == Dialect::OpenAi {
        usage["prompt_tokens_details"] = json!({"cached_tokens": cached, "audio_tokens": 0});
        usage["completion_tokens_details"] = json!({
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        });
    }
    Some(usage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::tests::request;

    fn ask(dialect: Dialect, more: Value) -> Request {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "What is systole?"}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request(dialect, body)
    }

    fn content(dialect: Dialect, more: Value, reply: Reply) -> String {
        answer(&ask(dialect, more), &reply, 0).unwrap().content.unwrap()
    }

    fn schema() -> Value {
        json!({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {
            "type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"],
        }}}})
    }

    #[test]
    fn json_is_bare_where_the_dialect_obeys_and_between_fences_with_claude() {
        let value = json!({"answer": "a contraction"});
        for dialect in [Dialect::OpenAi, Dialect::Gemini, Dialect::Foreign] {
            assert_eq!(content(dialect, schema(), Reply::json(value.clone())), value.to_string());
            assert_eq!(content(dialect, schema(), Reply::echo()), r#"{"answer":"What is systole?"}"#);
            let object = json!({"response_format": {"type": "json_object"}});
            assert_eq!(content(dialect, object, Reply::text("x")), r#"{"text":"x"}"#);
            let broken = Reply::text("{\"answer\": ").verbatim();
            assert_eq!(content(dialect, schema(), broken), "{\"answer\": ");
            let wrong = answer(&ask(dialect, schema()), &Reply::json(json!({"reply": 1})), 0).unwrap_err();
            assert!(matches!(wrong, Problem::Script(_)), "{wrong:?}");
        }
        let fenced = content(Dialect::Claude, schema(), Reply::json(value.clone()));
        assert!(fenced.starts_with("Here is") && fenced.ends_with("\n```"), "{fenced}");
        let inner = fenced.split("```json\n").nth(1).unwrap().trim_end_matches("\n```");
        assert_eq!(serde_json::from_str::<Value>(inner).unwrap(), value);
        assert_eq!(content(Dialect::Claude, schema(), Reply::echo()), "What is systole?");
        assert_eq!(
            content(Dialect::Claude, schema(), Reply::json(value.clone()).verbatim()),
            value.to_string()
        );
    }

    #[test]
    fn an_answer_ends_at_its_limit() {
        for limit in [json!({"max_tokens": 2}), json!({"max_completion_tokens": 2})] {
            let answer = answer(&ask(Dialect::OpenAi, limit), &Reply::echo(), 0).unwrap();
            assert_eq!((answer.content.as_deref(), answer.finish), (Some("What is "), "length"));
        }
        let long = answer(&ask(Dialect::OpenAi, json!({"max_tokens": 4})), &Reply::echo(), 0).unwrap();
        assert_eq!((long.content.as_deref(), long.finish), (Some("What is systole?"), "stop"));
        let cut =
            answer(&ask(Dialect::OpenAi, json!({})), &Reply::fault(Fault::Length { after: 99 }), 0).unwrap();
        assert_eq!((cut.content.as_deref(), cut.finish), (Some("What is systo"), "length"));
    }

    #[test]
    fn usage_is_counted_by_the_rule() {
        let usage = |dialect, more| answer(&ask(dialect, more), &Reply::text("12345"), 1024).unwrap().usage;
        let openai = usage(Dialect::OpenAi, json!({"n": 3})).unwrap();
        assert_eq!(openai["prompt_tokens"], 4);
        assert_eq!(openai["completion_tokens"], 6);
        assert_eq!(openai["total_tokens"], 10);
        assert_eq!(openai["prompt_tokens_details"]["cached_tokens"], 1024);
        assert_eq!(usage(Dialect::Claude, json!({})).unwrap().get("prompt_tokens_details"), None);
        assert_eq!(usage(Dialect::Foreign, json!({})), None);
    }
}
