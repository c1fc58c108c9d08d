//! What a search found: the passages, how they were found, and an honest word where something is missing.

use super::{
    api::{ForgetSearch, Found, Meaning, Reworded, SaveSearch, Words},
    asked::Asked,
    facets::File,
    hit::{HitRow, STAGES, Searched},
    search::{step, step_to_field},
    searching::{Answer, Searching, short},
    shelf::count,
};
use crate::{
    error::ApiError,
    ui::{Empty, ErrorState, Glyph, Hue, Icon, IconSize, Mito, Note},
};
use domain::query::{self, Fit};
use leptos::{prelude::*, server_fn::ServerFn};

/// What was found last; it stays, dimmed, while the next answer is on its way.
#[component]
pub(super) fn Results(
    /// The search.
    searching: Searching,
    /// Files that can be searched.
    files: Vec<File>,
    /// There is no file of the learner's own.
    none: bool,
    /// Files that are still being read.
    unread: u32,
) -> impl IntoView {
    let files = StoredValue::new(files);
    let body = move || {
        let Some(Answer { asked, outcome }) = searching.shown.get() else { return ().into_any() };
        match outcome {
            Ok(Some(found)) if found.hits.is_empty() => {
                let lost = asked
                    .material
                    .is_some_and(|id| !files.with_value(|all| all.iter().any(|one| one.id == id)));
                let place = places(searching, &files.read_value(), &asked);
                let again = asked.clone();
                view! {
                    <NotFound searching found asked place none lost unread/>
                    <OtherWords searching asked=again/>
                }
                .into_any()
            }
            Ok(Some(found)) => {
                let again = asked.clone();
                view! {
                    <Hits searching found asked unread/>
                    <OtherWords searching asked=again/>
                }
                .into_any()
            }
            Ok(None) => view! { <Nothing query=asked.query none/> }.into_any(),
            Err(error) => view! { <Failed searching error/> }.into_any(),
        }
    };
    view! {
        <section
            class="found stack"
            aria-label="Results"
            aria-busy=move || searching.busy().to_string()
            on:keydown=move |event| {
                let done = match event.key().as_str() {
                    "ArrowDown" => step(true),
                    "ArrowUp" => step(false),
                    "Escape" => {
                        step_to_field();
                        true
                    }
                    _ => false,
                };
                if done {
                    event.prevent_default();
                }
            }
        >
            <p class="sr" role="status">{move || searching.shown.with(|shown| shown.as_ref().map(status))}</p>
            {body}
        </section>
    }
}

/// What a screen reader says when an answer is there. An error speaks for itself.
fn status(answer: &Answer) -> String {
    match &answer.outcome {
        Ok(Some(found)) if found.hits.is_empty() => "Nothing found".into(),
        Ok(Some(found)) if found.near_only => heading(found, &answer.asked.query),
        Ok(Some(found)) => format!("{} found", count(found.hits.len() as u32, "passage")),
        Ok(None) | Err(_) => String::new(),
    }
}

/// Names of the file and the chapter that a search is limited to.
fn places(searching: Searching, files: &[File], asked: &Asked) -> Vec<String> {
    let file = files.iter().find(|file| Some(file.id) == asked.material).map(|file| file.title.clone());
    let known = searching.chapters.read_untracked();
    let of = known.as_ref().filter(|(of, _)| Some(*of) == asked.material);
    let chapter =
        of.and_then(|(_, all)| all.iter().find(|chapter| Some(chapter.span.start) == asked.chapter));
    file.into_iter().chain(chapter.map(|chapter| chapter.title.clone())).collect()
}

/// What a search could not do, each in a sentence.
fn gaps(found: &Found) -> Vec<String> {
    let hits = !found.hits.is_empty();
    let mut told = vec![];
    match (found.words, found.meaning) {
        (Words::Down, Meaning::NoModel | Meaning::Down | Meaning::StaysHere) => {
            return vec![
                "Search does not answer just now. Your files are safe: try again in a minute.".into(),
            ];
        }
        (Words::Down, _) if hits => {
            told.push("Search by words does not answer just now; these pages are near in meaning.".into());
        }
        (Words::Down, _) => {
            told.push("Search by words does not answer just now: only meaning was searched.".into());
        }
        (Words::Rebuilding, _) => {
            told.push("The index of words is being built anew: pages may be missing for a minute.".into());
        }
        (Words::Searched, _) => {}
    }
    match found.meaning {
        Meaning::Searched => {}
        Meaning::NoModel => {
            told.push("Searched by words only: the model for meaning is not installed here.".into());
        }
        Meaning::StaysHere => told.push(
            "Searched by words only: this file stays here, and search by meaning would be done elsewhere."
                .into(),
        ),
        Meaning::Down if hits => {
            told.push("Search by meaning does not answer just now; these pages have your words.".into());
        }
        Meaning::Down => {
            told.push("Search by meaning does not answer just now: only words were searched.".into());
        }
        Meaning::NotYet { passages_left } if passages_left >= found.passages => {
            told.push("Searched by words only: nothing is prepared for search by meaning yet.".into());
        }
        Meaning::NotYet { passages_left } => told.push(format!(
            "{passages_left} of {} are not prepared for search by meaning yet; by words all are searched.",
            count(found.passages, "passage")
        )),
    }
    if found.chapter_gone {
        told.push("This chapter is not in the file any more, so the whole file was searched.".into());
    }
    told
}

