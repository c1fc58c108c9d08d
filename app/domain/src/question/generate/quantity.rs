//! Questions whose options are quantities. Owns: the numbers beside the right one. Refuses: which numbers a
//! sentence states (`facts::quantity`).

use super::{Draft, Writer, check, difficulty};
use crate::document::Span;
use crate::question::facts::Family;
use crate::question::facts::quantity::{self, Quantity, QuantityFact, SPELLED, quantities};
use crate::question::filters;
use crate::question::rationale;
use crate::question::refusal::Refusal;
use crate::question::vectors::hash;
use crate::question::{Bloom, Item, ItemKind};
use std::collections::BTreeSet;

/// A quantity that stands somewhere in the document.
struct Stated {
    quantity: Quantity,
    span: Span,
}

/// Most questions of a document that ask for a number: a lecture is more than its figures.
const AMOUNTS: usize = 24;

/// Options of a question.
const OPTIONS: usize = 4;

impl Writer<'_, '_> {
    /// Every quantity of the document that may be quoted.
    fn stated(&self) -> Vec<Stated> {
        let sentences = self.matter.prose.sentences.iter().filter(|sentence| sentence.usable);
        sentences
            .flat_map(|s| quantities(&s.tokens).into_iter().map(|quantity| Stated { quantity, span: s.span }))
            .collect()
    }

    /// The questions that ask for a number. Where there are more than a few, those stay whose other numbers are the
    /// lecture's own.
    pub(super) fn amounts(&mut self) -> Vec<Draft> {
        let mut facts = vec![];
        quantity::facts(self.matter, &mut |fact| facts.push(fact));
        let stated = self.stated();
        let mut drafts = vec![];
        for fact in facts {
            match fact {
                Ok(fact) => match self.amount(&fact, &stated) {
                    Ok(draft) => drafts.push(draft),
                    Err(refusal) => self.refuse_fact(refusal, &fact.fact),
                },
                Err(refusal) => self.refuse(refusal),
            }
        }
        let own =
            |draft: &Draft| draft.item.options.iter().map(|o| o.span.start).collect::<BTreeSet<_>>().len();
        drafts.sort_by_key(|draft| (std::cmp::Reverse(own(draft)), !draft.marked, draft.place));
        for _ in AMOUNTS..drafts.len() {
            self.refuse(Refusal::Enough);
        }
        drafts.truncate(AMOUNTS);
        drafts
    }

    /// A question that asks for a number. Other numbers of the lecture stand beside it where they measure the same;
    /// the rest are the right one, scaled.
    fn amount(&self, fact: &QuantityFact, stated: &[Stated]) -> Result<Draft, Refusal> {
        let matter = self.matter;
        let QuantityFact { fact, quantity } = fact;
        // 'nearly 100 percent': all of it, and no number to know
        if is_share(quantity) && quantity.low > 98.0 {
            return Err(Refusal::Vague);
        }
        let source = matter.prose.sentences[fact.sentence].span;
        let seed = self.seed ^ hash(fact.stem.bytes());
        let mut values = vec![(ends(quantity), source)];
        // the place of the right one among the sorted options must tell nothing
        let below = (seed % OPTIONS as u64) as usize;
        let candidates = |side: Side| -> Vec<(Ends, Span)> {
            let mut own: Vec<(Ends, Span)> = stated
                .iter()
                .filter(|s| is_like(&s.quantity, quantity) && side.holds(ends(&s.quantity), ends(quantity)))
                .map(|s| (ends(&s.quantity), s.span))
                .filter(|value| distance(quantity, value.0) < 4.0_f64.ln())
                .collect();
            own.sort_by(|a, b| distance(quantity, a.0).total_cmp(&distance(quantity, b.0)));
            own.into_iter().chain(scaled(quantity, side).into_iter().map(|value| (value, source))).collect()
        };
        let above = OPTIONS - 1 - below;
        let (smaller, larger) = (candidates(Side::Below), candidates(Side::Above));
        // where one side has too few, the other makes up for it
        for (side, wanted) in [(&smaller, below), (&larger, above), (&smaller, above), (&larger, below)] {
            let most = OPTIONS.min(values.len() + wanted);
            for value in side {
                if values.len() < most && values.iter().all(|v| apart(quantity, v.0, value.0)) {
                    values.push(*value);
                }
            }
        }
        if values.len() < OPTIONS - 1 {
            return Err(Refusal::FewDistractors);
        }
        values.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
        let key = shown(quantity, ends(quantity));
        let subject = matter.terms.list[fact.key].form(fact.plural).to_string();
        let confused = format!("takes another number for the one told of {subject}");
        let options = values
            .into_iter()
            .map(|(value, span)| {
                let text = shown(quantity, value);
                rationale::quoted(matter, &text, &text, text == key, span, &confused)
            })
            .collect();
        let item = Item {
            stem: fact.stem.clone(),
            options,
            concept: subject,
            kind: ItemKind::Cloze,
            bloom: Bloom::Remember,
            difficulty: difficulty(Family::Quantity, 0.5, matter.terms.list[fact.key].mentions.len()),
            headings: matter.prose.headings(fact.sentence),
        };
        check(&item)?;
        Ok(Draft {
            item,
            family: Family::Quantity,
            key: Some(fact.key),
            marked: matter.terms.list[fact.key].marked,
            sentence: fact.sentence,
            place: source.start,
            signature: filters::signature(&fact.body, &key),
        })
    }
}

