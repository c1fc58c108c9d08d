//! A block's text, cut where its looks change: type styles, cited stretches, found words. Owns: the cuts and how
//! they nest. Refuses: elements and colours (`page_text`).
//!
//! Spans come from the network, so they are clipped to the text and to character borders, never trusted.

use domain::document::{Mark, Span, Style};
use std::ops::Range;

/// How a piece of text is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Styles {
    /// Heavier.
    pub bold: bool,
    /// Slanted.
    pub italic: bool,
    /// Raised.
    pub superscript: bool,
    /// Lowered.
    pub subscript: bool,
}

/// Text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// How they are set.
    pub styles: Styles,
}

/// Pieces that are one found stretch, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// First byte (in the block's text) of the found stretch it belongs to.
    pub found: Option<u32>,
    /// In order, never empty.
    pub pieces: Vec<Piece>,
}

/// Runs that are one cited stretch, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Index of the cited span it belongs to.
    pub lit: Option<usize>,
    /// In order, never empty.
    pub runs: Vec<Run>,
}

/// Cuts `text[within]` into stretches, runs and pieces. Where two cited or found spans overlap, the earlier in its
/// list wins. Joined up again, the pieces are `text[within]`, byte for byte.
pub fn stretches(
    text: &str,
    within: Range<usize>,
    marks: &[Mark],
    lit: &[Span],
    found: &[Span],
) -> Vec<Stretch> {
    let within = border(text, within.start)..border(text, within.end);
    let marks: Vec<_> = marks.iter().map(|mark| (clip(text, &within, mark.span), mark.style)).collect();
    let lit: Vec<_> = lit.iter().map(|span| clip(text, &within, *span)).collect();
    let found: Vec<_> = found.iter().map(|span| (clip(text, &within, *span), span.start)).collect();

    let mut cuts = vec![within.start, within.end];
    let spans = marks.iter().map(|(span, _)| span).chain(&lit).chain(found.iter().map(|(span, _)| span));
    cuts.extend(spans.flat_map(|span| [span.start, span.end]));
    cuts.sort_unstable();
    cuts.dedup();

    let mut stretches: Vec<Stretch> = vec![];
    for (&start, &end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let covers = |span: &Range<usize>| span.start <= start && end <= span.end;
        let lit = lit.iter().position(covers);
        let found = found.iter().find(|(span, _)| covers(span)).map(|(_, first)| *first);
        let mut styles = Styles::default();
        for (_, style) in marks.iter().filter(|(span, _)| covers(span)) {
            match style {
                Style::Bold => styles.bold = true,
                Style::Italic => styles.italic = true,
                Style::Superscript => styles.superscript = true,
                Style::Subscript => styles.subscript = true,
            }
        }
        let stretch = match stretches.last_mut() {
            Some(last) if last.lit == lit => last,
            _ => {
                stretches.push(Stretch { lit, runs: vec![] });
                stretches.last_mut().expect("just pushed")
            }
        };
        let run = match stretch.runs.last_mut() {
            Some(last) if last.found == found => last,
            _ => {
                stretch.runs.push(Run { found, pieces: vec![] });
                stretch.runs.last_mut().expect("just pushed")
            }
        };
        match run.pieces.last_mut() {
            Some(last) if last.styles == styles => last.text.push_str(&text[start..end]),
            _ => run.pieces.push(Piece { text: text[start..end].into(), styles }),
        }
    }
    stretches
}

