//! Where a learner answers: options or a field, how sure, and everything else that can be done now.

use super::{
    api::{Act, ActInTalk, Doing},
    ladder::Ladder,
    talking::Talking,
    teach::{Teach, TeachMe},
};
use crate::{
    quiz::reason::letter,
    ui::{Glyph, Hue, Icon, Note, prose::Prose, returned::returned_error},
};
use domain::{
    quiz::Confidence,
    tutor::{Event, Manner, Mode, Verdict},
};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};

/// The lower edge of a talk.
#[component]
pub(super) fn Compose(talking: Talking) -> impl IntoView {
    let refused = returned_error(ActInTalk::PATH).map(|error| error.to_string());
    let fault = move || talking.fault.get().or_else(|| refused.clone());
    let open = Memo::new(move |_| talking.talk.with(|talk| talk.state.open.clone()));
    let seen = move || talking.talk.with(|talk| talk.lines.last().map_or(0, |line| line.seq));
    let id = talking.talk.with_untracked(|talk| talk.id);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        talking.answer();
    };
    let field = move || {
        open.get().map(|open| {
            let input = if open.options.is_empty() {
                view! { <Written talking/> }.into_any()
            } else {
                view! { <Options talking options=open.options/> }.into_any()
            };
            view! {
                {input}
                <Sure talking/>
                <div class="acts">
                    <button
                        type="submit"
                        name="request[act]"
                        value="answer"
                        class="btn btn--fill sakura"
                        disabled=move || talking.pending.get()
                    >
                        "Check"<kbd class="kbd">"Enter"</kbd>
                    </button>
                    <Other talking event=Event::NoIdea act=Act::NoIdea words="I do not know"/>
                    <Other talking event=Event::Skip act=Act::Skip words="Skip"/>
                </div>
            }
        })
    };
    view! {
        <div class="compose" class:compose--slim=move || open.with(|open| open.as_ref().is_none_or(|open| open.options.is_empty()))>
            <form id="act" method="post" action=ActInTalk::url() on:submit=send>
                <input type="hidden" name="request[talk]" value=id.to_string()/>
                <input type="hidden" name="request[seen]" value=seen/>
                <Show when=move || open.with(Option::is_some)>
                    <Ladder talking/>
                </Show>
                {move || fault().map(|fault| {
                    view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{fault}</p></Note> }
                })}
                {field}
            </form>
            <Onwards talking/>
            <p class="micro soft legal">"Mito speaks from your file alone and shows the page. Not medical advice."</p>
        </div>
    }
}

#[component]
fn Written(talking: Talking) -> impl IntoView {
    view! {
        <label class="sr" for="answer">"Your answer"</label>
        <textarea
            id="answer"
            class="input"
            name="request[text]"
            rows="2"
            maxlength=super::api::ANSWER_MAX_CHARS.to_string()
            placeholder="Your answer"
            prop:value=talking.text
            on:input=move |event| talking.text.set(event_target_value(&event))
            on:keydown=move |event| {
                if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                    event.prevent_default();
                    talking.answer();
                }
            }
        ></textarea>
    }
}

