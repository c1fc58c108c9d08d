//! Short messages at the lower edge that any page can send: what was done, and how to take it back.

use super::{Glyph, Icon, IconSize};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// How long a message stays; one that can be taken back stays twice as long.
const STAYS: Duration = Duration::from_secs(6);

/// A message.
#[derive(Clone)]
pub struct Toast {
    glyph: Glyph,
    text: String,
    action: Option<(String, Callback<()>)>,
    failed: bool,
}

impl Toast {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { glyph: Glyph::Check, text: text.into(), action: None, failed: false }
    }

    /// Something was not done.
    pub fn failed(text: impl Into<String>) -> Self {
        Self { glyph: Glyph::Warn, text: text.into(), action: None, failed: true }
    }

    /// With a button, such as 'Undo'.
    pub fn with_action(mut self, label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        self.action = Some((label.into(), Callback::new(move |()| run())));
        self
    }

    /// How long it stays. What failed and can be mended waits for the learner: whoever looks away for a moment must not
    /// lose the way on (WCAG 2.2.1).
    fn stays(&self) -> Option<Duration> {
        match (&self.action, self.failed) {
            (Some(_), true) => None,
            (Some(_), false) => Some(STAYS * 2),
            (None, _) => Some(STAYS),
        }
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

    /// Shows a message, for some seconds or until the learner has dealt with it. At most three stand at once: the oldest
    /// gives way.
    pub fn push(self, toast: Toast) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        let stays = toast.stays();
        self.shown.update(|shown| {
            shown.push((id, toast));
            if shown.len() > 3 {
                shown.remove(0);
            }
        });
        if let Some(stays) = stays {
            set_timeout(move || self.dismiss(id), stays);
        }
    }

    fn dismiss(self, id: u32) {
        // the frame, and with it the signal, may be gone when the time is up
        self.shown.try_update(|shown| shown.retain(|(shown, _)| *shown != id));
    }

    /// Takes away what waits for the learner: it belongs to a page that was left.
    fn leave(self) {
        self.shown.update(|shown| shown.retain(|(_, toast)| toast.stays().is_some()));
    }
}

/// Where messages appear: once in the frame. It is always there, so that a screen reader hears what enters it.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::here();
    let path = use_location().pathname;
    Effect::watch(move || path.get(), move |_, _, _| toasts.leave(), false);
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|(id, _)| *id let:item>
                {
                    let (id, toast) = item;
                    let close = toast.stays().is_none().then(|| view! {
                        <button
                            type="button"
                            class="btn btn--icon"
                            aria-label="Close this message"
                            on:click=move |_| toasts.dismiss(id)
                        >
                            <Icon glyph=Glyph::Cross size=IconSize::Small/>
                        </button>
                    });
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
                            {close}
                        </p>
                    }
                }
            </For>
        </div>
    }
}
