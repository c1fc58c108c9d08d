//! A shelf with a file in every state, and a short made-up chapter to read and to search.

use crate::state::{Gallery, State};
use app::{
    error::ApiError,
    library::api::{
        Found, Hit, Library, Material, MaterialState, Materials, Opening, OutlineEntry, Place, Reader,
        ReaderBlock, ReaderPage, ReaderQuestion, Search, after_upload,
    },
    session::Session,
};
use axum::{Router, response::Redirect, routing::post};
use domain::{
    document::{BlockKind, Span},
    id::{MaterialId, PassageId},
};
use leptos::prelude::LeptosOptions;
use uuid::Uuid;

/// The chapter that the questions cite.
pub const HEART: MaterialId = MaterialId(Uuid::from_u128(0x31));
/// The chapter that comes with Mitochi.
pub const SAMPLE: MaterialId = MaterialId(Uuid::from_u128(0x32));

/// Page, level (0 for a paragraph), text.
const CHAPTER: [(u32, u8, &str); 12] = [
    (14, 1, "The conduction system"),
    (14, 0, "Every beat begins in the sinoatrial node. From there the impulse runs over both atria."),
    (14, 2, "The AV node"),
    (
        14,
        0,
        "The atrioventricular node holds the impulse back for about a tenth of a second. In this pause the atria empty into the ventricles.",
    ),
    (15, 2, "The Purkinje fibers"),
    (
        15,
        0,
        "Purkinje fibers carry the impulse through the ventricular walls at up to four metres a second. So the whole muscle contracts almost at once.",
    ),
    (19, 1, "The cardiac cycle"),
    (
        19,
        0,
        "In isovolumetric contraction the pressure climbs while every valve is shut. Ejection begins when it passes the pressure of the aorta.",
    ),
    (24, 1, "Stroke volume"),
    (24, 2, "Preload"),
    (
        24,
        0,
        "Within limits, the more a ventricle is filled before the beat, the more it ejects. The stretched muscle answers with a stronger contraction.",
    ),
    (25, 0, "Afterload is what the ventricle must push against."),
];

/// Where each block begins: two bytes part them.
fn starts() -> Vec<u32> {
    CHAPTER
        .iter()
        .scan(0, |at, (_, _, text)| {
            let start = *at;
            *at += text.len() as u32 + 2;
            Some(start)
        })
        .collect()
}

/// Where a sentence stands in the chapter.
pub fn find(sentence: &str) -> Option<Span> {
    CHAPTER.iter().zip(starts()).find_map(|((_, _, text), start)| {
        let at = start + text.find(sentence)? as u32;
        Some(Span { start: at, end: at + sentence.len() as u32 })
    })
}

fn material(id: MaterialId, title: &str, filename: &str, state: MaterialState) -> Material {
    let format = filename.rsplit('.').next().unwrap_or_default().to_uppercase();
    let read = matches!(state, MaterialState::Ready | MaterialState::Preparing);
    Material {
        id,
        title: title.into(),
        filename: filename.into(),
        format,
        bytes: 2_412_330,
        state,
        pages_read: if read { 26 } else { 0 },
        pages_total: if read { 26 } else { 0 },
        passages: if read { 48 } else { 0 },
        passages_embedded: if read { 48 } else { 0 },
        questions: if state == MaterialState::Ready { 61 } else { 0 },
        due: 0,
        known_percent: None,
        error: None,
        warnings: vec![],
        built_in: false,
        created: crate::quiz::NOW - 86_400_000,
    }
}

/// The shelf of a state.
pub fn materials(state: State) -> Vec<Material> {
    let sample =
        Material { built_in: true, ..material(SAMPLE, "The heart", "the-heart.md", MaterialState::Ready) };
    if matches!(state, State::New | State::Guest) {
        return vec![sample];
    }
    let other = |number: u128| MaterialId(Uuid::from_u128(0x40 + number));
    vec![
        Material {
            pages_read: 14,
            pages_total: 26,
            passages: 30,
            passages_embedded: 12,
            questions: 21,
            ..material(other(1), "The endocrine system", "endocrine.pdf", MaterialState::Reading)
        },
        material(other(2), "renal-2026.pptx", "renal-2026.pptx", MaterialState::Queued),
        Material {
            error: Some("This file is a scan: its pages are pictures without text.".into()),
            ..material(other(3), "joints-scan.pdf", "joints-scan.pdf", MaterialState::Failed)
        },
        Material {
            due: 12,
            known_percent: Some(72),
            ..material(HEART, "The heart", "heart.pdf", MaterialState::Ready)
        },
        Material {
            warnings: vec!["Two pictures on page 9 hold text that could not be read.".into()],
            questions: 34,
            due: 6,
            known_percent: Some(55),
            ..material(other(4), "Blood vessels and circulation", "vessels.docx", MaterialState::Preparing)
        },
        sample,
    ]
}