/// Whether one measured quantity may stand beside another as it is written.
fn is_like(one: &Quantity, other: &Quantity) -> bool {
    one.dimension == other.dimension
        && one.high.is_some() == other.high.is_some()
        && one.places == other.places
        && !other.dimension.is_empty()
}

/// Lower and upper end; both are the number where it is no range.
type Ends = (f64, f64);

fn ends(quantity: &Quantity) -> Ends {
    (quantity.low, quantity.high.unwrap_or(quantity.low))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Below,
    Above,
}

impl Side {
    fn holds(self, value: Ends, key: Ends) -> bool {
        match self {
            Self::Below => value.1 < key.0,
            Self::Above => value.0 > key.1,
        }
    }
}

fn is_share(quantity: &Quantity) -> bool {
    quantity.dimension == "percent"
}

/// On this scale equal steps are equally easy to tell apart: the logarithm, and the log-odds of a share.
fn scale(share: bool, value: f64) -> f64 {
    if share { (value / (100.0 - value).max(0.5)).ln() } else { value.ln() }
}

fn distance(quantity: &Quantity, value: Ends) -> f64 {
    let share = is_share(quantity);
    let key = ends(quantity);
    let middle = |v: Ends| scale(share, f64::midpoint(v.0, v.1));
    (middle(key) - middle(value)).abs()
}

/// Whether no one who knows one of two numbers takes the other for it.
fn apart(quantity: &Quantity, a: Ends, b: Ends) -> bool {
    let (low, high) = if a.0 < b.0 { (a, b) } else { (b, a) };
    let share = is_share(quantity);
    let middle = |v: Ends| scale(share, f64::midpoint(v.0, v.1));
    // a count is exact, a measure is 'about'
    let least = match (quantity.dimension.is_empty(), quantity.high.is_some()) {
        _ if quantity.spelled => 0.05,
        _ if quantity.dimension == "pH" => 0.0,
        (true, false) => 0.15,
        (_, true) => 0.33,
        _ if share => 0.5,
        _ => 0.4,
    };
    high.0 > low.1 && (middle(high) - middle(low)).abs() >= least
}

