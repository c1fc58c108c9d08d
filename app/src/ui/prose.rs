//! Medical text as it is read: figures keep their units, gaps can be seen and heard.

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

/// Text with units bound and gaps (`_____`) drawn.
#[component]
pub fn Prose(
    /// What is said.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let text = bind_units(&text);
    let mut pieces = vec![];
    let mut rest = text.as_str();
    while let Some(start) = rest.find("__") {
        let length = rest[start..].len() - rest[start..].trim_start_matches('_').len();
        pieces.push(rest[..start].to_string().into_any());
        pieces.push(view! { <span class="gap"><span class="sr">"blank"</span></span> }.into_any());
        rest = &rest[start + length..];
    }
    pieces.push(rest.to_string().into_any());
    pieces.collect_view()
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
