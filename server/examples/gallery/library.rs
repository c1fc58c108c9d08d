//! A shelf with a file in every state, and a short made-up chapter to read and to search.

mod chapter;

pub(crate) use chapter::find;

use crate::state::{Gallery, State};
use app::{
    error::ApiError,
    library::api::{
        Excerpt, Found, Hit, Library, Material, MaterialState, Materials, Meaning, Opening, OutlineEntry,
        Place, Placed, Reader, ReaderBlock, ReaderPage, ReaderQuestion, Reworded, SavedSearch, Search,
        Uploaded, Words, after_upload,
    },
    session::Session,
};
use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Multipart},
    http::{HeaderMap, header::ACCEPT},
    response::{
        IntoResponse, Redirect, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use chapter::document;
use domain::{
    chapter::{Chapter, chapters},
    document::{BlockKind, Mark, Span},
    id::{MaterialId, PassageId, SavedSearchId},
};
use futures::{Stream, StreamExt, stream};
use leptos::prelude::LeptosOptions;
use std::{
    convert::Infallible,
    ops::RangeInclusive,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};
use uuid::Uuid;

/// The chapter that the questions cite.
pub(crate) const HEART: MaterialId = MaterialId(Uuid::from_u128(0x31));
/// The chapter that comes with Mitochi.
pub(crate) const SAMPLE: MaterialId = MaterialId(Uuid::from_u128(0x32));

/// When the gallery began: `State::Live` reads a file over and over from here.
static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// Uploaded and deleted in `State::Live`.
static CHANGES: Mutex<(Vec<Material>, Vec<MaterialId>)> = Mutex::new((vec![], vec![]));
/// Searches that are kept.
static SAVED: LazyLock<Mutex<Vec<SavedSearch>>> = LazyLock::new(|| {
    let saved =
        |number: u128, query: &str, material: Option<MaterialId>, chapter: Option<(u32, &str)>| SavedSearch {
            id: SavedSearchId(Uuid::from_u128(number)),
            search: Search { query: query.into(), material, chapter: chapter.map(|(start, _)| start) },
            file: material.map(|_| "The heart".into()),
            chapter: chapter.map(|(_, title)| title.into()),
        };
    Mutex::new(vec![
        saved(0x70, "preload", Some(HEART), None),
        saved(0x71, "why does a fast pulse leave less time for filling of the ventricle", None, None),
        saved(0x72, "القلب", None, None),
    ])
});

fn other(number: u128) -> MaterialId {
    MaterialId(Uuid::from_u128(0x40 + number))
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
        stays_here: false,
        built_in: false,
        created: crate::quiz::NOW - 86_400_000,
    }
}

/// A file that is read in half a minute, again and again.
fn endocrine(second: u32) -> Material {
    let title = if second < 2 { "endocrine.pdf" } else { "The endocrine system" };
    let state = match second {
        0..2 => MaterialState::Queued,
        2..28 => MaterialState::Reading,
        28..36 => MaterialState::Preparing,
        _ => MaterialState::Ready,
    };
    let read = second.saturating_sub(2).min(26);
    let passages = read * 2;
    Material {
        pages_read: read,
        pages_total: if second < 2 { 0 } else { 26 },
        passages,
        passages_embedded: if second >= 36 { passages } else { passages.saturating_sub(6).min(second) },
        questions: second.saturating_sub(6).min(30) * 2,
        ..material(other(1), title, "endocrine.pdf", state)
    }
}

/// The shelf of a state.
pub(crate) fn materials(state: State) -> Vec<Material> {
    let sample =
        Material { built_in: true, ..material(SAMPLE, "The heart", "the-heart.md", MaterialState::Ready) };
    if matches!(state, State::New | State::Guest) {
        return vec![sample];
    }
    let second = if state == State::Live { BEGUN.elapsed().as_secs() as u32 % 60 } else { 16 };
    let shelf = vec![
        endocrine(second),
        material(other(2), "renal-2026.pptx", "renal-2026.pptx", MaterialState::Queued),
        Material {
            error: Some("This file is a scan: its pages are pictures without text.".into()),
            ..material(other(3), "joints-scan.pdf", "joints-scan.pdf", MaterialState::Failed)
        },
        Material {
            questions: 34,
            passages_embedded: 20,
            ..material(other(4), "Blood vessels and circulation", "vessels.docx", MaterialState::Preparing)
        },
        Material {
            due: 12,
            known_percent: Some(72),
            ..material(HEART, "The heart", "heart.pdf", MaterialState::Ready)
        },
        Material {
            pages_read: 23,
            questions: 55,
            known_percent: Some(38),
            warnings: vec!["Pages 7 to 9 are pictures without text, so nothing was asked about them.".into()],
            ..material(
                other(5),
                "Lymphatic and immune system, with a long name as lectures have them",
                "immune.pdf",
                MaterialState::Ready,
            )
        },
        sample,
    ];
    if state != State::Live {
        return shelf;
    }
    let changes = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let (added, gone) = &*changes;
    added.iter().cloned().chain(shelf).filter(|material| !gone.contains(&material.id)).collect()
}

