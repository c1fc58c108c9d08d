//! Where files come in: dropped anywhere on the page, chosen, or sent by a plain form before the WASM is there.

use super::{
    api::{ACCEPT, FILE_MAX_BYTES, FILES_AT_ONCE},
    intake::size,
    upload::{is_sending, send},
};
use crate::ui::{Glyph, Icon, Mito, MitoSprite};
use domain::id::MaterialId;
use leptos::{ev, html, prelude::*};
use web_sys::{DragEvent, File, FileList};

/// The drop zone; while the shelf is empty it is the page's invitation.
#[component]
pub fn DropZone(
    /// Nothing of one's own is on the shelf.
    blank: Memo<bool>,
    /// Own files need an account.
    guest: bool,
    /// The built-in material.
    sample: Memo<Option<MaterialId>>,
) -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    if !guest {
        take_drops(over);
        // files that were chosen before the WASM was there
        Effect::new(move |_| {
            if let Some(picker) = picker.get() {
                take_chosen(&picker);
            }
        });
    }
    let title = move || if blank.get() { "Nothing to read yet" } else { "Drop lecture files here" };
    let limits = format!(
        "PDF, PPTX, DOCX, HTML, Markdown or TXT, up to {} each, {FILES_AT_ONCE} at once.",
        size(FILE_MAX_BYTES)
    );
    let text = move || match (guest, blank.get()) {
        (true, _) => "Open an account to bring your own lectures. What you have answered so far comes along."
            .to_string(),
        (false, true) => format!("Bring your first lecture and Mito starts on page one. {limits}"),
        (false, false) => format!("{limits} You can leave while Mito reads."),
    };
    let look_around = move || {
        blank.get().then(|| sample.get()).flatten().map(|sample| {
            view! {
                <a class="btn btn--quiet btn--sm lav drop__sample" href=format!("/library/{sample}")>
                    "Look around with the sample chapter"
                </a>
            }
        })
    };
    let inside = view! {
        {move || view! { <MitoSprite state=Mito::Study side=if blank.get() { 96 } else { 64 }/> }}
        <h2 class="drop__title">{title}</h2>
        <p class="small soft drop__text">{text}</p>
    };
    if guest {
        return view! {
            <div class="drop dots" class:drop--blank=blank>
                {inside}
                <a class="btn btn--fill sakura" href="/register">"Open an account"</a>
                {look_around}
            </div>
        }
        .into_any();
    }
    view! {
        <form
            class="drop dots"
            class:drop--blank=blank
            class:is-over=over
            method="post"
            enctype="multipart/form-data"
            action="/library/upload"
        >
            {inside}
            <span class="btn btn--fill sakura drop__choose">
                <Icon glyph=Glyph::Upload/>
                "Choose files"
                // `required` tells the style sheet whether something is chosen: only then is there something to send
                <input
                    node_ref=picker
                    type="file"
                    name="file"
                    multiple
                    required
                    accept=ACCEPT
                    aria-label="Choose lecture files"
                    on:change=move |_| {
                        if let Some(picker) = picker.get_untracked() {
                            take_chosen(&picker);
                        }
                    }
                />
            </span>
            <button class="btn btn--line drop__send">"Send the chosen files"</button>
            {look_around}
        </form>
        <div class="dropveil" class:is-over=over aria-hidden="true">
            <p><Icon glyph=Glyph::Upload/>"Let go, and Mito starts reading"</p>
        </div>
    }
    .into_any()
}

fn take_chosen(picker: &web_sys::HtmlInputElement) {
    let files = picker.files().map(all).unwrap_or_default();
    if !files.is_empty() {
        // the same file can be chosen again after it was refused
        picker.set_value("");
        send(files);
    }
}

fn all(list: FileList) -> Vec<File> {
    (0..list.length()).filter_map(|index| list.item(index)).collect()
}

/// Takes what is dropped anywhere in the window; without it the browser would open the file in place of the page.
fn take_drops(over: RwSignal<bool>) {
    Effect::new(move |_| {
        let carries_files = |event: &DragEvent| {
            event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
        };
        let dragover = window_event_listener(ev::dragover, move |event| {
            if carries_files(&event) {
                event.prevent_default();
                if !over.get_untracked() {
                    over.set(true);
                }
            }
        });
        let dragleave = window_event_listener(ev::dragleave, move |event| {
            // without a related target it has left the window
            if event.related_target().is_none() {
                over.set(false);
            }
        });
        let drop = window_event_listener(ev::drop, move |event| {
            over.set(false);
            if carries_files(&event) {
                event.prevent_default();
                let files = event.data_transfer().and_then(|data| data.files());
                send(files.map(all).unwrap_or_default());
            }
        });
        let unload = window_event_listener(ev::beforeunload, |event| {
            if is_sending() {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            dragover.remove();
            dragleave.remove();
            drop.remove();
            unload.remove();
        });
    });
}
