use super::*;
use crate::retrieval::embed::ModelId;
use crate::retrieval::onnx::ModelError;
use crate::shared::Shared;
use async_trait::async_trait;
use proptest::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const DAY: i64 = 24 * 3_600_000;
const NOW: i64 = 1_796_040_000_000;
const BUCKET: [u8; 32] = [7; 32];

/// A text with 'please' lies across all others; counts how often it is asked.
struct Two {
    model: ModelId,
    asked: AtomicUsize,
    fails: AtomicBool,
    is_there: bool,
}

#[async_trait]
impl Embedder for Two {
    fn model(&self) -> &ModelId {
        &self.model
    }

    fn unrelated(&self) -> f32 {
        0.0
    }

    fn is_there(&self) -> bool {
        self.is_there
    }

    async fn embed(&self, text: &str, _: Role) -> Result<Vec<f32>, ModelError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.fails.load(Ordering::Relaxed) {
            return Err(ModelError::Broken("it is".into()));
        }
        Ok(if text.contains("please") { vec![0.0, 1.0] } else { vec![1.0, 0.01] })
    }
}

fn two() -> Arc<Two> {
    let model = ModelId { name: "two".into(), sha256: "2".into(), dimensions: 2 };
    Arc::new(Two { model, asked: AtomicUsize::new(0), fails: AtomicBool::new(false), is_there: true })
}

fn kept(text: &str, at: i64) -> Kept {
    Kept { text: text.into(), model: "a/b".into(), at }
}

async fn found(answers: &Answers, asked: &str, now: i64) -> Option<String> {
    answers.find(&BUCKET, asked, now).await.map(|kept| kept.text)
}

#[tokio::test]
async fn the_same_words_are_found_without_a_vector_and_other_words_with_one() {
    let embedder = two();
    let answers = Answers::new(embedder.clone(), Shared::memory().cache);
    assert_eq!(found(&answers, "Explain gout", NOW).await, None);
    assert_eq!(embedder.asked.load(Ordering::Relaxed), 0, "nothing is there to be near to");
    answers.keep(&BUCKET, "Explain gout", kept("crystals", NOW), NOW).await;
    assert_eq!(found(&answers, " explain  GOUT?", NOW).await.as_deref(), Some("crystals"));
    assert_eq!(found(&answers, "causes of gout", NOW).await, None, "the guard");
    assert_eq!(embedder.asked.load(Ordering::Relaxed), 1, "to keep it");
    assert_eq!(found(&answers, "What is gout", NOW).await.as_deref(), Some("crystals"));
    assert_eq!(embedder.asked.load(Ordering::Relaxed), 2);
    assert_eq!(found(&answers, "please explain gout", NOW).await, None, "too far");
    assert_eq!(answers.find(&[8; 32], "Explain gout", NOW).await, None, "of another bucket");
}

#[tokio::test]
async fn what_cannot_be_embedded_is_found_by_its_words() {
    let (broken, missing) = (two(), Two { is_there: false, ..Arc::into_inner(two()).unwrap() });
    broken.fails.store(true, Ordering::Relaxed);
    for embedder in [broken.clone(), Arc::new(missing)] {
        let answers = Answers::new(embedder, Shared::memory().cache);
        answers.keep(&BUCKET, "Explain gout", kept("crystals", NOW), NOW).await;
        assert_eq!(found(&answers, "explain gout", NOW).await.as_deref(), Some("crystals"));
        assert_eq!(found(&answers, "what is gout", NOW).await, None);
    }
    // one that comes back finds what was kept without it by its words alone
    let answers = Answers::new(broken.clone(), Shared::memory().cache);
    answers.keep(&BUCKET, "Explain gout", kept("crystals", NOW), NOW).await;
    broken.fails.store(false, Ordering::Relaxed);
    assert_eq!(found(&answers, "what is gout", NOW).await, None);
    assert_eq!(found(&answers, "explain gout", NOW).await.as_deref(), Some("crystals"));
}

