//! Findings and how far models have come, in SQL.
//!
//! A row for each finding and not one document for each material: paths and questions ask for the findings of a page or of a kind,
//! and what models add later touches nothing that is there.

use crate::db::{Result, Tx};
use domain::{
    analysis::{Analysis, Finding, Kind, Source},
    document::Span,
    id::{LearnerId, MaterialId},
};

#[derive(sqlx::FromRow)]
struct FindingRow {
    kind: String,
    name: String,
    text: String,
    quote: String,
    span_start: i64,
    span_end: i64,
    page: i64,
    source: String,
}

/// Puts findings in the place of all that a material has.
pub(crate) async fn replace(tx: &mut Tx, material: MaterialId, analysis: &Analysis) -> Result<()> {
    tx.query("DELETE FROM finding WHERE material = $1").bind(material.0).run().await?;
    for (ordinal, finding) in (0_i64..).zip(&analysis.findings) {
        tx.query(
            "INSERT INTO finding (material, ordinal, kind, name, text, quote, span_start, span_end, page, source)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(material.0)
        .bind(ordinal)
        .bind(finding.kind.name().to_string())
        .bind(finding.name.clone())
        .bind(finding.text.clone())
        .bind(finding.quote.clone())
        .bind(i64::from(finding.span.start))
        .bind(i64::from(finding.span.end))
        .bind(i64::from(finding.page))
        .bind(String::from(finding.source.clone()))
        .run()
        .await?;
    }
    Ok(())
}

/// What is known of a material, whoever owns it: for jobs.
pub(crate) async fn any(tx: &mut Tx, material: MaterialId) -> Result<Analysis> {
    let sql = "SELECT kind, name, text, quote, span_start, span_end, page, source FROM finding
        WHERE material = $1 ORDER BY ordinal";
    Ok(analysis(tx.query(sql).bind(material.0).all().await?))
}

/// What is known of a material that the learner may read.
pub(crate) async fn find(tx: &mut Tx, learner: LearnerId, material: MaterialId) -> Result<Analysis> {
    let sql = "SELECT f.kind, f.name, f.text, f.quote, f.span_start, f.span_end, f.page, f.source
        FROM finding f JOIN material m ON m.id = f.material
        WHERE m.id = $1 AND (m.owner = $2 OR m.owner IS NULL) ORDER BY f.ordinal";
    Ok(analysis(tx.query(sql).bind(material.0).bind(learner.0).all().await?))
}

fn analysis(rows: Vec<FindingRow>) -> Analysis {
    let finding = |row: FindingRow| {
        Some(Finding {
            kind: Kind::named(&row.kind)?,
            name: row.name,
            text: row.text,
            quote: row.quote,
            span: Span { start: row.span_start as u32, end: row.span_end as u32 },
            page: row.page as u32,
            source: Source::from(row.source),
        })
    };
    Analysis { findings: rows.into_iter().filter_map(finding).collect() }
}

/// How far a work has come over this document; `None` where it has not begun, or went over another.
pub(crate) async fn done(
    tx: &mut Tx,
    material: MaterialId,
    work: &str,
    document: &[u8],
) -> Result<Option<usize>> {
    let sql = "SELECT done FROM model_progress WHERE material = $1 AND work = $2 AND document = $3";
    let query = tx.query(sql).bind(material.0).bind(work.to_string()).bind(document.to_vec());
    Ok(query.maybe::<(i64,)>().await?.map(|(done,)| done as usize))
}

/// Says how far a work has come over a document.
pub(crate) async fn set_done(
    tx: &mut Tx,
    material: MaterialId,
    work: &str,
    document: &[u8],
    done: usize,
) -> Result<()> {
    let sql = "INSERT INTO model_progress (material, work, document, done) VALUES ($1, $2, $3, $4)
        ON CONFLICT (material, work) DO UPDATE SET document = excluded.document, done = excluded.done";
    let query = tx.query(sql).bind(material.0).bind(work.to_string()).bind(document.to_vec());
    query.bind(done as i64).run().await?;
    Ok(())
}

/// The work of asking models all that there is to ask about a document.
const WHOLE: &str = "whole";

/// Whether models were asked all that there is to ask about a material, as it was read last.
pub(crate) async fn is_whole(tx: &mut Tx, material: MaterialId) -> Result<bool> {
    let query = tx.query("SELECT done FROM model_progress WHERE material = $1 AND work = $2");
    Ok(query.bind(material.0).bind(WHOLE.to_string()).maybe::<(i64,)>().await?.is_some())
}

/// Says that they were.
pub(crate) async fn set_whole(tx: &mut Tx, material: MaterialId, document: &[u8]) -> Result<()> {
    set_done(tx, material, WHOLE, document, 1).await
}

/// Says that they were not: it was read anew.
pub(crate) async fn unset_whole(tx: &mut Tx, material: MaterialId) -> Result<()> {
    let query = tx.query("DELETE FROM model_progress WHERE material = $1 AND work = $2");
    query.bind(material.0).bind(WHOLE.to_string()).run().await?;
    Ok(())
}
