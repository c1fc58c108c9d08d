//! The built-in pack: a short lecture of our own writing with questions, so that there is something to try before
//! the first file. Owns: putting it in the database. Refuses: anything about uploaded material.

use crate::{clock::Clock, db::Db, jobs::read::passages, library::store, questions, reading};
use anyhow::Context;
use domain::{
    citation,
    document::Document,
    id::MaterialId,
    question::{Bloom, Choice, Item, ItemKind},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const LECTURE: &str = include_str!("../starter/heart.md");
const QUESTIONS: &str = include_str!("../starter/questions.json");

/// The built-in lecture.
pub const MATERIAL: MaterialId = MaterialId(Uuid::from_u128(0x0190_0000_0000_7000_8000_6d69_746f_6368));

#[derive(Deserialize)]
struct WrittenItem {
    stem: String,
    options: Vec<WrittenChoice>,
    concept: String,
    bloom: Bloom,
    difficulty: f32,
}

#[derive(Deserialize)]
struct WrittenChoice {
    text: String,
    correct: bool,
    rationale: String,
    quote: String,
    #[serde(default)]
    misconception: String,
}

/// The lecture as a document.
///
/// # Errors
/// Never for what ships; a test holds it.
pub fn document() -> anyhow::Result<Document> {
    Ok(reading::read(LECTURE.as_bytes().to_vec(), "heart.md", &mut |_| {})?)
}

/// The questions, each quote found on its page.
///
/// # Errors
/// Never for what ships; a test holds it.
pub fn items(document: &Document) -> anyhow::Result<Vec<Item>> {
    let written: Vec<WrittenItem> = serde_json::from_str(QUESTIONS).context("the built-in questions")?;
    let paths = document.heading_paths();
    written
        .into_iter()
        .map(|item| {
            let options = item.options.into_iter().map(|choice| {
                let span = citation::find(&document.text, &choice.quote)
                    .with_context(|| format!("not in the built-in lecture: {}", choice.quote))?;
                Ok(Choice {
                    text: choice.text,
                    correct: choice.correct,
                    rationale: choice.rationale,
                    quote: document.slice(span).into(),
                    span,
                    page: document.page_at(span.start),
                    misconception: choice.misconception,
                })
            });
            let options = options.collect::<anyhow::Result<Vec<_>>>()?;
            let key = options.iter().find(|option| option.correct).context("a question without a key")?;
            let block =
                document.blocks.iter().position(|block| block.span.contains(key.span)).unwrap_or_default();
            let headings = paths.get(block).into_iter().flatten();
            let headings =
                headings.map(|index| document.slice(document.blocks[*index].span).to_string()).collect();
            Ok(Item {
                stem: item.stem,
                options,
                concept: item.concept,
                kind: ItemKind::Vignette,
                bloom: item.bloom,
                difficulty: item.difficulty,
                headings,
            })
        })
        .collect()
}

/// Puts the pack in the database, or brings it up to date; nothing to do when it is there.
///
/// # Errors
/// When the database fails.
pub async fn install(db: &Db, clock: &Clock) -> anyhow::Result<()> {
    let sha256 = Sha256::new().chain_update(LECTURE).chain_update(QUESTIONS).finalize();
    let mut tx = db.read().await?;
    if store::is_current(&mut tx, MATERIAL, &sha256).await? {
        return Ok(());
    }
    drop(tx);
    let document = document()?;
    let items = items(&document)?;
    let passages = passages(&document, MATERIAL, clock);
    let pages = document.pages.len() as u32;
    let mut tx = db.write().await?;
    tx.lock(MATERIAL.0).await?;
    let new = store::NewMaterial {
        id: MATERIAL,
        owner: None,
        title: "The heart as a pump",
        filename: "heart.md",
        format: "Markdown",
        extension: "md",
        bytes: LECTURE.len() as u64,
        sha256: &sha256,
        created: clock.now(),
    };
    store::insert_built_in(&mut tx, new).await?;
    store::save_document(&mut tx, MATERIAL, &document).await?;
    store::replace_passages(&mut tx, MATERIAL, &passages).await?;
    questions::publish(&mut tx, clock, MATERIAL, &items, false).await?;
    questions::retire_unsupported(&mut tx, MATERIAL, &items, false).await?;
    store::set_pages(&mut tx, MATERIAL, pages, pages).await?;
    store::set_state(&mut tx, MATERIAL, "ready", None).await?;
    tx.commit().await?;
    Ok(())
}
