//! Where a learner answers: options or a field, how sure, and everything else that can be done now.

use super::{
    api::{Act, ActInTalk, Doing, Talk},
    ladder::Ladder,
    talking::Talking,
    teach::{Teach, TeachMe},
};
use crate::{
    browser,
    quiz::reason::letter,
    ui::{Glyph, Hue, Icon, Note, prose::Prose, returned::returned_error},
};
use domain::{
    quiz::Confidence,
    tutor::{Event, Mode},
};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};
use std::time::Duration;

/// Most characters of options that may stand side by side.
const SHORT_OPTION: usize = 28;

/// Changing the last answer: what is written or chosen is then sent in its place.
#[derive(Clone, Copy)]
pub(super) struct Editing(RwSignal<Option<u64>>);

impl Editing {
    /// Provided around a talk.
    pub(super) fn provide() {
        provide_context(Self(RwSignal::new(None)));
    }

    /// Of this talk.
    pub(super) fn here() -> Self {
        expect_context()
    }

    /// Whether the last answer is being changed; over as soon as anything is said.
    pub(super) fn is_on(self, talking: Talking) -> bool {
        self.0.get().is_some_and(|at| at == talking.talk.with(last))
    }

    /// Puts the old answer where answers are given.
    pub(super) fn begin(self, talking: Talking, old: &str, confidence: Option<Confidence>) {
        let options = talking.talk.with_untracked(|talk| talk.state.open.clone()).map(|open| open.options);
        let choice = options.and_then(|options| options.iter().position(|option| option == old));
        talking.choice.set(choice.map(|choice| choice as u32));
        talking.text.set(if choice.is_some() { String::new() } else { old.to_string() });
        talking.confidence.set(confidence);
        self.0.set(Some(talking.talk.with_untracked(last)));
        focus_answer(false);
    }

    fn leave(self, talking: Talking) {
        self.0.set(None);
        talking.text.set(String::new());
        talking.choice.set(None);
        talking.confidence.set(None);
    }
}

fn last(talk: &Talk) -> u64 {
    talk.lines.last().map_or(0, |line| line.seq)
}

/// Moves the focus to where one goes on, whichever shape that has; `if_lost`: only where what had it is gone.
fn focus_answer(if_lost: bool) {
    let go = move || {
        if if_lost && browser::has_focus() {
            return;
        }
        let places = ["#answer", ".compose input:checked", "#option-0", ".compose .btn--fill"];
        if let Some(place) = places.into_iter().find_map(browser::find) {
            browser::focus(&place);
        }
    };
    // what is hidden loses the focus when the page is drawn, which is after the frame's own calls
    request_animation_frame(move || set_timeout(go, Duration::ZERO));
}

/// How an answer is given. A field stays in its place from one question to the next, and with it the focus.
#[derive(Clone, PartialEq)]
enum Shape {
    Nothing,
    Written,
    Options(u16, Vec<String>),
}

fn shape(talk: &Talk) -> Shape {
    match &talk.state.open {
        Some(open) if open.options.is_empty() => Shape::Written,
        Some(open) => Shape::Options(open.number, open.options.clone()),
        None => Shape::Nothing,
    }
}

/// Whether nothing can be sent now: an act is on its way, or Mito speaks.
pub(super) fn is_busy(talking: Talking) -> bool {
    talking.pending.get() || talking.talk.with(|talk| talk.state.speaking)
}

/// Sends the answer, or the changed one in its place.
fn send(talking: Talking, editing: Editing) {
    if untrack(|| is_busy(talking)) {
        return;
    }
    if untrack(|| editing.is_on(talking)) {
        talking.act(Doing {
            text: talking.text.get_untracked(),
            choice: talking.choice.get_untracked(),
            confidence: talking.confidence.get_untracked(),
            ..talking.plain(Act::Edit)
        });
    } else {
        talking.answer();
    }
}

