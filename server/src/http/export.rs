//! `GET /settings/export` and `POST /settings/import`: everything of a learner as a ZIP, and such a ZIP taken in.

use super::{forms::accepts_html, statuses::answer_to, upload::heard};
use crate::{
    error::{Error, RequestId, Result},
    security::{self, What},
    state::State,
};
use app::{
    error::ApiError,
    export::api::{Imported, after_import},
    session::Session,
};
use axum::{
    Extension, Json,
    body::Body,
    extract::{self, DefaultBodyLimit, Multipart, multipart::MultipartRejection},
    http::{
        HeaderMap,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
};
use std::path::Path;
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

/// Room for an export whose files fill what a learner may have, and for its rows.
pub fn body_limit(quota: u64) -> DefaultBodyLimit {
    let most = quota.saturating_add(512 << 20);
    DefaultBodyLimit::max(usize::try_from(most).unwrap_or(usize::MAX))
}

/// Sends everything of a learner.
pub async fn download(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    let Some(Extension(session)) = session else {
        return answer_to(&headers, &ApiError::Unauthorized, &state);
    };
    match written(&state, session).await {
        Ok(answer) => answer,
        Err(error) => answer_to(&headers, &Error::into_api(error, &request), &state),
    }
}

async fn written(state: &State, session: Session) -> Result<Response> {
    let aside = state.exports.aside().await?;
    let file = async {
        state.exports.write(session.learner, aside.clone()).await?;
        let mut tx = state.db.write_for(session.learner).await?;
        security::note(&mut tx, &state.clock, session.learner, What::Exported).await?;
        tx.commit().await?;
        Ok::<_, Error>(tokio::fs::File::open(&aside).await?)
    };
    let file = file.await;
    // an open file is sent to its end without a name; nothing is left when the line breaks
    state.library.files.remove(&aside).await?;
    let file = file?;
    let length = file.metadata().await?.len();
    let headers = [
        (CONTENT_TYPE, "application/zip".to_string()),
        (CONTENT_LENGTH, length.to_string()),
        (CONTENT_DISPOSITION, "attachment; filename=\"mitochi-export.zip\"".into()),
        (CACHE_CONTROL, "no-store".into()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

/// Takes an export in: for a plain form leads back to the settings, which tell what came of it.
pub async fn take_in(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Response {
    let session = match session {
        Some(Extension(session)) if !session.guest => session,
        _ => return answer_to(&headers, &ApiError::Unauthorized, &state),
    };
    let Ok(form) = form else { return answer_to(&headers, &ApiError::Malformed, &state) };
    let told = match state.exports.aside().await {
        Ok(aside) => {
            let told = taken(&state, session, form, &aside).await;
            let gone = state.library.files.remove(&aside).await;
            told.and_then(|told| gone.map(|()| told).map_err(Error::from))
        }
        Err(error) => Err(error),
    };
    match told.map_err(|error| error.into_api(&request)) {
        told if accepts_html(&headers) => Redirect::to(&after_import(&told)).into_response(),
        Ok(told) => Json(told).into_response(),
        Err(error) => answer_to(&headers, &error, &state),
    }
}

async fn taken(state: &State, session: Session, mut form: Multipart, aside: &Path) -> Result<Imported> {
    let broken = || Error::invalid("file", "The connection broke off before the whole file was here.");
    let choose = || Error::invalid("file", "Choose a file first.");
    let field = heard(state, form.next_field()).await.ok_or_else(broken)?.map_err(|_| broken())?;
    let mut field = field.filter(|field| field.file_name() != Some("")).ok_or_else(choose)?;
    let mut file = tokio::fs::File::create(aside).await?;
    while let Some(chunk) = heard(state, field.chunk()).await.ok_or_else(broken)?.map_err(|_| broken())? {
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    state.exports.take_in(session, aside).await
}
