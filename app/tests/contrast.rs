//! Computes the contrast of every pair of tokens that pages put together, in both themes, from `style/theme.css`.
//!
//! Medical text reaches 7:1 (WCAG 2.2, 1.4.6), all other text 4.5:1 (1.4.3), what is not text 3:1 (1.4.11). Colours are
//! converted by Björn Ottosson's Oklab (<https://bottosson.github.io/posts/oklab/>), out-of-gamut channels clipped.

use std::collections::BTreeMap;

const HUES: [&str; 6] = ["sakura", "mint", "honey", "sky", "lav", "coral"];
const GROUNDS: [&str; 4] = ["bg", "surface", "raised", "sunken"];

/// Linear sRGB, 0 to 1.
type Colour = [f64; 3];

/// `oklch(L C H)`, L as a share of 1.
fn oklch(text: &str) -> Colour {
    let inner = text.trim().strip_prefix("oklch(").and_then(|text| text.strip_suffix(')'));
    let inner = inner.unwrap_or_else(|| panic!("not an oklch colour: {text}"));
    assert!(!inner.contains('/'), "a see-through colour has no contrast of its own: {text}");
    let numbers: Vec<f64> = inner.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [lightness, chroma, hue] = numbers[..] else { panic!("not three numbers: {text}") };
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let cubed = |value: f64| value * value * value;
    let l = cubed(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let m = cubed(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let s = cubed(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
    .map(|channel| channel.clamp(0.0, 1.0))
}

fn luminance([red, green, blue]: Colour) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn ratio(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// Every colour token: light and dark.
fn tokens() -> BTreeMap<String, [Colour; 2]> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../style/theme.css");
    let css = std::fs::read_to_string(path).unwrap();
    css.lines()
        .filter_map(|line| line.trim().strip_prefix("--color-")?.split_once(':'))
        .filter(|(name, _)| !["*", "scrim"].contains(name))
        .map(|(name, value)| {
            let value = value.split(';').next().unwrap().trim();
            let both = match value.strip_prefix("light-dark(").and_then(|pair| pair.strip_suffix(')')) {
                Some(pair) => {
                    let (light, dark) =
                        pair.split_once("),").unwrap_or_else(|| panic!("not a pair: {value}"));
                    [oklch(&format!("{light})")), oklch(dark)]
                }
                None => [oklch(value); 2],
            };
            (name.to_string(), both)
        })
        .collect()
}

/// Checks one token over several grounds in both themes; returns what falls short.
fn short(
    tokens: &BTreeMap<String, [Colour; 2]>,
    least: f64,
    front: &str,
    grounds: impl IntoIterator<Item = String>,
) -> Vec<String> {
    let colour = |name: &str| tokens.get(name).unwrap_or_else(|| panic!("no token --color-{name}"));
    let mut missing = vec![];
    for ground in grounds {
        for (theme, name) in ["light", "dark"].into_iter().enumerate() {
            let reached = ratio(colour(front)[theme], colour(&ground)[theme]);
            if reached < least {
                missing.push(format!("{front} on {ground}, {name}: {reached:.2} of {least}"));
            }
        }
    }
    missing
}

fn grounds() -> impl Iterator<Item = String> {
    GROUNDS.into_iter().map(String::from)
}

fn tints() -> impl Iterator<Item = String> {
    HUES.into_iter().map(|hue| format!("{hue}-tint"))
}

#[test]
fn medical_text_reaches_seven_on_every_ground_and_tint() {
    let missing = short(&tokens(), 7.0, "ink", grounds().chain(tints()).chain(["track".into()]));
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn all_other_text_reaches_four_and_a_half() {
    let tokens = tokens();
    let mut missing = short(&tokens, 4.5, "ink-soft", grounds().chain(tints()));
    missing.extend(short(&tokens, 4.5, "on-fill", HUES.map(String::from)));
    for hue in HUES {
        let own = [format!("{hue}-tint")].into_iter().chain(grounds());
        missing.extend(short(&tokens, 4.5, &format!("{hue}-ink"), own));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn what_is_not_text_reaches_three() {
    let tokens = tokens();
    let mut missing = short(&tokens, 3.0, "line-strong", grounds());
    missing.extend(short(&tokens, 3.0, "focus", grounds().chain(tints())));
    for hue in HUES {
        // the step under a filled button and the outline of bars and rings; lined buttons and choices need no step of
        // their own to be made out: the former have their words, the latter a key cap in line-strong
        missing.extend(short(&tokens, 3.0, &format!("{hue}-edge"), ["surface".into()]));
        missing.extend(short(&tokens, 3.0, &format!("{hue}-ink"), [format!("{hue}-tint"), "surface".into()]));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn black_on_white_is_twenty_one_and_known_colours_convert() {
    assert!((ratio(oklch("oklch(0 0 0)"), oklch("oklch(1 0 0)")) - 21.0).abs() < 0.01);
    // sRGB red, green and blue in OKLCH (CSS Color 4, section 9.4 and its sample code)
    for (text, expected) in [
        ("oklch(.62796 .25768 29.234)", [1.0, 0.0, 0.0]),
        ("oklch(.86644 .29483 142.495)", [0.0, 1.0, 0.0]),
        ("oklch(.45201 .31321 264.052)", [0.0, 0.0, 1.0]),
    ] {
        for (got, wanted) in oklch(text).into_iter().zip(expected) {
            assert!((got - wanted).abs() < 0.002, "{text}: {got} is not {wanted}");
        }
    }
}
