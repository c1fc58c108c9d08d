//! The front page: the promise, the question to try, and how it is kept.

use super::{
    api::{AnswerDemo, load_demo},
    demo::DemoCard,
    story::{Honest, Host, How},
};
use crate::{
    app::FrameHandle,
    resource::resource,
    ui::{ErrorState, Glyph, Icon, IconSize, Mito, MitoSprite},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The front page.
#[component]
pub fn LandingPage() -> impl IntoView {
    let frame = FrameHandle::here();
    let demo = resource(|| (), |()| load_demo());
    let answer = ServerAction::<AnswerDemo>::new();
    let answered = RwSignal::new(false);
    let member = move || frame.get().is_some_and(|frame| frame.member);
    let door = move || {
        if member() {
            view! { <a class="btn btn--line btn--sm" href="/home">"Go on"</a> }
        } else {
            view! { <a class="btn btn--line btn--sm" href="/login">"Log in"</a> }
        }
    };
    let start = move || {
        let known = frame.get().is_some_and(|frame| frame.member || frame.guest);
        let href = if known { "/library" } else { "/register?next=%2Flibrary" };
        let class = if answered.get() { "btn btn--line btn--lg" } else { "btn btn--fill btn--lg sakura" };
        view! {
            <a class=class href=href>
                <Icon glyph=Glyph::Upload/>
                "Start with your PDF"
            </a>
        }
    };
    view! {
        <Title text="Questions from your own lectures"/>
        <div class="landing">
            <header class="landing__head">
                <a class="brand" href="/">
                    <MitoSprite state=Mito::Idle side=32 still=true/>
                    "mitochi"
                </a>
                <nav aria-label="Site">
                    <a class="btn btn--quiet btn--sm" href="#how" rel="external">"How it works"</a>
                    <a class="btn btn--quiet btn--sm" href="#honest" rel="external">"Why trust it"</a>
                    <a class="btn btn--quiet btn--sm" href="#host" rel="external">"Self-host"</a>
                </nav>
                <Transition>{door}</Transition>
            </header>
            <main id="main">
                <section class="landing__hero" aria-labelledby="promise">
                    <div class="landing__text">
                        <h1 id="promise">"Your lectures become questions you’ll remember."</h1>
                        <p class="landing__sub">
                            "Bring a PDF. Mitochi writes questions that cite the page"
                            <span class="more">", and brings each one back just before you would forget it"</span> "."
                        </p>
                    </div>
                    <Transition fallback=|| {
                        view! { <div class="card landing__demo"></div> }
                    }>
                        {move || Suspend::new(async move {
                            match demo.await {
                                Ok(demo) => view! { <DemoCard demo answer answered/> }.into_any(),
                                Err(error) => view! { <ErrorState error/> }.into_any(),
                            }
                        })}
                    </Transition>
                    <div class="landing__start">
                        <Transition>{start}</Transition>
                        <p class="small soft">"Or slides, DOCX, HTML, text"</p>
                    </div>
                    <p class="landing__more">
                        <span>
                            <Icon glyph=Glyph::Code size=IconSize::Small/>
                            "Open source"
                        </span>
                        <span>
                            <Icon glyph=Glyph::Server size=IconSize::Small/>
                            "Runs on your machine"
                        </span>
                        <span>
                            <Icon glyph=Glyph::Lock size=IconSize::Small/>
                            "Your files stay yours"
                        </span>
                    </p>
                </section>
                <How/>
                <Honest/>
                <Host/>
            </main>
            <footer class="landing__foot">
                <span>"Mitochi is for study, not medical advice."</span>
                <span class="end">"MIT licence"</span>
            </footer>
        </div>
    }
}
