//! The questions of a material: published once, shown with their sources, reported, retired. Refuses: writing them
//! (`domain::question`) and asking them (`quiz`, `review`).

pub(crate) mod store;

use crate::{
    clock::Clock,
    db::Tx,
    error::{Error, Result},
};
use app::quiz::api::{AnswerOption, Question};
use domain::{
    id::{LearnerId, MaterialId, QuestionId},
    question::Item,
};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

pub use store::{Counts, QuestionRow};

/// Reports of so many learners retire a question.
pub const REPORTS_THAT_RETIRE: i64 = 3;
/// Longest reason of a report, in characters.
pub const REASON_MAX_CHARS: usize = 500;

/// What makes two questions the same: SHA-256 of stem and key, without regard to case and spacing.
pub fn fingerprint(item: &Item) -> [u8; 32] {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let key = item.options.iter().find(|option| option.correct).map_or("", |option| option.text.as_str());
    Sha256::digest(format!("{}\u{1f}{}", fold(&item.stem), fold(key))).into()
}

/// Whether it has three to five different options and one key.
fn is_whole(item: &Item) -> bool {
    let texts: HashSet<&str> = item.options.iter().map(|option| option.text.as_str()).collect();
    let keys = item.options.iter().filter(|option| option.correct).count();
    (3..=5).contains(&item.options.len()) && texts.len() == item.options.len() && keys == 1
}

/// Publishes questions of a material, in the transaction of the job that wrote them; returns how many are new. One
/// that is there already stays, so that open sets and answers keep their meaning; its explanation follows the new
/// one if its options are the same. One that was retired for want of support comes back.
///
/// # Errors
/// When the database fails.
pub async fn publish(
    tx: &mut Tx,
    clock: &Clock,
    material: MaterialId,
    items: &[Item],
    automatic: bool,
) -> Result<u32> {
    let mut known: HashMap<Vec<u8>, store::Known> = store::known(tx, material)
        .await?
        .into_iter()
        .map(|known| (known.fingerprint.clone(), known))
        .collect();
    let mut seen = HashSet::new();
    let mut new = 0;
    for item in items {
        let print = fingerprint(item);
        let Some(key) = item.options.iter().find(|option| option.correct).filter(|_| is_whole(item)) else {
            tracing::warn!(material.id = %material, "a question without exactly one key was not published");
            continue;
        };
        if !seen.insert(print) {
            continue;
        }
        let Some(old) = known.remove(print.as_slice()) else {
            let id = QuestionId(clock.id());
            store::insert(tx, id, material, &print, item, key, automatic, clock.now()).await?;
            new += 1;
            continue;
        };
        let texts = |item: &Item| item.options.iter().map(|option| option.text.clone()).collect::<Vec<_>>();
        if old.item.0 != *item && texts(&old.item.0) == texts(item) {
            store::explain(tx, old.id, item, key).await?;
        }
        if old.retired && old.reports < REPORTS_THAT_RETIRE {
            store::set_retired(tx, old.id, false).await?;
        }
    }
    Ok(new)
}

/// Retires what the whole document no longer supports: every question of this material that is not among `items`
/// and was written in the same way, by a program (`automatic`) or by a person. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn retire_unsupported(
    tx: &mut Tx,
    material: MaterialId,
    items: &[Item],
    automatic: bool,
) -> Result<u32> {
    let kept: HashSet<[u8; 32]> = items.iter().map(fingerprint).collect();
    let mut retired = 0;
    for known in store::known(tx, material).await? {
        let supported =
            <[u8; 32]>::try_from(known.fingerprint.as_slice()).is_ok_and(|print| kept.contains(&print));
        if known.automatic == automatic && !known.retired && !supported {
            store::set_retired(tx, known.id, true).await?;
            retired += 1;
        }
    }
    Ok(retired)
}

/// Questions of each material that the learner may see, with how they went.
///
/// # Errors
/// When the database fails.
pub async fn counts(tx: &mut Tx, learner: LearnerId) -> Result<Vec<Counts>> {
    Ok(store::counts(tx, learner).await?)
}

/// Takes a report; the third learner's retires the question. A second report of one learner replaces the first.
///
/// # Errors
/// `NotFound` for a question of somebody else, `Invalid` for a reason that is empty or too long.
pub(crate) async fn report(
    tx: &mut Tx,
    learner: LearnerId,
    question: QuestionId,
    reason: &str,
    now: i64,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "Say what is wrong with it."));
    }
    if reason.chars().count() > REASON_MAX_CHARS {
        return Err(Error::invalid("reason", format!("At most {REASON_MAX_CHARS} characters, please.")));
    }
    if store::find(tx, learner, question).await?.is_none() {
        return Err(Error::not_found("This question"));
    }
    // reports of one question are counted one after another
    tx.lock(question.0).await?;
    store::report(tx, learner, question, reason, now).await?;
    if store::reports(tx, question).await? >= REPORTS_THAT_RETIRE {
        store::set_retired(tx, question.0, true).await?;
    }
    Ok(())
}

impl QuestionRow {
    /// Its id.
    pub fn id(&self) -> QuestionId {
        QuestionId(self.id)
    }

    /// As it is asked, with its options in the order `shown` (indices into the item's own).
    pub fn asked(&self, shown: &[u8]) -> Question {
        let item = &self.item.0;
        let option = |index: &u8| {
            let choice = item.options.get(usize::from(*index))?;
            Some(AnswerOption {
                text: choice.text.clone(),
                correct: choice.correct,
                rationale: choice.rationale.clone(),
                quote: choice.quote.clone(),
                span: choice.span,
                page: choice.page,
            })
        };
        Question {
            id: self.id(),
            stem: item.stem.clone(),
            options: shown.iter().filter_map(option).collect(),
            concept: item.concept.clone(),
            bloom: item.bloom,
            material: MaterialId(self.material),
            title: self.title.clone(),
            headings: item.headings.clone(),
            automatic: self.automatic,
        }
    }

    /// The order of its options for a seed.
    pub fn order(&self, chance: &mut domain::seed::Seeded) -> Vec<u8> {
        let texts: Vec<&str> = self.item.0.options.iter().map(|option| option.text.as_str()).collect();
        domain::quiz::order(&texts, chance)
    }
}
