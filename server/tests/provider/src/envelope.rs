//! Answers in the fields of each dialect: whole, or in the chunks of a stream.

use serde_json::{Value, json};

use crate::{Dialect, Request, Settings, answer::Answer, messages, tokens::pieces};

/// The chunks of a stream in their order. Only `pieces` bring words.
#[derive(Debug)]
pub(crate) struct Chunks {
    pub(crate) head: Vec<Value>,
    pub(crate) pieces: Vec<Value>,
    pub(crate) tail: Vec<Value>,
}

/// The fields around the choices.
fn around(request: &Request, settings: &Settings, object: &str, choices: Value) -> Value {
    let number = request.number;
    let mut body = json!({"object": object, "model": request.model(), "choices": choices});
    match settings.dialect {
        Dialect::OpenAi => {
            body["id"] = json!(format!("chatcmpl-{number}"));
            body["service_tier"] = json!("default");
            body["system_fingerprint"] = json!("fp_test");
        }
        Dialect::Claude => body["id"] = json!(format!("msg_{number}")),
        Dialect::Gemini | Dialect::Foreign => {}
    }
    if settings.dialect != Dialect::Gemini {
        body["created"] = json!(settings.created);
    }
    body
}

/// The whole answer.
pub(crate) fn whole(request: &Request, settings: &Settings, answer: &Answer) -> Value {
    if request.is_native() {
        return messages::whole(request, answer);
    }
    let choice = |index: u64| {
        let mut message = json!({"role": "assistant"});
        if answer.content.is_some() || settings.dialect != Dialect::Gemini {
            message["content"] = json!(answer.content);
        }
        let mut choice = json!({"index": index, "finish_reason": answer.finish});
        if settings.dialect == Dialect::OpenAi {
            message["refusal"] = json!(answer.refusal);
            message["annotations"] = json!([]);
        }
        if matches!(settings.dialect, Dialect::OpenAi | Dialect::Claude) {
            choice["logprobs"] = Value::Null;
        }
        choice["message"] = message;
        choice
    };
    let choices = (0..answer.choices).map(choice).collect();
    let mut body = around(request, settings, "chat.completion", choices);
    if let Some(usage) = &answer.usage {
        body["usage"] = usage.clone();
    }
    body
}

