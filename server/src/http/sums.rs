//! What language models cost as a file for a spreadsheet. Owns: the download. Refuses: who may have it and what stands in it
//! (`models`).

use crate::{
    error::{Error, RequestId},
    state::State,
};
use app::{models::api::Period, session::Session};
use axum::{
    Extension,
    extract::{self, Query},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use serde::Deserialize;

/// Which days.
#[derive(Deserialize)]
pub struct Asked {
    days: Option<String>,
}

/// `GET /admin/ai.csv?days=30`. Nobody but the administrator finds it.
pub async fn sums(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
    Query(asked): Query<Asked>,
) -> Response {
    let period = Period::read(asked.days.as_deref());
    match state.models.sums(session.map(|Extension(session)| session), period).await {
        Ok(text) => {
            let name = format!("attachment; filename=\"mitochi-models-{}-days.csv\"", period.days);
            let headers = [
                (CONTENT_TYPE, "text/csv; charset=utf-8".into()),
                (CONTENT_DISPOSITION, name),
                (CACHE_CONTROL, "no-store".into()),
            ];
            (headers, text).into_response()
        }
        Err(error) => refused(error, &request),
    }
}

fn refused(error: Error, request: &RequestId) -> Response {
    let error = error.into_api(request);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, error.to_string()).into_response()
}
