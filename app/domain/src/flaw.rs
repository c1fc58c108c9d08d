//! Item-flaw rules: what spoils a multiple-choice question. Owns: the rules that block publication (1 to 10) and
//! those that warn, each a function of strings. Refuses: repairs.
//!
//! After the rules of the National Board of Medical Examiners, reworded where they flagged sound textbook and
//! examination items.

mod block;
mod text;
mod warn;

use crate::document::Document;
use crate::question::Item;
use serde::{Deserialize, Serialize};

pub use block::{
    all_or_none, article, count_and_key, key_length, key_number, lead_in, leak, near_duplicate, negation,
    numbers, sources,
};
pub use warn::warnings;

/// A flaw. The number is the rule's in the item-writing guide of this project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// 1: not exactly one key, not three to five options, or two options alike.
    CountAndKey,
    /// 2: 'all of the above', 'A and C'.
    AllOrNone,
    /// 3: NOT, EXCEPT or LEAST in the lead-in.
    Negation,
    /// 4: the key is over 25 % longer than the longest distractor, and by ten characters.
    KeyLength,
    /// 5: a word of the stem stands in the key and none in a distractor.
    Leak,
    /// 6: 'a' or 'an' before the options fits only some.
    Article,
    /// 6: the key differs in number from every distractor.
    KeyNumber,
    /// 7: numeric options that overlap, are unsorted, or mix units or precision.
    Numbers,
    /// 8: an option without rationale, or a quote that is not in the source.
    Sources,
    /// 9: like another item.
    NearDuplicate,
    /// 10: neither question, command, gap nor open stem.
    LeadIn,
    /// Warning: the key is over 25 % longer than the mean distractor.
    KeyLongerThanMean,
    /// Warning 11: always, never, only.
    Absolute,
    /// Warning 12: often, usually, may.
    VagueFrequency,
    /// Warning 13: the key shares most words with the others.
    Convergence,
    /// Warning 15: options are not parallel.
    NotParallel,
    /// Warning 16: 'which is true'.
    Unfocused,
    /// Warning 18: a phrase stands in all options, or stem or options are over-long.
    Wordy,
    /// Warning 21: the Bloom level asks for a case and there is none.
    BloomWithoutCase,
    /// Warning 22: a laboratory value without a unit.
    ValueWithoutUnit,
    /// Warning 30: words that reduce a person to a disease.
    Stigma,
}

/// Rules 1 to 7 and 10: those that need the item alone. Rule 8 is [`sources`], rule 9 [`near_duplicate`].
pub fn blocking(item: &Item) -> Vec<Flaw> {
    let rules: [fn(&Item) -> Option<Flaw>; 10] = [
        count_and_key,
        all_or_none,
        negation,
        key_length,
        leak,
        article,
        key_number,
        numbers,
        block::rationales,
        lead_in,
    ];
    rules.iter().filter_map(|rule| rule(item)).collect()
}

/// All that keeps an item of a document from being published.
pub fn blocking_in(item: &Item, document: &Document) -> Vec<Flaw> {
    let mut flaws = blocking(item);
    flaws.extend(sources(item, document));
    flaws.dedup();
    flaws
}
