//! Lines of a talk as they are read.

use super::{
    acts::MessageActs,
    api::{Asked, Body, Line, Outcome, Part, REPORTED, Said, Source, Talk, Why, Wording},
    compose::Editing,
    keep::Keep,
    talking::Talking,
};
use crate::{
    quiz::{due::comes_back, reason::letter},
    ui::{
        Cite, Glyph, Hue, Icon, IconSize, Mito, MitoSprite, Quote,
        prose::{Passages, Prose},
    },
};
use domain::{
    id::MaterialId,
    tutor::{Ending, Event, Manner, Mode, Rung, Verdict, delivery::Numbered},
};
use leptos::prelude::*;

/// The learner's line whose answer may be changed: the last that was judged.
pub(super) fn editable(talk: &Talk) -> Option<u64> {
    if talk.state.speaking || !talk.state.offers.iter().any(|event| matches!(event, Event::Edit(_))) {
        return None;
    }
    let judged = |line: &Numbered<Line>| matches!(line.body.body, Body::Tutor(Said::Judged { .. }));
    let at = talk.lines.iter().rposition(judged)?;
    let mine = |line: &Numbered<Line>| matches!(line.body.body, Body::Learner { .. });
    talk.lines[..at].iter().rposition(mine).map(|mine| talk.lines[mine].seq)
}

/// Which lines have buttons: those on what was said last, and on the answer that may be changed.
#[derive(Clone, Copy)]
pub(super) struct Pressable {
    pub(super) said: Memo<Option<u64>>,
    pub(super) answer: Memo<Option<u64>>,
}

/// Lines as they are read: what goes on where the line before stopped is one with it. Each has the number of its last line.
pub(super) fn messages(lines: &[Numbered<Line>]) -> Vec<Numbered<Line>> {
    let mut messages: Vec<Numbered<Line>> = vec![];
    for line in lines {
        match (messages.last_mut(), &line.body.body) {
            (Some(before), Body::Tutor(said)) if line.body.follows => {
                if let Body::Tutor(begun) = &mut before.body.body
                    && let Some(parts) = begun.parts_mut()
                {
                    parts.extend_from_slice(said.parts());
                    before.seq = line.seq;
                    continue;
                }
                messages.push(line.clone());
            }
            _ => messages.push(line.clone()),
        }
    }
    messages
}

/// The parts of a case that were told so far, each as a text: what a model makes up of a patient while a case unfolds.
pub(super) fn case(talk: &Talk) -> Vec<String> {
    let messages = messages(&talk.lines);
    let told = messages.iter().filter_map(|message| match &message.body.body {
        Body::Tutor(Said::Told(parts)) => case_part(talk.state.mode, parts),
        _ => None,
    });
    told.collect()
}

fn case_part(mode: Mode, parts: &[Part]) -> Option<String> {
    let invented = mode == Mode::ClinicalCase
        && !parts.is_empty()
        && parts.iter().all(|part| part.wording == Wording::Outside);
    invented.then(|| parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" "))
}

