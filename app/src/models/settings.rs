//! The settings' section on language models: which there are, who gets text, and taking it back.

use super::{
    api::{Connected, load_models},
    consent::ProviderRow,
};
use crate::{
    error::ApiError,
    resource::resource,
    ui::{ErrorState, FormError, Glyph, Hue, Icon, Note, Skeleton},
};
use leptos::prelude::*;

/// The section.
#[component]
pub fn LanguageModels(
    /// Whether to lead on to what they cost.
    administrator: bool,
) -> impl IntoView {
    let models = resource(|| (), |()| load_models());
    view! {
        <section class="card sect lav" id="models">
            <h2><Icon glyph=Glyph::Chat/>"Language models"</h2>
            <Transition fallback=|| view! { <Skeleton label="language models"/> }>
                {move || Suspend::new(async move {
                    match models.await {
                        Ok(connected) => view! { <Providers connected/> }.into_any(),
                        Err(error) => {
                            view! { <ErrorState error retry=Callback::new(move |()| models.refetch())/> }.into_any()
                        }
                    }
                })}
            </Transition>
            {administrator.then(|| view! {
                <p class="models__costs">
                    <a class="btn btn--line btn--sm" href="/admin/users">
                        <Icon glyph=Glyph::User/>
                        "Accounts"
                    </a>
                    " "
                    <a class="btn btn--line btn--sm" href="/admin/ai">
                        <Icon glyph=Glyph::Pulse/>
                        "What they cost, and keys"
                    </a>
                </p>
            })}
        </section>
    }
}

/// What is sent where, in a few words.
fn told(connected: &Connected) -> &'static str {
    match (connected.elsewhere(), connected.local) {
        (false, false) => {
            "No language model is connected. Mitochi works without one: questions are written, and files are searched, by \
             rules and small models."
        }
        (false, true) => {
            "A language model on the machine of this Mitochi is connected. What it reads does not leave the machine."
        }
        (true, _) => {
            "A language model finds what matters in your files, checks the questions that are written of them, and writes some. \
             For that it is sent the text of your files, page by page, and what you ask or search for: never of a file that is \
             marked ‘stays here’, and nothing before you agree."
        }
    }
}

#[component]
fn Providers(connected: Connected) -> impl IntoView {
    let models = RwSignal::new(connected);
    let error = RwSignal::new(None::<ApiError>);
    let answered = Callback::new(move |answer: Result<Connected, ApiError>| match answer {
        Ok(now) => {
            error.set(None);
            models.set(now);
        }
        Err(why) => error.set(Some(why)),
    });
    let endpoints = Memo::new(move |_| {
        let providers = models.read();
        providers.providers.iter().map(|provider| provider.endpoint.clone()).collect::<Vec<_>>()
    });
    let row = move |endpoint: String| {
        let find =
            move || models.read().providers.iter().find(|provider| provider.endpoint == endpoint).cloned();
        let first = untrack(&find)?;
        let provider = Memo::new(move |_| find().unwrap_or_else(|| first.clone()));
        Some(view! { <ProviderRow provider told=answered/> })
    };
    let (nothing, embedding) = models
        .with_untracked(|models| (!models.any() && models.embedding.is_none(), models.embedding.clone()));
    view! {
        <div class="stack models">
            <p class="soft">{move || models.with(told)}</p>
            {nothing.then(|| view! {
                <Note hue=Hue::Mint glyph=Glyph::ShieldCheck><p>"Nothing of yours is sent anywhere."</p></Note>
            })}
            {embedding.map(|host| view! {
                <Note hue=Hue::Honey glyph=Glyph::Info>
                    <p>
                        {format!(
                            "Search by meaning is done by {host}, as whoever runs this Mitochi has chosen. It is sent what you \
                             search for and the text of your files, but for those that are marked ‘stays here’."
                        )}
                    </p>
                </Note>
            })}
            <FormError error fields=&[]/>
            <Show when=move || !endpoints.read().is_empty()>
                <div class="rows">
                    <For each=move || endpoints.get() key=String::clone let:endpoint>{row(endpoint)}</For>
                </div>
            </Show>
        </div>
    }
}