/// The lower edge of a talk.
#[component]
pub(super) fn Compose(talking: Talking) -> impl IntoView {
    let editing = Editing::here();
    let refused = returned_error(ActInTalk::PATH).map(|error| error.to_string());
    let fault = move || talking.fault.get().or_else(|| refused.clone());
    // while Mito speaks the field stays, so that the focus does
    let shape = Memo::new(move |before: Option<&Shape>| {
        talking.talk.with(|talk| match (shape(talk), before) {
            (Shape::Nothing, Some(Shape::Written)) if talk.state.speaking => Shape::Written,
            (shape, _) => shape,
        })
    });
    let is_first = move || talking.talk.with(|talk| talk.state.mode == Mode::FirstPass);
    let seen = move || talking.talk.with(last);
    let id = talking.talk.with_untracked(|talk| talk.id);
    let acted = StoredValue::new(false);
    Effect::new(move |before: Option<u64>| {
        let now = talking.talk.with(last);
        if talking.pending.get() {
            acted.set_value(true);
        }
        // what was pressed may go with its question; where nothing was pressed, the focus is nobody's to move
        if acted.get_value() && before.is_some_and(|before| before != now) {
            focus_answer(true);
        }
        now
    });
    let field = move || {
        let input = match shape.get() {
            Shape::Nothing => return None,
            Shape::Written => view! { <Written talking editing/> }.into_any(),
            Shape::Options(_, options) => view! { <Options talking editing options/> }.into_any(),
        };
        Some(view! {
            <Show when=move || editing.is_on(talking)>
                <p class="row small">
                    <span class="grow">"You are changing your answer."</span>
                    <button type="button" class="btn btn--quiet btn--sm" on:click=move |_| editing.leave(talking)>
                        "Leave it"
                    </button>
                </p>
            </Show>
            {input}
        })
    };
    view! {
        <div class="compose" class:compose--slim=move || !matches!(shape.get(), Shape::Options(..))>
            <form
                id="act"
                method="post"
                action=ActInTalk::url()
                on:submit=move |event: SubmitEvent| {
                    event.prevent_default();
                    send(talking, editing);
                }
            >
                <input type="hidden" name="request[talk]" value=id.to_string()/>
                <input type="hidden" name="request[seen]" value=seen/>
                <Show when=move || shape.get() != Shape::Nothing && !is_first()>
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
fn Written(talking: Talking, editing: Editing) -> impl IntoView {
    let busy = move || is_busy(talking);
    view! {
        <div class="send">
            <label class="sr" for="answer">"Your answer"</label>
            <textarea
                id="answer"
                class="input"
                name="request[text]"
                rows="1"
                maxlength=super::api::ANSWER_MAX_CHARS.to_string()
                placeholder="Your answer"
                // not disabled: what is written and the focus stay
                readonly=busy
                prop:value=talking.text
                on:input=move |event| talking.text.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                        event.prevent_default();
                        send(talking, editing);
                    }
                }
            ></textarea>
            <button
                type="submit"
                name="request[act]"
                value="answer"
                class="btn btn--fill sakura"
                aria-label="Check"
                disabled=busy
            >
                <Icon glyph=Glyph::Send/>
            </button>
        </div>
        <Sure talking/>
        <div class="acts">
            <Instead talking/>
        </div>
    }
}

/// What else can be done with a question. In a first pass everything is to be had at once; elsewhere the ladder has the help.
#[component]
fn Instead(talking: Talking) -> impl IntoView {
    let is_first = move || talking.talk.with(|talk| talk.state.mode == Mode::FirstPass);
    view! {
        <Show when=is_first>
            <Other talking event=Event::ShowMe act=Act::ShowMe words="Show me" class="btn btn--line"/>
        </Show>
        <Other talking event=Event::NoIdea act=Act::NoIdea words="I do not know"/>
        <Other talking event=Event::Skip act=Act::Skip words="Skip"/>
        <Show when=is_first>
            <Other talking event=Event::Hint act=Act::Hint words="Hint"/>
        </Show>
    }
}

#[component]
fn Options(talking: Talking, editing: Editing, options: Vec<String>) -> impl IntoView {
    let short = options.iter().all(|option| option.chars().count() <= SHORT_OPTION);
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
            <div class="choices" class:choices--short=short>{options}</div>
        </fieldset>
        <Sure talking/>
        <div class="acts acts--check">
            <button
                type="submit"
                name="request[act]"
                value="answer"
                class="btn btn--fill sakura"
                disabled=move || is_busy(talking)
            >
                {move || if editing.is_on(talking) { "Check again" } else { "Check" }}
                <kbd class="kbd">"Enter"</kbd>
            </button>
            <Instead talking/>
        </div>
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
    #[prop(default = "btn btn--quiet btn--sm")] class: &'static str,
    #[prop(optional)] mode: Option<Mode>,
) -> impl IntoView {
    // what goes with an act besides its name a button without scripts cannot send
    let plain = mode.is_none();
    view! {
        <Show when=move || talking.may(&event)>
            <button
                type=if plain { "submit" } else { "button" }
                form="act"
                formnovalidate
                name="request[act]"
                value=act.slug()
                class=class
                class:scripted=!plain
                disabled=move || is_busy(talking)
                on:click=move |event| {
                    event.prevent_default();
                    talking.act(Doing { mode, ..talking.plain(act) });
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
    let again = talking.talk.with_untracked(|talk| {
        (talk.state.mode == Mode::FirstPass).then(|| Teach::Concept(talk.material, talk.concept.clone()))
    });
    let over = move || talking.talk.with(|talk| talk.state.over);
    let settled = move || {
        talking.talk.with(|talk| talk.state.open.is_none() && !talk.state.over && !talk.state.speaking)
    };
    view! {
        <Show when=move || talking.talk.with(|talk| talk.state.speaking)>
            <div class="acts">
                <button
                    type="submit"
                    form="act"
                    formnovalidate
                    name="request[act]"
                    value=Act::Hush.slug()
                    class="btn btn--line"
                    disabled=move || talking.pending.get()
                    on:click=move |event| {
                        event.prevent_default();
                        talking.act(talking.plain(Act::Hush));
                    }
                >
                    <Icon glyph=Glyph::Pause/>"Stop"<kbd class="kbd">"Esc"</kbd>
                </button>
            </div>
        </Show>
        <div class="acts">
            <Show when=settled>
                <Other talking event=Event::Next act=Act::Next words="Finish" class="btn btn--fill sakura"/>
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
