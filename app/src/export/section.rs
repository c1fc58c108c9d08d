//! The part of the settings that hands everything out and takes it in. Plain links and a plain form: both work without
//! scripts.

use super::api::Imported;
use crate::ui::{Glyph, Hue, Icon, Note};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// 'Your data'.
#[component]
pub(crate) fn YourData() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let told = query.get("imported").and_then(|json| serde_json::from_str::<Imported>(&json).ok());
    let told = told.map(|imported| (Hue::Mint, Glyph::Check, imported.told()));
    let told = told.or_else(|| query.get("not-imported").map(|why| (Hue::Coral, Glyph::Info, why)));
    let told = told.map(|(hue, glyph, words)| {
        view! { <Note hue glyph><p role="status">{words}</p></Note> }
    });
    view! {
        <section class="card sect sky" id="data">
            <h2><Icon glyph=Glyph::Library/>"Your data"</h2>
            {told}
            <div class="rows">
                <div class="opt opt--stack">
                    <div>
                        <b>"Download everything"</b>
                        <span class="small soft">"Your files, questions, answers, reviews and talks as one ZIP"</span>
                    </div>
                    <a class="btn btn--line btn--sm" href="/settings/export" rel="external" download>"Download"</a>
                </div>
                <form class="opt opt--stack" method="post" enctype="multipart/form-data" action="/settings/import">
                    <div>
                        <b>"Take such a ZIP in"</b>
                        <span class="small soft">"From another Mitochi, or from before: what is here already stays as it is"</span>
                        <input class="input" type="file" name="file" accept=".zip,application/zip" required aria-label="The ZIP to take in"/>
                    </div>
                    <button class="btn btn--line btn--sm" type="submit">"Take it in"</button>
                </form>
            </div>
        </section>
    }
}