/// What is written above the hits.
fn heading(found: &Found, query: &str) -> String {
    match found.near_only {
        true if query.contains(' ') => "No page has these words; near in meaning:".into(),
        true => "No page has this word; near in meaning:".into(),
        false => format!("{}, best first", count(found.hits.len() as u32, "passage")),
    }
}

/// Notes above the hits, or above the word that there are none.
fn notes(found: &Found, asked: &Asked, unread: u32) -> impl IntoView + use<> {
    let corrected = found.corrected.as_ref().map(|corrected| {
        let text = format!(
            "Searched for ‘{}’: not all words of ‘{}’ are in your files.",
            short(corrected),
            short(&asked.query)
        );
        view! { <Note hue=Hue::Sky glyph=Glyph::Search><p>{text}</p></Note> }
    });
    let mut gaps = gaps(found);
    if unread > 0 && asked.material.is_none() {
        let verb = if unread == 1 { "is" } else { "are" };
        gaps.push(format!(
            "{} {verb} still being read: there may be more to find soon.",
            count(unread, "file")
        ));
    }
    let gaps = (!gaps.is_empty()).then(|| {
        let lines = gaps.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        view! { <Note hue=Hue::Honey glyph=Glyph::Info>{lines}</Note> }
    });
    view! {
        {corrected}
        {gaps}
    }
}

#[component]
fn Hits(searching: Searching, found: Found, asked: Asked, unread: u32) -> impl IntoView {
    let title = heading(&found, &asked.query);
    let notes = notes(&found, &asked, unread);
    let Found { hits, passages, words, meaning, corrected, .. } = found;
    let searched = Searched { passages, words, meaning };
    // a stage that was not gone through needs no words
    let stages = if hits.iter().any(|hit| hit.reranked.is_some()) { &STAGES[..] } else { &STAGES[..3] };
    let why = Signal::derive(move || searching.asked.read().why);
    let rows = {
        let query = corrected.unwrap_or_else(|| asked.query.clone());
        let back = asked.href();
        let row = move |(index, hit)| view! { <HitRow hit first=index == 0 query=query.clone() back=back.clone() searched why/> };
        hits.into_iter().enumerate().map(row).collect_view()
    };
    let toggled = move || {
        let asked = searching.asked.get();
        Asked { why: !asked.why, ..asked }.href()
    };
    let legend = move || {
        why.get().then(|| {
            let told =
                stages.iter().map(|(name, told)| view! { <dt>{*name}</dt><dd>{*told}</dd> }).collect_view();
            view! { <dl class="legend small">{told}</dl> }
        })
    };
    view! {
        <div class="found__head">
            <h2>{title}</h2>
            <span class="micro soft nowrap">{format!("of {passages}")}</span>
            <Keep searching asked/>
            <a class="btn btn--quiet btn--sm" href=toggled aria-expanded=move || why.get().to_string() data-noscroll="">
                <Icon glyph=Glyph::Info size=IconSize::Small/>
                {move || if why.get() { "Hide the figures" } else { "How were these found?" }}
            </a>
        </div>
        {notes}
        {legend}
        <ol class="card card--flush rows">{rows}</ol>
        <Show when=move || searching.keys.get()>
            <p class="keys micro soft">
                <span><kbd class="kbd">"↑"</kbd><kbd class="kbd">"↓"</kbd>" from hit to hit"</span>
                <span><kbd class="kbd">"Enter"</kbd>" opens it"</span>
                <span><kbd class="kbd">"Esc"</kbd><kbd class="kbd">"/"</kbd>" back to the field"</span>
            </p>
        </Show>
    }
}

/// What a model's other words found besides. It comes after the answer, and not at all without a model.
#[component]
fn OtherWords(searching: Searching, asked: Asked) -> impl IntoView {
    let back = asked.href();
    let found = Memo::new(move |_| searching.other_words(&asked));
    let why = Signal::derive(move || searching.asked.read().why);
    move || {
        let Reworded { queries, hits } = found.get()?;
        let query = queries.join(" ");
        let searched = searching.shown.with_untracked(|shown| {
            let found = shown.as_ref()?.outcome.as_ref().ok()?.as_ref()?;
            Some(Searched { passages: found.passages, words: found.words, meaning: found.meaning })
        })?;
        let told = also(&queries, hits.is_empty());
        let rows = (!hits.is_empty()).then(|| {
            let row =
                |hit| view! { <HitRow hit first=false query=query.clone() back=back.clone() searched why/> };
            view! { <ol class="card card--flush rows">{hits.into_iter().map(row).collect_view()}</ol> }
        });
        Some(view! {
            <section class="stack" aria-label="Found by other words">
                <p class="found__hint soft" role="status">{told}</p>
                {rows}
            </section>
        })
    }
}

