//! A sample for human judges. Owns: which items are drawn, and the two tables that the judges fill in. Refuses:
//! verdicts.
//!
//! The first judge sees everything. The second sees neither the key nor any rationale: only the question, its
//! options and the text of the page that the key quotes.

use super::vectors::Random;
use super::{Item, Options, generate};
use crate::document::Document;

/// The tables, tab-separated with a heading row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample {
    /// Number, file, page, kind, stem, options, letter of the key, quotes, and empty columns for a verdict.
    pub open: String,
    /// Number, file, page, stem, options, text of the page, and empty columns for an answer and a verdict.
    pub blind: String,
}

const LETTERS: &[&str] = &["A", "B", "C", "D", "E"];

/// Draws `count` items by a seeded shuffle from all items of all documents. Each document comes with its name;
/// names must differ. A count of `None` takes all.
pub fn sample(documents: &[(String, Document)], seed: u64, count: Option<usize>) -> Sample {
    let mut drawn: Vec<(usize, Item)> = vec![];
    for (at, (_, document)) in documents.iter().enumerate() {
        drawn.extend(generate(document, &Options::default()).items.into_iter().map(|item| (at, item)));
    }
    Random::new(seed).shuffle(&mut drawn);
    drawn.truncate(count.unwrap_or(usize::MAX));
    let mut sample = Sample {
        open: "n\tfile\tpage\tkind\tstem\tA\tB\tC\tD\tE\tkey\tquotes\tverdict\treason\n".into(),
        blind: "n\tfile\tpage\tstem\tA\tB\tC\tD\tE\tpage_text\tanswer\tverdict\treason\n".into(),
    };
    for (number, (at, item)) in drawn.iter().enumerate() {
        let (name, document) = &documents[*at];
        let key = item.options.iter().position(|option| option.correct).unwrap_or(0);
        let page = item.options.get(key).map_or(0, |option| option.page);
        let option = |at: usize| item.options.get(at).map_or(String::new(), |option| cell(&option.text));
        let options: Vec<String> = (0..5).map(option).collect();
        let kind = format!("{:?}", item.kind).to_lowercase();
        let quotes: Vec<String> = item
            .options
            .iter()
            .map(|o| format!("{}: “{}” (p. {})", cell(&o.text), cell(&o.quote), o.page))
            .collect();
        let text =
            document.pages.iter().position(|p| p.number == page).map_or("", |at| document.page_text(at));
        let start = format!("{}\t{name}\t{page}", number + 1);
        let stem = cell(&item.stem);
        sample.open += &format!(
            "{start}\t{kind}\t{stem}\t{}\t{}\t{}\t\t\n",
            options.join("\t"),
            LETTERS.get(key).copied().unwrap_or(""),
            quotes.join(" / "),
        );
        sample.blind += &format!("{start}\t{stem}\t{}\t{}\t\t\t\n", options.join("\t"), cell(text));
    }
    sample
}

/// Text without the characters that part cells and rows.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::tests::lecture;

    #[test]
    fn the_blind_table_tells_no_key_and_the_draw_is_repeatable() {
        let documents = [("a.pdf".to_string(), lecture()), ("b.pdf".to_string(), lecture())];
        let one = sample(&documents, 7, Some(5));
        assert_eq!(one, sample(&documents, 7, Some(5)));
        assert_ne!(one, sample(&documents, 8, Some(5)));
        assert_eq!(one.open.lines().count(), 6);
        for (open, blind) in one.open.lines().zip(one.blind.lines()) {
            assert_eq!((open.split('\t').count(), blind.split('\t').count()), (14, 13));
        }
        assert!(one.blind.lines().skip(1).all(|line| line.ends_with("\t\t\t")));
    }
}
