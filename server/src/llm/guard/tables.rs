//! The words that the guard knows. Owns: what has one meaning in two words (`synonyms.tsv`), what stands at opposite ends,
//! what ties words together, numbers and units. Refuses: rules, and how a question is put (`frames`).
//!
//! Written from general medical knowledge. A pair stands among the synonyms only if no exam would tell the two apart:
//! 'stroke' is not 'cerebral infarction', 'management' not 'treatment'. All words are folded as [`domain::word`] folds
//! them.

/// Two ways of saying one thing: what is said, and what it becomes.
const TABLE: &str = include_str!("synonyms.tsv");

/// The rows of the table of synonyms.
pub(super) fn synonyms() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Words at opposite ends, each pair in its forms as they are asked about. The guard would find the words unequal
/// without it: it tells why, and the tests prove with it that no table above brings two poles together.
pub(super) const POLES: &[(&str, &str)] = &[
    ("left", "right"),
    ("proximal", "distal"),
    ("medial", "lateral"),
    ("anterior", "posterior"),
    ("ventral", "dorsal"),
    ("superior", "inferior"),
    ("cranial", "caudal"),
    ("upper", "lower"),
    ("superficial", "deep"),
    ("internal", "external"),
    ("inner", "outer"),
    ("central", "peripheral"),
    ("ipsilateral", "contralateral"),
    ("unilateral", "bilateral"),
    ("parietal", "visceral"),
    ("ascending", "descending"),
    ("afferent", "efferent"),
    ("sensory", "motor"),
    ("increase", "decrease"),
    ("increase", "reduce"),
    ("rise", "fall"),
    ("raised", "lowered"),
    ("raised", "decreased"),
    ("high", "low"),
    ("elevated", "reduced"),
    ("more", "less"),
    ("most", "least"),
    ("maximum", "minimum"),
    ("before", "after"),
    ("early", "late"),
    ("first", "last"),
    ("start", "stop"),
    ("acute", "chronic"),
    ("agonist", "antagonist"),
    ("activate", "inhibit"),
    ("stimulate", "inhibit"),
    ("induce", "inhibit"),
    ("induction", "inhibition"),
    ("indicated", "contraindicated"),
    ("benign", "malignant"),
    ("positive", "negative"),
    ("dominant", "recessive"),
    ("congenital", "acquired"),
    ("primary", "secondary"),
    ("active", "passive"),
    ("direct", "indirect"),
    ("conjugated", "unconjugated"),
    ("innate", "adaptive"),
    ("cellular", "humoral"),
    ("systolic", "diastolic"),
    ("systole", "diastole"),
    ("inspiration", "expiration"),
    ("inspiratory", "expiratory"),
    ("arterial", "venous"),
    ("artery", "vein"),
    ("constriction", "dilation"),
    ("constrict", "dilate"),
    ("flexion", "extension"),
    ("flexor", "extensor"),
    ("abduction", "adduction"),
    ("supination", "pronation"),
    ("contraction", "relaxation"),
    ("excitatory", "inhibitory"),
    ("reversible", "irreversible"),
    ("competitive", "noncompetitive"),
    ("soluble", "insoluble"),
    ("obstructive", "restrictive"),
    ("open", "closed"),
    ("male", "female"),
    ("maternal", "fetal"),
    ("adult", "child"),
    ("gain", "loss"),
    ("sensitivity", "specificity"),
    ("incidence", "prevalence"),
    ("thick", "thin"),
    ("fast", "slow"),
    ("short", "long"),
    ("safe", "unsafe"),
    ("typical", "atypical"),
];

/// Beginnings of which another makes another word: each group is one of opposites or neighbours.
pub(super) const PREFIXES: &[&[&str]] = &[
    &["hypo", "hyper", "normo", "eu"],
    &["brady", "tachy"],
    &["intra", "inter", "extra", "para", "peri", "trans", "retro"],
    &["pre", "post", "peri", "ante"],
    &["pre", "after"],
    &["endo", "exo", "ecto", "epi", "meso", "peri", "myo"],
    &["epi", "sub", "supra", "infra", "hypo"],
    &["ana", "cata", "meta", "dys", "hyper", "a", "neo", "pro"],
    &["macro", "micro", "normo", "mega"],
    &["poly", "oligo", "mono", "pan", "an", "a"],
    &["pro", "anti", "a", "an", "non", "un", "in", "im", "ir", "dis", "de", "contra"],
    &["hemi", "para", "quadri", "tetra", "mono", "di", "bi", "tri"],
    &["iso", "hetero", "homo", "auto", "allo", "xeno"],
    &["ab", "ad"],
    &["de", "re", "hyper"],
    &["sym", "parasym"],
    &["", "para"],
    &["", "non"],
    &["", "nor"],
    &["", "an"],
    &["", "a"],
    &["", "un"],
    &["", "contra"],
    &["", "pseudo"],
    &["", "pre"],
    &["", "pro"],
];