/// The right number, made smaller or larger and as round as it is.
fn scaled(quantity: &Quantity, side: Side) -> Vec<Ends> {
    const SHARES: &[f64] = &[
        1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0,
        98.0,
    ];
    let key = ends(quantity);
    let smallest = 10.0_f64.powi(-(quantity.places as i32));
    let grain = grain(quantity, smallest);
    let rounded = |value: f64| round(value, grain, smallest);
    let exact = quantity.dimension.is_empty() && quantity.high.is_none();
    let around = |step: f64, times: u8| -> Vec<Ends> {
        let both = (1..=times).flat_map(|n| [key.0 - step * f64::from(n), key.0 + step * f64::from(n)]);
        both.map(|value| (value, value)).collect()
    };
    let mut values: Vec<Ends> = if is_share(quantity) {
        let width = key.1 - key.0;
        SHARES.iter().map(|low| (*low, low + width)).filter(|v| v.1 < 100.0).collect()
    } else if quantity.spelled {
        around(1.0, 3)
    } else if quantity.dimension == "pH" {
        // the scale is a logarithm itself: steps are added
        let gap = if quantity.places > 1 { 0.1 } else { 0.5 };
        let step = key.1 - key.0 + gap;
        let both = (1..=4).flat_map(|n| [-step * f64::from(n), step * f64::from(n)]);
        both.map(|by| (key.0 + by, key.1 + by)).filter(|v| v.0 > 0.0 && v.1 < 14.0).collect()
    } else if exact && key.0 <= 12.0 {
        // a small count has neighbours, not multiples
        around(if key.0 >= 8.0 { 2.0 } else { 1.0 }, 3)
    } else if exact && grain < 5.0 {
        // an exact count looks as exact beside others: 206 bones, or 106, 306
        around(10.0_f64.powf(key.0.log10().floor()), 4)
    } else {
        const TIMES: &[f64] = &[0.67, 1.5, 0.5, 1.75, 2.0, 0.4, 2.5, 0.33, 3.0, 0.25, 4.0, 0.2, 5.0];
        let width = key.1 - key.0;
        let range = |times: &f64| {
            let (low, step) = rounded(key.0 * times);
            let wide = ((width * times / step).round() * step).max(step);
            (low, if width > 0.0 { low + wide } else { low })
        };
        TIMES.iter().map(range).collect()
    };
    values.retain(|v| v.0 >= 1.0_f64.min(key.0 / 10.0) && v.0 > 0.0 && side.holds(*v, key));
    // no heart of a human beats 300 times per minute
    values.retain(|v| quantity.dimension != "per minute" || v.1 <= f64::max(250.0, key.1));
    let most = SPELLED.len() as f64;
    values.retain(|v| !quantity.spelled || (2.0..=most).contains(&v.0));
    values.retain(|v| quantity.high.is_none() || v.1 > v.0);
    if is_share(quantity) {
        values.sort_by(|a, b| distance(quantity, *a).total_cmp(&distance(quantity, *b)));
    }
    values
}

/// The coarsest step of 1, 2, 2.5 or 5 times a power of ten of which both ends are multiples.
fn grain(quantity: &Quantity, smallest: f64) -> f64 {
    let whole = |value: f64, step: f64| ((value / step).round() * step - value).abs() < smallest / 1e3;
    let (low, high) = ends(quantity);
    let mut best = smallest;
    let mut power = smallest;
    while power <= high {
        for times in [1.0, 2.0, 2.5, 5.0] {
            let step = power * times;
            if step > best
                && step >= smallest
                && whole(low, step)
                && whole(high, step)
                && whole(step, smallest)
            {
                best = step;
            }
        }
        power *= 10.0;
    }
    best
}

/// A number rounded as the right one is, and to what step: a small one more finely, or nothing is left of it.
fn round(value: f64, grain: f64, smallest: f64) -> (f64, f64) {
    let mut step = grain;
    for finer in [0.5, 0.2, 0.1, 0.05, 0.02, 0.01] {
        let magnitude = 10.0_f64.powf(grain.log10().ceil());
        if value / step < 3.0 && magnitude * finer >= smallest && magnitude * finer < step {
            step = magnitude * finer;
        }
    }
    ((value / step).round() * step, step)
}

fn shown(quantity: &Quantity, (low, high): Ends) -> String {
    if quantity.spelled {
        return SPELLED[low as usize - 1].to_string();
    }
    let one = |value: f64| {
        let plain = format!("{value:.*}", quantity.places);
        if quantity.grouped { grouped(&plain) } else { plain }
    };
    let number = if quantity.high.is_some() {
        format!("{}{}{}", one(low), quantity.joint, one(high))
    } else {
        one(low)
    };
    format!("{number}{}", quantity.unit)
}