#[tokio::test]
async fn each_answer_has_its_own_day() {
    let answers = Answers::new(two(), Shared::memory().cache);
    answers.keep(&BUCKET, "gout", kept("crystals", NOW), NOW).await;
    let later = NOW + DAY - 1;
    answers.keep(&BUCKET, "asthma", kept("airways", later), later).await;
    assert_eq!(found(&answers, "gout", later).await.as_deref(), Some("crystals"));
    assert_eq!(found(&answers, "gout", NOW + DAY).await, None);
    assert_eq!(found(&answers, "asthma", NOW + DAY).await.as_deref(), Some("airways"));
    assert_eq!(found(&answers, "asthma", NOW).await.as_deref(), Some("airways"), "a clock that is behind");
    answers.keep(&BUCKET, "sepsis", kept("old", NOW - DAY), NOW).await;
    assert_eq!(found(&answers, "sepsis", NOW).await, None);
}

#[tokio::test]
async fn the_newest_answers_stay() {
    let answers = Answers::new(two(), Shared::memory().cache);
    for n in 0..MOST + 3 {
        answers.keep(&BUCKET, &format!("stage {n}"), kept(&n.to_string(), NOW), NOW).await;
    }
    for n in 0..MOST + 3 {
        assert_eq!(found(&answers, &format!("stage {n}"), NOW).await.is_some(), n >= 3, "{n}");
    }
    // the same words again take one place
    answers.keep(&BUCKET, "Stage 34?", kept("anew", NOW + 1), NOW + 1).await;
    assert_eq!(found(&answers, "stage 34", NOW + 1).await.as_deref(), Some("anew"));
    assert!(found(&answers, "stage 3", NOW + 1).await.is_some());
}

#[tokio::test]
async fn a_bucket_is_never_larger_than_a_value() {
    let answers = Answers::new(two(), Shared::memory().cache);
    let long = "a".repeat(VALUE_MAX / 3);
    for n in 0..4 {
        answers.keep(&BUCKET, &format!("stage {n}"), kept(&long, NOW), NOW).await;
    }
    for n in 0..4 {
        assert_eq!(found(&answers, &format!("stage {n}"), NOW).await.is_some(), n >= 2, "{n}");
    }
    answers.keep(&BUCKET, "sepsis", kept(&long.repeat(4), NOW), NOW).await;
    assert_eq!(found(&answers, "sepsis", NOW).await, None);
    assert!(found(&answers, "stage 3", NOW).await.is_some(), "what is too long pushes nobody out");
}

#[tokio::test]
async fn foreign_bytes_are_no_answer() {
    let cache = Shared::memory().cache;
    let answers = Answers::new(two(), cache.clone());
    let odd = r#"[{"asked":"gout","vector":[1,2,3],"kept":{"text":"t","model":"m","at":1796040000000}}]"#;
    for bytes in [&b""[..], b"\xff\x00", b"[]", b"{}", b"[{}]", b"[{\"asked\":1}]", odd.as_bytes()] {
        cache.put(&answers.key(&BUCKET), bytes, KEEP).await;
        assert_eq!(found(&answers, "explain gout", NOW).await, None);
    }
    answers.keep(&BUCKET, "gout", kept("crystals", NOW), NOW).await;
    assert_eq!(found(&answers, "explain gout", NOW).await.as_deref(), Some("crystals"));
}

proptest! {
    #[test]
    fn no_bytes_and_no_words_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..60), asked in "\\PC{0,40}", at: i64) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let cache = Shared::memory().cache;
            let answers = Answers::new(two(), cache.clone());
            cache.put(&answers.key(&BUCKET), &bytes, KEEP).await;
            assert_eq!(answers.find(&BUCKET, &asked, at).await, None);
            answers.keep(&BUCKET, &asked, kept("it", at), at).await;
            assert_eq!(found(&answers, &asked, at).await.as_deref(), Some("it"));
        });
    }
}
