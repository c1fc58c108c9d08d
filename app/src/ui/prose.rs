//! Medical text as it is read: figures keep their units, gaps can be seen and heard.

use domain::{
    markup::{Block, Piece, blocks, pieces},
    script,
};
use leptos::prelude::*;

/// What may follow a figure and must not be parted from it.
const UNITS: &[&str] = &[
    "%", "°C", "°F", "A", "Ca", "Da", "Hg", "Hz", "IU", "J", "K", "L", "M", "MHz", "N", "Pa", "U", "V", "W",
    "bpm", "beats", "breaths", "cal", "cm", "cmH2O", "dL", "dB", "day", "days", "fL", "g", "h", "hour",
    "hours", "kDa", "kHz", "kJ", "kPa", "kcal", "kg", "km", "l", "mA", "mEq", "mL", "mM", "mOsm", "mV",
    "mcg", "mg", "min", "minute", "minutes", "ml", "mm", "mmHg", "mmol", "mol", "month", "months", "ms", "m",
    "nL", "ng", "nm", "nmol", "pg", "pH", "percent", "pmol", "s", "second", "seconds", "week", "weeks",
    "year", "years", "µL", "µM", "µV", "µg", "µm", "µmol", "μL", "μM", "μV", "μg", "μm", "μmol",
];

/// The same text with no-break spaces between figures and their units ('104/62 mm Hg').
pub fn bind_units(text: &str) -> String {
    let mut bound = String::with_capacity(text.len() + 8);
    let mut previous = "";
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        let unit = bare
            .trim_end_matches([',', '.', ';', ':', ')', '?', '!', '”', '"'])
            .split(['/', '·', '-', '–'])
            .next()
            .unwrap_or_default();
        let figure = previous.ends_with(|c: char| c.is_ascii_digit());
        let pressure = previous == "mm" && unit == "Hg";
        if bound.ends_with(' ') && (figure && UNITS.contains(&unit) || pressure) {
            bound.pop();
            bound.push('\u{a0}');
        }
        bound.push_str(word);
        previous = bare;
    }
    bound
}

/// Cuts a stem into the case and the sentence that asks. A stem of one sentence has no case.
pub fn split_stem(stem: &str) -> (Option<&str>, &str) {
    let stem = stem.trim();
    if let Some((case, lead)) = stem.rsplit_once('\n') {
        return (Some(case.trim()), lead.trim());
    }
    if !stem.ends_with(['?', ':']) {
        return (None, stem);
    }
    match domain::sentence::sentences(stem).last() {
        Some(last) if last.start > 0 => (Some(stem[..last.start].trim()), &stem[last.start..]),
        _ => (None, stem),
    }
}

/// A text of the page as it is read: units bound, and names like PaCO₂ written so.
pub fn set(text: &str) -> String {
    let words = text.split_inclusive(' ').map(|word| {
        let bare = word.trim_end_matches(' ');
        match script::word(bare) {
            Some(written) => written + &word[bare.len()..],
            None => word.to_string(),
        }
    });
    bind_units(&words.collect::<String>())
}

/// Running text with what a model may mark in it, units bound, gaps (`_____`) drawn. Nothing in it becomes HTML.
#[component]
pub fn Prose(
    /// What is said.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let drawn = |piece| match piece {
        Piece::Plain(text) => set(&text).into_any(),
        Piece::Strong(text) => view! { <strong>{set(&text)}</strong> }.into_any(),
        Piece::Emphasis(text) => view! { <em>{set(&text)}</em> }.into_any(),
        Piece::Code(text) => view! { <code>{text}</code> }.into_any(),
        // of `formula` alone, which escapes every character
        Piece::Formula(mathml) => view! { <span class="formula" inner_html=mathml></span> }.into_any(),
        Piece::Gap => view! { <span class="gap"><span class="sr">"blank"</span></span> }.into_any(),
    };
    pieces(&text).into_iter().map(drawn).collect_view()
}

