//! Vectors that are the same for the same text, and near for texts that share words.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{Request, Settings, tokens::tokens};

/// The answer to a request for embeddings.
pub(crate) fn answer(request: &Request, settings: &Settings) -> Value {
    let body = request.json();
    let texts = texts(&body["input"]);
    let dimensions = body["dimensions"].as_u64().and_then(|wanted| usize::try_from(wanted).ok());
    let dimensions = dimensions.unwrap_or(settings.dimensions);
    let data = texts.iter().enumerate().map(|(index, text)| {
        let vector = vector(text, dimensions);
        let embedding = if body["encoding_format"] == "base64" {
            let bytes: Vec<_> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
            json!(BASE64_STANDARD.encode(bytes))
        } else {
            json!(vector)
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    let data: Vec<_> = data.collect();
    let count: u64 = texts.iter().map(|text| tokens(text)).sum();
    json!({
        "object": "list",
        "model": request.model(),
        "data": data,
        "usage": {"prompt_tokens": count, "total_tokens": count},
    })
}

/// The texts of an input: one, several, or tokens, whose numbers stand for words.
fn texts(input: &Value) -> Vec<String> {
    let numbers = |tokens: &[Value]| tokens.iter().map(Value::to_string).collect::<Vec<_>>().join(" ");
    match input {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) if items.iter().all(Value::is_number) => vec![numbers(items)],
        Value::Array(items) => {
            let text = |item: &Value| match item {
                Value::Array(tokens) => numbers(tokens),
                item => item.as_str().unwrap_or_default().to_string(),
            };
            items.iter().map(text).collect()
        }
        _ => vec![],
    }
}

/// The vector of a text, of length 1: the sum of one for each of its words, which depends on the word alone.
fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f32; dimensions];
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    // the empty word, so that no text has a vector of length 0
    for word in words.chain([""]) {
        let weight = if word.is_empty() { 0.01 } else { 1.0 };
        let mut state = word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3) // FNV-1a
        });
        for number in &mut sum {
            *number += weight * splitmix(&mut state);
        }
    }
    let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt();
    sum.iter().map(|number| number / length).collect()
}

/// The next number between -1 and 1, by splitmix64.
fn splitmix(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    // the upper 16 bits are enough, and exact in f32
    (mixed >> 48) as f32 / 32_767.5 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: &str, other: &str) -> f32 {
        let (one, other) = (vector(one, 256), vector(other, 256));
        one.iter().zip(&other).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn texts_that_share_words_are_near() {
        assert!((near("The heart pumps", "the heart PUMPS!") - 1.0).abs() < 1e-5);
        assert!(near("the heart pumps blood", "the heart beats") > 0.4);
        assert!(near("heart", "kidney").abs() < 0.3);
        assert!((near("", "") - 1.0).abs() < 1e-5, "an empty text has a vector too");
    }
}
