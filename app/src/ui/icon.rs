//! The drawn icons: `public/icons.svg` holds one symbol each, a page only points at them.

use leptos::prelude::*;

macro_rules! glyphs {
    ($($(#[$doc:meta])* $name:ident => $id:literal,)+) => {
        /// An icon of the set. Its name says what is drawn, its comment what it stands for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Glyph {$(
            $(#[$doc])*
            $name,
        )+}

        impl Glyph {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its symbol as an address.
            pub fn href(self) -> &'static str {
                match self {$(Self::$name => concat!("/icons.svg#", $id)),+}
            }
        }
    };
}

glyphs! {
    /// House: the day's page.
    Home => "home",
    /// Nodes joined: a path.
    Path => "learn",
    /// Two cards: review.
    Cards => "cards",
    /// A book: the library.
    Library => "library",
    /// A ticked list: practice.
    List => "list",
    /// A person: account and settings.
    User => "user",
    /// A flash: XP.
    Bolt => "bolt",
    /// A tick: right, done.
    Check => "check",
    /// An i: reason.
    Info => "info",
    /// A clock: time.
    Clock => "clock",
    /// A cross: missed, close.
    Cross => "x",
    /// A round arrow: again.
    Refresh => "refresh",
    /// A lens.
    Search => "search",
    /// Chevron down.
    Down => "down",
    /// Chevron up.
    Up => "up",
    /// Chevron left.
    Left => "left",
    /// Chevron right.
    Right => "right",
    /// Three dots: further actions.
    More => "more",
    /// A key.
    Key => "key",
    /// A padlock.
    Lock => "lock",
    /// A bin.
    Trash => "trash",
    /// Two sheets.
    Copy => "copy",
    /// An arrow to the right: go on.
    Arrow => "arrow",
    /// An arrow out of a tray.
    Upload => "upload",
    /// An arrow into a tray.
    Download => "download",
    /// A crossed-out signal.
    Offline => "off",
    /// A triangle: a warning, an error.
    Warn => "warn",
    /// A moon: rest.
    Moon => "moon",
    /// Rings: goal, exam.
    Target => "target",
    /// A heartbeat: topic.
    Pulse => "pulse",
    /// A page: citation.
    Page => "page",
    /// Angle brackets: source code.
    Code => "code",
    /// Two boxes: a server.
    Server => "server",
    /// Quotation marks.
    Quote => "quote",
    /// A speech bubble.
    Chat => "chat",
    /// A ticked shield.
    ShieldCheck => "shieldcheck",
    /// A shield: your data.
    Shield => "shield",
    /// An eye: show.
    Eye => "eye",
    /// Two bars.
    Pause => "pause",
    /// A triangle to the right.
    Play => "play",
    /// A door: log out.
    Door => "door",
    /// A stethoscope.
    Stethoscope => "steth",
    /// A calendar.
    Calendar => "cal",
    /// A light bulb.
    Bulb => "bulb",
    /// A plus.
    Plus => "plus",
    /// A flag: report.
    Flag => "flag",
    /// A keyboard.
    Keys => "keys",
    /// A curved arrow back.
    Undo => "undo",
    /// A struck letter: rule out.
    Strike => "strike",
    /// Lines: table of contents.
    Outline => "toc",
    /// Letters: reading.
    Text => "text",
    /// A marker pen.
    Marker => "marker",
    /// A flame: streak.
    Flame => "flame",
    /// A star.
    Star => "star",
    /// A card with a plus.
    CardPlus => "cardplus",
    /// A paper plane: send.
    Send => "send",
}

/// How large an icon is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IconSize {
    /// 16 px: in small text.
    Small,
    /// 20 px.
    #[default]
    Normal,
    /// 24 px: alone.
    Large,
}

/// An icon beside a word. It says nothing to a screen reader: the word does.
#[component]
pub fn Icon(
    /// What is drawn.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// How large.
    #[prop(optional)]
    size: IconSize,
) -> impl IntoView {
    let class = match size {
        IconSize::Small => "icon icon--sm",
        IconSize::Normal => "icon",
        IconSize::Large => "icon icon--lg",
    };
    view! {
        <svg class=class aria-hidden="true">
            <use_ href=move || glyph.get().href()></use_>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::Glyph;

    #[test]
    fn every_icon_is_in_the_file() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/icons.svg");
        let file = std::fs::read_to_string(path).unwrap();
        for glyph in Glyph::ALL {
            let (_, id) = glyph.href().split_once('#').unwrap();
            assert!(file.contains(&format!("id=\"{id}\"")), "{glyph:?} is not drawn");
        }
        assert_eq!(file.matches("<symbol").count(), Glyph::ALL.len(), "an icon without a name is of no use");
    }
}