fn shelf(state: State, guest: bool) -> Materials {
    Materials {
        materials: materials(state),
        by_meaning: state != State::Words,
        guest,
        keys: true,
        used: 0,
        quota: None,
    }
}

/// A stretch of pages: three of them make the chapter.
fn stretch(page: u32) -> RangeInclusive<u32> {
    match page {
        ..13 => 1..=11,
        13..26 => 13..=25,
        _ => 26..=26,
    }
}

/// Blocks with their pages.
fn blocks() -> impl Iterator<Item = (u32, &'static domain::document::Block, &'static str)> {
    let document = document();
    document
        .blocks
        .iter()
        .map(|block| (document.page_at(block.span.start), block, document.slice(block.span)))
}

/// The part of a span that lies in a block, counted from the block's start.
fn inside(block: Span, span: Span) -> Option<Span> {
    block.overlaps(span).then(|| Span {
        start: span.start.max(block.start) - block.start,
        end: span.end.min(block.end) - block.start,
    })
}

fn reader_block(
    block: &domain::document::Block,
    text: &str,
    lit: Option<Span>,
    words: &[String],
) -> ReaderBlock {
    let marks = document().marks.iter();
    ReaderBlock {
        kind: block.kind.clone(),
        text: text.into(),
        start: block.span.start,
        marks: marks
            .filter_map(|mark| Some(Mark { span: inside(block.span, mark.span)?, style: mark.style }))
            .collect(),
        lit: lit.and_then(|lit| inside(block.span, lit)).into_iter().collect(),
        found: found(text, words),
    }
}

fn words(query: Option<&str>) -> Vec<String> {
    query
        .unwrap_or_default()
        .split_whitespace()
        .filter(|word| word.len() > 2)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| !["why", "the", "does", "and", "what"].contains(&word.as_str()))
        .collect()
}

/// The chapter is ASCII, so that lower case moves no byte.
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

/// The routes beside the pages: upload and progress.
pub(crate) fn routes() -> Router<LeptosOptions> {
    Router::new()
        .route("/library/upload", post(upload).layer(DefaultBodyLimit::max(64 << 20)))
        .route("/library/events", get(events))
}