/// The nearest character border at or before `at`.
fn border(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// A span as far as it lies within; empty at `within.start` if it does not.
fn clip(text: &str, within: &Range<usize>, span: Span) -> Range<usize> {
    let start = border(text, span.start as usize).clamp(within.start, within.end);
    let end = border(text, span.end as usize).clamp(within.start, within.end);
    if start < end { start..end } else { within.start..within.start }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// Writes stretches as `{…}`, found runs as `[…]` and styles as letters before `:`.
    fn draw(stretches: &[Stretch]) -> String {
        let mut out = String::new();
        for stretch in stretches {
            out.push_str(if stretch.lit.is_some() { "{" } else { "" });
            for run in &stretch.runs {
                out.push_str(if run.found.is_some() { "[" } else { "" });
                for piece in &run.pieces {
                    let s = piece.styles;
                    let letters: String =
                        [(s.bold, 'b'), (s.italic, 'i'), (s.superscript, '^'), (s.subscript, '_')]
                            .iter()
                            .filter_map(|(on, letter)| on.then_some(*letter))
                            .collect();
                    out.push_str(&if letters.is_empty() {
                        piece.text.clone()
                    } else {
                        format!("<{letters}:{}>", piece.text)
                    });
                }
                out.push_str(if run.found.is_some() { "]" } else { "" });
            }
            out.push_str(if stretch.lit.is_some() { "}" } else { "" });
        }
        out
    }

    #[test]
    fn looks_nest_as_cited_then_found_then_style() {
        let bold = |start, end| Mark { span: span(start, end), style: Style::Bold };
        type Case = (&'static str, Vec<Mark>, Vec<Span>, Vec<Span>, &'static str);
        let cases: Vec<Case> = vec![
            ("plain", vec![], vec![], vec![], "plain"),
            ("a bold word", vec![bold(2, 6)], vec![], vec![], "a <b:bold> word"),
            ("a cited word", vec![], vec![span(2, 7)], vec![], "a {cited} word"),
            ("found in cited", vec![], vec![span(0, 14)], vec![span(9, 14)], "{found in [cited]}"),
            ("found over the edge", vec![], vec![span(0, 8)], vec![span(6, 12)], "{found [ov]}[er t]he edge"),
            ("bold over a hit", vec![bold(0, 9)], vec![], vec![span(5, 15)], "<b:bold >[<b:over> a hit]"),
        ];
        for (text, marks, lit, found, wanted) in cases {
            assert_eq!(draw(&stretches(text, 0..text.len(), &marks, &lit, &found)), wanted, "{text}");
        }
    }

    #[test]
    fn styles_of_one_stretch_add_up() {
        let marks = [
            Mark { span: span(0, 2), style: Style::Italic },
            Mark { span: span(1, 2), style: Style::Subscript },
            Mark { span: span(2, 4), style: Style::Superscript },
        ];
        assert_eq!(draw(&stretches("Ca2+", 0..4, &marks, &[], &[])), "<i:C><i_:a><^:2+>");
    }

    #[test]
    fn a_part_of_the_text_takes_only_its_share() {
        let text = "Hormone\tADH";
        assert_eq!(draw(&stretches(text, 8..11, &[], &[span(0, 11)], &[])), "{ADH}");
        assert_eq!(draw(&stretches(text, 0..7, &[], &[span(8, 11)], &[])), "Hormone");
        assert!(stretches(text, 3..3, &[], &[span(0, 11)], &[]).is_empty());
    }

    #[test]
    fn spans_that_do_not_fit_are_clipped_and_never_panic() {
        let text = "Ångström";
        for (start, end) in [(0, 1), (1, 2), (0, 999), (900, 999), (7, 3), (u32::MAX, 0)] {
            let cut = stretches(text, 0..text.len(), &[], &[span(start, end)], &[span(end, start)]);
            let joined: String =
                cut.iter().flat_map(|s| &s.runs).flat_map(|r| &r.pieces).map(|p| p.text.as_str()).collect();
            assert_eq!(joined, text, "{start}..{end}");
        }
    }

    #[test]
    fn a_found_stretch_that_is_cut_keeps_one_number() {
        let cut = stretches("less filling", 0..12, &[], &[span(0, 6)], &[span(5, 12)]);
        let found: Vec<_> = cut.iter().flat_map(|s| &s.runs).filter_map(|run| run.found).collect();
        assert_eq!(found, [5, 5]);
    }
}
