//! Why something did not become a question. Owns: the reasons, which are the tuning tool.

use serde::{Deserialize, Serialize};

/// A reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Refers to something outside the stretch, and nothing is left when that is cut.
    Refers,
    /// Subject and verb, or noun and definition, differ in number.
    Number,
    /// No head noun, or none of the key's group.
    NoGenus,
    /// The definition's genus is of another group than the key.
    Genus,
    /// 'the result of …', 'an example of …', under four words.
    EmptyDefinition,
    /// A noun phrase holds a finite verb.
    MainVerb,
    /// More than one term is named or asked for.
    Coordinated,
    /// Verb that tells a story, is past, or says nothing.
    Verb,
    /// 'which' may belong to the clause or to another noun.
    Antecedent,
    /// Not a whole noun phrase.
    Partial,
    /// The term is neither set in bold nor otherwise known to matter.
    Unmarked,
    /// A type name, or the head of several terms.
    ClassName,
    /// The term is the head of longer marked terms.
    HeadOfLonger,
    /// Too few words that are rare in this document.
    Vague,
    /// 'plays a role', 'important' and little else.
    VagueVerb,
    /// The key, or a form of it, stands in the stem.
    KeyInStem,
    /// Part of the key stands in the stem and in no distractor.
    Leak,
    /// 'the gland' without a word that says which.
    Dangling,
    /// Breaks off.
    Fragment,
    /// 'the second', 'another'.
    Deictic,
    /// 'greater', 'most commonly': compared with what is not said.
    Comparison,
    /// Speaks of the word, not of the thing.
    Etymology,
    /// Fewer than two distractors are left.
    FewDistractors,
    /// One property or place that others may share.
    Shared,
    /// The key alone is of the class or place that the stem names, or stands out from the other names.
    Apart,
    /// Asks for a word that everyone knows by its plain meaning.
    Everyday,
    /// The key is longer than the distractors.
    LongKey,
    /// An option has no usable sentence to quote.
    NoQuote,
    /// Too long or too short.
    Length,
    /// Like an item that is there already.
    Duplicate,
    /// Enough items on this term or sentence.
    Enough,
    /// Breaks a rule of `flaw`.
    Flawed,
    /// A table without a usable key column, or a cell that says too little.
    Table,
    /// The stem would be true of another option by the text itself.
    Ambiguous,
}