/// What is asked for of a thing.
pub(super) const ASPECTS: &str = "action adverse anatomy antidote cause classification clinical complication contraindication course \
     criteria define definition diagnose diagnosis difference dose epidemiology etiology example feature \
     function histology indication innervation interaction investigation location management \
     manifestation mechanism mnemonic onset origin pathogenesis pathology pathophysiology pathway \
     presentation prevention prognosis risk role screening sign stage structure supply symptom test \
     therapy treat treatment triad type use";

/// Words that take back or leave out.
pub(super) const NEGATIONS: &str = "not no non never without except none neither nor \
     unless hardly rarely lack absent absence exclude false avoid";

/// Words that tie two things together, in one direction.
pub(super) const LINKS: &str = "about above after against along among around as at because before behind below beside between beyond \
     despite due during for from if in inside into like near on onto or out outside over per since than \
     that through to toward towards under until up upon versus via when while with within without except \
     not no can could should must may might will would need have but affect activate accompany act become \
     begin bind block carry cause come contain convert control cross damage decrease develop drain \
     elevate enter excrete fall follow form get give go improve increase induce inhibit innervate involve \
     kill lead leave lower make mean mediate occur pass precede prevent produce protect raise receive \
     regulate release require rise secrete send stimulate suppress take transport treat trigger turn \
     worsen";

/// Participles that do not end in -ed, and what they are of.
pub(super) const PARTICIPLES: &[(&str, &str)] = &[
    ("begun", "begin"),
    ("bound", "bind"),
    ("broken", "break"),
    ("brought", "bring"),
    ("built", "build"),
    ("chosen", "choose"),
    ("done", "do"),
    ("drawn", "draw"),
    ("driven", "drive"),
    ("felt", "feel"),
    ("found", "find"),
    ("given", "give"),
    ("held", "hold"),
    ("kept", "keep"),
    ("known", "know"),
    ("lost", "lose"),
    ("made", "make"),
    ("put", "put"),
    ("seen", "see"),
    ("shown", "show"),
    ("split", "split"),
    ("spread", "spread"),
    ("taken", "take"),
    ("torn", "tear"),
    ("understood", "understand"),
];

/// Plurals and forms that no rule makes.
pub(super) const IRREGULAR: &[(&str, &str)] = &[
    ("alveoli", "alveolus"),
    ("during", "during"),
    ("evening", "evening"),
    ("finding", "finding"),
    ("findings", "finding"),
    ("morning", "morning"),
    ("raised", "raise"),
    ("raises", "raise"),
    ("raising", "raise"),
    ("testes", "testis"),
    ("testicles", "testicle"),
    ("bacteria", "bacterium"),
    ("bronchi", "bronchus"),
    ("children", "child"),
    ("criteria", "criterion"),
    ("diagnoses", "diagnosis"),
    ("feet", "foot"),
    ("foramina", "foramen"),
    ("fungi", "fungus"),
    ("ganglia", "ganglion"),
    ("glomeruli", "glomerulus"),
    ("indices", "index"),
    ("lumina", "lumen"),
    ("matrices", "matrix"),
    ("meaning", "meaning"),
    ("men", "men"),
    ("metastases", "metastasis"),
    ("mitochondria", "mitochondrion"),
    ("nuclei", "nucleus"),
    ("ova", "ovum"),
    ("pathogeneses", "pathogenesis"),
    ("phenomena", "phenomenon"),
    ("prognoses", "prognosis"),
    ("septa", "septum"),
    ("spectra", "spectrum"),
    ("stimuli", "stimulus"),
    ("syntheses", "synthesis"),
    ("teeth", "tooth"),
    ("thrombi", "thrombus"),
    ("vertebrae", "vertebra"),
    ("villi", "villus"),
    ("women", "woman"),
];

