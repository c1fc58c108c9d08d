//! Requests, answers and the port of the library. Files come in by `POST /library/upload` (multipart, fields
//! `file`); their progress is streamed by `GET /library/events` (server-sent events whose data is a
//! [`Materials`] as JSON). Both are plain routes of the server.

use crate::{error::ApiError, session::Session};
use domain::{
    chapter::Chapter,
    document::{BlockKind, Mark, Span},
    id::{MaterialId, PassageId, QuestionId, SavedSearchId},
};
use leptos::prelude::*;
use leptos_router::location::Url;
use serde::{Deserialize, Serialize};

/// Largest file, in bytes.
pub const FILE_MAX_BYTES: u64 = 50 * 1024 * 1024;
/// Files of one upload.
pub const FILES_AT_ONCE: usize = 20;
/// What the picker offers.
pub const ACCEPT: &str = ".pdf,.pptx,.docx,.html,.htm,.md,.markdown,.txt";

/// Where a file is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialState {
    /// Uploaded, waits for its turn.
    Queued,
    /// Pages are being read.
    Reading,
    /// All pages are there; questions are still being written or passages embedded.
    Preparing,
    /// All done.
    Ready,
    /// Could not be read; `error` says why.
    Failed,
}

/// A file in the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// Its id.
    pub id: MaterialId,
    /// Title as read, else the file's name.
    pub title: String,
    /// Name of the uploaded file.
    pub filename: String,
    /// 'PDF', 'PPTX', …
    pub format: String,
    /// Size of the file.
    pub bytes: u64,
    /// On its way.
    pub state: MaterialState,
    /// Pages (slides) read so far.
    pub pages_read: u32,
    /// Pages of the file; 0 until known.
    pub pages_total: u32,
    /// Passages that can be searched by words.
    pub passages: u32,
    /// Passages that can be searched by meaning.
    pub passages_embedded: u32,
    /// Published questions.
    pub questions: u32,
    /// Cards of it that are due.
    pub due: u32,
    /// Share of its questions whose last answer was right, 0 to 100; `None` before the first answer.
    pub known_percent: Option<u8>,
    /// Why it could not be read, in the learner's words.
    pub error: Option<String>,
    /// What of it could not be read.
    pub warnings: Vec<String>,
    /// Its text goes to no language model elsewhere.
    pub stays_here: bool,
    /// Part of Mitochi rather than uploaded: cannot be deleted.
    pub built_in: bool,
    /// Uploaded at, milliseconds since 1970.
    pub created: i64,
}

impl Material {
    /// Whether something is still going on.
    pub fn is_working(&self) -> bool {
        matches!(self.state, MaterialState::Queued | MaterialState::Reading | MaterialState::Preparing)
    }
}

/// The shelf.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Materials {
    /// Newest first.
    pub materials: Vec<Material>,
    /// Whether search by meaning is to be had here (the model is installed).
    pub by_meaning: bool,
    /// Whether the learner is a guest: own files need an account.
    pub guest: bool,
    /// Whether keys are on.
    pub keys: bool,
    /// Bytes of the learner's own files.
    #[serde(default)]
    pub used: u64,
    /// Room for them, bytes; `None` for no limit.
    #[serde(default)]
    pub quota: Option<u64>,
}

/// What became of one file of an upload: the answer of `POST /library/upload` is a list of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uploaded {
    /// Name of the file.
    pub filename: String,
    /// The material, new or, for a file that was there already, the old one.
    pub material: Option<MaterialId>,
    /// The same bytes were there already.
    pub duplicate: bool,
    /// Why it was refused.
    pub error: Option<ApiError>,
}

/// Where `POST /library/upload` sends a browser without scripts: the shelf, with what was not taken or was there
/// already, so that each file's message stands in its place.
pub fn after_upload(uploaded: &[Uploaded]) -> String {
    let told: Vec<_> = uploaded.iter().filter(|file| file.duplicate || file.error.is_some()).collect();
    match serde_json::to_string(&told) {
        Ok(json) if !told.is_empty() => format!("/library?uploaded={}", Url::escape(&json)),
        _ => "/library".into(),
    }
}

/// Asks for a stretch of a material to read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opening {
    /// Which.
    pub material: MaterialId,
    /// The page that must be in it; the first if `None`.
    pub page: Option<u32>,
    /// A cited stretch to light, in bytes of the document's text; wins over `page`.
    pub lit: Option<Span>,
    /// Words to mark.
    pub query: Option<String>,
}

/// A stretch of a material, with its outline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reader {
    /// Which.
    pub material: Material,
    /// All headings of the material.
    pub outline: Vec<OutlineEntry>,
    /// Pages in this stretch, about a dozen.
    pub pages: Vec<ReaderPage>,
    /// The page before the stretch, if any.
    pub previous: Option<u32>,
    /// The page after the stretch, if any.
    pub next: Option<u32>,
    /// Questions that cite a page of this stretch.
    pub questions: Vec<ReaderQuestion>,
    /// The page to show first.
    pub page: u32,
    /// Every stretch of the whole material that the query marks, ascending; at most 1,000.
    pub hits: Vec<Place>,
}