/// '10000' as '10,000'.
fn grouped(plain: &str) -> String {
    let (whole, decimals) = plain.split_once('.').map_or((plain, None), |(w, d)| (w, Some(d)));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    decimals.map_or(out.clone(), |d| format!("{out}.{d}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::facts::quantity::quantities;
    use crate::question::tests::lecture_of;
    use crate::question::token::tokens_of;
    use crate::question::{Options, generate};
    use proptest::prelude::*;

    fn one(text: &str) -> Quantity {
        quantities(&tokens_of(text)).remove(0)
    }

    /// What stands beside a number, as shown, smallest first.
    fn beside(text: &str) -> Vec<String> {
        let quantity = one(text);
        let mut chosen = vec![ends(&quantity)];
        for side in [Side::Below, Side::Above] {
            let most = chosen.len() + 3;
            for value in scaled(&quantity, side) {
                if chosen.len() < most && chosen.iter().all(|c| apart(&quantity, *c, value)) {
                    chosen.push(value);
                }
            }
        }
        chosen.sort_by(|a, b| a.0.total_cmp(&b.0));
        chosen.into_iter().map(|value| shown(&quantity, value)).collect()
    }

    #[test]
    fn other_numbers_are_as_round_as_the_right_one() {
        assert_eq!(beside("70 mL")[..4], ["14 mL", "25 mL", "40 mL", "70 mL"].map(String::from)[..]);
        assert!(beside("206 bones").contains(&"306".to_string()), "{:?}", beside("206 bones"));
        assert!(beside("10,000 fibers").contains(&"15,000".to_string()), "{:?}", beside("10,000 fibers"));
        assert!(beside("40–60 bpm").contains(&"80–120 bpm".to_string()), "{:?}", beside("40–60 bpm"));
        assert_eq!(beside("60 bpm").last().map(String::as_str), Some("240 bpm"), "no heart beats 300 times");
        assert!(
            beside("a pH of 4.5–8.0").contains(&"8.5–12.0".to_string()),
            "{:?}",
            beside("a pH of 4.5–8.0")
        );
        assert!(beside("25 percent").iter().all(|text| !text.starts_with("100")));
    }

    #[test]
    fn the_numbers_of_the_lecture_stand_beside_each_other() {
        let document = lecture_of(&[
            "The *sinus node* is a cluster of cells that sets the pace of the heart.",
            "Without any nerve, the *sinus node* would discharge about 100 times per minute all day.",
            "Cut off from the atria, the *bundle of His* would discharge about 35 times per minute in the ventricles.",
            "The *bundle of His* is a strand of fibers that crosses into the septum.",
        ]);
        let written = generate(&document, &Options::default());
        let items = written.items;
        let item = items
            .iter()
            .find(|item| item.stem.contains("all day"))
            .unwrap_or_else(|| panic!("{:?}", written.refusals));
        let texts: Vec<&str> = item.options.iter().map(|option| option.text.as_str()).collect();
        assert!(texts.contains(&"100 times per minute"), "{texts:?}");
        if let Some(other) = item.options.iter().find(|option| option.text.starts_with("35 ")) {
            assert!(other.quote.contains("bundle of His"), "it quotes its own sentence");
        }
    }

    proptest! {
        #[test]
        fn options_neither_touch_nor_break_a_rule(low in 1u32..9000, width in 0u32..50, unit in 0usize..4) {
            let unit = [" mL", " percent", " ms", " nephrons"][unit];
            let text = if width == 0 { format!("{low}{unit}") } else { format!("{low}–{}{unit}", low + width) };
            let quantity = one(&text);
            for side in [Side::Below, Side::Above] {
                for value in scaled(&quantity, side) {
                    prop_assert!(side.holds(value, ends(&quantity)), "{value:?} beside {text}");
                    prop_assert!(value.0 > 0.0 && value.1 >= value.0);
                    prop_assert_eq!(one(&shown(&quantity, value)).high.is_some(), quantity.high.is_some());
                }
            }
        }
    }
}
