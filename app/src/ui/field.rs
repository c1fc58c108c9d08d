//! Fields of forms: label, hint, error at the place where it happened. All of it works without scripts.

use super::{Glyph, Icon, IconSize};
use leptos::prelude::*;

/// A one-line field. Its error stands below it, with an icon, and is named by the field.
#[component]
pub fn Field(
    /// Its words.
    #[prop(into)]
    label: String,
    /// Name in the form: `request[email]`.
    name: &'static str,
    /// Unique in the page.
    id: &'static str,
    /// `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What stands in it at first; what was typed stays.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Said beside the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// Least value of a number or date.
    #[prop(optional, into)]
    min: Option<String>,
    /// Largest value of a number or date.
    #[prop(optional, into)]
    max: Option<String>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described = {
        let (hint_id, error_id) = (hint.is_some().then(|| hint_id.clone()), error_id.clone());
        move || {
            let ids: Vec<_> =
                [error.get().map(|_| error_id.clone()), hint_id.clone()].into_iter().flatten().collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                class="input"
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize=(kind == "email").then_some("none")
                spellcheck=(kind == "email").then_some("false")
                required=required
                min=min
                max=max
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described
            />
            {hint.map(|hint| view! { <p class="small soft" id=hint_id>{hint}</p> })}
            <FieldError id=error_id error/>
        </div>
    }
}

/// What is wrong with a field: an icon and a sentence.
#[component]
pub fn FieldError(
    /// Named by the field's `aria-describedby`.
    #[prop(into)]
    id: String,
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        {move || error.get().map(|error| view! {
            <p class="field__error" id=id.clone() role="alert">
                <Icon glyph=Glyph::Warn size=IconSize::Small/>
                <span>{error}</span>
            </p>
        })}
    }
}

/// How hard a password is to guess, roughly: a word, never a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Below the least length.
    Short,
    /// Long enough, but with little variety.
    Weak,
    /// Usual.
    Fair,
    /// Long and varied.
    Strong,
}

impl Strength {
    /// From its length and how many different characters it has; both matter more than kinds of characters
    /// (NIST SP 800-63B, appendix A).
    pub fn of(password: &str) -> Self {
        let length = password.chars().count();
        let mut letters: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
        letters.sort_unstable();
        letters.dedup();
        match (length, letters.len()) {
            (length, _) if length < crate::account::api::PASSWORD_MIN_CHARS => Self::Short,
            (_, different) if different < 6 => Self::Weak,
            (length, different) if length >= 16 && different >= 9 => Self::Strong,
            _ => Self::Fair,
        }
    }

    fn look(self) -> (&'static str, &'static str, u8) {
        match self {
            Self::Short => ("Too short", "coral", 25),
            Self::Weak => ("Weak", "honey", 50),
            Self::Fair => ("Good", "mint", 75),
            Self::Strong => ("Strong", "mint", 100),
        }
    }
}

/// A password, hidden until its eye is pressed. It is never rendered with a value.
#[component]
pub fn PasswordField(
    /// Its words.
    #[prop(default = "Password")]
    label: &'static str,
    /// Name in the form.
    name: &'static str,
    /// Unique in the page.
    id: &'static str,
    /// A new one: shows the strength word and what is asked of it.
    #[prop(optional)]
    new: bool,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described = {
        let (hint_id, error_id) = (new.then(|| hint_id.clone()), error_id.clone());
        move || {
            let ids: Vec<_> =
                [error.get().map(|_| error_id.clone()), hint_id.clone()].into_iter().flatten().collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let meter = move || {
        let typed = typed.get();
        (!typed.is_empty()).then(|| {
            let (word, hue, at) = Strength::of(&typed).look();
            view! {
                <p class=format!("strength {hue}") role="status">
                    <span class=format!("bar bar--thin {}", super::at(at.into())) aria-hidden="true"><i></i></span>
                    <b class="small hue"><span class="sr">"Strength: "</span>{word}</b>
                </p>
            }
        })
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="peek">
                <input
                    class="input"
                    id=id
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=if new { "new-password" } else { "current-password" }
                    autocapitalize="none"
                    spellcheck="false"
                    required=true
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=described
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <button
                    type="button"
                    class="btn btn--icon scripted"
                    aria-label="Show the password"
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    <Icon glyph=Glyph::Eye/>
                </button>
            </div>
            {new.then(|| view! {
                {meter}
                <p class="small soft" id=hint_id>
                    "12 characters or more, nothing else is asked. Three words that do not belong together are hard to guess and easy to keep."
                </p>
            })}
            <FieldError id=error_id error/>
        </div>
    }
}

/// The button that sends a form. While it is on its way a second press does nothing.
#[component]
pub fn SubmitButton(
    /// Its words.
    #[prop(into)]
    label: String,
    /// Whether the form is on its way.
    #[prop(into)]
    pending: Signal<bool>,
    /// Further classes: hue and size.
    #[prop(default = "btn--fill btn--lg btn--block sakura")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=format!("btn {class}")
            aria-disabled=move || pending.get().then_some("true")
            on:click=move |event| {
                if pending.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            {label}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::Strength;

    #[test]
    fn long_and_varied_is_strong_whatever_the_characters() {
        for (password, strength) in [
            ("", Strength::Short),
            ("Tr0ub4dor&3", Strength::Short),
            ("aaaaaaaaaaaa", Strength::Weak),
            ("ababababababababab", Strength::Weak),
            ("abcdefghijkl", Strength::Fair),
            ("marrow lantern seven", Strength::Strong),
            ("ääääöööüüüßßß", Strength::Weak),
        ] {
            assert_eq!(Strength::of(password), strength, "{password}");
        }
    }
}
