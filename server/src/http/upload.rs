//! `POST /library/upload`: files of a form, streamed to disk. The answer is a list of `Uploaded` for scripts, or the
//! shelf for a plain form.

use super::{forms::accepts_html, statuses::answer_to};
use crate::{
    error::{Error, RequestId},
    library::upload::Incoming,
    shared::Rule,
    state::State,
};
use app::{
    error::ApiError,
    library::api::{FILE_MAX_BYTES, FILES_AT_ONCE, Uploaded, after_upload},
    session::Session,
};
use axum::{
    Extension, Json,
    extract::{
        self, DefaultBodyLimit, Multipart,
        multipart::{Field, MultipartRejection},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use std::time::Duration;

const HOUR: i64 = 3_600_000;

/// Room for the most files of the largest size, and the form around them.
pub fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max((FILES_AT_ONCE as u64 * (FILE_MAX_BYTES + 4_096)) as usize)
}

/// Takes the files.
pub async fn upload(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let session = match session {
        Some(Extension(session)) if !session.guest => session,
        _ => return answer_to(&headers, &ApiError::Unauthorized, &state),
    };
    let Ok(mut form) = form else { return answer_to(&headers, &ApiError::Malformed, &state) };
    let mut uploaded = vec![];
    loop {
        let field = match heard(&state, form.next_field()).await {
            Some(Ok(Some(field))) => field,
            Some(Ok(None)) => break,
            Some(Err(error)) => {
                tracing::info!("upload cut off: {error}");
                uploaded.push(refused("", ApiError::Malformed));
                break;
            }
            None => {
                uploaded.push(refused("", silent()));
                break;
            }
        };
        let Some(name) = field.file_name().map(str::to_string) else { continue };
        if name.is_empty() {
            continue; // a form sent without a file
        }
        let one = if uploaded.len() < FILES_AT_ONCE {
            take(&state, session, &name, field).await
        } else {
            let message =
                format!("At most {FILES_AT_ONCE} files at once. Bring this one with the next ones.");
            Err(ApiError::TooLarge { message }.into())
        };
        uploaded.push(one.unwrap_or_else(|error| refused(&name, error.into_api(&request))));
    }
    if uploaded.is_empty() {
        uploaded.push(refused("", ApiError::invalid("file", "Choose a file first.")));
    }
    if accepts_html(&headers) {
        return Redirect::to(&after_upload(&uploaded)).into_response();
    }
    // one bad file among good ones is told in the list; if none is good, the status tells too
    let failed = uploaded.iter().all(|file| file.material.is_none());
    let first = uploaded.first().and_then(|file| file.error.as_ref()).filter(|_| failed);
    let status = first.and_then(|error| StatusCode::from_u16(error.status()).ok()).unwrap_or(StatusCode::OK);
    (status, Json(uploaded)).into_response()
}

fn refused(name: &str, error: ApiError) -> Uploaded {
    Uploaded { filename: name.into(), material: None, duplicate: false, error: Some(error) }
}

/// What comes within the time that may pass without a byte; `None` for silence.
pub(super) async fn heard<T>(state: &State, coming: impl Future<Output = T>) -> Option<T> {
    let silence = Duration::from_secs(state.edge.upload_silence_seconds);
    tokio::time::timeout(silence, coming).await.ok()
}

fn silent() -> ApiError {
    ApiError::invalid("file", "Nothing came for so long that the upload was given up. Bring the file again.")
}

async fn take(state: &State, session: Session, name: &str, mut field: Field<'_>) -> Result<Uploaded, Error> {
    let rule = Rule { tries: state.edge.uploads_an_hour as usize, window: HOUR };
    if rule.tries > 0 {
        let key = format!("uploads:{}", session.learner);
        let taken = state.shared.limits.take(&key, rule, state.clock.now()).await;
        taken.map_err(|wait| ApiError::Limited { seconds: wait.seconds() })?;
    }
    let mut incoming = Incoming::begin(&state.library.files, name).await?;
    loop {
        match heard(state, field.chunk()).await {
            Some(Ok(Some(chunk))) => incoming.write(&chunk).await?,
            Some(Ok(None)) => break,
            None => return Err(silent().into()),
            Some(Err(error)) => {
                tracing::info!("upload cut off: {error}");
                let message = "The connection broke off before the whole file was here. Bring it again.";
                return Err(Error::invalid("file", message));
            }
        }
    }
    state.library.add(session, incoming).await
}