/// The answer in chunks.
pub(crate) fn chunks(request: &Request, settings: &Settings, answer: &Answer) -> Chunks {
    let dialect = settings.dialect;
    if request.is_native() {
        return messages::events(request, answer);
    }
    let wanted = request.json()["stream_options"]["include_usage"] == true;
    let usage = answer.usage.as_ref().filter(|_| wanted);
    let chunk = |index: u64, delta: Value, finish: Value| {
        let mut choice = json!({"index": index, "delta": delta, "finish_reason": finish});
        if dialect == Dialect::OpenAi {
            choice["logprobs"] = Value::Null;
        }
        let mut chunk = around(request, settings, "chat.completion.chunk", json!([choice]));
        if dialect == Dialect::OpenAi && wanted {
            chunk["usage"] = Value::Null;
        }
        chunk
    };
    // what a chunk says that is not the last one
    let middle = if dialect == Dialect::Foreign { json!("") } else { Value::Null };
    let (field, text) = match &answer.refusal {
        Some(refusal) => ("refusal", refusal.as_str()),
        None => ("content", answer.content.as_deref().unwrap_or_default()),
    };
    let texts = pieces(text);
    let mut chunks = Chunks { head: vec![], pieces: vec![], tail: vec![] };
    for index in 0..answer.choices {
        match dialect {
            Dialect::OpenAi => {
                chunks.head.push(chunk(
                    index,
                    json!({"role": "assistant", "content": "", "refusal": null}),
                    middle.clone(),
                ));
            }
            Dialect::Claude => {
                chunks.head.push(chunk(index, json!({"role": "assistant", "content": ""}), middle.clone()))
            }
            Dialect::Gemini | Dialect::Foreign => {}
        }
        for (number, text) in texts.iter().enumerate() {
            let mut delta = json!({});
            delta[field] = json!(text);
            if matches!(dialect, Dialect::Gemini | Dialect::Foreign) {
                delta["role"] = json!("assistant");
            }
            // Gemini's last words bring the reason along
            let last = dialect == Dialect::Gemini && number + 1 == texts.len();
            let finish = if last { json!(answer.finish) } else { middle.clone() };
            chunks.pieces.push(chunk(index, delta, finish));
        }
        match dialect {
            Dialect::Gemini if texts.is_empty() => {
                chunks.tail.push(chunk(index, json!({"role": "assistant"}), json!(answer.finish)));
            }
            Dialect::Gemini => {}
            Dialect::Foreign => {
                chunks.tail.push(chunk(
                    index,
                    json!({"role": "assistant", "content": ""}),
                    json!(answer.finish),
                ));
            }
            Dialect::OpenAi | Dialect::Claude => {
                chunks.tail.push(chunk(index, json!({}), json!(answer.finish)))
            }
        }
    }
    let Some(usage) = usage else { return chunks };
    if dialect == Dialect::Gemini {
        if let Some(last) = chunks.tail.last_mut().or(chunks.pieces.last_mut()) {
            last["usage"] = usage.clone();
        }
    } else {
        let mut last = around(request, settings, "chat.completion.chunk", json!([]));
        last["usage"] = usage.clone();
        chunks.tail.push(last);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, Reply, answer::answer, embedding, http, request::tests::request, schema::errors_of};

    /// A request, what is replied, and everything that comes back: whole, and as chunks.
    fn all(dialect: Dialect, more: Value, reply: &Reply) -> (Value, Vec<Value>) {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "What is systole?"}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (request, settings) = (request(dialect, body), Settings::new(dialect));
        let answer = answer(&request, reply, 0).unwrap();
        let Chunks { head, pieces, tail } = chunks(&request, &settings, &answer);
        (whole(&request, &settings, &answer), [head, pieces, tail].concat())
    }

    #[test]
    fn openais_dialect_is_what_openai_wrote() {
        let usage = json!({"stream_options": {"include_usage": true}});
        for (more, reply) in [
            (json!({}), Reply::echo()),
            (usage.clone(), Reply::text("Zwölf Größen")),
            (json!({"n": 3}), Reply::echo()),
            (usage.clone(), Reply::fault(Fault::Refusal)),
            (usage.clone(), Reply::fault(Fault::Empty)),
            (usage, Reply::fault(Fault::Length { after: 1 })),
        ] {
            let (whole, chunks) = all(Dialect::OpenAi, more.clone(), &reply);
            assert_eq!(errors_of("CreateChatCompletionResponse", &whole), Vec::<String>::new(), "{whole}");
            for chunk in chunks {
                assert_eq!(
                    errors_of("CreateChatCompletionStreamResponse", &chunk),
                    Vec::<String>::new(),
                    "{chunk}"
                );
            }
        }
        let settings = Settings::default();
        let embeddings =
            request(Dialect::OpenAi, json!({"model": "m", "input": ["a", "b"], "dimensions": 4}));
        let vectors = embedding::answer(&embeddings, &settings);
        assert_eq!(errors_of("CreateEmbeddingResponse", &vectors), Vec::<String>::new());
        assert_eq!(errors_of("ListModelsResponse", &http::models(&settings)), Vec::<String>::new());
    }

    #[test]
    fn the_schemas_tell_the_other_dialects_from_openais() {
        for dialect in [Dialect::Gemini, Dialect::Foreign] {
            let (whole, chunks) = all(dialect, json!({}), &Reply::echo());
            assert_ne!(errors_of("CreateChatCompletionResponse", &whole), Vec::<String>::new(), "{whole}");
            for chunk in chunks {
                assert_ne!(
                    errors_of("CreateChatCompletionStreamResponse", &chunk),
                    Vec::<String>::new(),
                    "{chunk}"
                );
            }
        }
    }

    #[test]
    fn chunks_together_are_the_answer() {
        for dialect in Dialect::ALL {
            let (whole, chunks) = all(dialect, json!({}), &Reply::text("Die Zwölffingerdarmschleimhaut 🫀."));
            let texts = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
            assert_eq!(texts.collect::<String>(), whole["choices"][0]["message"]["content"], "{dialect}");
            let ends = chunks.iter().filter(|chunk| chunk["choices"][0]["finish_reason"] == "stop");
            assert_eq!(ends.count(), 1, "{dialect} ends once");
        }
    }
}
