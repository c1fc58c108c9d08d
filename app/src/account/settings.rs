//! Settings: study, reading, play, and the account itself. With scripts each change is saved as it is made; without
//! them a button saves all.

use super::api::{DeleteAccount, LogOut, Me, SaveSettings, Settings, load_me};
use crate::{
    app::{Connection, FrameHandle},
    browser,
    export::YourData,
    models::settings::LanguageModels,
    resource::resource,
    session::{Look, Motion, Theme},
    ui::{
        Dialog, ErrorState, Field, FormError, Glyph, Hue, Icon, IconSize, Mito, MitoSprite, Note,
        PasswordField, Skeleton, SubmitButton, field::FieldError,
    },
};
use leptos::{form::ActionForm, html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let me = resource(|| (), |()| load_me());
    view! {
        <Title text="Settings"/>
        <Transition fallback=|| view! { <Skeleton label="your settings"/> }>
            {move || Suspend::new(async move {
                match me.await {
                    Ok(me) => view! { <Sections me=me.unwrap_or_else(stranger)/> }.into_any(),
                    Err(error) => {
                        view! { <ErrorState error whole_page=true retry=Callback::new(move |()| me.refetch())/> }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

/// What a stranger would see; the page sends strangers to log in before.
fn stranger() -> Me {
    Me { email: None, settings: Settings::default(), created: 0, administrator: false }
}

#[component]
fn Sections(me: Me) -> impl IntoView {
    let save = ServerAction::<SaveSettings>::new();
    let (frame, connection) = (FrameHandle::here(), Connection::here());
    let error = Signal::derive(move || save.value().get().and_then(Result::err));
    Effect::new(move |_| match save.value().get() {
        Some(Ok(())) => frame.refresh(),
        Some(Err(error)) => connection.failed(&error),
        None => {}
    });
    let form = NodeRef::<html::Form>::new();
    let changed = move |_| {
        // a field that the browser itself finds wrong says so and is not sent
        if let Some(form) = form.get_untracked() {
            let _ = form.request_submit();
        }
    };
    let state = move || match (save.pending().get(), save.value().get()) {
        (true, _) => view! { "Saving …" }.into_any(),
        (false, Some(Ok(()))) => view! {
            <Icon glyph=Glyph::Check size=IconSize::Small/>
            "Saved"
        }
        .into_any(),
        (false, Some(Err(_))) => view! {
            <Icon glyph=Glyph::Warn size=IconSize::Small/>
            "Not saved"
        }
        .into_any(),
        (false, None) => {
            view! { <span class="scripted">"Changes are saved as you make them"</span> }.into_any()
        }
    };
    let Me { email, settings, administrator, .. } = me;
    let member = email.is_some();
    view! {
        <header class="page-head">
            <div>
                <h1>"Settings"</h1>
                <p role="status" class="row settings__state">{state}</p>
            </div>
        </header>
        <div class="settings">
            <nav class="jump" aria-label="Sections">
                <a class="sakura" href="#study" rel="external"><Icon glyph=Glyph::Target/>"Study"</a>
                <a class="sky" href="#look" rel="external"><Icon glyph=Glyph::Text/>"Reading and access"</a>
                <a class="honey" href="#play" rel="external"><Icon glyph=Glyph::Star/>"Play"</a>
                <a class="lav" href="#models" rel="external"><Icon glyph=Glyph::Chat/>"Language models"</a>
                <a class="mint" href="#memory" rel="external"><Icon glyph=Glyph::Bulb/>"Memory"</a>
                <a class="coral" href="#account" rel="external"><Icon glyph=Glyph::Shield/>"Your account"</a>
            </nav>
            <div class="stack">
                <ActionForm action=save node_ref=form attr:class="stack" on:change=changed>
                    <FormError
                        error
                        fields=&["exam", "exam_date", "minutes", "daily_goal", "retention", "time_zone"]
                    />
                    <Study settings=settings.clone() error/>
                    <Reading settings=settings.clone()/>
                    <Play settings error/>
                    <button class="btn btn--fill sakura unscripted" type="submit">"Save"</button>
                </ActionForm>
                <LanguageModels administrator/>
                <section class="card sect mint" id="memory">
                    <Heading glyph=Glyph::Bulb words="Memory"/>
                    <div class="opt opt--stack">
                        <div>
                            <b>"What Mito remembers"</b>
                            <span class="small soft">"Your goals, what was hard in a talk and what clicked: to see, change and delete"</span>
                        </div>
                        <a class="btn btn--line btn--sm" href="/settings/memory">"See it"</a>
                    </div>
                </section>
                {member.then(|| view! { <YourData/> })}
                {if member {
                    view! { <Account email=email.unwrap_or_default()/> }.into_any()
                } else {
                    view! { <Guest/> }.into_any()
                }}
            </div>
        </div>
    }
}

/// A number on a slider, with its value beside it.
#[component]
fn Slider(
    label: &'static str,
    text: &'static str,
    name: &'static str,
    id: &'static str,
    value: u32,
    min: u32,
    max: u32,
    step: u32,
    unit: &'static str,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let now = RwSignal::new(value);
    let at = move || (now.get().clamp(min, max) - min) * 100 / (max - min);
    view! {
        <div class="opt opt--wide">
            <div class="row">
                <label class="grow" for=id><b>{label}</b><span class="small soft">{text}</span></label>
                <output class="nowrap" for=id>{now} {unit}</output>
            </div>
            <input
                class=move || format!("range {}", crate::ui::at(at()))
                type="range"
                id=id
                name=name
                min=min.to_string()
                max=max.to_string()
                step=step.to_string()
                value=value.to_string()
                aria-valuetext=move || format!("{}{unit}", now.get())
                on:input=move |event| {
                    if let Ok(value) = event_target_value(&event).parse() {
                        now.set(value);
                    }
                }
            />
            <FieldError id=format!("{id}-error") error/>
        </div>
    }
}

#[component]
fn Switch(
    label: &'static str,
    text: &'static str,
    name: &'static str,
    id: &'static str,
    value: &'static str,
    on: bool,
    #[prop(optional)] told: Option<Callback<bool>>,
) -> impl IntoView {
    view! {
        <div class="opt">
            <label for=id><b>{label}</b><span class="small soft">{text}</span></label>
            <span class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    id=id
                    name=name
                    value=value
                    checked=on
                    on:change=move |event| {
                        if let Some(told) = told {
                            told.run(event_target_checked(&event));
                        }
                    }
                />
                <i></i>
            </span>
        </div>
    }
}

#[component]
fn Heading(glyph: Glyph, words: &'static str) -> impl IntoView {
    view! { <h2><Icon glyph=glyph/>{words}</h2> }
}

#[component]
fn Study(settings: Settings, error: Signal<Option<crate::error::ApiError>>) -> impl IntoView {
    let field =
        move |name: &'static str| Signal::derive(move || error.get().and_then(|error| error.for_field(name)));
    let zone = NodeRef::<html::Input>::new();
    view! {
        <section class="card sect sakura" id="study">
            <Heading glyph=Glyph::Target words="Study"/>
            <div class="rows">
                <div class="opt opt--two">
                    <Field
                        label="Exam"
                        name="settings[exam]"
                        id="exam"
                        value=settings.exam
                        error=field("exam")
                    />
                    <Field
                        label="Its day"
                        name="settings[exam_date]"
                        id="exam-date"
                        kind="date"
                        value=settings.exam_date
                        error=field("exam_date")
                    />
                </div>
                <Slider
                    label="Minutes a day"
                    text="Less is fine: a short day, kept, beats a long one dropped"
                    name="settings[minutes]"
                    id="minutes"
                    value=settings.minutes
                    min=5
                    max=120
                    step=5
                    unit="\u{a0}min"
                    error=field("minutes")
                />
                <Slider
                    label="Recall to aim for"
                    text="Higher means that cards come back sooner, and more of them a day"
                    name="settings[retention]"
                    id="retention"
                    value=u32::from(settings.retention)
                    min=70
                    max=97
                    step=1
                    unit="\u{a0}%"
                    error=field("retention")
                />
                <div class="opt opt--wide">
                    <div class="zone">
                        <div class="field">
                            <label for="zone">"Time zone"</label>
                            <input
                                class="input"
                                id="zone"
                                name="settings[time_zone]"
                                value=settings.time_zone
                                autocomplete="off"
                                spellcheck="false"
                                node_ref=zone
                                aria-describedby="zone-hint zone-error"
                                aria-invalid=move || field("time_zone").get().map(|_| "true")
                            />
                        </div>
                        <button
                            type="button"
                            class="btn btn--line btn--sm scripted"
                            on:click=move |_| {
                                if let Some(zone) = zone.get_untracked() {
                                    zone.set_value(&browser::time_zone());
                                    if let Some(form) = zone.form() {
                                        let _ = form.request_submit();
                                    }
                                }
                            }
                        >
                            "Use this device’s"
                        </button>
                    </div>
                    <p class="small soft" id="zone-hint">"Days, streak and ‘due tomorrow’ follow it"</p>
                    <FieldError id="zone-error" error=field("time_zone")/>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Reading(settings: Settings) -> impl IntoView {
    let look = RwSignal::new(settings.look);
    Effect::new(move |before: Option<Look>| {
        let look = look.get();
        // at first the server has shown it already
        if before.is_some() {
            browser::show_look(look);
        }
        look
    });
    let themes = [
        (Theme::System, "system", "As the system"),
        (Theme::Light, "light", "Light"),
        (Theme::Dark, "dark", "Dark"),
    ]
    .into_iter()
    .map(|(theme, value, words)| {
        view! {
            <label>
                {words}
                <input
                    type="radio"
                    name="settings[look][theme]"
                    value=value
                    checked=settings.look.theme == theme
                    on:change=move |_| look.update(|look| look.theme = theme)
                />
            </label>
        }
    })
    .collect_view();
    let motion = move |calm: bool| {
        look.update(|look| look.motion = if calm { Motion::Reduced } else { Motion::System });
    };
    view! {
        <section class="card sect sky" id="look">
            <Heading glyph=Glyph::Text words="Reading and access"/>
            <div class="rows">
                <div class="opt opt--wide">
                    <b id="theme">"Theme"</b>
                    <div class="seg" role="radiogroup" aria-labelledby="theme">{themes}</div>
                </div>
                <Switch
                    label="Calm motion"
                    text="Still pictures, short fades"
                    name="settings[look][motion]"
                    id="calm"
                    value="reduced"
                    on=settings.look.motion == Motion::Reduced
                    told=Callback::new(motion)
                />
                <Switch
                    label="Single-key shortcuts"
                    text="1–5 choose, Enter goes on, Space flips, U undoes"
                    name="settings[keys]"
                    id="keys"
                    value="true"
                    on=settings.keys
                />
            </div>
        </section>
    }
}

#[component]
fn Play(settings: Settings, error: Signal<Option<crate::error::ApiError>>) -> impl IntoView {
    let goal = Signal::derive(move || error.get().and_then(|error| error.for_field("daily_goal")));
    view! {
        <section class="card sect honey" id="play">
            <Heading glyph=Glyph::Star words="Play"/>
            <div class="rows">
                <Switch
                    label="XP, level and streak"
                    text="Learning works the same without them"
                    name="settings[gamification]"
                    id="gamification"
                    value="true"
                    on=settings.gamification
                />
                <Slider
                    label="Goal of a day"
                    text="When the ring closes"
                    name="settings[daily_goal]"
                    id="goal"
                    value=settings.daily_goal
                    min=20
                    max=500
                    step=10
                    unit="\u{a0}XP"
                    error=goal
                />
            </div>
        </section>
    }
}

/// Address, log-out and deletion.
#[component]
fn Account(email: String) -> impl IntoView {
    let frame = FrameHandle::here();
    let log_out = ServerAction::<LogOut>::new();
    let delete = ServerAction::<DeleteAccount>::new();
    let error = Signal::derive(move || delete.value().get().and_then(Result::err));
    let asked = use_query_map().with_untracked(|query| query.get("delete").is_some())
        || error.get_untracked().is_some();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if asked {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        let gone = log_out.value().get().is_some_and(|answer| answer.is_ok())
            || delete.value().get().is_some_and(|answer| answer.is_ok());
        if gone {
            frame.refresh();
        }
    });
    view! {
        <section class="card sect coral" id="account">
            <Heading glyph=Glyph::Shield words="Your account"/>
            <div class="rows">
                <div class="opt opt--stack">
                    <div class="truncate"><b class="truncate">{email}</b><span class="small soft">"You are logged in on this device"</span></div>
                    <ActionForm action=log_out>
                        <button class="btn btn--line btn--sm" type="submit">
                            <Icon glyph=Glyph::Door/>
                            "Log out"
                        </button>
                    </ActionForm>
                </div>
                <div class="opt opt--stack">
                    <div>
                        <b>"Security"</b>
                        <span class="small soft">"Password, address, where you are logged in, and what happened"</span>
                    </div>
                    <a class="btn btn--line btn--sm" href="/settings/security">"Open"</a>
                </div>
                <div class="opt opt--stack">
                    <div>
                        <b>"Delete the account"</b>
                        <span class="small soft">"Files, questions, reviews and answers go with it, at once and for good"</span>
                    </div>
                    <a
                        class="btn btn--line btn--sm settings__delete"
                        href="?delete=1#delete-account"
                        rel="external"
                        on:click=move |event| {
                            event.prevent_default();
                            open.set(true);
                        }
                    >
                        <Icon glyph=Glyph::Trash/>
                        "Delete …"
                    </a>
                </div>
            </div>
            <Dialog open title="Delete the account?" id="delete-account" initially=asked>
                <ActionForm action=delete attr:class="stack" attr:novalidate=true>
                    <p class="soft">
                        "Everything is erased at once: files, questions, reviews, answers. It cannot be brought back."
                    </p>
                    <FormError error fields=&["password"]/>
                    <PasswordField
                        label="Your password"
                        name="password"
                        id="delete-password"
                        error=Signal::derive(move || error.get().and_then(|error| error.for_field("password")))
                    />
                    <div class="dialog__acts">
                        <a
                            class="btn btn--line"
                            href="/settings"
                            on:click=move |event| {
                                event.prevent_default();
                                open.set(false);
                            }
                        >
                            "Keep it"
                        </a>
                        <SubmitButton label="Delete for good" pending=delete.pending() class="btn--fill coral"/>
                    </div>
                </ActionForm>
            </Dialog>
        </section>
    }
}

/// A guest has nothing to log out of; an account would keep what there is.
#[component]
fn Guest() -> impl IntoView {
    view! {
        <section class="card sect coral" id="account">
            <Heading glyph=Glyph::Shield words="Your account"/>
            <Note hue=Hue::Honey glyph=Glyph::Info>
                <p>"You are a guest: what you do is kept in this browser alone."</p>
            </Note>
            <div class="settings__guest">
                <MitoSprite state=Mito::Wave side=64/>
                <a class="btn btn--line" href="/register">"Make an account"</a>
                <a class="btn btn--quiet lav" href="/login">"Log in"</a>
            </div>
        </section>
    }
}
