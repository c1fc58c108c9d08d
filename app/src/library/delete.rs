//! Asks before a material goes, and says what goes with it. Its address is `/library?delete={id}`, so that it also
//! works without scripts.

use super::{
    api::{DeleteMaterial, Material, Materials},
    live,
    shelf::count,
};
use crate::app::{Connection, FrameHandle};
use crate::ui::{Dialog, FormError, Glyph, Icon, Toast, Toasts};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// What goes with a material.
fn losses(material: &Material) -> String {
    match material.questions {
        0 => "The file and its text go. This cannot be undone.".into(),
        questions => format!(
            "{} and what you have learned from {} go too. This cannot be undone.",
            count(questions, "question"),
            if questions == 1 { "it" } else { "them" }
        ),
    }
}

/// The dialog, where the address asks for one.
#[component]
pub fn DeleteDialog(
    /// The shelf that the material stands on.
    shelf: RwSignal<Materials>,
) -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();
    let delete = ServerAction::<DeleteMaterial>::new();
    let (toasts, connection, frame) = (Toasts::here(), Connection::here(), FrameHandle::here());
    let target = Memo::new(move |_| {
        let id = query.read().get("delete")?.parse().ok()?;
        shelf.with_untracked(|shelf| {
            shelf.materials.iter().find(|material| material.id == id && !material.built_in).cloned()
        })
    });
    let leave = Callback::new(move |()| {
        navigate("/library", NavigateOptions { replace: true, scroll: false, ..Default::default() });
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = delete.value().get() {
            if let Some(gone) = target.get_untracked() {
                shelf.update(|shelf| shelf.materials.retain(|material| material.id != gone.id));
                toasts.push(Toast::done(format!("‘{}’ is deleted", gone.title)));
            }
            delete.clear();
            live::refresh(shelf, connection);
            frame.refresh();
            leave.run(());
        }
    });
    let error = Signal::derive(move || delete.value().get().and_then(Result::err));
    move || {
        target.get().map(|material| {
            let open = RwSignal::new(true);
            Effect::new(move |_| {
                if !open.get() {
                    leave.run(());
                }
            });
            view! {
                <Dialog open title=format!("Delete ‘{}’?", material.title) id="delete-title" initially=true>
                    <p class="soft">{losses(&material)}</p>
                    <FormError error fields=&[]/>
                    <ActionForm action=delete>
                        <input type="hidden" name="material" value=material.id.to_string()/>
                        <div class="dialog__acts">
                            <a
                                class="btn btn--line"
                                href="/library"
                                rel="external"
                                on:click=move |event| { event.prevent_default(); open.set(false); }
                            >
                                "Keep it"
                            </a>
                            <button type="submit" class="btn btn--fill coral" aria-disabled=move || delete.pending().get().then_some("true")>
                                <Icon glyph=Glyph::Trash/>
                                "Delete"
                            </button>
                        </div>
                    </ActionForm>
                </Dialog>
            }
        })
    }
}