/// A spot of a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its page.
    pub page: u32,
    /// Its first byte in the document.
    pub start: u32,
}

/// A heading of the outline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutlineEntry {
    /// 1 to 6.
    pub level: u8,
    /// Its words.
    pub title: String,
    /// Where it stands.
    pub page: u32,
    /// Anchor: `b` + first byte, the id of its block in the page.
    pub start: u32,
}

/// A page of the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReaderPage {
    /// As counted in the file.
    pub number: u32,
    /// What begins on it.
    pub blocks: Vec<ReaderBlock>,
}

/// A block as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReaderBlock {
    /// Heading, paragraph, …
    pub kind: BlockKind,
    /// Its text.
    pub text: String,
    /// Its first byte in the document; the element's id is `b{start}`.
    pub start: u32,
    /// Bold, italic …: spans of `text` (bytes from the block's first).
    pub marks: Vec<Mark>,
    /// Cited stretches: spans of `text`.
    pub lit: Vec<Span>,
    /// Found words: spans of `text`.
    pub found: Vec<Span>,
}

/// A question in the reader's margin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReaderQuestion {
    /// Which.
    pub id: QuestionId,
    /// Its words.
    pub stem: String,
    /// The page its key cites.
    pub page: u32,
    /// Cited stretch of the document.
    pub span: Span,
    /// Last answer: right, missed, or `None` for not asked yet.
    pub last: Option<bool>,
    /// Whether it waits in the review queue now.
    pub due: bool,
}

/// A cited stretch with what stands around it: raised and lowered characters are written so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Its page.
    pub page: u32,
    /// The heading above; empty where there is none.
    pub heading: String,
    /// The end of what stands before it under that heading.
    pub before: String,
    /// The stretch.
    pub lit: String,
    /// The beginning of what comes after it.
    pub after: String,
}

/// Searches the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// What is looked for, at most 1,000 characters.
    pub query: String,
    /// In this material alone.
    #[serde(default)]
    pub material: Option<MaterialId>,
    /// In this chapter of the material alone: the first byte of its heading.
    #[serde(default)]
    pub chapter: Option<u32>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Passages that were searched.
    pub passages: u32,
    /// Whether they were searched by words.
    pub words: Words,
    /// Whether they were searched by meaning.
    pub meaning: Meaning,
    /// The query that was searched in the place of the typed one, whose words no page has.
    pub corrected: Option<String>,
    /// No passage has a word of the query: the hits are near in meaning alone.
    pub near_only: bool,
    /// The chapter asked for is not there (any more): the whole file was searched.
    pub chapter_gone: bool,
    /// A language model may know better words for it: [`reword_search`] asks one.
    #[serde(default)]
    pub reword: bool,
}

/// Other words for a search, and what they find.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reworded {
    /// The other words, best first; none where no model may be asked, or knows any.
    pub queries: Vec<String>,
    /// What they find besides, best first.
    pub hits: Vec<Hit>,
}

/// How the search by words went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// All passages were searched.
    Searched,
    /// The index is being built anew: not all passages are in it yet.
    Rebuilding,
    /// The engine does not answer.
    Down,
}

/// How the search by meaning went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// All passages were searched.
    Searched,
    /// Those that are prepared were searched.
    NotYet {
        /// How many are not.
        passages_left: u32,
    },
    /// The model is not installed.
    NoModel,
    /// Model or engine do not answer.
    Down,
    /// The file that was searched stays here, and the model for meaning is elsewhere.
    StaysHere,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The passage.
    pub passage: PassageId,
    /// Its material.
    pub material: MaterialId,
    /// The material's title.
    pub title: String,
    /// First page of the shown text.
    pub page: u32,
    /// Headings above, highest first.
    pub headings: Vec<String>,
    /// The best stretch of the passage, whole sentences.
    pub text: String,
    /// Where `text` stands in the document: the reader lights it.
    pub span: Span,
    /// Words of the query: spans of `text`.
    pub lit: Vec<Span>,
    /// By words; `None` where it has none of the query's.
    pub by_words: Option<Placed>,
    /// By meaning; `None` where it is not among the nearest.
    pub by_meaning: Option<Placed>,
    /// Both rankings made one.
    pub fused: Option<Placed>,
    /// By a second look at the best; `None` where there was none.
    pub reranked: Option<Placed>,
    /// Where the same words stand besides, such as another copy of the lecture.
    #[serde(default)]
    pub elsewhere: Vec<Elsewhere>,
}

/// Another place of the same words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Its material.
    pub material: MaterialId,
    /// The material's title.
    pub title: String,
    /// Its page.
    pub page: u32,
    /// Where it stands in the document.
    pub span: Span,
}

/// Where a stage of the search put a hit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// From 1.
    pub rank: u32,
    /// The stage's own: scores of two stages cannot be compared.
    pub score: f32,
}

/// Searches that a learner keeps, at most.
pub const SAVED_MOST: usize = 50;

/// A search that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedSearch {
    /// Which.
    pub id: SavedSearchId,
    /// What it asks.
    pub search: Search,
    /// Title of its material, if it is limited to one.
    pub file: Option<String>,
    /// Heading of its chapter, as it was when the search was saved.
    pub chapter: Option<String>,
}

