//! The administrator's section on providers' keys: where each comes from, setting one and removing it. Owns: the forms, which
//! work without scripts. Refuses: showing a key; the server never tells one.

use super::{
    api::{KeyOrigin, ProviderKey, RemoveKey, SetKey},
    chart::short_date,
};
use crate::{
    error::ApiError,
    ui::{FormError, Glyph, Hue, Icon, field::FieldError, returned::returned_error},
};
use leptos::{form::ActionForm, html, prelude::*, server_fn::ServerFn};

/// The section.
#[component]
pub(super) fn Keys(
    /// As they are at first.
    keys: Vec<ProviderKey>,
    /// Told when a key was set or removed: other models are connected then.
    changed: Callback<()>,
) -> impl IntoView {
    let keys = RwSignal::new(keys);
    let told = Callback::new(move |now: Vec<ProviderKey>| {
        keys.set(now);
        changed.run(());
    });
    // without scripts nobody knows any longer whose form it was
    let returned = returned_error(SetKey::PATH).or_else(|| returned_error(RemoveKey::PATH));
    let endpoints =
        Memo::new(move |_| keys.read().iter().map(|key| key.endpoint.clone()).collect::<Vec<_>>());
    let row = move |endpoint: String| {
        let find = move || keys.read().iter().find(|key| key.endpoint == endpoint).cloned();
        let first = untrack(&find)?;
        let key = Memo::new(move |_| find().unwrap_or_else(|| first.clone()));
        Some(view! { <KeyRow key told/> })
    };
    view! {
        <section class="card" id="provider-keys" aria-labelledby="provider-keys-title">
            <h2 id="provider-keys-title">"Keys of the providers"</h2>
            <p class="small soft">
                "A key that is set here is kept encrypted under the server’s secret and shown to nobody again. It is used at \
                 once. One from the environment of the server wins over it."
            </p>
            <FormError error=Signal::stored(returned) fields=&[]/>
            <div class="rows">
                <For each=move || endpoints.get() key=String::clone let:endpoint>{row(endpoint)}</For>
            </div>
        </section>
    }
}

/// Where the key of a provider comes from, in a sentence or two.
fn words(key: &ProviderKey) -> String {
    let date = key.set.as_ref().map(|set| short_date(&set.date)).unwrap_or_default();
    let readable = key.set.as_ref().map(|set| set.readable);
    let variable = &key.variable;
    match (key.origin, readable) {
        (KeyOrigin::Environment, None) => format!("From the environment ({variable})"),
        (KeyOrigin::Environment, Some(_)) => {
            format!("From the environment ({variable}). The one that was set here on {date} is not used")
        }
        (KeyOrigin::Page, _) => format!("Set here on {date}"),
        (KeyOrigin::Nowhere, Some(_)) => format!(
            "A key was set here on {date}, but it cannot be read any more: the secret of the server is another one now. Set \
             it again; until then there is none"
        ),
        (KeyOrigin::Nowhere, None) => "No key".into(),
    }
}

#[component]
fn KeyRow(
    /// As it changes.
    key: Memo<ProviderKey>,
    /// Told what is so now.
    told: Callback<Vec<ProviderKey>>,
) -> impl IntoView {
    let set = ServerAction::<SetKey>::new();
    let remove = ServerAction::<RemoveKey>::new();
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(Ok(now)) = set.value().get() {
            // what was typed stays nowhere
            if let Some(input) = input.get_untracked() {
                input.set_value("");
            }
            set.clear();
            told.run(now);
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(now)) = remove.value().get() {
            told.run(now);
        }
    });
    let failed = |value: Option<Result<Vec<ProviderKey>, ApiError>>| value.and_then(Result::err);
    let error = Signal::derive(move || failed(set.value().get()).or_else(|| failed(remove.value().get())));
    let ProviderKey { endpoint, title, .. } = key.get_untracked();
    let (input_id, error_id) = (format!("key-{endpoint}"), format!("key-{endpoint}-error"));
    let hue = move || match (key.read().origin, &key.read().set) {
        (KeyOrigin::Nowhere, Some(_)) => Hue::Coral,
        (KeyOrigin::Nowhere, None) => Hue::Plain,
        _ => Hue::Mint,
    };
    let label = {
        let title = title.clone();
        move || match key.read().set {
            Some(_) => format!("A new key for {title}"),
            None => format!("A key for {title}"),
        }
    };
    let form = {
        let (endpoint, error_id) = (endpoint.clone(), error_id.clone());
        move || {
            let (endpoint, id, label, error_id) =
                (endpoint.clone(), input_id.clone(), label.clone(), error_id.clone());
            view! {
                <ActionForm action=set attr:class="key__form">
                    <input type="hidden" name="request[endpoint]" value=endpoint/>
                    <label for=id.clone()>{label}</label>
                    <input
                        class="input"
                        node_ref=input
                        id=id
                        name="request[key]"
                        type="password"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        required=true
                        aria-invalid=move || error.get().map(|_| "true")
                        aria-describedby=move || error.get().map(|_| error_id.clone())
                    />
                    <button
                        type="submit"
                        class="btn btn--line btn--sm"
                        aria-disabled=move || set.pending().get().then_some("true")
                    >
                        <Icon glyph=Glyph::Key/>
                        {move || if key.read().set.is_some() { "Replace" } else { "Set" }}
                        <span class="sr">{format!(" the key for {}", key.read_untracked().title)}</span>
                    </button>
                </ActionForm>
            }
        }
    };
    let removing = move || {
        let endpoint = endpoint.clone();
        view! {
            <ActionForm action=remove>
                <input type="hidden" name="request[endpoint]" value=endpoint/>
                <button
                    type="submit"
                    class="btn btn--quiet btn--sm"
                    aria-disabled=move || remove.pending().get().then_some("true")
                >
                    <Icon glyph=Glyph::Trash/>
                    "Remove"
                    <span class="sr">{format!(" the key for {}", key.read_untracked().title)}</span>
                </button>
            </ActionForm>
        }
    };
    let open = Memo::new(move |_| key.read().origin != KeyOrigin::Environment);
    let there = Memo::new(move |_| key.read().set.is_some());
    view! {
        <div class="key">
            <div class="key__head">
                <span class=move || format!("key__pic {}", hue().class())><Icon glyph=Glyph::Key/></span>
                <div>
                    <b>{title}</b>
                    <span class="small soft" role="status">{move || words(&key.read())}</span>
                </div>
                <Show when=move || there.get()>{removing.clone()}</Show>
            </div>
            <Show when=move || open.get()>{form.clone()}</Show>
            <FieldError id=error_id error=Signal::derive(move || error.get().map(|error| error.to_string()))/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::api::KeySet;

    #[test]
    fn each_origin_is_said_in_plain_words() {
        let key = |origin, set: Option<bool>| ProviderKey {
            endpoint: "openai".into(),
            title: "OpenAI".into(),
            variable: "OPENAI_API_KEY".into(),
            origin,
            set: set.map(|readable| KeySet { date: "2026-05-03".into(), readable }),
        };
        for (origin, set, told) in [
            (KeyOrigin::Environment, None, "From the environment (OPENAI_API_KEY)"),
            (KeyOrigin::Environment, Some(true), "on 3\u{a0}May is not used"),
            (KeyOrigin::Page, Some(true), "Set here on 3\u{a0}May"),
            (KeyOrigin::Nowhere, Some(false), "cannot be read any more"),
            (KeyOrigin::Nowhere, None, "No key"),
        ] {
            let words = words(&key(origin, set));
            assert!(words.contains(told), "{words}");
        }
    }
}
