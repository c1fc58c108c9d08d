//! Raised and lowered characters where only plain text can be shown: 10⁻³ and not 10-3, PaCO₂ and not PaCO2. Owns: the
//! characters of Unicode that stand for them, and formulas whose figures can only be lowered. Refuses: guessing what a text means.

use crate::document::{Document, Span, Style};

/// The text of a span, what is raised or lowered in it written so. A raised or lowered stretch that Unicode cannot write as a whole
/// stays as it is.
pub fn written(document: &Document, span: Span) -> String {
    let mut out = String::with_capacity(span.len());
    let mut at = span.start;
    let from = document.marks.partition_point(|mark| mark.span.start < span.start);
    for mark in document.marks[from..].iter().take_while(|mark| mark.span.end <= span.end) {
        let table = match mark.style {
            Style::Superscript => RAISED,
            Style::Subscript => LOWERED,
            Style::Bold | Style::Italic => continue,
        };
        let text = document.slice(mark.span);
        let set: Option<String> = text.chars().map(|c| replaced(table, c)).collect();
        if let Some(set) = set.filter(|_| mark.span.start >= at) {
            out.push_str(document.slice(Span { start: at, end: mark.span.start }));
            out.push_str(&set);
            at = mark.span.end;
        }
    }
    out.push_str(document.slice(Span { start: at, end: span.end }));
    out
}

fn replaced(table: &str, c: char) -> Option<char> {
    let mut pairs = table.chars();
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        if from == c || to == c {
            return Some(to);
        }
    }
    None
}

/// Character, raised character.
const RAISED: &str = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻–⁻=⁼(⁽)⁾nⁿi\u{2071}";
/// Character, lowered character.
const LOWERED: &str = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑoₒxₓhₕkₖlₗmₘnₙpₚsₛtₜ";

/// Names whose figures and charges read in one way only; also with a pressure or a share before them (PaCO2, FiO2).
const NAMES: &[(&str, &str)] = &[
    ("CO2", "CO₂"),
    ("O2", "O₂"),
    ("N2O", "N₂O"),
    ("H2O", "H₂O"),
    ("H2O2", "H₂O₂"),
    ("H2CO3", "H₂CO₃"),
    ("HCO3", "HCO₃"),
    ("HCO3-", "HCO₃⁻"),
    ("HCO3−", "HCO₃⁻"),
    ("NH3", "NH₃"),
    ("NH4+", "NH₄⁺"),
    ("Ca2+", "Ca²⁺"),
    ("Mg2+", "Mg²⁺"),
    ("Fe2+", "Fe²⁺"),
    ("Fe3+", "Fe³⁺"),
    ("Cu2+", "Cu²⁺"),
    ("Zn2+", "Zn²⁺"),
    ("Na+", "Na⁺"),
    ("K+", "K⁺"),
    ("H+", "H⁺"),
    ("Cl-", "Cl⁻"),
    ("Cl−", "Cl⁻"),
    ("OH-", "OH⁻"),
    ("OH−", "OH⁻"),
    ("VO2max", "V̇O₂max"),
];
/// What stands before a gas.
const OF_GASES: &[&str] = &["", "P", "p", "Pa", "PA", "Pv", "pa", "Sa", "Sp", "Sv", "Fi", "FI", "Et", "et"];

/// A word as it is written in medicine where its characters leave no doubt: 'PaCO2' is PaCO₂, 'Ca2+' is Ca²⁺. 'T4', 'CD4+' and
/// 'B12' stay.
pub fn word(word: &str) -> Option<String> {
    let start = word.len() - word.trim_start_matches(['(', '[', '“', '‘', '"']).len();
    let bare = word[start..].trim_end_matches([',', '.', ';', ':', ')', ']', '?', '!', '”', '’', '"']);
    let (end, before) = (start + bare.len(), &word[..start]);
    let gas = || {
        let name = ["CO2", "O2"].into_iter().find(|name| bare.ends_with(name))?;
        let of = bare.strip_suffix(name).filter(|of| OF_GASES.contains(of))?;
        Some(format!("{of}{}₂", name.trim_end_matches('2')))
    };
    let known = NAMES.iter().find(|(plain, _)| *plain == bare).map(|(_, written)| written.to_string());
    Some(format!("{before}{}{}", known.or_else(gas)?, &word[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{BlockKind, Builder, Run};

    #[test]
    fn what_the_page_raises_and_lowers_is_read_so() {
        let raised = |text| Run { text, superscript: true, ..Run::default() };
        let lowered = |text| Run { text, subscript: true, ..Run::default() };
        let mut builder = Builder::new();
        builder.push(
            BlockKind::Paragraph,
            &[
                Run::plain("Of 10"),
                raised("-3"),
                Run::plain(" mol H"),
                lowered("2"),
                Run::plain("O, Ca"),
                raised("2+"),
                Run::plain(" and k"),
                lowered("cat?"),
            ],
        );
        let document = builder.build();
        let whole = document.blocks[0].span;
        assert_eq!(document.slice(whole), "Of 10-3 mol H2O, Ca2+ and kcat?");
        assert_eq!(written(&document, whole), "Of 10⁻³ mol H₂O, Ca²⁺ and kcat?");
        let part = Span { start: whole.start + 8, ..whole };
        assert_eq!(written(&document, part), "mol H₂O, Ca²⁺ and kcat?");
        // a mark that is cut by the span stays plain
        let cut = Span { start: whole.start, end: whole.start + 6 };
        assert_eq!(written(&document, cut), "Of 10-");
    }

    #[test]
    fn names_that_leave_no_doubt() {
        for (plain, wanted) in [
            ("CO2", Some("CO₂")),
            ("(PaCO2),", Some("(PaCO₂),")),
            ("SpO2.", Some("SpO₂.")),
            ("Ca2+", Some("Ca²⁺")),
            ("HCO3−", Some("HCO₃⁻")),
            ("T4", None),
            ("CD4+", None),
            ("B12", None),
            ("NaO2", None),
            ("GLUT2", None),
            ("", None),
            ("...", None),
        ] {
            assert_eq!(word(plain).as_deref(), wanted, "{plain}");
        }
    }
}