/// A line.
#[component]
pub(super) fn Spoken(talking: Talking, line: Numbered<Line>, pressable: Pressable) -> impl IntoView {
    let (material, title, now) =
        talking.talk.with_untracked(|talk| (talk.material, talk.material_title.clone(), talk.now));
    let seq = line.seq;
    match line.body.body {
        Body::Learner { text, confidence } => {
            let editing = Editing::here();
            let sure = confidence
                .map(|sure| view! { <small class="micro soft">{format!("{}, {}\u{a0}%", sure.word(), sure.percent())}</small> });
            let old = text.clone();
            view! {
                <li class="msg msg--me">
                    <span class="sr">"You:"</span>
                    <p>{text}{sure}</p>
                    <Show when=move || pressable.answer.get() == Some(seq) && !editing.is_on(talking)>
                        <button
                            type="button"
                            class="btn btn--quiet btn--sm scripted"
                            on:click={
                                let old = old.clone();
                                move |_| editing.begin(talking, &old, confidence)
                            }
                        >
                            <Icon glyph=Glyph::Undo size=IconSize::Small/>
                            "Edit my answer"
                        </button>
                    </Show>
                </li>
            }
            .into_any()
        }
        Body::Tutor(said) => view! {
            <li class="msg msg--mito">
                <MitoSprite state=Mito::Idle side=32 still=true/>
                <div class="msg__body">
                    <span class="sr">"Mito:"</span>
                    {move || match talking.reported.with(|lines| lines.contains(&seq)) {
                        true => view! { <p class="soft">{REPORTED}</p> }.into_any(),
                        false => view! {
                            {body(talking, said.clone(), material, &title, now)}
                            <div class="msg__foot">
                                <Keep talking line=seq said=said.clone()/>
                                <Show when=move || pressable.said.get() == Some(seq)><MessageActs talking/></Show>
                            </div>
                        }
                        .into_any(),
                    }}
                </div>
            </li>
        }
        .into_any(),
    }
}

fn body(talking: Talking, said: Said, material: MaterialId, title: &str, now: i64) -> AnyView {
    let parts = |parts: Vec<Part>| parts_view(parts, material, title);
    match said {
        Said::Explained { manner, parts: said } => {
            let chip = manner.map(|manner| {
                let word = match manner {
                    Manner::Simpler => "Simpler",
                    Manner::Deeper => "Deeper",
                    Manner::Analogy => "Analogy",
                    Manner::Mnemonic => "Mnemonic",
                    Manner::ClinicalCase => "At a patient",
                };
                view! { <p><span class="chip lav">{word}</span></p> }
            });
            view! { {chip} {parts(said)} }.into_any()
        }
        Said::Told(said) => {
            let mode = talking.talk.with_untracked(|talk| talk.state.mode);
            match case_part(mode, &said) {
                Some(text) => view! {
                    <div class="find">
                        <h2><Icon glyph=Glyph::Stethoscope size=IconSize::Small/>"The case, part "</h2>
                        <p class="read"><Prose text/></p>
                    </div>
                }
                .into_any(),
                None => parts(said),
            }
        }
        Said::Answered(said) => parts(said),
        Said::Asked(asked) => asked_view(talking, asked),
        Said::Judged { verdict, parts: said } => {
            let (class, glyph, word) = match verdict {
                Verdict::Right => ("chip mint", Glyph::Check, "Right"),
                Verdict::Partly => ("chip honey", Glyph::Info, "Partly right"),
                Verdict::Wrong => ("chip coral", Glyph::Cross, "Not yet"),
            };
            view! {
                <p><span class=class><Icon glyph size=IconSize::Small/>{word}</span></p>
                {parts(said)}
            }
            .into_any()
        }
        Said::Hinted { rung, parts: said } => view! {
            {parts(said)}
            <p><span class="chip honey"><Icon glyph=Glyph::Bulb size=IconSize::Small/>{rung_word(rung)}</span></p>
        }
        .into_any(),
        Said::Concluded(outcome) => concluded(outcome, now),
        Said::Ended(ending) => {
            let words = match ending {
                Ending::Done => "That was it for this one. What you answered comes back before you forget it.",
                Ending::TimeUp => "Your minutes are over. What you answered comes back before you forget it.",
                Ending::Stopped => "We stop here. You can begin again at any time.",
            };
            view! { <p>{words}</p> }.into_any()
        }
    }
}

/// A rung as the ladder calls it.
pub(super) fn rung_word(rung: Rung) -> &'static str {
    match rung {
        Rung::Pointing => "Nudge",
        Rung::Narrowing => "Clue",
        Rung::HalfWorked => "First step",
    }
}

/// A mode as the head of a talk calls it.
pub(super) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::FirstPass => "First pass",
        Mode::Practice => "Practice",
        Mode::ClinicalCase => "Clinical case",
    }
}

