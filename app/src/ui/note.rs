//! Quiet strips inside a page: a warning, a reason, what went wrong with a form.

use super::{Glyph, Icon};
use crate::error::ApiError;
use leptos::prelude::*;

/// The meaning of a colour; its class sets the four properties that components read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    /// Brand, main action, where you are.
    Sakura,
    /// Right, mastered, done.
    Mint,
    /// Streak, XP, in progress, cited span.
    Honey,
    /// Sources: files, pages, citations.
    Sky,
    /// Your choice, focus, confidence.
    Lav,
    /// Missed, due, loss.
    Coral,
    /// No meaning of its own.
    Plain,
}

impl Hue {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Sakura => "sakura",
            Self::Mint => "mint",
            Self::Honey => "honey",
            Self::Sky => "sky",
            Self::Lav => "lav",
            Self::Coral => "coral",
            Self::Plain => "plain",
        }
    }
}

/// A strip with an icon; the children are one element or text.
#[component]
pub fn Note(
    /// Its meaning.
    hue: Hue,
    /// Its icon.
    glyph: Glyph,
    /// Said at once by a screen reader: for errors that appear after a press.
    #[prop(optional)]
    alert: bool,
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("note {}", hue.class()) role=alert.then_some("alert")>
            <Icon glyph=glyph/>
            <div>{children()}</div>
        </div>
    }
}

/// What went wrong with a form as a whole: every error that is not about one of its fields.
#[component]
pub fn FormError(
    /// The last error, if the last try failed.
    #[prop(into)]
    error: Signal<Option<ApiError>>,
    /// Names of the fields that show their own errors.
    fields: &'static [&'static str],
) -> impl IntoView {
    let whole =
        move || error.get().filter(|error| !fields.iter().any(|field| error.for_field(field).is_some()));
    view! {
        {move || whole().map(|error| view! {
            <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note>
        })}
    }
}
