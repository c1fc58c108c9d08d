//! Log in.

use super::{
    api::LogIn,
    gate::{Entrance, Fact, GateBar, follow_up},
};
use crate::{
    app::FrameHandle,
    ui::{Field, FormError, Glyph, Hue, Mito, MitoSprite, Note, PasswordField, SubmitButton},
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

/// Log in.
#[component]
pub fn LogInPage() -> impl IntoView {
    let entrance = Entrance::here();
    let action = ServerAction::<LogIn>::new();
    follow_up(action.value().into());
    let frame = FrameHandle::here();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let field =
        move |name: &'static str| Signal::derive(move || error.get().and_then(|error| error.for_field(name)));
    let other = entrance.other("/register");
    let sent = !entrance.next.is_empty();
    view! {
        <Title text="Log in"/>
        <div class="gate">
            <GateBar>
                <a class="btn btn--quiet btn--sm end" href=other>"Make an account"</a>
            </GateBar>
            <main class="gate__in" id="main">
                <ActionForm action attr:class="card gate__form" attr:novalidate=true>
                    <div>
                        <h1>"Log in"</h1>
                        <p class="soft small">"Good to see you again"</p>
                    </div>
                    {sent.then(|| view! {
                        <Note hue=Hue::Sky glyph=Glyph::Info><p>"Log in and you go on where you were."</p></Note>
                    })}
                    <FormError error fields=&["email", "password"]/>
                    <Field
                        label="E-mail"
                        name="request[email]"
                        id="email"
                        kind="email"
                        autocomplete="username"
                        value=entrance.email
                        error=field("email")
                        required=true
                    />
                    <PasswordField name="request[password]" id="password" error=field("password")/>
                    <input type="hidden" name="request[next]" value=entrance.next/>
                    <SubmitButton label="Log in" pending=action.pending()/>
                </ActionForm>
                <aside class="gate__side" aria-label="What happens when you log in">
                    <span class="gate__mito"><MitoSprite state=Mito::Wave/></span>
                    <ul class="gate__facts">
                        <Transition>
                            {move || frame.get().filter(|frame| frame.guest).map(|_| view! {
                                <Fact
                                    hue="mint"
                                    glyph=Glyph::Check
                                    title="Your answers come along"
                                    text="They wait on this device and join your account"
                                />
                            })}
                        </Transition>
                        <Fact
                            hue="sky"
                            glyph=Glyph::Server
                            title="Your files stay on this server"
                            text="No trackers, no outside requests"
                        />
                        <Fact
                            hue="lav"
                            glyph=Glyph::Moon
                            title="Been away? Nothing was lost"
                            text="What is due waits, the most forgotten first"
                        />
                    </ul>
                </aside>
            </main>
        </div>
    }
}
