//! The questions of a material: published once, shown with their sources, judged, reported, retired. Refuses: writing them
//! (`domain::question`, and `written` where a model does) and asking them (`quiz`, `review`).

pub mod judged;
pub(crate) mod store;
pub mod written;

use crate::{
    clock::Clock,
    db::Tx,
    error::{Error, Result},
};
use app::quiz::api::{AnswerOption, Question};
use domain::{
    document::Document,
    flaw,
    id::{LearnerId, MaterialId, QuestionId},
    question::Item,
};
use judged::Judgement;
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
/// one if its options are the same. One that was retired for want of support comes back, but not one that a judge found
/// unsound.
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
        if old.retired && old.reports < REPORTS_THAT_RETIRE && !old.unsound {
            store::set_retired(tx, old.id, false).await?;
        }
    }
    Ok(new)
}

/// Retires what the whole document no longer supports: every question of this material that is not among `items`
/// and was written in the same way, by a program (`automatic`) or by a person. What a model wrote is not among them; see
/// [`retire_strays`]. Returns how many.
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
        if known.automatic == automatic && !known.written && !known.retired && !supported {
            store::set_retired(tx, known.id, true).await?;
            retired += 1;
        }
    }
    Ok(retired)
}

/// Retires those questions of a model that do not stand on this document any more, because it was read otherwise. Returns how
/// many.
///
/// # Errors
/// When the database fails.
pub async fn retire_strays(tx: &mut Tx, material: MaterialId, document: &Document) -> Result<u32> {
    let mut retired = 0;
    for known in store::known(tx, material).await? {
        if known.written && !known.retired && flaw::sources(&known.item.0, document).is_some() {
            store::set_retired(tx, known.id, true).await?;
            retired += 1;
        }
    }
    Ok(retired)
}

/// The next question of a material that a program wrote and no model judged; `None` when there is none, or when so many were
/// judged.
///
/// # Errors
/// When the database fails.
pub(crate) async fn unjudged(tx: &mut Tx, material: MaterialId, most: i64) -> Result<Option<QuestionRow>> {
    if store::judged(tx, material).await? >= most {
        return Ok(None);
    }
    Ok(store::unjudged(tx, material).await?)
}

/// The published questions of a material.
///
/// # Errors
/// When the database fails.
pub(crate) async fn items(tx: &mut Tx, material: MaterialId) -> Result<Vec<Item>> {
    let known = store::known(tx, material).await?.into_iter();
    Ok(known.filter(|known| !known.retired).map(|known| known.item.0).collect())
}

/// Writes down what a judge said, and retires what may not stay; open sets keep it until they are done. Returns whether it
/// was retired.
///
/// # Errors
/// When the database fails.
pub(crate) async fn settle(
    tx: &mut Tx,
    row: &QuestionRow,
    judgement: Option<&Judgement>,
    now: i64,
) -> Result<bool> {
    let objection = judgement.and_then(|judgement| judgement.objection(&row.item.0));
    let verdict = match (judgement, objection) {
        (None, _) => "unclear",
        (Some(_), Some(_)) => "unsound",
        (Some(_), None) => "sound",
    };
    let model = judgement.map_or("", |judgement| judgement.model.as_str());
    // it may be gone meanwhile
    if !store::insert_judgement(tx, row.id, verdict, model, now).await? {
        return Ok(false);
    }
    if let Some(reason) = objection {
        store::set_retired(tx, row.id, true).await?;
        tracing::info!(question.id = %row.id, model, "a question was retired: {reason}");
    }
    Ok(objection.is_some())
}

/// Publishes a question that a model wrote and a judge confirmed. Returns whether it is new.
///
/// # Errors
/// When the database fails.
pub(crate) async fn publish_written(
    tx: &mut Tx,
    clock: &Clock,
    material: MaterialId,
    item: &Item,
    model: &str,
    judgement: &Judgement,
) -> Result<bool> {
    let new = publish(tx, clock, material, std::slice::from_ref(item), true).await? > 0;
    if new && let Some(id) = store::credit(tx, material, &fingerprint(item), model).await? {
        store::insert_judgement(tx, id, "sound", &judgement.model, clock.now()).await?;
    }
    Ok(new)
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
