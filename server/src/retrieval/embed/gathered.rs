//! Texts of several callers in one call. Owns: waiting a moment for others, and giving each caller what is theirs. Refuses:
//! models that do not gain by it: in this process a batch takes as long as its texts one by one.

use super::{Embedder, ModelError, ModelId, Role};
use async_trait::async_trait;
use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// How long somebody who searches waits for others: a hundredth of what the call takes.
pub const WINDOW: Duration = Duration::from_millis(3);

/// Another embedder, asked once for what several ask at the same moment.
pub struct Gathered {
    inner: Arc<dyn Embedder>,
    window: Duration,
    /// Those who wait, queries and passages apart.
    waiting: [Arc<Mutex<Vec<Caller>>>; 2],
}

/// Who waits for the vector of a text.
struct Caller {
    text: String,
    told: oneshot::Sender<Result<Vec<f32>, ModelError>>,
}

impl Gathered {
    /// Around an embedder that gains by it; one that does not is given back as it is. Who comes first waits for others for
    /// so long, and no longer once a batch is full.
    pub fn around(inner: Arc<dyn Embedder>, window: Duration) -> Arc<dyn Embedder> {
        match inner.batch() {
            0 | 1 => inner,
            _ => Arc::new(Self { inner, window, waiting: [Arc::default(), Arc::default()] }),
        }
    }

    /// Joins those who wait. The first one has all asked for when the window is over, whoever still waits then.
    fn join(&self, caller: Caller, role: Role) {
        let waiting = &self.waiting[role as usize];
        let mut callers = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        callers.push(caller);
        match callers.len() {
            full if full >= self.inner.batch() => {
                let batch = mem::take(&mut *callers);
                tokio::spawn(ask(self.inner.clone(), batch, role));
            }
            1 => {
                let (inner, waiting, window) = (self.inner.clone(), waiting.clone(), self.window);
                tokio::spawn(async move {
                    tokio::time::sleep(window).await;
                    let batch = mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner));
                    ask(inner, batch, role).await;
                });
            }
            _ => {}
        }
    }
}

/// Asks for the texts of those who have not gone, each text once.
async fn ask(inner: Arc<dyn Embedder>, mut callers: Vec<Caller>, role: Role) {
    callers.retain(|caller| !caller.told.is_closed());
    let mut texts: Vec<String> = callers.iter().map(|caller| caller.text.clone()).collect();
    texts.sort_unstable();
    texts.dedup();
    if texts.is_empty() {
        return;
    }
    let vectors = inner.embed_all(&texts, role).await;
    for Caller { text, told } in callers {
        let vector = match &vectors {
            Ok(vectors) => {
                let at = texts.binary_search(&text).ok();
                let vector = at.and_then(|at| vectors.get(at)).cloned();
                vector.ok_or_else(|| ModelError::Broken("fewer vectors than texts".into()))
            }
            Err(error) => Err(error.clone()),
        };
        // whoever has gone meanwhile misses nothing
        let _ = told.send(vector);
    }
}

#[async_trait]
impl Embedder for Gathered {
    fn model(&self) -> &ModelId {
        self.inner.model()
    }

    fn unrelated(&self) -> f32 {
        self.inner.unrelated()
    }

    fn batch(&self) -> usize {
        self.inner.batch()
    }

    fn is_there(&self) -> bool {
        self.inner.is_there()
    }

    fn is_elsewhere(&self) -> bool {
        self.inner.is_elsewhere()
    }

