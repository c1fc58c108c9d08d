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

    /// Name of the strip in `public/art/mito`.
    fn strip(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Blink => "blink",
            Self::Cheer => "cheer",
            Self::Comfort => "comfort",
            Self::LevelUp => "level-up",
            Self::Sleep => "sleep",
            Self::Study => "study",
            Self::Surprised => "surprised",
            Self::Think => "think",
            Self::Wave => "wave",
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
    let class = move || strip_class(&format!("mito-{}", state.get().strip()), side, still);
    view! {
        <span class=class>
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

    /// Path below `public/art`, the side of a frame, and how many there are.
    fn strip(self) -> (&'static str, u16, u8) {
        match self {
            Self::Flame => ("icons/flame", 16, 4),
            Self::Book => ("icons/book", 16, 1),
            Self::Heart => ("icons/heart", 16, 1),
            Self::Coin => ("decor/atp-coin", 16, 4),
            Self::Sparkle => ("decor/sparkle", 11, 4),
            Self::Lock => ("icons/lock", 16, 1),
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
    let (path, side, frames) = art.strip();
    let name = path.rsplit('/').next().unwrap_or_default();
    let class = strip_class(name, side * scale, still || frames == 1);
    view! { <span class=class aria-hidden="true"></span> }
}

/// The classes that `style/components/art.css` has for a strip and for a size: pages have no inline styles.
fn strip_class(name: &str, side: u16, still: bool) -> String {
    format!("strip strip-{name} side-{side}{}", if still { " strip--still" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The styles of a class in `art.css`.
    fn style_of(class: &str) -> String {
        let css = concat!(env!("CARGO_MANIFEST_DIR"), "/../style/components/art.css");
        let css = std::fs::read_to_string(css).unwrap();
        let rule = format!(".{class} {{");
        let at = css.find(&rule).unwrap_or_else(|| panic!("no {rule}"));
        css[at + rule.len()..].split('}').next().unwrap().trim().to_string()
    }

    #[test]
    fn the_strips_are_as_they_were_drawn() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/art/");
        let index = std::fs::read_to_string(format!("{root}index.json")).unwrap();
        let index: serde_json::Value = serde_json::from_str(&index).unwrap();
        let played = |path: &str| {
            let drawn = &index[path];
            let (frames, rate) = (drawn["frames"].as_u64().unwrap(), drawn["fps"].as_u64().unwrap());
            let times = if drawn["loop"] == true { "infinite" } else { "1" };
            assert!(std::fs::exists(format!("{root}{path}.png")).unwrap());
            format!(
                "--art: url(/art/{path}.png); --frames: {frames}; --time: {}ms; --times: {times};",
                frames * 1_000 / rate
            )
        };
        for mito in Mito::ALL {
            let name = mito.strip();
            assert_eq!(style_of(&format!("strip-mito-{name}")), played(&format!("mito/{name}")));
        }
        for art in Art::ALL {
            let (path, side, frames) = art.strip();
            let drawn = &index[path];
            let sizes = (&drawn["width"], &drawn["height"], &drawn["frames"]);
            assert_eq!(sizes, (&side.into(), &side.into(), &frames.into()), "{path}");
            let name = path.rsplit('/').next().unwrap();
            assert_eq!(style_of(&format!("strip-{name}")), played(path));
        }
        for side in [11, 22, 32, 64, 96, 128] {
            assert_eq!(style_of(&format!("side-{side}")), format!("--w: {side}px; --h: {side}px;"));
        }
    }
}