/// Where a talk was opened from.
pub(super) fn why_words(why: Why) -> String {
    match why {
        Why::Missed => "from a question you missed".into(),
        Why::Weak => "from a topic to look at".into(),
        Why::Page(page) => format!("from page\u{a0}{page}"),
    }
}

/// Our words as paragraphs; what stands on one page in a row is one quote; what a model says for the page runs on, and each
/// sentence shows where.
fn parts_view(parts: Vec<Part>, material: MaterialId, title: &str) -> AnyView {
    let mut shown: Vec<AnyView> = vec![];
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        let Part { mut text, source, wording } = part;
        let (Some(mut source), Wording::Plain) = (source, wording) else {
            if wording == Wording::Plain {
                shown.push(view! { <Passages text=text/> }.into_any());
                continue;
            }
            let mut sentences = vec![sentence(text, source, material)];
            let mut outside = wording == Wording::Outside;
            while let Some(next) = parts.next_if(|next| next.wording != Wording::Plain) {
                outside |= next.wording == Wording::Outside;
                sentences.push(sentence(next.text, next.source, material));
            }
            let outside =
                outside.then(|| view! { <span class="chip plain">"partly Mito’s own words"</span> });
            shown.push(view! { <p class="read">{sentences}{outside}</p> }.into_any());
            continue;
        };
        while let Some(next) = parts.next_if(|next| {
            next.wording == Wording::Plain
                && next
                    .source
                    .is_some_and(|next| next.page == source.page && next.span.start >= source.span.end)
        }) {
            text.push(' ');
            text.push_str(&next.text);
            if let Some(next) = next.source {
                source.span.end = next.span.end;
            }
        }
        let cite = cited(title, material, source);
        shown.push(view! { <Quote text=text>{cite}</Quote> }.into_any());
    }
    shown.into_any()
}

/// A page does not part from the word before it, and a long text may break elsewhere.
fn cited(text: &str, material: MaterialId, source: Source) -> AnyView {
    let (before, last) = text.rsplit_once(' ').unwrap_or(("", text));
    let (before, last) = (before.to_string(), last.to_string());
    view! {
        {before}" "<span class="nowrap">{last}" "<Cite material span=source.span page=source.page/></span>
    }
    .into_any()
}

/// A sentence of a model with its page, which does not part from its last word.
fn sentence(text: String, source: Option<Source>, material: MaterialId) -> AnyView {
    let Some(source) = source else { return view! { <Prose text=text/>" " }.into_any() };
    let (before, last) = text.rsplit_once(' ').filter(|(before, _)| is_whole(before)).unwrap_or(("", &text));
    // what cannot be cut stays as it is, and may break within
    let class = if before.is_empty() && last.contains(' ') { "" } else { "nowrap" };
    let (before, last) = (before.to_string(), last.to_string());
    view! {
        <Prose text=before/>" "
        <span class=class><Prose text=last/>" "<Cite material span=source.span page=source.page/></span>" "
    }
    .into_any()
}

/// Whether no mark is open at the end of a text: it may be cut there.
fn is_whole(text: &str) -> bool {
    let even = |text: &str, mark: &str| text.matches(mark).count().is_multiple_of(2);
    let closed = ["$", "`", "**"].iter().all(|mark| even(text, mark)) && even(&text.replace("**", ""), "*");
    closed && text.matches(r"\(").count() == text.matches(r"\)").count()
}

/// A question in the talk; the one that is open has its options where it is answered.
fn asked_view(talking: Talking, asked: Asked) -> AnyView {
    let Asked { number, stem, options, .. } = asked;
    let is_open = Memo::new(move |_| {
        talking.talk.with(|talk| talk.state.open.as_ref().is_some_and(|open| open.number == number))
    });
    let has_options = !options.is_empty();
    let options = move || {
        let options = options.clone().into_iter().enumerate();
        options
            .map(|(at, option)| view! { <li><b>{letter(at)}</b>" "<Prose text=option/></li> })
            .collect_view()
    };
    view! {
        <p class="read lead"><Prose text=stem/></p>
        <Show when=move || has_options && !is_open.get()>
            <ol class="options small">{options.clone()}</ol>
        </Show>
    }
    .into_any()
}