#[component]
fn Options(talking: Talking, options: Vec<String>) -> impl IntoView {
    let options = options
        .into_iter()
        .enumerate()
        .map(|(at, option)| {
            let id = format!("option-{at}");
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        name="request[choice]"
                        id=id.clone()
                        value=at.to_string()
                        prop:checked=move || talking.choice.get() == Some(at as u32)
                        on:change=move |_| talking.choice.set(Some(at as u32))
                    />
                    <label for=id><span class="choice__key">{letter(at)}</span><span><Prose text=option/></span></label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset>
            <legend class="sr">"Choose an answer"</legend>
            <div class="choices">{options}</div>
        </fieldset>
    }
}

#[component]
fn Sure(talking: Talking) -> impl IntoView {
    let options = Confidence::ALL
        .into_iter()
        .map(|sure| {
            view! {
                <label>
                    <input
                        type="radio"
                        name="request[confidence]"
                        value=sure.slug()
                        prop:checked=move || talking.confidence.get() == Some(sure)
                        on:change=move |_| talking.confidence.set(Some(sure))
                    />
                    {sure.word()}
                    <small>{format!("{}\u{a0}%", sure.percent())}</small>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="sure">
            <legend class="label">"How sure are you?"</legend>
            <div class="seg conf">{options}</div>
        </fieldset>
    }
}

/// A button for an act that may be done now; it is not there when it may not.
#[component]
fn Other(
    talking: Talking,
    event: Event,
    act: Act,
    words: &'static str,
    #[prop(optional)] fill: bool,
    #[prop(optional)] manner: Option<Manner>,
    #[prop(optional)] verdict: Option<Verdict>,
    #[prop(optional)] mode: Option<Mode>,
) -> impl IntoView {
    // what goes with an act besides its name a button without scripts cannot send
    let plain = manner.is_none() && verdict.is_none() && mode.is_none();
    view! {
        <Show when=move || talking.may(&event)>
            <button
                type=if plain { "submit" } else { "button" }
                form="act"
                formnovalidate
                name="request[act]"
                value=act.slug()
                class=if fill { "btn btn--fill sakura" } else { "btn btn--quiet btn--sm" }
                class:scripted=!plain
                disabled=move || talking.pending.get()
                on:click=move |event| {
                    event.prevent_default();
                    talking.act(Doing { manner, verdict, mode, ..talking.plain(act) });
                }
            >
                {words}
            </button>
        </Show>
    }
}

/// What can be done beside answering.
#[component]
fn Onwards(talking: Talking) -> impl IntoView {
    let manners = [
        (Manner::Simpler, "Simpler"),
        (Manner::Deeper, "Deeper"),
        (Manner::Mnemonic, "Mnemonic"),
        (Manner::ClinicalCase, "At a patient"),
        (Manner::Analogy, "Analogy"),
    ];
    let manners = move || {
        manners
            .map(|(manner, words)| {
                view! { <Other talking event=Event::Explain(manner) act=Act::Explain words manner=manner/> }
            })
            .collect_view()
    };
    let verdicts = [(Verdict::Right, "It was right"), (Verdict::Partly, "It was partly right")];
    let verdicts = move || {
        verdicts.map(|(verdict, words)| {
            view! { <Other talking event=Event::Overrule(verdict) act=Act::Overrule words verdict=verdict/> }
        })
        .collect_view()
    };
    let again = talking.talk.with_untracked(|talk| {
        (talk.state.mode == Mode::FirstPass).then(|| Teach::Concept(talk.material, talk.concept.clone()))
    });
    let explained = move || Manner::ALL.iter().any(|manner| talking.may(&Event::Explain(*manner)));
    let judged = move || Verdict::ALL.iter().any(|verdict| talking.may(&Event::Overrule(*verdict)));
    let over = move || talking.talk.with(|talk| talk.state.over);
    let settled = move || talking.talk.with(|talk| talk.state.open.is_none() && !talk.state.over);
    view! {
        <Show when=explained>
            <div class="acts acts--small" role="group" aria-label="Explain differently">
                <span class="micro soft">"Differently:"</span>
                {manners()}
            </div>
        </Show>
        <Show when=judged>
            <div class="acts acts--small scripted" role="group" aria-label="Judged wrongly?">
                <span class="micro soft">"Judged wrongly?"</span>
                {verdicts()}
            </div>
        </Show>
        <div class="acts">
            <Show when=settled>
                <Other talking event=Event::Next act=Act::Next words="Finish" fill=true/>
            </Show>
            <Show when=over>
                {again.clone().map(|what| view! { <TeachMe what words="Practise it" mode=Mode::Practice/> })}
                <a class="btn btn--fill sakura" href="/tutor"><Icon glyph=Glyph::Chat/>"Another talk"</a>
                <a class="btn btn--line" href="/review"><Icon glyph=Glyph::Cards/>"Review"</a>
            </Show>
        </div>
    }
}

/// Other ways to go on with the concept, and the way out.
#[component]
pub(super) fn Modes(talking: Talking) -> impl IntoView {
    let modes = [
        (Mode::FirstPass, "Explain it first"),
        (Mode::Practice, "Practise it"),
        (Mode::ClinicalCase, "Harder"),
    ];
    let modes = move || {
        modes
            .map(|(mode, words)| {
                view! { <Other talking event=Event::Switch(mode) act=Act::Switch words mode=mode/> }
            })
            .collect_view()
    };
    view! {
        <div class="acts">
            {modes()}
            <Other talking event=Event::Stop act=Act::Stop words="Stop here"/>
        </div>
    }
}
