//! How Mitochi is reached. Owns: the router, sessions of requests, statuses, ids, files. Refuses: deciding anything
//! about learning.

pub mod events;
pub mod forms;
pub mod health;
pub mod metrics;
pub mod requests;
pub mod sessions;
pub mod statuses;
pub mod sums;
pub mod talks;
pub mod upload;

use crate::{error::RequestId, state::State};
use app::{
    App,
    session::{PageStatus, Session},
    shell,
};
use axum::{
    Router,
    http::{HeaderValue, header::CACHE_CONTROL, request::Parts},
    middleware::{from_fn, from_fn_with_state, map_response},
    routing::{get, post},
};
use leptos::prelude::*;
use leptos_axum::{
    LeptosRoutes, ResponseOptions, generate_route_list, site_pkg_dir_service, site_pkg_dir_service_route_path,
};
use std::sync::Arc;
use tower_http::{compression::CompressionLayer, csrf::CsrfLayer};

/// The whole site.
pub fn router(state: State) -> Router {
    let context = {
        let backend = state.backend();
        move || {
            provide_context(backend.clone());
            if let Some(response) = use_context::<ResponseOptions>() {
                provide_context(PageStatus(Arc::new(move |status| {
                    if let Ok(status) = status.try_into() {
                        response.set_status(status);
                    }
                })));
            }
            let Some(parts) = use_context::<Parts>() else { return };
            provide_context(crate::account::read_look(&parts.headers));
            if let Some(session) = parts.extensions.get::<Session>() {
                provide_context(*session);
            }
            if let Some(id) = parts.extensions.get::<RequestId>() {
                provide_context(id.clone());
            }
        }
    };
    let options = state.leptos.clone();
    let pages = {
        let options = options.clone();
        move || shell(options.clone())
    };
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .route("/offline", get(statuses::offline))
        .route("/admin/ai.csv", get(sums::sums))
        .route("/library/upload", post(upload::upload).layer(upload::body_limit()))
        .route("/library/events", get(events::events))
        .route("/tutor/{id}/text", get(talks::text))
        .route("/tutor/{id}/live", get(talks::live))
        .route("/tutor/{id}/events", get(talks::events))
        .leptos_routes_with_context(&state, generate_route_list(App), context.clone(), pages)
        .route_service(&site_pkg_dir_service_route_path(&options), site_pkg_dir_service(&options))
        .fallback(leptos_axum::file_and_error_handler_with_context::<State, _>(context, shell))
        .layer(map_response(statuses::error_status))
        .layer(from_fn(forms::keep_typed))
        .layer(from_fn_with_state(state.clone(), sessions::authenticate))
        .layer(CsrfLayer::new().with_rejection_response(statuses::foreign_origin))
        .layer(from_fn_with_state(state.clone(), statuses::survive))
        .layer(map_response(cache))
        .layer(CompressionLayer::new())
        .layer(from_fn(requests::trace))
        .with_state(state)
}

/// Files with a hash in their name never change; pages are never kept.
async fn cache(mut response: axum::response::Response) -> axum::response::Response {
    let headers = response.headers();
    if headers.contains_key(CACHE_CONTROL) {
        return response;
    }
    let is_page = headers.get("content-type").is_none_or(|kind| {
        kind.to_str().is_ok_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
    });
    if is_page {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