/// Which other words were searched, and whether that was worth it.
fn also(queries: &[String], nothing: bool) -> String {
    let quoted: Vec<String> = queries.iter().map(|query| format!("‘{}’", short(query))).collect();
    let more = if nothing { ": nothing more" } else { "" };
    format!("Also searched for {}{more}", quoted.join(", "))
}

/// Keeps the shown search, or keeps it no longer.
#[component]
fn Keep(searching: Searching, asked: Asked) -> impl IntoView {
    let kept = Memo::new(move |_| searching.kept());
    let asked = StoredValue::new(asked);
    let part = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <input type="hidden" name=name value=value/> })
    };
    let search = asked.with_value(Asked::search);
    view! {
        <form
            class="keep"
            method="post"
            action=move || if kept.read().is_some() { ForgetSearch::url() } else { SaveSearch::url() }
            on:submit=move |event| {
                event.prevent_default();
                match kept.get_untracked() {
                    Some(saved) => searching.forget(saved),
                    None => searching.keep(asked.get_value()),
                }
            }
        >
            {part("request[query]", Some(search.query))}
            {part("request[material]", search.material.map(|material| material.to_string()))}
            {part("request[chapter]", search.chapter.map(|start| start.to_string()))}
            {move || part("saved", kept.get().map(|saved| saved.id.to_string()))}
            <button type="submit" id="keep" class="btn btn--quiet btn--sm" aria-pressed=move || kept.read().is_some().to_string()>
                <Icon glyph=Signal::derive(move || if kept.read().is_some() { Glyph::Check } else { Glyph::Star }) size=IconSize::Small/>
                {move || if kept.read().is_some() { "Saved" } else { "Save" }}
                <span class="sr">" search"</span>
            </button>
        </form>
    }
}

/// Nothing was found: what that means, which limits were on, and one press to widen it.
#[component]
fn NotFound(
    searching: Searching,
    found: Found,
    asked: Asked,
    place: Vec<String>,
    none: bool,
    lost: bool,
    unread: u32,
) -> impl IntoView {
    let down = found.words == Words::Down
        && matches!(found.meaning, Meaning::NoModel | Meaning::Down | Meaning::StaysHere);
    let limited = match place.as_slice() {
        [file, chapter] => format!(" Only ‘{chapter}’ of ‘{file}’ was searched."),
        [file] => format!(" Only ‘{file}’ was searched."),
        _ => String::new(),
    };
    let (title, text) = if down {
        ("Search does not answer".to_string(), "Your files are safe. Try again in a minute.".to_string())
    } else if none {
        (
            "Nothing to search yet".into(),
            "Bring a lecture, and every sentence of it can be found here.".into(),
        )
    } else if lost {
        ("Nothing to search in this file".into(), "It was deleted, or is not read yet.".into())
    } else if found.passages == 0 {
        ("Nothing to search yet".into(), "The files are still being read.".into())
    } else {
        let told = match found.meaning {
            Meaning::Searched => {
                "Nothing comes near it in meaning either. Perhaps the lecture calls it something else."
            }
            _ => "Try fewer words, or the ones your lecture uses.",
        };
        (format!("No page mentions ‘{}’", short(&asked.query)), format!("{told}{limited}"))
    };
    let notes = (!down && !none).then(|| notes(&found, &asked, unread));
    let file = asked.chapter.filter(|_| !found.chapter_gone && !lost).map(|_| {
        let file = Asked { chapter: None, ..asked.clone() };
        view! { <a class="btn btn--line" href=file.href()>"Search the whole file"</a> }
    });
    let all = asked.material.filter(|_| !none).map(|_| {
        view! { <a class="btn btn--line" href=asked.everywhere().href()>"Search all files"</a> }
    });
    let action = if down {
        view! {
            <button type="button" class="btn btn--line" on:click=move |_| searching.again()>
                <Icon glyph=Glyph::Refresh/>
                "Try again"
            </button>
        }
        .into_any()
    } else if asked.material.is_none() || none {
        view! { <a class="btn btn--line" href="/library">"Go to the library"</a> }.into_any()
    } else {
        view! {
            {file}
            {all}
        }
        .into_any()
    };
    view! {
        {notes}
        <div class="card"><Empty mito=if down { Mito::Comfort } else { Mito::Think } title=title text=text>{action}</Empty></div>
    }
}