/// Port of the library.
#[async_trait::async_trait]
pub trait Library: Send + Sync {
    /// The shelf.
    async fn materials(&self, session: Session) -> Result<Materials, ApiError>;
    /// A stretch to read.
    async fn open(&self, session: Session, request: Opening) -> Result<Reader, ApiError>;
    /// A cited stretch with what stands around it.
    async fn excerpt(&self, session: Session, material: MaterialId, lit: Span) -> Result<Excerpt, ApiError>;
    /// Finds passages.
    async fn search(&self, session: Session, request: Search) -> Result<Found, ApiError>;
    /// Has a language model find other words for a search, if one may be asked, and searches for those too. It may take
    /// seconds: nobody waits for it.
    async fn reword(&self, session: Session, request: Search) -> Result<Reworded, ApiError>;
    /// The chapters of a material, to search in one alone.
    async fn chapters(&self, session: Session, material: MaterialId) -> Result<Vec<Chapter>, ApiError>;
    /// The searches that are kept, newest first.
    async fn saved(&self, session: Session) -> Result<Vec<SavedSearch>, ApiError>;
    /// Keeps a search; all that are kept. The same search twice is one. Where the request accepts `text/html` (a form
    /// without scripts) it also leads back to the search; so does `forget`, to the empty one.
    async fn save(&self, session: Session, request: Search) -> Result<Vec<SavedSearch>, ApiError>;
    /// Keeps a search no longer; all that are kept.
    async fn forget(&self, session: Session, saved: SavedSearchId) -> Result<Vec<SavedSearch>, ApiError>;
    /// Tries a failed material again.
    async fn retry(&self, session: Session, material: MaterialId) -> Result<(), ApiError>;
    /// Marks a material 'stays here', or takes the mark off. A form without scripts is led back to the shelf.
    async fn keep_here(&self, session: Session, material: MaterialId, stays: bool) -> Result<(), ApiError>;
    /// Deletes a material with its questions and cards.
    async fn delete(&self, session: Session, material: MaterialId) -> Result<(), ApiError>;
}

/// The shelf.
#[server(endpoint = "library/materials")]
pub async fn load_materials() -> Result<Materials, ApiError> {
    crate::backend()?.library.materials(crate::session()?).await
}

/// A stretch to read.
#[server(endpoint = "library/open", input = leptos::server_fn::codec::Json)]
pub async fn open_reader(request: Opening) -> Result<Reader, ApiError> {
    crate::backend()?.library.open(crate::session()?, request).await
}

/// A cited stretch with what stands around it.
#[server(endpoint = "library/excerpt", input = leptos::server_fn::codec::Json)]
pub async fn load_excerpt(material: MaterialId, lit: Span) -> Result<Excerpt, ApiError> {
    crate::backend()?.library.excerpt(crate::session()?, material, lit).await
}

/// Finds passages.
#[server(endpoint = "library/search", input = leptos::server_fn::codec::Json)]
pub async fn search_library(request: Search) -> Result<Found, ApiError> {
    crate::backend()?.library.search(crate::session()?, request).await
}

/// Other words for a search, and what they find.
#[server(endpoint = "library/reword", input = leptos::server_fn::codec::Json)]
pub async fn reword_search(request: Search) -> Result<Reworded, ApiError> {
    crate::backend()?.library.reword(crate::session()?, request).await
}

/// The chapters of a material.
#[server(endpoint = "library/chapters")]
pub async fn load_chapters(material: MaterialId) -> Result<Vec<Chapter>, ApiError> {
    crate::backend()?.library.chapters(crate::session()?, material).await
}

/// The searches that are kept.
#[server(endpoint = "library/saved")]
pub async fn load_saved() -> Result<Vec<SavedSearch>, ApiError> {
    crate::backend()?.library.saved(crate::session()?).await
}

/// Keeps a search.
#[server(endpoint = "library/save")]
pub async fn save_search(request: Search) -> Result<Vec<SavedSearch>, ApiError> {
    crate::backend()?.library.save(crate::session()?, request).await
}

/// Keeps a search no longer.
#[server(endpoint = "library/forget")]
pub async fn forget_search(saved: SavedSearchId) -> Result<Vec<SavedSearch>, ApiError> {
    crate::backend()?.library.forget(crate::session()?, saved).await
}

/// Tries a failed material again.
#[server(endpoint = "library/retry")]
pub async fn retry_material(material: MaterialId) -> Result<(), ApiError> {
    crate::backend()?.library.retry(crate::member()?, material).await
}

/// Marks a material 'stays here', or takes the mark off.
#[server(endpoint = "library/keep_here")]
pub async fn keep_here(material: MaterialId, stays: bool) -> Result<(), ApiError> {
    crate::backend()?.library.keep_here(crate::member()?, material, stays).await
}

/// Deletes a material.
#[server(endpoint = "library/delete")]
pub async fn delete_material(material: MaterialId) -> Result<(), ApiError> {
    crate::backend()?.library.delete(crate::member()?, material).await
}
