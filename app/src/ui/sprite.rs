//! Mito and the pixel art: strips of frames from `public/art`, played by CSS in whole steps.

use leptos::prelude::*;

/// What Mito does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mito {
    /// Breathes.
    #[default]
    Idle,
    /// Closes the eyes once.
    Blink,
    /// Is glad, once.
    Cheer,
    /// Stays beside somebody who missed.
    Comfort,
    /// Is glad about a level, once.
    LevelUp,
    /// Nothing is due.
    Sleep,
    /// Reads.
    Study,
    /// Did not expect this, once.
    Surprised,
    /// Works on it.
    Think,
    /// Greets.
    Wave,
}

impl Mito {
    /// All states.
    pub const ALL: [Self; 10] = [
        Self::Idle,
        Self::Blink,
        Self::Cheer,
        Self::Comfort,
        Self::LevelUp,
        Self::Sleep,
        Self::Study,
        Self::Surprised,
        Self::Think,
        Self::Wave,
    ];

    /// Name of the strip in `public/art/mito`, its frames, frames a second, and whether it repeats.
    fn strip(self) -> (&'static str, u8, u8, bool) {
        match self {
            Self::Idle => ("idle", 4, 4, true),
            Self::Blink => ("blink", 2, 8, false),
            Self::Cheer => ("cheer", 6, 8, false),
            Self::Comfort => ("comfort", 4, 3, true),
            Self::LevelUp => ("level-up", 6, 8, false),
            Self::Sleep => ("sleep", 4, 2, true),
            Self::Study => ("study", 4, 3, true),
            Self::Surprised => ("surprised", 2, 6, false),
            Self::Think => ("think", 4, 4, true),
            Self::Wave => ("wave", 4, 6, true),
        }
    }
}

/// Mito. One a view; `still` wherever there is text to read beside it. Reduced motion shows the first frame too.
#[component]
pub fn MitoSprite(
    /// What it does.
    #[prop(into)]
    state: Signal<Mito>,
    /// Side in CSS pixels: a whole multiple of 32.
    #[prop(default = 96)]
    side: u16,
    /// Shows the first frame alone.
    #[prop(optional)]
    still: bool,
    /// Said to a screen reader where the state carries meaning.
    #[prop(optional, into)]
    says: MaybeProp<String>,
) -> impl IntoView {
    view! {
        <span
            class=if still { "strip strip--still" } else { "strip" }
            style=move || {
                let (name, frames, rate, repeats) = state.get().strip();
                strip_style(&format!("mito/{name}"), (side, side), (frames, rate, repeats))
            }
        >
            {move || says.get().map(|says| view! { <span class="sr">{says}</span> })}
        </span>
    }
}

/// Pixel art beside Mito.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Art {
    /// The streak.
    Flame,
    /// A lecture.
    Book,
    /// The heart chapter.
    Heart,
    /// XP.
    Coin,
    /// A spark.
    Sparkle,
    /// A locked thing.
    Lock,
}

impl Art {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Flame, Self::Book, Self::Heart, Self::Coin, Self::Sparkle, Self::Lock];

    /// Path below `public/art`, width and height of a frame, frames, frames a second.
    fn strip(self) -> (&'static str, u16, u16, u8, u8) {
        match self {
            Self::Flame => ("icons/flame", 16, 16, 4, 8),
            Self::Book => ("icons/book", 16, 16, 1, 1),
            Self::Heart => ("icons/heart", 16, 16, 1, 1),
            Self::Coin => ("decor/atp-coin", 16, 16, 4, 6),
            Self::Sparkle => ("decor/sparkle", 11, 11, 4, 8),
            Self::Lock => ("icons/lock", 16, 16, 1, 1),
        }
    }
}

/// A piece of pixel art; decoration, so the words beside it must say what it means.
#[component]
pub fn ArtSprite(
    /// Which.
    art: Art,
    /// Whole number by which its pixels are enlarged.
    #[prop(default = 2)]
    scale: u16,
    /// Shows the first frame alone.
    #[prop(optional)]
    still: bool,
) -> impl IntoView {
    let (path, width, height, frames, rate) = art.strip();
    let still = still || frames == 1;
    let style = strip_style(path, (width * scale, height * scale), (frames, rate, true));
    view! { <span class=if still { "strip strip--still" } else { "strip" } style=style aria-hidden="true"></span> }
}

fn strip_style(path: &str, (width, height): (u16, u16), (frames, rate, repeats): (u8, u8, bool)) -> String {
    let milliseconds = u32::from(frames) * 1_000 / u32::from(rate);
    let times = if repeats { "infinite" } else { "1" };
    format!(
        "--art:url(/art/{path}.png);--w:{width}px;--h:{height}px;--frames:{frames};--time:{milliseconds}ms;--times:{times}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strips_are_as_they_were_drawn() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/art/");
        let index = std::fs::read_to_string(format!("{root}index.json")).unwrap();
        let index: serde_json::Value = serde_json::from_str(&index).unwrap();
        for mito in Mito::ALL {
            let (name, frames, rate, repeats) = mito.strip();
            let drawn = &index[format!("mito/{name}")];
            assert_eq!(drawn["frames"], frames, "{name}");
            assert_eq!(drawn["fps"], rate, "{name}");
            assert_eq!(drawn["loop"], repeats, "{name}");
        }
        for art in Art::ALL {
            let (path, width, height, frames, rate) = art.strip();
            let drawn = &index[path];
            assert_eq!(
                (&drawn["width"], &drawn["height"], &drawn["frames"], &drawn["fps"]),
                (&width.into(), &height.into(), &frames.into(), &rate.into()),
                "{path}"
            );
            assert!(std::fs::exists(format!("{root}{path}.png")).unwrap());
        }
    }
}