    fn release_idle(&self) -> bool {
        self.inner.release_idle()
    }

    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        let (told, vector) = oneshot::channel();
        self.join(Caller { text: text.into(), told }, role);
        vector.await.unwrap_or_else(|_| Err(ModelError::Unavailable("the process is stopping".into())))
    }

    async fn embed_all(&self, texts: &[String], role: Role) -> Result<Vec<Vec<f32>>, ModelError> {
        self.inner.embed_all(texts, role).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;

    /// Writes down what it is asked; the vector of a text is its length.
    struct Asked {
        model: ModelId,
        batch: usize,
        calls: Mutex<Vec<(Vec<String>, Role)>>,
    }

    #[async_trait]
    impl Embedder for Asked {
        fn model(&self) -> &ModelId {
            &self.model
        }

        fn unrelated(&self) -> f32 {
            0.0
        }

        fn batch(&self) -> usize {
            self.batch
        }

        async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
            Ok(self.embed_all(&[text.into()], role).await?.remove(0))
        }

        async fn embed_all(&self, texts: &[String], role: Role) -> Result<Vec<Vec<f32>>, ModelError> {
            self.calls.lock().unwrap().push((texts.to_vec(), role));
            if texts.contains(&"down".to_string()) {
                return Err(ModelError::Unavailable("down".into()));
            }
            Ok(texts.iter().map(|text| vec![text.len() as f32]).collect())
        }
    }

    fn asked(batch: usize) -> Arc<Asked> {
        let model = ModelId { name: "asked".into(), sha256: "a".into(), dimensions: 1 };
        Arc::new(Asked { model, batch, calls: Mutex::default() })
    }

    /// Longer than any test waits.
    const EVER: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn those_who_come_within_the_window_share_a_call_and_each_gets_their_own() {
        let inner = asked(96);
        let gathered = Gathered::around(inner.clone(), Duration::from_millis(50));
        let texts = ["kidney", "heart", "heart", "av node"];
        let vectors = join_all(texts.map(|text| gathered.embed(text, Role::Query))).await;
        for (text, vector) in texts.iter().zip(vectors) {
            assert_eq!(vector.unwrap(), [text.len() as f32], "{text}");
        }
        let of = |texts: &[&str], role| (texts.iter().map(|text| text.to_string()).collect::<Vec<_>>(), role);
        assert_eq!(*inner.calls.lock().unwrap(), [of(&["av node", "heart", "kidney"], Role::Query)]);
        gathered.embed("lung", Role::Query).await.unwrap();
        assert_eq!(inner.calls.lock().unwrap()[1], of(&["lung"], Role::Query), "the next window");
    }

    #[tokio::test]
    async fn a_full_batch_does_not_wait_and_queries_are_not_passages() {
        let inner = asked(3);
        let gathered = Gathered::around(inner.clone(), EVER);
        let queries = join_all(["a", "b", "c"].map(|text| gathered.embed(text, Role::Query)));
        let passages = join_all(["d", "e", "f"].map(|text| gathered.embed(text, Role::Passage)));
        let (queries, passages) = tokio::join!(queries, passages);
        assert!(queries.iter().chain(&passages).all(Result::is_ok));
        assert_eq!(inner.calls.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn who_has_gone_is_not_asked_for_and_the_first_who_goes_takes_nobody_along() {
        let inner = asked(96);
        let gathered = Gathered::around(inner.clone(), Duration::from_millis(50));
        let first = {
            let gathered = gathered.clone();
            tokio::spawn(async move { gathered.embed("gone", Role::Query).await })
        };
        tokio::task::yield_now().await;
        let second = gathered.embed("stays", Role::Query);
        first.abort();
        assert_eq!(second.await.unwrap(), [5.0]);
        assert_eq!(
            inner.calls.lock().unwrap().iter().map(|(texts, _)| texts.join(" ")).collect::<Vec<_>>(),
            ["stays"]
        );
    }

    #[tokio::test]
    async fn what_goes_wrong_is_told_to_all() {
        let inner = asked(2);
        let gathered = Gathered::around(inner.clone(), EVER);
        let answers = join_all(["down", "heart"].map(|text| gathered.embed(text, Role::Query))).await;
        assert!(answers.iter().all(|answer| matches!(answer, Err(ModelError::Unavailable(_)))));
    }

    #[tokio::test]
    async fn a_model_that_takes_one_text_at_a_time_is_asked_at_once() {
        let inner = asked(1);
        let gathered = Gathered::around(inner.clone(), EVER);
        gathered.embed("heart", Role::Query).await.unwrap();
        assert_eq!(inner.calls.lock().unwrap().len(), 1);
    }
}