/// Takes files; their names say what becomes of them.
async fn upload(Extension(state): Extension<State>, headers: HeaderMap, mut form: Multipart) -> Response {
    let mut uploaded = vec![];
    while let Ok(Some(field)) = form.next_field().await {
        let filename = field.file_name().unwrap_or_default().to_string();
        let bytes = field.bytes().await.map_or(0, |bytes| bytes.len() as u64);
        if filename.contains("slow") {
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        if filename.contains("broken") {
            return (axum::http::StatusCode::INTERNAL_SERVER_ERROR, "oops").into_response();
        }
        let refused = |error| Uploaded {
            filename: filename.clone(),
            material: None,
            duplicate: false,
            error: Some(error),
        };
        uploaded.push(if filename.contains("locked") {
            refused(ApiError::invalid(
                "file",
                "This PDF is locked with a password. Save it without one, then bring it again.",
            ))
        } else if filename.contains("fake") {
            refused(ApiError::Unsupported { message: "This is not a PDF, although its name says so.".into() })
        } else if filename.contains("known") {
            Uploaded { filename: filename.clone(), material: Some(HEART), duplicate: true, error: None }
        } else {
            let id = MaterialId(server::clock::Clock::default().id());
            if state == State::Live {
                let mut changes = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
                changes.0.insert(
                    0,
                    Material { bytes, ..material(id, &filename, &filename, MaterialState::Queued) },
                );
            }
            Uploaded { filename: filename.clone(), material: Some(id), duplicate: false, error: None }
        });
    }
    let scripted =
        headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    if scripted {
        Json(uploaded).into_response()
    } else {
        Redirect::to(&after_upload(&uploaded)).into_response()
    }
}

/// The shelf each second where it changes, once where it does not.
async fn events(Extension(state): Extension<State>) -> Response {
    if state == State::Failed {
        return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let event = move || {
        let json = serde_json::to_string(&shelf(state, state == State::Guest)).unwrap_or_default();
        Ok::<_, Infallible>(Event::default().data(json))
    };
    let first = stream::once(async move { event() });
    let rest: std::pin::Pin<Box<dyn Stream<Item = Result<Event, Infallible>> + Send>> =
        if state == State::Live {
            Box::pin(stream::unfold((), move |()| async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((event(), ()))
            }))
        } else {
            Box::pin(stream::pending())
        };
    Sse::new(first.chain(rest)).keep_alive(KeepAlive::default()).into_response()
}

#[async_trait::async_trait]
impl Library for Gallery {
    async fn materials(&self, session: Session) -> Result<Materials, ApiError> {
        self.enter().await?;
        Ok(shelf(self.state, session.guest))
    }

    async fn open(&self, _: Session, request: Opening) -> Result<Reader, ApiError> {
        self.enter().await?;
        let material = materials(if self.state == State::Live { State::Live } else { State::Busy })
            .into_iter()
            .find(|material| material.id == request.material)
            .ok_or_else(|| ApiError::not_found("This file"))?;
        let words = words(request.query.as_deref());
        let document = document();
        let page =
            request.lit.map(|lit| document.page_at(lit.start)).or(request.page).unwrap_or(1).clamp(1, 26);
        let stretch = stretch(page);
        let read = |number: &u32| material.pages_read > 0 && stretch.contains(number);
        let mut pages: Vec<ReaderPage> = vec![];
        for (number, block, text) in blocks().filter(|(number, ..)| read(number)) {
            let block = reader_block(block, text, request.lit, &words);
            match pages.last_mut() {
                Some(page) if page.number == number => page.blocks.push(block),
                _ => pages.push(ReaderPage { number, blocks: vec![block] }),
            }
        }
        let hits = blocks()
            .flat_map(|(page, block, text)| {
                let spans = found(text, &words).into_iter();
                spans.map(move |span| Place { page, start: block.span.start + span.start })
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
            .filter(|question| stretch.contains(&question.page))
            .collect();
        let outline = blocks()
            .filter_map(|(page, block, text)| match block.kind {
                BlockKind::Heading(level) => {
                    Some(OutlineEntry { level, title: text.into(), page, start: block.span.start })
                }
                _ => None,
            })
            .collect();
        let near = |page: u32| (1..=26).contains(&page).then_some(page);
        Ok(Reader {
            previous: near(stretch.start() - 1),
            next: near(stretch.end() + 1).filter(|_| material.pages_read > 0),
            material,
            outline,
            pages,
            questions,
            page,
            hits,
        })
    }

    /// A query that begins with 'near', 'typo', 'words down', 'meaning down', 'all down', 'rebuilding', 'not yet' or
    /// 'reworded' shows that.
    async fn excerpt(&self, _: Session, _: MaterialId, lit: Span) -> Result<Excerpt, ApiError> {
        self.enter().await?;
        server::library::excerpt::excerpt(document(), lit).ok_or_else(|| ApiError::not_found("This passage"))
    }

    async fn search(&self, _: Session, request: Search) -> Result<Found, ApiError> {
        self.enter().await?;
        let shown = |name: &str| request.query.starts_with(name);
        let all_down = shown("all down");
        let meaning = match () {
            () if shown("meaning down") || all_down => Meaning::Down,
            () if shown("not yet") => Meaning::NotYet { passages_left: 28 },
            () if self.state == State::Words => Meaning::NoModel,
            () => Meaning::Searched,
        };
        let found_words = match () {
            () if shown("words down") || all_down => Words::Down,
            () if shown("rebuilding") => Words::Rebuilding,
            () => Words::Searched,
        };
        let by_meaning = !matches!(meaning, Meaning::NoModel | Meaning::Down);
        let by_words = found_words != Words::Down && !shown("near");
        let words = words(Some(&request.query));
        let all = chapters(document());
        let within = all.iter().find(|chapter| Some(chapter.span.start) == request.chapter);
        let mut headings: Vec<String> = vec![];
        let mut hits = vec![];
        for (page, block, text) in blocks() {
            if let BlockKind::Heading(level) = block.kind {
                headings.truncate(usize::from(level) - 1);
                headings.push(text.into());
            }
            let inside = within.is_none_or(|chapter| chapter.span.contains(block.span));
            if block.kind != BlockKind::Paragraph || !inside || all_down {
                continue;
            }
            let lit = found(text, &words);
            if lit.is_empty() {
                continue;
            }
            hits.push(Hit {
                passage: PassageId(Uuid::from_u128(0x90 + u128::from(block.span.start))),
                material: HEART,
                title: "The heart".into(),
                page,
                headings: headings.clone(),
                text: text.into(),
                span: block.span,
                lit: if by_words { lit } else { vec![] },
                by_words: None,
                by_meaning: None,
                fused: None,
                reranked: None,
                elsewhere: vec![],
            });
        }
        if request.material.is_some_and(|material| material != HEART) {
            hits.clear();
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.lit.len()));
        for (hit, rank) in hits.iter_mut().zip(1..) {
            let down = rank as f32;
            let placed = |score: f32| Some(Placed { rank, score });
            hit.by_words = placed(14.2 / down).filter(|_| by_words && (rank != 3 || !by_meaning));
            hit.by_meaning = placed(0.71 - down * 0.02).filter(|_| by_meaning && (rank != 2 || !by_words));
            hit.fused = placed(2.0 / (60.0 + down));
        }
        Ok(Found {
            near_only: !by_words && found_words == Words::Searched && !hits.is_empty(),
            hits,
            passages: 143,
            words: found_words,
            meaning,
            corrected: shown("typo").then(|| "atrioventricular preload".into()),
            chapter_gone: request.chapter.is_some() && within.is_none(),
            reword: shown("reworded"),
        })
    }

    async fn reword(&self, session: Session, request: Search) -> Result<Reworded, ApiError> {
        let other = Search { query: "afterload".into(), ..request };
        let hits = self.search(session, other).await?.hits.into_iter().take(2).collect();
        Ok(Reworded { queries: vec!["afterload".into(), "arterial pressure".into()], hits })
    }

    async fn chapters(&self, _: Session, material: MaterialId) -> Result<Vec<Chapter>, ApiError> {
        self.enter().await?;
        Ok(if material == HEART { chapters(document()) } else { vec![] })
    }

    async fn saved(&self, _: Session) -> Result<Vec<SavedSearch>, ApiError> {
        self.enter().await?;
        let saved = SAVED.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(if matches!(self.state, State::New | State::Guest) { vec![] } else { saved })
    }

    async fn save(&self, _: Session, request: Search) -> Result<Vec<SavedSearch>, ApiError> {
        self.enter().await?;
        let mut saved = SAVED.lock().unwrap_or_else(PoisonError::into_inner);
        let all = chapters(document());
        let chapter = all.iter().find(|chapter| Some(chapter.span.start) == request.chapter);
        saved.retain(|saved| saved.search != request);
        saved.insert(
            0,
            SavedSearch {
                id: SavedSearchId(server::clock::Clock::default().id()),
                file: request.material.map(|_| "The heart".into()),
                chapter: chapter.map(|chapter| chapter.title.clone()),
                search: request,
            },
        );
        Ok(saved.clone())
    }

    async fn forget(&self, _: Session, gone: SavedSearchId) -> Result<Vec<SavedSearch>, ApiError> {
        self.enter().await?;
        let mut saved = SAVED.lock().unwrap_or_else(PoisonError::into_inner);
        saved.retain(|saved| saved.id != gone);
        Ok(saved.clone())
    }

    async fn retry(&self, _: Session, _: MaterialId) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn keep_here(&self, _: Session, _: MaterialId, _: bool) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn delete(&self, _: Session, material: MaterialId) -> Result<(), ApiError> {
        self.enter().await?;
        if self.state == State::Live {
            CHANGES.lock().unwrap_or_else(PoisonError::into_inner).1.push(material);
        }
        Ok(())
    }
}
