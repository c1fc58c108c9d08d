//! Short messages at the lower edge that any page can send: what was done, and how to take it back.

use super::{Glyph, Icon, IconSize};
use leptos::prelude::*;
use std::time::Duration;

/// How long a message stays; one with an action stays twice as long.
const STAYS: Duration = Duration::from_secs(6);

/// A message.
#[derive(Clone)]
pub struct Toast {
    glyph: Glyph,
    text: String,
    action: Option<(String, Callback<()>)>,
}

impl Toast {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { glyph: Glyph::Check, text: text.into(), action: None }
    }

    /// Something was not done.
    pub fn failed(text: impl Into<String>) -> Self {
        Self { glyph: Glyph::Warn, text: text.into(), action: None }
    }

    /// With a button, such as 'Undo'.
    pub fn with_action(mut self, label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        self.action = Some((label.into(), Callback::new(move |()| run())));
        self
    }
}

/// Sends messages. Provided by the frame: `expect_context::<Toasts>()`, or [`Toasts::here`].
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(u32, Toast)>>,
    next: StoredValue<u32>,
}

impl Default for Toasts {
    fn default() -> Self {
        Self { shown: RwSignal::new(vec![]), next: StoredValue::new(0) }
    }
}

impl Toasts {
    /// Of this page; without a frame around it, messages go nowhere.
    pub fn here() -> Self {
        use_context().unwrap_or_default()
    }

    /// Shows a message for some seconds. At most three stand at once: the oldest gives way.
    pub fn push(self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        let stays = if toast.action.is_some() { STAYS * 2 } else { STAYS };
        self.shown.update(|shown| {
            shown.push((id, toast));
            if shown.len() > 3 {
                shown.remove(0);
            }
        });
        set_timeout(move || self.dismiss(id), stays);
    }

    fn dismiss(self, id: u32) {
        // the frame, and with it the signal, may be gone when the time is up
        self.shown.try_update(|shown| shown.retain(|(shown, _)| *shown != id));
    }
}

/// Where messages appear: once in the frame. It is always there, so that a screen reader hears what enters it.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::here();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|(id, _)| *id let:item>
                {
                    let (id, toast) = item;
                    let action = toast.action.map(|(label, run)| view! {
                        <button
                            type="button"
                            class="btn btn--sm"
                            on:click=move |_| {
                                toasts.dismiss(id);
                                run.run(());
                            }
                        >
                            {label}
                        </button>
                    });
                    view! {
                        <p class="toast">
                            <Icon glyph=toast.glyph size=IconSize::Small/>
                            <span class="grow">{toast.text}</span>
                            {action}
                        </p>
                    }
                }
            </For>
        </div>
    }
}
