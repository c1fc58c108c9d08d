//! Plain text. Owns: telling paragraphs, headings and lists by how lines stand. Refuses: encodings (`text`).

use super::ReadError;
use domain::document::{BlockKind, Builder, Document, Run};

/// Reads plain text. Form feeds part pages.
///
/// # Errors
/// None today; the signature is that of every reader.
pub(super) fn read(text: &str) -> Result<Document, ReadError> {
    let mut builder = Builder::new();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let wrapped = wrapped(&text);
    for (index, page) in text.split('\x0c').enumerate() {
        builder.page(index as u32 + 1);
        let mut open: Vec<&str> = vec![];
        let lines: Vec<&str> = page.lines().collect();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            let next = lines.get(at + 1).copied().unwrap_or_default();
            let underlined = !line.trim().is_empty() && open.is_empty() && underline(next);
            if line.trim().is_empty() {
                close(&mut open, &mut builder);
            } else if underlined {
                let level = if next.trim_start().starts_with('=') { 1 } else { 2 };
                builder.push(BlockKind::Heading(level), &[Run::plain(line)]);
                at += 1;
            } else {
                // where lines are not wrapped by hand, each is a paragraph
                if !wrapped || item(line).is_some() {
                    close(&mut open, &mut builder);
                }
                open.push(line);
            }
            at += 1;
        }
        close(&mut open, &mut builder);
    }
    Ok(builder.build())
}

/// Whether lines were broken by hand at some width: no line is long, and of those that another follows directly
/// most come near the longest.
fn wrapped(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let length = |line: &str| line.trim_end().chars().count();
    let longest = lines.iter().map(|line| length(line)).max().unwrap_or(0);
    let followed = |pair: &&[&str]| {
        let [line, next] = pair else { return false };
        !line.trim().is_empty() && !next.trim().is_empty() && item(next).is_none() && !underline(next)
    };
    let broken: Vec<usize> = lines.windows(2).filter(followed).map(|pair| length(pair[0])).collect();
    let near = broken.iter().filter(|length| **length * 3 > longest * 2).count();
    longest <= 120 && longest > 30 && near * 2 > broken.len()
}

fn underline(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && (line.chars().all(|c| c == '=') || line.chars().all(|c| c == '-'))
}

/// The text of a list item and whether it is numbered.
fn item(line: &str) -> Option<(&str, bool)> {
    let line = line.trim_start();
    let (head, rest) = line.split_once([' ', '\t'])?;
    let bullet = matches!(head, "-" | "*" | "•" | "–" | "+" | "o" | "●" | "▪");
    let digits = head.trim_end_matches(['.', ')']);
    let number = digits.len() < head.len()
        && (1..=3).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit());
    let rest = rest.trim();
    (!rest.is_empty() && (bullet || number)).then_some((rest, number))
}

fn close(open: &mut Vec<&str>, builder: &mut Builder) {
    let lines = std::mem::take(open);
    let Some(first) = lines.first() else { return };
    if let Some((text, ordered)) = item(first) {
        let indent = first
            .chars()
            .take_while(|c| c.is_whitespace())
            .map(|c| if c == '\t' { 4 } else { 1 })
            .sum::<usize>();
        let mut whole = text.to_string();
        for line in &lines[1..] {
            whole.push(' ');
            whole.push_str(line);
        }
        let depth = (indent / 2).min(5) as u8;
        // a number before a title of one line is a section's, before more an item's
        builder.push(BlockKind::ListItem { depth, ordered }, &[Run::plain(&whole)]);
        return;
    }
    let whole = lines.join(" ");
    let words = whole.split_whitespace().count();
    let letters = || whole.chars().filter(|c| c.is_alphabetic());
    let capitals = letters().count() >= 3 && letters().all(|c| !c.is_lowercase());
    let numbered = {
        let head = whole.split_whitespace().next().unwrap_or_default();
        head.contains('.') && head.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let ended = whole.trim_end().ends_with(['.', ',', ';', ':', '?', '!']);
    let titled = lines.len() == 1 && words <= 12 && !ended;
    let kind = if titled && (capitals || numbered || whole.starts_with("Chapter ")) {
        BlockKind::Heading(if numbered && whole.matches('.').count() > 1 { 3 } else { 2 })
    } else {
        BlockKind::Paragraph
    };
    builder.push(kind, &[Run::plain(&whole)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<(BlockKind, String)> {
        let document = read(text).unwrap();
        document.check().unwrap();
        document
            .blocks
            .iter()
            .map(|block| (block.kind.clone(), document.slice(block.span).to_string()))
            .collect()
    }

    #[test]
    fn hand_wrapped_lines_are_joined() {
        let text = "THE HEART\n\nThe heart pumps blood through the body and it\nnever stops while its owner is alive, which is\nwhy it is well fed.\n\n- first item\n- second item\n\nTitle\n=====\nText.";
        assert_eq!(
            blocks(text),
            [
                (BlockKind::Heading(2), "THE HEART".into()),
                (
                    BlockKind::Paragraph,
                    "The heart pumps blood through the body and it never stops while its owner is alive, which is why \
                     it is well fed."
                        .into()
                ),
                (BlockKind::ListItem { depth: 0, ordered: false }, "first item".into()),
                (BlockKind::ListItem { depth: 0, ordered: false }, "second item".into()),
                (BlockKind::Heading(1), "Title".into()),
                (BlockKind::Paragraph, "Text.".into()),
            ]
        );
    }

    #[test]
    fn long_lines_are_paragraphs_and_form_feeds_pages() {
        let long = "The heart pumps blood. ".repeat(10);
        let document = read(&format!("{long}\n{long}\x0c{long}")).unwrap();
        document.check().unwrap();
        assert_eq!(document.blocks.len(), 3);
        assert_eq!(document.page_at(document.blocks[2].span.start), 2);
    }
}
