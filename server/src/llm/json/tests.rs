use super::*;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn whole_json_is_not_touched() {
    for text in [r#"{"a": [1, 2.5, null, true, "x\ny \u00e9 \ud83e\udec0"]}"#, "[]", " {} \n"] {
        let read = value(text).unwrap();
        assert_eq!(read.value, serde_json::from_str::<Value>(text).unwrap());
        assert!(!read.mended && !read.cut);
    }
}

#[test]
fn what_is_around_it_does_not_matter() {
    for text in [
        "```json\n{\"a\": 1}\n```",
        "Here is the JSON you asked for:\n\n{\"a\": 1}\n\nTell me if you want more.",
        "Sure [as you like]! {\"a\": 1}",
        "```\n{\"a\": 1}",
    ] {
        let read = value(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        if text.contains("[as") {
            continue;
        }
        assert_eq!(read.value, json!({"a": 1}), "{text}");
    }
    assert_eq!(value("Sure [as you like]! {\"a\": 1}").unwrap().value, json!({"a": 1}));
}

#[test]
fn usual_tears_are_mended() {
    for (text, expected) in [
        (r#"{"a": "x" "b": "y"}"#, json!({"a": "x", "b": "y"})),
        (r#"{"a": "x",, "b": "y",}"#, json!({"a": "x", "b": "y"})),
        ("{'a': 'it', 'b': True, 'c': None}", json!({"a": "it", "b": true, "c": null})),
        ("{a: 1, b_c: [1 2]}", json!({"a": 1})),
        ("{\"a\": \"two\nlines\"}", json!({"a": "two\nlines"})),
        (
            r#"{"a": "the "fast" channel, they say", "b": 1}"#,
            json!({"a": "the \"fast\" channel, they say", "b": 1}),
        ),
        ("{\"a\": 1 // one\n, \"b\": 2}", json!({"a": 1, "b": 2})),
        ("{“a”: “x”}", json!({"a": "x"})),
        (r#"{"a": "50\% of it"}"#, json!({"a": "50% of it"})),
        (r#"{"a": "\ud83e\udec0 \u00b5", 'b': 2}"#, json!({"a": "🫀 µ", "b": 2})),
    ] {
        match value(text) {
            Ok(read) => {
                assert_eq!(read.value, expected, "{text}");
                assert!(read.mended && !read.cut, "{text}");
            }
            Err(error) => assert!(text.contains("[1 2]"), "{text}: {error}"),
        }
    }
}

#[test]
fn what_was_cut_off_says_so() {
    for (text, expected) in [
        (r#"{"a": "x", "b": "half a sen"#, json!({"a": "x", "b": "half a sen"})),
        (r#"{"a": ["x", "y""#, json!({"a": ["x", "y"]})),
        (r#"{"a": "x", "b"#, json!({"a": "x"})),
        (r#"{"a": "x", "b":"#, json!({"a": "x"})),
        (r#"{"a": {"b": 1"#, json!({"a": {"b": 1}})),
    ] {
        let read = value(text).unwrap();
        assert_eq!(read.value, expected, "{text}");
        assert!(read.cut, "{text}");
    }
}

#[test]
fn no_json_is_none() {
    assert_eq!(value("I cannot help with that."), Err(NoJson::None));
    assert_eq!(value(""), Err(NoJson::None));
    assert!(matches!(value("a {set} of things"), Err(NoJson::Broken(_))));
    assert!(value(&"[".repeat(100_000)).is_err());
    #[derive(serde::Deserialize, Debug)]
    struct Wanted {
        #[expect(dead_code, reason = "asked for")]
        answer: String,
    }
    assert!(matches!(read::<Wanted>(r#"{"other": 1}"#), Err(NoJson::Form(_))));
    assert!(read::<Wanted>("```json\n{\"answer\": \"C\"}\n```").unwrap().mended);
}

/// What models really wrote (../shared/data/llm, US Government work). 70 of 1,570 are no JSON; the rest of them are a
/// provider's messages, without a bracket in them.
#[test]
fn recorded_outputs_are_read() {
    let shared = std::env::var("MITOCHI_SHARED").unwrap_or_else(|_| "../../shared".into());
    let path = std::path::Path::new(&shared).join("data/llm/recorded_outputs_cot.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let (mut all, mut strict, mut read, mut answers, mut hopeless, mut lost) = (0, 0, 0, 0, 0, vec![]);
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let raw = line["raw"].as_str().unwrap();
        all += 1;
        strict += usize::from(line["valid_json"] == true);
        if !raw.contains(['{', '[']) {
            hopeless += 1;
            assert!(value(raw).is_err());
            continue;
        }
        match value(raw) {
            Ok(found) => {
                read += 1;
                let whole = found.value.get("answer_choice").is_some_and(Value::is_string);
                answers += usize::from(whole);
                assert!(line["valid_json"] == false || !found.cut);
            }
            Err(error) => lost.push(format!("{error}: {}", head(raw))),
        }
    }
    println!(
        "{all} recorded outputs: {strict} are JSON, {read} are read ({:.1} %), {answers} with an answer; {hopeless} hold no JSON; \
         lost: {lost:#?}",
        100.0 * f64::from(read as u32) / f64::from(all as u32)
    );
    assert!(lost.is_empty());
    assert!(read >= strict);
}

proptest! {
    #[test]
    fn nothing_panics(text in "[\\[\\]{}\"':,\\\\a1u \n]{0,60}") {
        let _ = value(&text);
    }

    #[test]
    fn whatever_is_cut_is_read_to_where_it_is_right(cut in 10usize..60) {
        let text = r#"{"steps": ["one", "two", "three"], "choice": "C", "n": 12}"#;
        let read = value(&text[..cut.min(text.len())]);
        if cut >= 14 {
            prop_assert!(read.is_ok(), "{:?}", &text[..cut.min(text.len())]);
        }
    }
}
