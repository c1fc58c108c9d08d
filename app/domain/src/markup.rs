//! The little Markdown that a model may write: paragraphs, lists, strong and emphasised words, code, formulas, gaps. Owns: where
//! each begins and ends. Refuses: HTML, links and pictures, which stay the characters that they are.
//!
//! A sign that could be the text's own (`HLA-B*27`, `$5`, `2 * 3`) is left alone: words are emphasised from a word's beginning to a
//! word's end only.

use crate::formula;

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Plain(String),
    /// `**so**`
    Strong(String),
    /// `*so*`
    Emphasis(String),
    /// `` `so` ``
    Code(String),
    /// `$so$` or `\(so\)`: its MathML, in which nothing is anything but text and signs.
    Formula(String),
    /// `_____`: a blank to be filled.
    Gap,
}

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'t> {
    /// Running text.
    Paragraph(&'t str),
    /// Items of a list.
    List {
        /// With numbers.
        ordered: bool,
        /// Running text each.
        items: Vec<&'t str>,
    },
}

/// Cuts a text into paragraphs and lists. Where a line breaks within a paragraph the text goes on.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = vec![];
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        match item(line.trim()) {
            Some((ordered, words)) => {
                blocks.extend(paragraph(text, &mut open));
                match blocks.last_mut() {
                    Some(Block::List { ordered: same, items }) if *same == ordered => items.push(words),
                    _ => blocks.push(Block::List { ordered, items: vec![words] }),
                }
            }
            None if line.trim().is_empty() => {
                blocks.extend(paragraph(text, &mut open));
            }
            None => open = Some((open.map_or(start, |(first, _)| first), end)),
        }
    }
    blocks.extend(paragraph(text, &mut open));
    blocks
}

fn paragraph<'t>(text: &'t str, open: &mut Option<(usize, usize)>) -> Option<Block<'t>> {
    let (start, end) = open.take()?;
    Some(Block::Paragraph(text[start..end].trim().trim_start_matches('#').trim_start()))
}

/// The words of a line that is an item, and whether it has a number.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(words) =
        line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or_else(|| line.strip_prefix("• "))
    {
        return Some((false, words.trim_start()));
    }
    let figures = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let words = line[figures..].strip_prefix(". ").or_else(|| line[figures..].strip_prefix(") "))?;
    (1..=2).contains(&figures).then(|| (true, words.trim_start()))
}

/// Cuts running text into its pieces; joined up again, what is plain in them is the text.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = vec![];
    let (mut plain, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        match marked(text, at) {
            Some((piece, end)) => {
                if plain < at {
                    pieces.push(Piece::Plain(text[plain..at].to_string()));
                }
                pieces.push(piece);
                (plain, at) = (end, end);
            }
            None => at += c.len_utf8(),
        }
    }
    if plain < text.len() {
        pieces.push(Piece::Plain(text[plain..].to_string()));
    }
    pieces
}

/// What begins here other than plain text, and where it ends.
fn marked(text: &str, at: usize) -> Option<(Piece, usize)> {
    let rest = &text[at..];
    match rest.as_bytes()[0] {
        b'_' => {
            let length = rest.len() - rest.trim_start_matches('_').len();
            (length > 1).then_some((Piece::Gap, at + length))
        }
        b'*' => {
            let mark = if rest.starts_with("**") { "**" } else { "*" };
            let (words, end) = emphasised(text, at, mark)?;
            let words = words.to_string();
            Some((if mark == "**" { Piece::Strong(words) } else { Piece::Emphasis(words) }, end))
        }
        b'`' => {
            let words = rest[1..].split_once('`')?.0;
            let fits = !words.is_empty() && !words.contains('\n');
            fits.then(|| (Piece::Code(words.to_string()), at + words.len() + 2))
        }
        b'$' | b'\\' => formula_at(text, at),
        _ => None,
    }
}

/// Words between two marks, from the beginning of a word to the end of one.
fn emphasised<'t>(text: &'t str, at: usize, mark: &str) -> Option<(&'t str, usize)> {
    let before = text[..at].chars().next_back();
    let rest = &text[at + mark.len()..];
    let opens = before.is_none_or(|c| !c.is_alphanumeric() && c != '*');
    if !opens || rest.starts_with(|c: char| c.is_whitespace() || c == '*') {
        return None;
    }
    let ends = rest.match_indices(mark).find(|(end, _)| {
        let after = rest[end + mark.len()..].chars().next();
        let last = rest[..*end].chars().next_back();
        after.is_none_or(|c| !c.is_alphanumeric() && c != '*') && last.is_some_and(|c| !c.is_whitespace())
    });
    let words = &rest[..ends?.0];
    (!words.contains('\n')).then(|| (words, at + words.len() + 2 * mark.len()))
}

