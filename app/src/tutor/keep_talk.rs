//! What can be done with a kept talk: another name, a copy to keep, deleting it. Plain forms, which work without scripts.

use super::api::{DeleteTalk, RenameTalk, TITLE_MAX_CHARS};
use crate::ui::{Glyph, Icon};
use domain::id::TalkId;
use leptos::{prelude::*, server_fn::ServerFn};

/// Rename, save as text, delete.
#[component]
pub(super) fn KeepTalk(id: TalkId, title: String) -> impl IntoView {
    let field = format!("title-{id}");
    view! {
        <form method="post" action=RenameTalk::url() class="stack">
            <input type="hidden" name="request[talk]" value=id.to_string()/>
            <label class="label" for=field.clone()>"Its name"</label>
            <input id=field class="input" name="request[title]" value=title required maxlength=TITLE_MAX_CHARS.to_string()/>
            <button type="submit" class="btn btn--line">"Rename"</button>
        </form>
        <p>
            <a class="btn btn--line" href=format!("/tutor/{id}/text") rel="external" download="">
                <Icon glyph=Glyph::Download/>"Save as text"
            </a>
        </p>
        <form method="post" action=DeleteTalk::url()>
            <input type="hidden" name="talk" value=id.to_string()/>
            <button type="submit" class="btn btn--line coral"><Icon glyph=Glyph::Trash/>"Delete this talk"</button>
            <p class="micro soft">"What it taught stays in your reviews."</p>
        </form>
    }
}
