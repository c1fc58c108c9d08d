//! Register: an account after the first taste, which moves in.

use super::{
    api::Register,
    gate::{Entrance, Fact, GateBar, TimeZoneField, follow_up},
};
use crate::{
    app::FrameHandle,
    ui::{Field, FormError, Glyph, Mito, MitoSprite, PasswordField, SubmitButton},
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Register.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let entrance = Entrance::here();
    let action = ServerAction::<Register>::new();
    follow_up(action.value().into());
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let field =
        move |name: &'static str| Signal::derive(move || error.get().and_then(|error| error.for_field(name)));
    let other = entrance.other("/login");
    let invite = use_query_map().with_untracked(|query| query.get("invite")).unwrap_or_default();
    view! {
        <Title text="Make an account"/>
        <div class="gate">
            <GateBar>
                <a class="btn btn--quiet btn--sm end" href=other>"Log in"</a>
            </GateBar>
            <main class="gate__in" id="main">
                <ActionForm action attr:class="card gate__form" attr:novalidate=true>
                    <div>
                        <h1>"Make an account"</h1>
                        <p class="soft small">"Free, and on this server alone"</p>
                    </div>
                    <FormError error fields=&["email", "password"]/>
                    <Field
                        label="E-mail"
                        name="request[email]"
                        id="email"
                        kind="email"
                        autocomplete="email"
                        value=entrance.email
                        error=field("email")
                        hint="To log in with. Nothing is sent to it."
                        required=true
                    />
                    <PasswordField name="request[password]" id="password" new=true error=field("password")/>
                    <TimeZoneField name="request[time_zone]"/>
                    <input type="hidden" name="request[next]" value=entrance.next/>
                    <input type="hidden" name="request[invite]" value=invite/>
                    <SubmitButton label="Make the account" pending=action.pending()/>
                </ActionForm>
                <aside class="gate__side gate__side--first" aria-label="What you have so far">
                    <Kept/>
                    <ul class="gate__facts">
                        <Fact
                            hue="sky"
                            glyph=Glyph::Server
                            title="Your files stay on this server"
                            text="No trackers, no outside requests"
                        />
                        <Fact
                            hue="lav"
                            glyph=Glyph::Trash
                            title="Leave whenever you like"
                            text="Deleting the account erases everything with it"
                        />
                    </ul>
                </aside>
            </main>
        </div>
    }
}

/// What a guest has earned so far; Mito alone for a stranger.
#[component]
fn Kept() -> impl IntoView {
    let frame = FrameHandle::here();
    view! {
        <Transition>
            {move || frame.get().map(|frame| {
                if !frame.guest {
                    return view! { <span class="gate__mito"><MitoSprite state=Mito::Wave/></span> }.into_any();
                }
                let points = frame.xp.map(|xp| view! { <div><dt>"points"</dt><dd>{xp} "\u{a0}XP"</dd></div> });
                let streak = frame.streak.map(|days| {
                    let unit = if days == 1 { "day" } else { "days" };
                    view! { <div><dt>"streak"</dt><dd>{format!("{days}\u{a0}{unit}")}</dd></div> }
                });
                let due = view! {
                    <div><dt>"to come back"</dt><dd>{frame.due}</dd></div>
                };
                view! {
                    <section class="card kept dots" aria-labelledby="kept">
                        <MitoSprite state=Mito::Cheer side=64/>
                        <div>
                            <h2 id="kept">"Kept from your first taste"</h2>
                            <p class="small soft">"It moves into the account by itself"</p>
                        </div>
                        <dl>{points} {streak} {due}</dl>
                    </section>
                }
                .into_any()
            })}
        </Transition>
    }
}