fn formula_at(text: &str, at: usize) -> Option<(Piece, usize)> {
    let rest = &text[at..];
    let (open, close, block) =
        [("$$", "$$", true), ("$", "$", false), (r"\(", r"\)", false), (r"\[", r"\]", true)]
            .into_iter()
            .find(|(open, ..)| rest.starts_with(open))?;
    let inside = &rest[open.len()..];
    let length = inside.find(close)?;
    let tex = &inside[..length];
    let after = inside[length + close.len()..].chars().next();
    // '$5 or $10' is money
    let money = open == "$"
        && (tex.starts_with(char::is_whitespace)
            || tex.ends_with(char::is_whitespace)
            || after.is_some_and(|c| c.is_ascii_digit()));
    let mathml = formula::mathml(tex, block).filter(|_| !money)?;
    Some((Piece::Formula(mathml), at + open.len() + length + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str) -> String {
        let told = |piece: Piece| match piece {
            Piece::Plain(text) => text,
            Piece::Strong(text) => format!("[b {text}]"),
            Piece::Emphasis(text) => format!("[i {text}]"),
            Piece::Code(text) => format!("[c {text}]"),
            Piece::Formula(_) => "[f]".into(),
            Piece::Gap => "[gap]".into(),
        };
        pieces(text).into_iter().map(told).collect()
    }

    #[test]
    fn pieces_of_running_text() {
        for (text, wanted) in [
            ("The **sinus node** paces.", "The [b sinus node] paces."),
            ("(*why*)", "([i why])"),
            ("HLA-B*27 and HLA-B*51", "HLA-B*27 and HLA-B*51"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("**open", "**open"),
            ("a ** b ** c", "a ** b ** c"),
            ("`K+` rises", "[c K+] rises"),
            ("the _____ paces", "the [gap] paces"),
            ("snake_case", "snake_case"),
            ("$Q = \\frac{\\Delta P}{R}$ holds", "[f] holds"),
            (r"\(10^{-3}\) mol", "[f] mol"),
            (r"\[x\]", "[f]"),
            ("it costs $5 or $10", "it costs $5 or $10"),
            ("US$5, later $10$", "US$5, later [f]"),
            ("$\\nothing$", "$\\nothing$"),
            ("<b>bold</b> & [link](javascript:x)", "<b>bold</b> & [link](javascript:x)"),
            ("", ""),
        ] {
            assert_eq!(told(text), wanted, "{text}");
        }
    }

    #[test]
    fn paragraphs_and_lists() {
        let text = "# First\nline two\n\n- one\n- **two**\n\n1. a\n2) b\nlast";
        let wanted = vec![
            Block::Paragraph("First\nline two"),
            Block::List { ordered: false, items: vec!["one", "**two**"] },
            Block::List { ordered: true, items: vec!["a", "b"] },
            Block::Paragraph("last"),
        ];
        assert_eq!(blocks(text), wanted);
        assert_eq!(
            blocks("36/min. It fell to 3. 5 was next"),
            [Block::Paragraph("36/min. It fell to 3. 5 was next")]
        );
        assert_eq!(blocks(" \n \n"), []);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in r"([a-z*_$`\\ \n(){}-]|\PC){0,60}") {
            let kept: usize = pieces(&text).iter().map(|piece| match piece {
                Piece::Plain(text) | Piece::Strong(text) | Piece::Emphasis(text) | Piece::Code(text) => text.len(),
                Piece::Formula(_) | Piece::Gap => 0,
            }).sum();
            prop_assert!(kept <= text.len());
            let plain = pieces(&text).iter().all(|piece| matches!(piece, Piece::Plain(_)));
            prop_assert!(!plain || kept == text.len());
            for block in blocks(&text) {
                let parts = match block { Block::Paragraph(text) => vec![text], Block::List { items, .. } => items };
                prop_assert!(parts.iter().all(|part| text.contains(part)));
            }
        }
    }
}