fn blocks(page: u32, lit: Option<Span>, words: &[String]) -> Vec<ReaderBlock> {
    CHAPTER
        .iter()
        .zip(starts())
        .filter(|((number, ..), _)| *number == page)
        .map(|((_, level, text), start)| {
            let own = Span { start, end: start + text.len() as u32 };
            let lit = lit
                .filter(|lit| lit.overlaps(own))
                .map(|lit| Span {
                    start: lit.start.max(own.start) - start,
                    end: lit.end.min(own.end) - start,
                })
                .into_iter()
                .collect();
            ReaderBlock {
                kind: if *level == 0 { BlockKind::Paragraph } else { BlockKind::Heading(*level) },
                text: (*text).into(),
                start,
                marks: vec![],
                lit,
                found: found(text, words),
            }
        })
        .collect()
}

fn words(query: Option<&str>) -> Vec<String> {
    query
        .unwrap_or_default()
        .split_whitespace()
        .filter(|word| word.len() > 3)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .collect()
}

fn found(text: &str, words: &[String]) -> Vec<Span> {
    let low = text.to_lowercase();
    let mut spans: Vec<_> = words
        .iter()
        .flat_map(|word| {
            low.match_indices(word.as_str()).map(|(at, _)| Span::new(at, at + word.len())).collect::<Vec<_>>()
        })
        .collect();
    spans.sort();
    spans.dedup();
    spans
}

/// Upload as a form without scripts sends it: nothing is kept.
pub fn routes() -> Router<LeptosOptions> {
    Router::new().route("/library/upload", post(|| async { Redirect::to(&after_upload(&[])) }))
}

#[async_trait::async_trait]
impl Library for Gallery {
    async fn materials(&self, session: Session) -> Result<Materials, ApiError> {
        self.enter().await?;
        Ok(Materials { materials: materials(self.state), by_meaning: true, guest: session.guest })
    }

    async fn open(&self, _: Session, request: Opening) -> Result<Reader, ApiError> {
        self.enter().await?;
        let material = materials(State::Busy)
            .into_iter()
            .find(|material| material.id == request.material)
            .ok_or_else(|| ApiError::not_found("This file"))?;
        let words = words(request.query.as_deref());
        let mut numbers: Vec<_> = CHAPTER.iter().map(|(page, ..)| *page).collect();
        numbers.dedup();
        let pages: Vec<_> = numbers
            .iter()
            .map(|number| ReaderPage { number: *number, blocks: blocks(*number, request.lit, &words) })
            .collect();
        let page_of = |byte: u32| {
            CHAPTER
                .iter()
                .zip(starts())
                .rfind(|(_, start)| *start <= byte)
                .map_or(14, |((page, ..), _)| *page)
        };
        let hits = pages
            .iter()
            .flat_map(|page| page.blocks.iter().map(move |block| (page.number, block)))
            .flat_map(|(page, block)| {
                block.found.iter().map(move |span| Place { page, start: block.start + span.start })
            })
            .collect();
        let questions = crate::quiz::questions()
            .into_iter()
            .zip([Some(true), Some(false), None, Some(true)])
            .filter_map(|(question, last)| {
                let option = question.options.get(question.key())?;
                Some(ReaderQuestion {
                    id: question.id,
                    page: option.page,
                    span: option.span,
                    last,
                    due: last == Some(false),
                    stem: question.stem,
                })
            })
            .collect();
        let outline = CHAPTER
            .iter()
            .zip(starts())
            .filter(|((_, level, _), _)| *level > 0)
            .map(|((page, level, title), start)| OutlineEntry {
                level: *level,
                title: (*title).into(),
                page: *page,
                start,
            })
            .collect();
        Ok(Reader {
            material,
            outline,
            pages,
            previous: Some(13),
            next: Some(26),
            questions,
            page: request.lit.map(|lit| page_of(lit.start)).or(request.page).unwrap_or(14),
            hits,
        })
    }

    async fn search(&self, _: Session, request: Search) -> Result<Found, ApiError> {
        self.enter().await?;
        let words = words(Some(&request.query));
        let mut headings: Vec<String> = vec![];
        let mut hits = vec![];
        for ((page, level, text), start) in CHAPTER.iter().zip(starts()) {
            if *level > 0 {
                headings.truncate(*level as usize - 1);
                headings.push((*text).into());
                continue;
            }
            let lit = found(text, &words);
            if lit.is_empty() {
                continue;
            }
            hits.push(Hit {
                passage: PassageId(Uuid::from_u128(0x90 + u128::from(start))),
                material: HEART,
                title: "The heart".into(),
                page: *page,
                headings: headings.clone(),
                text: (*text).into(),
                span: Span { start, end: start + text.len() as u32 },
                lit,
                keyword_rank: Some(hits.len() as u32 + 1),
                vector_rank: (hits.len() != 1).then_some(2),
            });
        }
        Ok(Found { hits, by_meaning: true, passages: 143 })
    }

    async fn retry(&self, _: Session, _: MaterialId) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn delete(&self, _: Session, _: MaterialId) -> Result<(), ApiError> {
        self.enter().await
    }
}
