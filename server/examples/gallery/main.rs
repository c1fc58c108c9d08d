//! The gallery: the whole app, hydrated, over made-up data, so that every state of every page can be looked at and
//! tested without a database. A developer's tool; `end2end/gallery/run.sh` builds and starts it.
//!
//! `?state=NAME` on any page chooses what is shown and is kept in a cookie. The names are those of [`state::State`].

mod account;
mod flashcard;
mod http;
mod landing;
mod library;
mod memory;
mod models;
mod progress;
mod quiz;
mod review;
mod security;
mod state;
mod tutor;

use anyhow::Context;
use app::{
    App,
    backend::Backend,
    session::{Look, PageStatus},
    shell,
};
use axum::{Router, http::request::Parts, middleware};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, file_and_error_handler_with_context, generate_route_list};
use state::{Gallery, State};
use std::sync::Arc;

/// What every request of the gallery finds: fake ports of the chosen state, a session, a look.
fn provide() {
    let (state, look) = use_context::<Parts>().map_or_else(Default::default, |parts| {
        (parts.extensions.get::<State>().copied().unwrap_or_default(), http::look(&parts))
    });
    provide_context(look.unwrap_or_else(Look::default));
    if let Some(session) = state.session() {
        provide_context(session);
    }
    let gallery = Arc::new(Gallery { state });
    provide_context(Backend {
        account: gallery.clone(),
        landing: gallery.clone(),
        library: gallery.clone(),
        quizzes: gallery.clone(),
        reviews: gallery.clone(),
        progress: gallery.clone(),
        models: gallery.clone(),
        tutor: gallery.clone(),
        flashcards: gallery.clone(),
        memories: gallery.clone(),
        securities: gallery.clone(),
        users: gallery,
    });
    if let Some(response) = use_context::<ResponseOptions>() {
        provide_context(PageStatus(Arc::new(move |status| {
            if let Ok(status) = status.try_into() {
                response.set_status(status);
            }
        })));
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let site = arguments.next().context("usage: gallery SITE [ADDRESS]; SITE holds public files and pkg/")?;
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3100".into());
    let options = LeptosOptions::builder()
        .output_name("mitochi")
        .site_root(site)
        .site_pkg_dir("pkg")
        .site_addr(address.parse::<std::net::SocketAddr>()?)
        .build();
    let files = file_and_error_handler_with_context::<LeptosOptions, _>(provide, shell);
    let router = Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), provide, {
            let options = options.clone();
            move || shell(options.clone())
        })
        .merge(library::routes())
        .fallback(files)
        .layer(middleware::map_response(server::http::statuses::error_status))
        .layer(middleware::from_fn(server::http::forms::keep_typed))
        .layer(middleware::from_fn(http::choose_state))
        .with_state(options);
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("gallery at http://{address}");
    axum::serve(listener, router).await?;
    Ok(())
}
