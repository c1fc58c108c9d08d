//! `/password?token=…`: a password set by a link that an administrator gave.

use super::api::SetPassword;
use crate::{
    account::gate::GateBar,
    ui::{Glyph, Hue, Note, returned::returned_error},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/password`.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let error = returned_error(SetPassword::PATH).map(|error| {
        view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
    });
    view! {
        <Title text="Set a password"/>
        <div class="gate">
            <GateBar>
                <a class="btn btn--quiet btn--sm end" href="/login">"Log in"</a>
            </GateBar>
            <main class="gate__in" id="main">
                <form class="card gate__form" method="post" action=SetPassword::url()>
                    <div>
                        <h1>"Set a password"</h1>
                        <p class="soft small">"The link that you were given works once"</p>
                    </div>
                    {error}
                    <input type="hidden" name="request[token]" value=token/>
                    <div class="field">
                        <label for="new">"Password"</label>
                        <input class="input" id="new" type="password" name="request[password]" autocomplete="new-password" minlength="12" required/>
                        <p class="small soft">"12 characters or more. A short sentence works well."</p>
                    </div>
                    <button type="submit" class="btn btn--fill sakura">"Set it and log in"</button>
                </form>
            </main>
        </div>
    }
}