fn concluded(outcome: Outcome, now: i64) -> AnyView {
    let Outcome { right, due, xp, breakthrough, mastery, between } = outcome;
    let (hue, glyph, head) = match right {
        Some(true) if breakthrough => (Hue::Mint, Glyph::Star, "You missed it at first and now you have it."),
        Some(true) => (Hue::Mint, Glyph::Check, "Checked: you have it."),
        Some(false) => (Hue::Honey, Glyph::Refresh, "Not settled yet: it comes back soon."),
        None => (Hue::Sky, Glyph::Info, "No check this time."),
    };
    let paid = if xp.amount > 0 { format!("+{}\u{a0}XP. ", xp.amount) } else { String::new() };
    let back = due.map(|due| format!("Its card comes back {}. ", comes_back(due, now))).unwrap_or_default();
    let known = format!(
        "You know this to about {mastery}\u{a0}%, most likely between {} and {}\u{a0}%.",
        between.0, between.1
    );
    view! {
        <div class=format!("outcome note {}", hue.class())>
            <Icon glyph/>
            <p><b>{head}</b></p>
            <p>{paid}{back}{known}</p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::Span;

    fn line(seq: u64, said: Said, follows: bool) -> Numbered<Line> {
        Numbered { seq, body: Line { at: 0, body: Body::Tutor(said), first_word: None, follows } }
    }

    #[test]
    fn what_goes_on_is_one_message() {
        let put = |text: &str| vec![Part::put(text, Span { start: 1, end: 5 }, 3)];
        let explained = |text: &str| Said::Explained { manner: None, parts: put(text) };
        let mine = Body::Learner { text: "Why?".into(), confidence: None };
        let lines = [
            line(1, explained("One."), false),
            line(2, explained("Two."), true),
            line(3, Said::Told(put("Three.")), false),
            Numbered { seq: 4, body: Line { at: 0, body: mine, first_word: None, follows: false } },
            // where nothing stands before it that could go on, it stands alone
            line(5, Said::Told(put("Four.")), true),
        ];
        let said = |message: &Numbered<Line>| match &message.body.body {
            Body::Tutor(said) => said.parts().iter().map(|part| part.text.clone()).collect::<String>(),
            Body::Learner { text, .. } => text.clone(),
        };
        let messages: Vec<_> = messages(&lines).iter().map(|message| (message.seq, said(message))).collect();
        let wanted = [(2, "One.Two."), (3, "Three."), (4, "Why?"), (5, "Four.")];
        assert_eq!(messages, wanted.map(|(seq, text)| (seq, text.to_string())));
    }

    #[test]
    fn a_text_is_cut_outside_of_its_marks_alone() {
        for (text, whole) in [
            ("It is", true),
            ("It is $SV =", false),
            ("It is $SV$ and", true),
            ("a **strong", false),
            ("a *so", false),
            (r"as \(x", false),
            ("`a", false),
            ("", true),
        ] {
            assert_eq!(is_whole(text), whole, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_case_is_what_no_page_says() {
        let invented = [Part::outside("A man of 72."), Part::outside("He fainted.")];
        assert_eq!(case_part(Mode::ClinicalCase, &invented).as_deref(), Some("A man of 72. He fainted."));
        assert_eq!(case_part(Mode::Practice, &invented), None);
        assert_eq!(case_part(Mode::ClinicalCase, &[Part::ours("What you worked on:")]), None);
        assert_eq!(case_part(Mode::ClinicalCase, &[]), None);
    }
}
