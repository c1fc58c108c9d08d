//! Which way a concept is taught. Owns: the choice and its reason. Refuses: estimating mastery (`mastery`).

use serde::{Deserialize, Serialize};

/// Exposures below which a concept is new.
const NEW: u32 = 3;
/// Exposures up to which it is practised.
const PRACTISED: u32 = 5;
/// Mastery below which it is explained first, however often it was met.
const SHAKY: f32 = 0.4;

/// A way of teaching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Explains from the page, then asks something easy; 'show me' at once.
    FirstPass,
    /// Asks, and helps by a ladder of hints; 'tell me' after two of them.
    Practice,
    /// A vignette unfolds; no help before two attempts.
    ClinicalCase,
}

impl Mode {
    /// All, the most helpful first.
    pub const ALL: [Self; 3] = [Self::FirstPass, Self::Practice, Self::ClinicalCase];

    /// As it is kept and sent.
    pub fn slug(self) -> &'static str {
        match self {
            Self::FirstPass => "first_pass",
            Self::Practice => "practice",
            Self::ClinicalCase => "clinical_case",
        }
    }

    /// Back from [`Mode::slug`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.slug() == slug)
    }
}

/// How a learner stands to a concept.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing {
    /// Times it was explained to them, asked of them or reviewed.
    pub exposures: u32,
    /// [`super::Mastery`], 0 to 1; what is no number counts as none.
    pub mastery: f32,
    /// What the learner wants instead.
    pub wish: Option<Mode>,
}

/// Why a mode was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The learner chose it.
    Chosen,
    /// It was met fewer than three times.
    New,
    /// It was met often enough, and is not known well enough.
    Shaky,
    /// It was met three to five times.
    Growing,
    /// It was met more often and is known.
    Firm,
}

/// The mode for a concept, and why: the learner's wish; else a first pass below three exposures or mastery .4, practice up
/// to five exposures, a clinical case above.
pub fn mode(standing: &Standing) -> (Mode, Because) {
    let Standing { exposures, mastery, wish } = *standing;
    match wish {
        Some(wish) => (wish, Because::Chosen),
        None if exposures < NEW => (Mode::FirstPass, Because::New),
        None if mastery.is_nan() || mastery < SHAKY => (Mode::FirstPass, Because::Shaky),
        None if exposures <= PRACTISED => (Mode::Practice, Because::Growing),
        None => (Mode::ClinicalCase, Because::Firm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Because::*;
    use Mode::*;
    use proptest::prelude::*;

    #[test]
    fn modes_by_example() {
        for (exposures, mastery, wish, expected) in [
            (0, 0.0, None, (FirstPass, New)),
            (0, 0.3, None, (FirstPass, New)),
            (1, 0.58, None, (FirstPass, New)),
            (2, 0.99, None, (FirstPass, New)),
            (2, 1.0, None, (FirstPass, New)),
            (3, 0.39, None, (FirstPass, Shaky)),
            (3, 0.4, None, (Practice, Growing)),
            (3, 0.41, None, (Practice, Growing)),
            (4, 0.4, None, (Practice, Growing)),
            (4, 0.2, None, (FirstPass, Shaky)),
            (5, 0.4, None, (Practice, Growing)),
            (5, 1.0, None, (Practice, Growing)),
            (6, 0.39, None, (FirstPass, Shaky)),
            (6, 0.4, None, (ClinicalCase, Firm)),
            (7, 0.8, None, (ClinicalCase, Firm)),
            (40, 0.0, None, (FirstPass, Shaky)),
            (u32::MAX, 1.0, None, (ClinicalCase, Firm)),
            (9, f32::NAN, None, (FirstPass, Shaky)),
            (9, f32::INFINITY, None, (ClinicalCase, Firm)),
            (9, -1.0, None, (FirstPass, Shaky)),
            (0, 0.0, Some(ClinicalCase), (ClinicalCase, Chosen)),
            (0, 0.0, Some(Practice), (Practice, Chosen)),
            (9, 0.9, Some(FirstPass), (FirstPass, Chosen)),
            (4, 0.5, Some(Practice), (Practice, Chosen)),
        ] {
            assert_eq!(
                mode(&Standing { exposures, mastery, wish }),
                expected,
                "{exposures} {mastery} {wish:?}"
            );
        }
    }

    #[test]
    fn a_mode_is_kept_as_it_is_sent() {
        for mode in Mode::ALL {
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.slug());
            assert_eq!(Mode::from_slug(mode.slug()), Some(mode));
        }
        assert_eq!(Mode::from_slug("exam"), None);
    }

    proptest! {
        #[test]
        fn who_knows_more_gets_no_more_help(exposures in 0_u32..12, mastery in 0_f32..1.0, more in 0_f32..1.0) {
            let of = |exposures, mastery| mode(&Standing { exposures, mastery, wish: None }).0;
            prop_assert!(of(exposures + 1, mastery) >= of(exposures, mastery));
            prop_assert!(of(exposures, (mastery + more).min(1.0)) >= of(exposures, mastery));
        }
    }
}