/// Short verbs that lose an 'e' before -ed and -ing.
pub(super) const SHORT: &[&str] = &[
    "age", "bite", "care", "cause", "close", "code", "cure", "cycle", "dose", "drive", "fade", "fuse",
    "give", "grade", "have", "hide", "like", "line", "live", "lose", "make", "merge", "move", "name",
    "nurse", "place", "pulse", "rate", "rise", "rule", "scale", "score", "sense", "serve", "shape", "share",
    "size", "solve", "space", "stage", "state", "store", "take", "taste", "time", "trace", "type", "use",
    "wake", "waste", "write",
];

/// Numbers in words.
pub(super) const NUMBERS: &[(&str, &str)] = &[
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("hundred", "100"),
    ("thousand", "1000"),
    ("1st", "first"),
    ("2nd", "second"),
    ("3rd", "third"),
    ("4th", "fourth"),
    ("5th", "fifth"),
    ("6th", "sixth"),
    ("7th", "seventh"),
    ("8th", "eighth"),
    ("9th", "ninth"),
    ("10th", "tenth"),
    ("half", "0.5"),
    ("ii", "2"),
    ("iii", "3"),
    ("vi", "6"),
    ("vii", "7"),
    ("viii", "8"),
    ("ix", "9"),
    ("xi", "11"),
    ("xii", "12"),
    ("xiii", "13"),
];

/// Letters that are numbers after one of [`COUNTED`] alone: elsewhere they are a pronoun, a vein, a letter.
pub(super) const NUMERALS: &[(&str, &str)] = &[("i", "1"), ("iv", "4"), ("v", "5"), ("x", "10")];

/// What is counted in Roman numerals.
pub(super) const COUNTED: &str = "angiotensin bipolar class collagen complex degree factor grade lead level mobitz nerve nerves number \
     phase phases photosystem stage stages type types zone";

/// Units: as written, the base it is brought to, and how much of that it is.
pub(super) const UNITS: &[(&str, &str, f64)] = &[
    ("kg", "ug", 1e9),
    ("kilogram", "ug", 1e9),
    ("kilograms", "ug", 1e9),
    ("g", "ug", 1e6),
    ("gram", "ug", 1e6),
    ("grams", "ug", 1e6),
    ("mg", "ug", 1e3),
    ("milligram", "ug", 1e3),
    ("milligrams", "ug", 1e3),
    ("ug", "ug", 1.0),
    ("mcg", "ug", 1.0),
    ("microgram", "ug", 1.0),
    ("micrograms", "ug", 1.0),
    ("ng", "ug", 1e-3),
    ("nanogram", "ug", 1e-3),
    ("nanograms", "ug", 1e-3),
    ("l", "ml", 1e3),
    ("liter", "ml", 1e3),
    ("liters", "ml", 1e3),
    ("litre", "ml", 1e3),
    ("litres", "ml", 1e3),
    ("dl", "ml", 1e2),
    ("ml", "ml", 1.0),
    ("milliliter", "ml", 1.0),
    ("milliliters", "ml", 1.0),
    ("millilitre", "ml", 1.0),
    ("millilitres", "ml", 1.0),
    ("mol", "mmol", 1e3),
    ("mmol", "mmol", 1.0),
    ("millimol", "mmol", 1.0),
    ("umol", "mmol", 1e-3),
    ("nmol", "mmol", 1e-6),
    ("mmhg", "mmhg", 1.0),
    ("kpa", "kpa", 1.0),
    ("mm", "mm", 1.0),
    ("cm", "mm", 10.0),
    ("m", "m", 1.0),
    ("m2", "m2", 1.0),
    ("iu", "iu", 1.0),
    ("unit", "unit", 1.0),
    ("units", "unit", 1.0),
    ("%", "%", 1.0),
    ("percent", "%", 1.0),
    ("min", "minute", 1.0),
    ("mins", "minute", 1.0),
    ("minute", "minute", 1.0),
    ("minutes", "minute", 1.0),
    ("h", "hour", 1.0),
    ("hr", "hour", 1.0),
    ("hrs", "hour", 1.0),
    ("hour", "hour", 1.0),
    ("hours", "hour", 1.0),
    ("day", "day", 1.0),
    ("days", "day", 1.0),
    ("week", "week", 1.0),
    ("weeks", "week", 1.0),
    ("month", "month", 1.0),
    ("months", "month", 1.0),
    ("year", "year", 1.0),
    ("years", "year", 1.0),
    ("hz", "hz", 1.0),
    ("mv", "mv", 1.0),
];
