//! A file on its way to the server, or one that was not taken, with its own message until it is dismissed.

use super::{
    api::Uploaded,
    intake::{percent, sent_of, size},
    upload::{Sending, Upload, dismiss, retry},
};
use crate::{
    error::ApiError,
    ui::{Bar, Glyph, Hue, Icon, progress::BarSize},
};
use domain::id::MaterialId;
use leptos::prelude::*;

/// A file on its way.
#[component]
pub fn UploadRow(
    /// Which.
    upload: Upload,
) -> impl IntoView {
    let Upload { id, name, bytes, sending } = upload;
    // sent bytes change the bar, not the row
    let kind = Memo::new({
        let sending = sending.clone();
        move |_| match sending.get() {
            Sending::Sent(_) => Sending::Sent(0),
            other => other,
        }
    });
    let sent = Signal::derive(move || match sending.get() {
        Sending::Sent(sent) => sent,
        Sending::Taken(_) | Sending::Known(_) => bytes,
        _ => 0,
    });
    move || {
        let name = name.clone();
        match kind.get() {
            Sending::Waiting => view! {
                <li class="file plain">
                    <Picture name="book"/>
                    <div><h3>{name.clone()}</h3><p class="small soft">{format!("{}, waits for its turn", size(bytes))}</p></div>
                    <Close id label=format!("Cancel the upload of {name}")/>
                </li>
            }
            .into_any(),
            Sending::Sent(_) | Sending::Taken(_) => view! {
                <li class="file plain">
                    <Picture name="book"/>
                    <div>
                        <h3>{name.clone()}</h3>
                        <p class="small soft">{move || match sent.get() {
                            sent if sent >= bytes => format!("{} sent, being looked at", size(bytes)),
                            sent => format!("uploading, {}", sent_of(sent, bytes)),
                        }}</p>
                    </div>
                    <Close id label=format!("Cancel the upload of {name}")/>
                    <div class="file__more">
                        <Bar
                            label=format!("Uploading {name}")
                            value=Signal::derive(move || percent(sent.get(), bytes) as u32)
                            max=100
                            hue=Hue::Lav
                            size=BarSize::Thin
                        />
                    </div>
                </li>
            }
            .into_any(),
            Sending::Known(material) => view! {
                <li class="file sky">
                    <Picture name="book"/>
                    <div><h3>{name.clone()}</h3><KnownAlready material/></div>
                    <Close id label=format!("Dismiss the message about {name}")/>
                </li>
            }
            .into_any(),
            Sending::Refused { error, again } => view! {
                <li class="file coral">
                    <Picture name="book"/>
                    <div><h3>{name.clone()}</h3><p class="small soft">{format!("{}, not taken", size(bytes))}</p></div>
                    <Close id label=format!("Dismiss the message about {name}")/>
                    <p class="file__more small refused" role="alert">{words(&error)}</p>
                    {(error == ApiError::Unauthorized).then(|| view! {
                        <p class="file__more"><a class="btn btn--line btn--sm" href="/login?next=%2Flibrary">"Log in"</a></p>
                    })}
                    {(again && error != ApiError::Unauthorized).then(|| view! {
                        <p class="file__more">
                            <button type="button" class="btn btn--line btn--sm" on:click=move |_| retry(id)>
                                <Icon glyph=Glyph::Refresh/>
                                "Try again"
                                <span class="sr">{format!(" with {name}")}</span>
                            </button>
                        </p>
                    })}
                </li>
            }
            .into_any(),
        }
    }
}

/// What a form without scripts was answered about a file.
#[component]
pub fn ToldRow(
    /// Which.
    file: Uploaded,
    /// Takes it away.
    dismiss: Callback<()>,
) -> impl IntoView {
    let Uploaded { filename, material, error, .. } = file;
    let known = material.filter(|_| error.is_none()).map(|material| view! { <KnownAlready material/> });
    let refused =
        error.map(|error| view! { <p class="file__more small refused" role="alert">{words(&error)}</p> });
    view! {
        <li class="file coral">
            <Picture name="book"/>
            <div><h3>{filename.clone()}</h3>{known}</div>
            <a
                class="btn btn--icon"
                href="/library"
                data-noscroll=""
                aria-label=format!("Dismiss the message about {filename}")
                on:click=move |_| dismiss.run(())
            >
                <Icon glyph=Glyph::Cross/>
            </a>
            {refused}
        </li>
    }
}

/// Why a file was not taken. Nothing was typed here: a lost connection has words of its own.
fn words(error: &ApiError) -> String {
    match error {
        ApiError::Offline => "No connection to Mitochi: the file was not sent.".into(),
        error => error.to_string(),
    }
}

#[component]
fn KnownAlready(material: MaterialId) -> impl IntoView {
    view! {
        <p class="small soft" role="status">
            "You have this file already: " <a href=format!("/library/{material}")>"open it"</a>
        </p>
    }
}

#[component]
fn Close(id: u32, label: String) -> impl IntoView {
    view! {
        <button type="button" class="btn btn--icon" aria-label=label on:click=move |_| dismiss(id)>
            <Icon glyph=Glyph::Cross/>
        </button>
    }
}

/// The picture in front of a row.
#[component]
pub fn Picture(
    /// From `art/icons`.
    #[prop(into)]
    name: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <span class="file__i" aria-hidden="true">
            <img class="sprite" src=move || format!("/art/icons/{}.png", name.get()) width="32" height="32" alt=""/>
        </span>
    }
}
