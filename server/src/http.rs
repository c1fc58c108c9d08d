//! How Mitochi is reached. Owns: the router, sessions of requests, statuses, ids, files. Refuses: deciding anything
//! about learning.

pub mod client;
pub mod events;
pub mod export;
pub mod forms;
pub mod headers;
pub mod health;
pub mod limits;
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
    extract::{self, Request},
    http::{HeaderValue, Uri, header::CACHE_CONTROL, request::Parts},
    middleware::{from_fn, from_fn_with_state, map_response},
    response::Response,
    routing::{MethodRouter, get, post},
};
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use leptos_axum::{
    LeptosRoutes, ResponseOptions, generate_route_list, site_pkg_dir_service, site_pkg_dir_service_route_path,
};
use std::{pin::Pin, sync::Arc};
use tower_http::{compression::CompressionLayer, csrf::CsrfLayer};

/// What is neither a page nor a server function; `quota` is the room for the files of one learner, bytes.
pub fn plain(quota: u64) -> Vec<(&'static str, MethodRouter<State>)> {
    vec![
        ("/healthz", get(health::alive)),
        ("/readyz", get(health::ready)),
        ("/metrics", get(metrics::metrics)),
        ("/offline", get(statuses::offline)),
        ("/admin/ai.csv", get(sums::sums)),
        ("/settings/export", get(export::download)),
        ("/settings/import", post(export::take_in).layer(export::body_limit(quota))),
        ("/library/upload", post(upload::upload).layer(upload::body_limit())),
        ("/library/events", get(events::events)),
        ("/tutor/{id}/text", get(talks::text)),
        ("/tutor/{id}/live", get(talks::live)),
        ("/tutor/{id}/events", get(talks::events)),
    ]
}

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
            headers::of_page();
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
    let plain = plain(state.exports.quota)
        .into_iter()
        .fold(Router::new(), |router, (path, handler)| router.route(path, handler));
    plain
        .leptos_routes_with_context(&state, generate_route_list(App), context.clone(), pages)
        .route_service(&site_pkg_dir_service_route_path(&options), site_pkg_dir_service(&options))
        .fallback(alone(leptos_axum::file_and_error_handler_with_context::<State, _>(context, shell)))
        .layer(map_response(statuses::error_status))
        .layer(from_fn(forms::keep_typed))
        .layer(from_fn_with_state(state.clone(), limits::time))
        .layer(from_fn_with_state(state.clone(), limits::rate))
        .layer(from_fn_with_state(state.clone(), sessions::authenticate))
        .layer(from_fn_with_state(state.clone(), client::see))
        .layer(CsrfLayer::new().with_rejection_response(statuses::foreign_origin))
        .layer(from_fn_with_state(state.clone(), statuses::survive))
        .layer(from_fn_with_state(state.clone(), headers::guard))
        .layer(map_response(cache))
        .layer(CompressionLayer::new())
        .layer(from_fn(requests::trace))
        .with_state(state)
}

/// Runs a handler in a scope of its own. For a file leptos_axum makes a scope below whichever happens to be entered on the
/// thread, and so would answer with what another request, under way on that thread, had set: its headers, its cookies.
fn alone<F>(
    handler: impl Fn(Uri, extract::State<State>, Request) -> F + Clone + Send + Sync + 'static,
) -> impl Fn(Uri, extract::State<State>, Request) -> Alone + Clone + Send + Sync + 'static
where
    F: Future<Output = Response> + Send + 'static,
{
    move |uri, state, request| {
        let handler = handler.clone();
        let scope = Owner::new_root(None);
        let answer = scope.with(|| ScopedFuture::new(handler(uri, state, request)));
        Box::pin(async move {
            let response = answer.await;
            drop(scope);
            response
        })
    }
}

/// The answer of [`alone`].
type Alone = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Files with a hash in their name never change; pages are never kept.
async fn cache(mut response: Response) -> Response {
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
