//! What the front page tells below the question: how it works, why to trust it, how to run it. Nothing that does not
//! exist yet.

use crate::ui::{Glyph, Icon, IconSize};
use leptos::prelude::*;

/// Three steps with a picture each.
#[component]
pub(super) fn How() -> impl IntoView {
    view! {
        <section class="landing__sect" id="how" aria-labelledby="how-h">
            <h2 id="how-h">"From your page to your memory"</h2>
            <p class="soft">"Three steps, and you can see every one of them happen."</p>
            <ol class="landing__three">
                <li class="card how sky">
                    <div class="how__pic dots" aria-hidden="true">
                        <div class="sheetpic">
                            <b class="small">"Preload"</b>
                            <i></i>
                            <i></i>
                            <i class="marked"></i>
                            <i class="marked at-64"></i>
                            <i></i>
                            <i class="at-80"></i>
                        </div>
                    </div>
                    <h3>"It reads your file"</h3>
                    <p class="soft small">"Headings, pages and passages: to read, to search, to ask about. The first questions come before the last page is read."</p>
                </li>
                <li class="card how mint">
                    <div class="how__pic dots" aria-hidden="true">
                        <div class="qpic">
                            <div>"A" <span>"AV node"</span></div>
                            <div class="ok">
                                "B" <span>"Bundle of His"</span>
                                <span class="end"><Icon glyph=Glyph::Check size=IconSize::Small/></span>
                            </div>
                            <div>"C" <span>"Purkinje fibers"</span></div>
                            <span class="cite">
                                <Icon glyph=Glyph::Page/>
                                "The heart, p. 14"
                            </span>
                        </div>
                    </div>
                    <h3>"You answer, and say how sure"</h3>
                    <p class="soft small">"Each option is explained from your own page. If the sentence is not there, the question is not published."</p>
                </li>
                <li class="card how lav">
                    <div class="how__pic dots" aria-hidden="true">
                        <svg class="tpic" viewBox="0 0 260 120">
                            <path d="M10 24C34 52 52 62 66 66V24C98 46 118 56 142 60V24C182 40 214 48 250 52" fill="none" stroke="var(--color-lav-ink)" stroke-width="3" stroke-linejoin="round"/>
                            <path d="M10 82H250" stroke="var(--color-line-strong)" stroke-dasharray="3 5"/>
                            <g fill="var(--color-surface)" stroke="var(--color-lav-ink)" stroke-width="3">
                                <circle cx="10" cy="24" r="6"/>
                                <circle cx="66" cy="24" r="6"/>
                                <circle cx="142" cy="24" r="6"/>
                            </g>
                            <g font-size="12" font-weight="700" fill="var(--color-ink-soft)">
                                <text x="4" y="104">"today"</text>
                                <text x="52" y="104">"3 days"</text>
                                <text x="124" y="104">"11 days"</text>
                                <text x="206" y="104">"34 days"</text>
                            </g>
                        </svg>
                    </div>
                    <h3>"It comes back in time"</h3>
                    <p class="soft small">"What you missed returns soon, what you know returns later: by FSRS, a schedule that knows how memory fades."</p>
                </li>
            </ol>
        </section>
    }
}

/// Four promises.
#[component]
pub(super) fn Honest() -> impl IntoView {
    let promises = [
        (
            "sky",
            Glyph::Quote,
            "Every statement has a page",
            "Tap a citation and the sentence lights up in your file.",
        ),
        (
            "lav",
            Glyph::ShieldCheck,
            "It refuses rather than guesses",
            "Questions are written by stated rules from your text. What does not pass is not asked.",
        ),
        (
            "mint",
            Glyph::Target,
            "How sure you were, beside how right",
            "The end of a set shows where you were certain and wrong.",
        ),
        (
            "honey",
            Glyph::Shield,
            "Streaks that protect rest",
            "One answer or review keeps the day. Rest days are earned, never sold.",
        ),
    ];
    let promises = promises
        .into_iter()
        .map(|(hue, glyph, title, text)| {
            view! {
                <li class=hue>
                    <span><Icon glyph=glyph/></span>
                    <b>{title}</b>
                    <p>{text}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="landing__sect" id="honest" aria-labelledby="honest-h">
            <h2 id="honest-h">"Sweet on the outside, strict on the inside"</h2>
            <p class="soft">"Mito is a mochi-soft mitochondrion. The rules behind it are not soft at all."</p>
            <ul class="landing__honest">{promises}</ul>
        </section>
    }
}

/// How to run it.
#[component]
pub(super) fn Host() -> impl IntoView {
    view! {
        <section class="landing__sect" id="host" aria-labelledby="host-h">
            <div class="card landing__host">
                <div>
                    <h2 id="host-h">"Yours to run"</h2>
                    <p class="soft">"One program and one data file, on your own machine. It needs no key, no account elsewhere and no network."</p>
                </div>
                <pre class="term"><span>"$"</span>" make run\n"<em>"ready"</em>" on http://localhost:3000"</pre>
            </div>
        </section>
    }
}
