//! The question whether text may go to a provider. Owns: how it is put, everywhere the same, and taking the answer back.
//! Refuses: what a feature does once it is answered.

use super::api::{AgreeTo, Connected, Provider, WithdrawFrom};
use crate::{
    browser,
    error::ApiError,
    ui::{FormError, Glyph, Hue, Icon, Note},
};
use leptos::{form::ActionForm, html, prelude::*};

/// Asks where a feature could go on with a language model and the learner has not agreed yet.
#[component]
pub fn Consent(
    /// Those that could be asked.
    providers: Vec<Provider>,
    /// The path of this page, for forms without scripts.
    #[prop(into)]
    back: String,
    /// What the learner was about to do can go on.
    agreed: Callback<()>,
) -> impl IntoView {
    let agree = ServerAction::<AgreeTo>::new();
    Effect::new(move |_| {
        if matches!(agree.value().get(), Some(Ok(_))) {
            agreed.run(());
        }
    });
    let error = Signal::derive(move || agree.value().get().and_then(Result::err));
    let asked = providers.into_iter().filter(|provider| provider.connected && !provider.agreed);
    let asked = asked
        .map(|Provider { endpoint, title, .. }| {
            view! { <Agree endpoint title back=back.clone() agree/> }
        })
        .collect_view();
    view! {
        <Note hue=Hue::Lav glyph=Glyph::Shield>
            <p><b>"May a language model elsewhere read this?"</b></p>
            <p>
                "It would be sent the text of your files, page by page, to find what matters in them, to check and write \
                 questions and to answer you, and what you ask or search for. Never of a file that is marked ‘stays here’. Nothing is sent \
                 before you agree, and you can take it back in "
                <a href="/settings#models">"Settings"</a>"."
            </p>
            <div class="consent">{asked}</div>
            <FormError error fields=&[]/>
        </Note>
    }
}

#[component]
fn Agree(
    endpoint: String,
    title: String,
    back: String,
    agree: ServerAction<AgreeTo>,
    #[prop(optional)] button: NodeRef<html::Button>,
) -> impl IntoView {
    view! {
        <ActionForm action=agree>
            <input type="hidden" name="request[endpoint]" value=endpoint/>
            <input type="hidden" name="request[back]" value=back/>
            <button
                type="submit"
                class="btn btn--line btn--sm"
                node_ref=button
                aria-disabled=move || agree.pending().get().then_some("true")
            >
                <Icon glyph=Glyph::Check/>
                {format!("Agree to {title}")}
            </button>
        </ActionForm>
    }
}

/// A provider in the settings: agreed or not, with the button for the other.
#[component]
pub(super) fn ProviderRow(
    /// As it changes.
    provider: Memo<Provider>,
    /// Told what is so now, or what went wrong.
    told: Callback<Result<Connected, ApiError>>,
) -> impl IntoView {
    let agree = ServerAction::<AgreeTo>::new();
    let withdraw = ServerAction::<WithdrawFrom>::new();
    Effect::new(move |_| {
        if let Some(answer) = agree.value().get() {
            told.run(answer);
        }
    });
    Effect::new(move |_| {
        if let Some(answer) = withdraw.value().get() {
            told.run(answer);
        }
    });
    let Provider { endpoint, title, .. } = provider.get_untracked();
    let agreed = Memo::new(move |_| provider.read().agreed);
    let button = NodeRef::<html::Button>::new();
    Effect::new(move |before: Option<bool>| {
        let now = agreed.get();
        // the pressed button has given its place to the other
        if let (Some(button), true) = (button.get(), before.is_some_and(|before| before != now)) {
            browser::focus(&button);
        }
        now
    });
    let words = move || match (agreed.get(), provider.read().connected) {
        (true, true) => "You agreed: the text of your files goes there, but for those that stay here",
        (true, false) => "You agreed before. It is not connected now: nothing goes there",
        (false, _) => "You have not agreed: nothing of yours goes there",
    };
    view! {
        <div class="opt opt--stack">
            <div><b>{title.clone()}</b><span class="small soft" role="status">{words}</span></div>
            {move || {
                let (endpoint, title) = (endpoint.clone(), title.clone());
                if !agreed.get() {
                    return view! { <Agree endpoint title back=String::new() agree button/> }.into_any();
                }
                view! {
                    <ActionForm action=withdraw>
                        <input type="hidden" name="request[endpoint]" value=endpoint/>
                        <button
                            type="submit"
                            class="btn btn--line btn--sm"
                            node_ref=button
                            aria-disabled=move || withdraw.pending().get().then_some("true")
                        >
                            <Icon glyph=Glyph::Cross/>
                            "Take it back"
                            <span class="sr">{format!(" from {title}")}</span>
                        </button>
                    </ActionForm>
                }
                .into_any()
            }}
        </div>
    }
}