/// What a model writes in paragraphs and lists.
#[component]
pub fn Passages(
    /// What is said.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let listed = |items: Vec<&str>| {
        let items = items.into_iter().map(|item| view! { <li><Prose text=item/></li> });
        items.collect_view()
    };
    let drawn = |block| match block {
        Block::Paragraph(text) => view! { <p class="read"><Prose text=text/></p> }.into_any(),
        Block::List { ordered: true, items } => {
            view! { <ol class="read said">{listed(items)}</ol> }.into_any()
        }
        Block::List { items, .. } => view! { <ul class="read said">{listed(items)}</ul> }.into_any(),
    };
    blocks(&text).into_iter().map(drawn).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_their_units() {
        for (text, bound) in [
            ("a pulse of 36 beats per minute", "a pulse of 36\u{a0}beats per minute"),
            ("pressure is 104/62 mm Hg, and", "pressure is 104/62\u{a0}mm\u{a0}Hg, and"),
            ("4.3 mmol/L.", "4.3\u{a0}mmol/L."),
            ("at 25 % (n = 4)", "at 25\u{a0}% (n = 4)"),
            ("the 4 chambers", "the 4 chambers"),
            ("no figure mm", "no figure mm"),
            ("", ""),
        ] {
            assert_eq!(bind_units(text), bound);
        }
    }

    #[test]
    fn gases_and_ions_are_written_as_in_a_book() {
        for (text, read) in [
            ("the PaCO2 is 40 mm Hg.", "the PaCO₂ is 40\u{a0}mm\u{a0}Hg."),
            ("Ca2+, K+ and HCO3- leave", "Ca²⁺, K⁺ and HCO₃⁻ leave"),
            ("CD4+ cells, T4 and B12", "CD4+ cells, T4 and B12"),
        ] {
            assert_eq!(set(text), read);
        }
    }

    #[test]
    fn what_a_model_writes_is_no_html() {
        let drawn = |text: &str| Owner::new().with(|| view! { <Passages text=text/> }.to_html());
        let attack =
            "<img src=x onerror=alert(1)> **<script>alert(2)</script>** $\\text{<b onclick=x>}$ `<i>`";
        let html = drawn(attack);
        for tag in ["<img", "<script", "<b ", "<i>"] {
            assert!(!html.contains(tag), "{tag} in {html}");
        }
        for kept in
            ["&lt;img src=x", "<strong>&lt;script&gt;", "<math><mtext>&lt;b onclick=x&gt;", "<code>&lt;i&gt;"]
        {
            assert!(html.contains(kept), "no {kept} in {html}");
        }
        assert!(drawn("- one\n- $10^{-3}$").contains("<msup><mn>10</mn>"));
    }

    #[test]
    fn the_sentence_that_asks_stands_alone() {
        for (stem, case, lead) in [
            ("Which node paces the heart?", None, "Which node paces the heart?"),
            (
                "A woman faints. Her pulse is 36/min. What paces her ventricles?",
                Some("A woman faints. Her pulse is 36/min."),
                "What paces her ventricles?",
            ),
            (
                "The PR interval is 0.26 s (reference 0.12 to 0.20). Where does the medicine act?",
                Some("The PR interval is 0.26 s (reference 0.12 to 0.20)."),
                "Where does the medicine act?",
            ),
            ("It rose from 62 to 74 mL. Why?", Some("It rose from 62 to 74 mL."), "Why?"),
            ("Case.\n\nWhich is it?", Some("Case."), "Which is it?"),
            ("The _____ paces the heart.", None, "The _____ paces the heart."),
            ("A dose (e.g. 5 mg) helps what?", None, "A dose (e.g. 5 mg) helps what?"),
            ("He saw Dr. Ray today. Why?", Some("He saw Dr. Ray today."), "Why?"),
            ("It measured 3.5 Then what?", None, "It measured 3.5 Then what?"),
        ] {
            assert_eq!(split_stem(stem), (case, lead), "{stem}");
        }
    }
}
