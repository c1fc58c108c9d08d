//! Has a model look at the questions of a material: first it judges those that the program wrote, then it writes some of its own,
//! which are judged as well before anybody sees them. All of it is left out where no model may be asked.
//!
//! Each try asks about one question and puts the rest back into the queue. What was judged and what was tried stands in the
//! database: a try that is killed loses its calls and doubles nothing.

use super::{
    Failure, MODEL_AGAIN, Work,
    analyse::{self, Subject},
    queue::{self, Job, New},
};
use crate::{
    analysis::{self, store as findings},
    clock::Clock,
    db::{Result, Tx},
    llm::{NoModel, form::Filled},
    questions::{
        self, QuestionRow,
        judged::{Court, Judgement},
        written::{self, Desk},
    },
};
use domain::{id::MaterialId, question::Item};

/// Kind of this job.
pub const KIND: &str = "question";
/// Most questions of one material that are judged: a chapter has some eighty, and a hundred judgements cost about ten cents.
pub const MOST_JUDGED: i64 = 100;

/// Has the questions of a material judged, and some written.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut Tx, clock: &Clock, material: MaterialId) -> Result<()> {
    enqueue_at(tx, clock, material, clock.now()).await
}

async fn enqueue_at(tx: &mut Tx, clock: &Clock, material: MaterialId, due: i64) -> Result<()> {
    let payload = serde_json::json!({ "material": material });
    let new = New { id: clock.id(), kind: KIND, key: &material.to_string(), payload, due };
    queue::enqueue(tx, new).await?;
    Ok(())
}

/// The material is gone.
///
/// # Errors
/// When the database fails.
pub async fn cancel(tx: &mut Tx, material: MaterialId) -> Result<()> {
    queue::cancel(tx, KIND, &material.to_string()).await
}

/// What came of a try.
enum Came {
    /// A question of the program's was judged; `None` where no answer could be used.
    Judged(Box<QuestionRow>, Option<Judgement>),
    /// So many places were tried, and at the last one a question was written, or not.
    Tried(usize, Option<(Box<Item>, Judgement, String)>),
    /// Nobody answers right now.
    Later,
    /// Nobody may be asked.
    Nobody,
    /// Nothing is left.
    Whole,
}

/// What becomes of a job that found no model.
fn without(why: &NoModel) -> Came {
    if why.passes() { Came::Later } else { Came::Nobody }
}

/// Does the next part of it.
pub(super) async fn run(work: &Work, job: &Job) -> Result<(), Failure> {
    let subject = Subject::load(work, job).await?;
    let came = match next_to_judge(work, &subject).await? {
        Some(row) => judge(work, &subject, row).await?,
        None => draft(work, &subject).await?,
    };
    let mut tx = work.db.write().await?;
    let same = subject.is_same(&mut tx).await?;
    let now = work.clock.now();
    let (mut more, mut due) = (true, now);
    let mut changed = false;
    match came {
        Came::Nobody => more = !same,
        Came::Whole => {
            more = !same;
            if same && is_analysed(&mut tx, &subject).await? {
                findings::set_whole(&mut tx, subject.id, &subject.print).await?;
            }
        }
        Came::Later => due += if same { MODEL_AGAIN } else { 0 },
        Came::Judged(row, judgement) => {
            changed = questions::settle(&mut tx, &row, judgement.as_ref(), now).await?;
        }
        Came::Tried(..) if !same => {}
        Came::Tried(tried, written) => {
            if let Some((item, judgement, model)) = written {
                changed =
                    questions::publish_written(&mut tx, &work.clock, subject.id, &item, &model, &judgement)
                        .await?;
            }
            findings::set_done(&mut tx, subject.id, KIND, &subject.print, tried).await?;
        }
    }
    if !queue::finish(&mut tx, job).await? {
        return Err(Failure::Moot);
    }
    if more {
        enqueue_at(&mut tx, &work.clock, subject.id, due).await?;
    }
    tx.commit().await?;
    if more {
        work.wake.wake();
    }
    if changed {
        work.live.tell(subject.owner);
    }
    Ok(())
}

/// Whether models have read all of it as well.
async fn is_analysed(tx: &mut Tx, subject: &Subject) -> Result<bool> {
    let done = findings::done(tx, subject.id, analyse::KIND, &subject.print).await?;
    Ok(done.is_some_and(|done| done >= analysis::calls(&subject.passages).len()))
}

async fn next_to_judge(work: &Work, subject: &Subject) -> Result<Option<QuestionRow>, Failure> {
    let mut tx = work.db.read().await?;
    Ok(questions::unjudged(&mut tx, subject.id, MOST_JUDGED).await?)
}

fn court<'a>(work: &'a Work, subject: &'a Subject) -> Court<'a> {
    Court { llm: &work.llm, owner: subject.owner, material: subject.id, passages: &subject.passages }
}

async fn judge(work: &Work, subject: &Subject, row: QuestionRow) -> Result<Came, Failure> {
    Ok(match court(work, subject).judge(&row.item.0).await? {
        Filled::Given(judgement, _) => Came::Judged(Box::new(row), Some(judgement)),
        Filled::Unusable => Came::Judged(Box::new(row), None),
        Filled::NoModel(why) if why.lasts() => Came::Judged(Box::new(row), None),
        Filled::NoModel(why) => {
            tracing::debug!(material.id = %subject.id, "questions are not judged: {why:?}");
            without(&why)
        }
    })
}

/// Writes a question at the next place and has it judged by a second call.
async fn draft(work: &Work, subject: &Subject) -> Result<Came, Failure> {
    let mut tx = work.db.read().await?;
    let analysis = findings::any(&mut tx, subject.id).await?;
    let tried = findings::done(&mut tx, subject.id, KIND, &subject.print).await?.unwrap_or(0);
    let there = questions::items(&mut tx, subject.id).await?;
    drop(tx);
    let places = written::places(&subject.passages, &analysis);
    let Some(place) = places.get(tried) else { return Ok(Came::Whole) };
    let desk = Desk {
        llm: &work.llm,
        owner: subject.owner,
        material: subject.id,
        document: &subject.document,
        passages: &subject.passages,
    };
    let (item, model) = match desk.write(*place, &analysis, &there).await? {
        Filled::Given(item, model) => (item, model),
        Filled::Unusable => return Ok(Came::Tried(tried + 1, None)),
        Filled::NoModel(why) if why.lasts() => return Ok(Came::Tried(tried + 1, None)),
        Filled::NoModel(why) => return Ok(without(&why)),
    };
    Ok(match court(work, subject).judge(&item).await? {
        Filled::Given(judgement, _) if judgement.confirms(&item) => {
            Came::Tried(tried + 1, Some((Box::new(item), judgement, model)))
        }
        Filled::Given(judgement, judge) => {
            let reason = judgement.objection(&item).unwrap_or("the key was not found in the material");
            tracing::info!(material.id = %subject.id, model, judge, "a written question was dropped: {reason}");
            Came::Tried(tried + 1, None)
        }
        Filled::Unusable => Came::Tried(tried + 1, None),
        Filled::NoModel(why) if why.lasts() => Came::Tried(tried + 1, None),
        Filled::NoModel(why) => without(&why),
    })
}