/// Nothing was searched: nothing is asked yet, or nothing that can be answered.
#[component]
fn Nothing(query: String, none: bool) -> impl IntoView {
    let told = |mito: Mito, title: &'static str, text: String, action: AnyView| {
        view! { <div class="card"><Empty mito=mito title=title text=text>{action}</Empty></div> }.into_any()
    };
    match query::judge(&query) {
        Fit::Short => {
            view! { <p class="found__hint soft">"Type at least two letters or digits."</p> }.into_any()
        }
        Fit::Wordless => told(
            Mito::Think,
            "There is no word in this",
            "Type one that the page would have: signs and pictures alone find nothing.".into(),
            ().into_any(),
        ),
        Fit::Long(characters) => told(
            Mito::Surprised,
            "That is a whole page",
            format!(
                "{} characters were asked for, {} are the most. A question or a few words find more.",
                thousands(characters),
                thousands(query::LONGEST)
            ),
            view! { <a class="btn btn--line" href="/search">"Begin anew"</a> }.into_any(),
        ),
        _ if none => told(
            Mito::Study,
            "Nothing to search yet",
            "Bring a lecture, and every sentence of it can be found here.".into(),
            view! { <a class="btn btn--line" href="/library">"Go to the library"</a> }.into_any(),
        ),
        _ => told(
            Mito::Think,
            "What are you looking for?",
            "A word finds its pages. A whole question finds the sentences that answer it.".into(),
            view! {
                <a class="btn btn--quiet btn--sm lav" href="/search?q=why%20does%20the%20AV%20node%20delay%20the%20impulse">
                    "Why does the AV node delay the impulse?"
                </a>
            }
            .into_any(),
        ),
    }
}

/// A number from 1,000 to 999,999.
fn thousands(number: usize) -> String {
    format!("{},{:03}", number / 1_000, number % 1_000)
}

#[component]
fn Failed(searching: Searching, error: ApiError) -> impl IntoView {
    let retry = Callback::new(move |()| searching.again());
    view! { <ErrorState error retry/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: Words, meaning: Meaning) -> Found {
        Found {
            hits: vec![],
            passages: 9,
            words,
            meaning,
            corrected: None,
            near_only: false,
            chapter_gone: false,
            reword: false,
        }
    }

    #[test]
    fn what_could_not_be_searched_is_told() {
        let cases: [(_, _, &[&str]); 9] = [
            (Words::Searched, Meaning::Searched, &[]),
            (Words::Searched, Meaning::NoModel, &["Searched by words only: the model"]),
            (Words::Searched, Meaning::StaysHere, &["Searched by words only: this file stays here"]),
            (Words::Searched, Meaning::Down, &["Search by meaning does not answer just now: only words"]),
            (
                Words::Searched,
                Meaning::NotYet { passages_left: 4 },
                &["4 of 9\u{a0}passages are not prepared"],
            ),
            (Words::Searched, Meaning::NotYet { passages_left: 9 }, &["Searched by words only: nothing is"]),
            (Words::Down, Meaning::Searched, &["Search by words does not answer just now: only meaning"]),
            (Words::Down, Meaning::Down, &["Search does not answer just now."]),
            (
                Words::Rebuilding,
                Meaning::NoModel,
                &["The index of words is being built anew", "Searched by words only"],
            ),
        ];
        for (words, meaning, wanted) in cases {
            let told = gaps(&found(words, meaning));
            assert_eq!(told.len(), wanted.len(), "{told:?}");
            assert!(told.iter().zip(wanted).all(|(told, start)| told.starts_with(start)), "{told:?}");
        }
        let gone = Found { chapter_gone: true, ..found(Words::Searched, Meaning::Searched) };
        assert_eq!(
            gaps(&gone),
            ["This chapter is not in the file any more, so the whole file was searched."]
        );
    }

    #[test]
    fn other_words_are_named() {
        let queries = ["edema".to_string(), "anasarca".to_string()];
        assert_eq!(also(&queries, false), "Also searched for ‘edema’, ‘anasarca’");
        assert_eq!(also(&queries[..1], true), "Also searched for ‘edema’: nothing more");
    }

    #[test]
    fn the_heading_says_when_no_page_has_the_words() {
        let near = Found { near_only: true, ..found(Words::Searched, Meaning::Searched) };
        assert_eq!(heading(&near, "dropsy"), "No page has this word; near in meaning:");
        assert_eq!(heading(&near, "heart dropsy"), "No page has these words; near in meaning:");
        let plain = found(Words::Searched, Meaning::Searched);
        assert_eq!(heading(&plain, "heart"), "0\u{a0}passages, best first");
        assert_eq!((thousands(1_000), thousands(10_007)), ("1,000".into(), "10,007".into()));
    }
}
