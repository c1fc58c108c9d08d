//! Words at opposite ends, negations, and beginnings that turn a word around. Owns: the tables. Refuses: deciding what they mean
//! for a statement (`claim`).

use super::Contradiction;
use crate::question::stem;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Pairs of ends, each in the words for it. The first row is of directions.
const PAIRS: &[(&str, &str)] = &[
    (
        "increase increases increased rise rises rose rising raise elevate elevated high higher greater gain enhance augment more grow accelerate big bigger large larger largest enlarge expand excess too up activate activation stimulate stimulation promote",
        "decrease decreases decreased fall falls fell falling reduce reduction low lower lowered less drop decline diminish fewer lessen loss small smaller smallest shrink down inhibit inhibition suppress suppression block",
    ),
    ("left", "right"),
    ("proximal", "distal"),
    ("medial medially inward", "lateral laterally outward"),
    ("anterior ventral front forward", "posterior dorsal behind backward rear"),
    (
        "superior upper cranial above top upward",
        "inferior caudal below beneath under underneath bottom downward",
    ),
    ("superficial", "deep"),
    ("internal inner inside interior", "external outer outside exterior"),
    ("intracellular", "extracellular"),
    ("central", "peripheral"),
    ("ipsilateral", "contralateral"),
    ("unilateral", "bilateral"),
    ("ascending", "descending"),
    ("afferent", "efferent"),
    ("sensory", "motor"),
    ("sympathetic", "parasympathetic"),
    ("before precede prior", "after follow"),
    ("early earlier", "late later"),
    ("first", "last"),
    ("acute", "chronic"),
    ("agonist", "antagonist"),
    ("excitatory excite", "inhibitory inhibit"),
    ("benign", "malignant"),
    ("positive", "negative"),
    ("dominant", "recessive"),
    ("congenital", "acquired"),
    ("primary", "secondary"),
    ("active", "passive"),
    ("direct", "indirect"),
    ("aerobic", "anaerobic"),
    ("oxygenated", "deoxygenated"),
    ("conjugated", "unconjugated"),
    ("innate", "adaptive"),
    ("humoral", "cellular"),
    ("systole systolic", "diastole diastolic"),
    ("inspiration inspiratory inhalation inhale", "expiration expiratory exhalation exhale"),
    ("artery arterial", "vein venous"),
    (
        "constrict constriction vasoconstriction narrow tighten",
        "dilate dilation dilatation vasodilation widen",
    ),
    ("contract contraction", "relax relaxation"),
    ("flexion flexor flex bend bent", "extension extensor extend straight straighten"),
    ("abduction abduct abductor", "adduction adduct adductor"),
    ("supination supinate", "pronation pronate"),
    ("depolarize depolarization", "repolarize repolarization hyperpolarize hyperpolarization"),
    ("reversible", "irreversible"),
    ("competitive", "noncompetitive"),
    ("soluble", "insoluble"),
    ("obstructive", "restrictive"),
    ("open opened", "close closed shut"),
    ("male men", "female women"),
    ("maternal", "fetal"),
    ("sensitivity", "specificity"),
    ("incidence", "prevalence"),
    ("thick thicken", "thin thinner"),
    ("fast faster rapid", "slow slower"),
    ("short shorter shorten", "long longer lengthen prolong"),
    ("maximum maximal", "minimum minimal"),
    ("always", "never"),
    ("strong stronger", "weak weaker"),
    ("same equal identical", "different unequal"),
    ("visceral", "parietal"),
    ("most", "least"),
    ("begin", "cease"),
    ("voluntary", "involuntary"),
    ("polar", "nonpolar"),
    ("child", "adult"),
    ("absorb absorption reabsorb reabsorption", "secrete secretion excrete excretion"),
    ("synthesis anabolism anabolic", "breakdown catabolism catabolic degradation"),
    ("hot warm", "cold cool"),
    ("acid acidic acidosis", "base alkaline basic alkalosis"),
];

/// An end of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pole {
    pub(super) pair: usize,
    pub(super) end: bool,
}

impl Pole {
    pub(super) fn kind(self) -> Contradiction {
        if self.pair == 0 { Contradiction::Direction } else { Contradiction::Side }
    }
}

static POLES: LazyLock<HashMap<String, Pole>> = LazyLock::new(|| {
    let mut poles = HashMap::new();
    for (pair, (one, other)) in PAIRS.iter().enumerate() {
        for (words, end) in [(one, false), (other, true)] {
            for word in words.split(' ') {
                let pole = Pole { pair, end };
                poles.entry(word.to_string()).or_insert(pole);
                poles.entry(stem(word)).or_insert(pole);
            }
        }
    }
    poles
});

/// The end that a word names, by its form, else by its stem.
pub(super) fn pole(form: &str, stem: &str) -> Option<Pole> {
    POLES.get(form).or_else(|| POLES.get(stem)).copied()
}

/// Whether a word takes back what follows.
pub(super) fn is_negation(form: &str) -> bool {
    const WORDS: &[&str] = &[
        "not", "no", "never", "without", "cannot", "none", "neither", "nor", "lack", "lacks", "lacking",
        "absent", "absence", "fail", "fails", "hardly", "except", "isnt", "arent", "wasnt", "doesnt", "dont",
        "didnt", "cant", "wont", "unable",
    ];
    WORDS.contains(&form)
}

/// Beginnings of which another makes another word.
const PREFIXES: &[&[&str]] = &[
    &["hypo", "hyper", "normo", "eu"],
    &["brady", "tachy"],
    &["intra", "inter", "extra"],
    &["pre", "post"],
    &["endo", "exo", "ecto"],
    &["macro", "micro"],
    &["poly", "oligo", "an"],
    &["ana", "cata"],
    &["hemi", "para", "quadri", "tetra"],
    &["iso", "hetero", "homo"],
    &["", "anti"],
    &["", "non"],
    &["", "un"],
    &["", "ir"],
    &["", "im"],
    &["", "in"],
    &["", "dis"],
    &["", "de"],
];
/// Fewest letters behind a beginning that the other word does without.
const REST: usize = 6;

/// Whether two words differ in nothing but such a beginning.
pub(super) fn other_prefix(a: &str, b: &str) -> bool {
    let rest = |word: &str, prefix: &str| {
        let rest = word.strip_prefix(prefix)?;
        let least = if prefix.is_empty() { REST } else { 3 };
        (rest.len() >= least).then(|| stem(rest))
    };
    PREFIXES.iter().any(|group| {
        group.iter().enumerate().any(|(i, one)| {
            group.iter().enumerate().any(|(j, other)| {
                i != j
                    && rest(a, one).is_some_and(|own| {
                        rest(b, other).is_some_and(|theirs| {
                            own == theirs && (own.len() >= REST - 2 || !one.is_empty() && !other.is_empty())
                        })
                    })
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_turn_words_around() {
        for (a, b) in [
            ("hypokalemia", "hyperkalemia"),
            ("bradycardia", "tachycardia"),
            ("intracellular", "extracellular"),
            ("reversible", "irreversible"),
            ("conjugated", "unconjugated"),
            ("presynaptic", "postsynaptic"),
        ] {
            assert!(other_prefix(a, b) && other_prefix(b, a), "{a} {b}");
        }
        for (a, b) in
            [("insulin", "sulin"), ("heart", "heart"), ("hyperkalemia", "hyponatremia"), ("aorta", "atria")]
        {
            assert!(!other_prefix(a, b), "{a} {b}");
        }
    }
}
