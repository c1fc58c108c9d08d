//! Two ways of saying one thing. Owns: the table. Refuses: spellings (`word`), forms of a word and abbreviations that mean several things.
//!
//! Written from general medical knowledge. A pair stands here only if no exam would tell the two apart: 'stroke' is not 'cerebral
//! infarction', 'management' not 'treatment'. All words are folded as [`crate::word`] folds them.

const TABLE: &str = include_str!("../assets/synonyms.tsv");

/// The pairs: what is said, and what it means.
pub fn synonyms() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}
