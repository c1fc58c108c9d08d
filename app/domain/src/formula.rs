//! Formulas: the part of TeX that medical texts use, as MathML. Owns: reading it, and that nothing else comes out than MathML
//! with every character of the source escaped. Refuses: macros, layout, and commands that it does not know: who asks shows the
//! source then.
//!
//! Letters in a row are one name (`PaCO_2`, `Na`), not a product as in mathematics.

mod symbols;

use std::{iter::Peekable, str::Chars};

/// Longest source, in bytes.
const LONGEST: usize = 600;
/// Deepest nesting of groups.
const DEEPEST: usize = 12;

/// MathML of a formula without its dollar signs; `None` where it is not understood. `block`: on a line of its own.
pub fn mathml(tex: &str, block: bool) -> Option<String> {
    if tex.trim().is_empty() || tex.len() > LONGEST {
        return None;
    }
    let mut reader = Reader { rest: tex.trim().chars().peekable(), depth: 0 };
    let row = reader.row(End::Source)?;
    let display = if block { " display=\"block\"" } else { "" };
    Some(format!("<math{display}>{row}</math>"))
}

/// Where a row of things ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Source,
    Brace,
    Bracket,
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
    depth: usize,
}

impl Reader<'_> {
    /// Everything up to the end of a group, as one row.
    fn row(&mut self, end: End) -> Option<String> {
        if self.depth > DEEPEST {
            return None;
        }
        self.depth += 1;
        let (mut row, mut things) = (String::new(), 0);
        loop {
            self.spaces();
            match self.rest.peek() {
                None if end == End::Source => break,
                None => return None,
                Some('}') if end == End::Brace => break,
                Some(']') if end == End::Bracket => break,
                Some(_) => {
                    row.push_str(&self.thing()?);
                    things += 1;
                }
            }
        }
        self.rest.next();
        self.depth -= 1;
        Some(if things == 1 { row } else { format!("<mrow>{row}</mrow>") })
    }

    fn spaces(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    /// One thing with what is raised and lowered at it.
    fn thing(&mut self) -> Option<String> {
        let base = match self.rest.peek()? {
            // `^{14}C`: raised before its letter
            '^' | '_' => "<mrow></mrow>".into(),
            _ => self.atom()?,
        };
        let (mut below, mut above) = (None, None);
        loop {
            self.spaces();
            let place = match self.rest.peek() {
                Some('_') if below.is_none() => &mut below,
                Some('^') if above.is_none() => &mut above,
                Some('_' | '^') => return None,
                _ => break,
            };
            self.rest.next();
            self.spaces();
            *place = Some(self.argument()?);
        }
        Some(match (below, above) {
            (None, None) => base,
            (Some(below), None) => format!("<msub>{base}{below}</msub>"),
            (None, Some(above)) => format!("<msup>{base}{above}</msup>"),
            (Some(below), Some(above)) => format!("<msubsup>{base}{below}{above}</msubsup>"),
        })
    }

    /// What follows `_`, `^` or a command: a group, or a single character.
    fn argument(&mut self) -> Option<String> {
        self.spaces();
        match self.rest.peek()? {
            '{' | '\\' => self.atom(),
            c if c.is_ascii_digit() => self.rest.next().map(|c| element("mn", &c.to_string())),
            c if c.is_alphabetic() => self.rest.next().map(|c| element("mi", &c.to_string())),
            _ => self.atom(),
        }
    }

    fn atom(&mut self) -> Option<String> {
        let c = self.rest.next()?;
        Some(match c {
            '{' => self.row(End::Brace)?,
            '\\' => self.command()?,
            '0'..='9' => self.number(c),
            c if c.is_alphabetic() => element("mi", &run(&mut self.rest, c, char::is_alphabetic)),
            '-' => element("mo", "−"),
            '\'' => element("mo", "′"),
            '}' | '$' | '&' | '#' | '~' | '^' | '_' => return None,
            c if c.is_control() => return None,
            c => element("mo", &c.to_string()),
        })
    }

    /// A number; a full stop after it is one.
    fn number(&mut self, first: char) -> String {
        let number = run(&mut self.rest, first, |c| c.is_ascii_digit() || c == '.');
        match number.strip_suffix('.') {
            Some(number) => element("mn", number) + "<mo>.</mo>",
            None => element("mn", &number),
        }
    }

    fn command(&mut self) -> Option<String> {
        let first = self.rest.next()?;
        if !first.is_ascii_alphabetic() {
            return Some(match first {
                '%' | '$' | '&' | '#' | '_' | '{' | '}' => element("mo", &first.to_string()),
                ',' | ':' | ';' | ' ' => "<mspace width=\"0.2em\"></mspace>".into(),
                '!' => String::new(),
                _ => return None,
            });
        }
        let name = run(&mut self.rest, first, |c| c.is_ascii_alphabetic());
        Some(match name.as_str() {
            "frac" | "dfrac" | "tfrac" => {
                let above = self.argument()?;
                format!("<mfrac>{above}{}</mfrac>", self.argument()?)
            }
            "sqrt" => {
                self.spaces();
                match self.rest.next_if_eq(&'[') {
                    Some(_) => {
                        let degree = self.row(End::Bracket)?;
                        format!("<mroot>{}{degree}</mroot>", self.argument()?)
                    }
                    None => format!("<msqrt>{}</msqrt>", self.argument()?),
                }
            }
            "overline" | "bar" => format!("<mover>{}<mo>¯</mo></mover>", self.argument()?),
            "dot" => format!("<mover>{}<mo>˙</mo></mover>", self.argument()?),
            "text" | "mathrm" | "textrm" | "operatorname" | "mathbf" | "mathit" | "mbox" => {
                element("mtext", &self.words()?)
            }
            "ce" => chemistry(&self.words()?),
            // their size is the browser's affair
            "left" | "right" | "big" | "bigl" | "bigr" => {
                self.spaces();
                match self.rest.next_if_eq(&'.') {
                    Some(_) => String::new(),
                    None => self.atom()?,
                }
            }
            "quad" | "qquad" => "<mspace width=\"1em\"></mspace>".into(),
            name => {
                let (kind, sign) = symbols::symbol(name)?;
                element(kind, sign)
            }
        })
    }

    /// The words of a group, as they stand.
    fn words(&mut self) -> Option<String> {
        self.spaces();
        self.rest.next_if_eq(&'{')?;
        let (mut words, mut open) = (String::new(), 1);
        loop {
            match self.rest.next()? {
                '{' => open += 1,
                '}' if open == 1 => return Some(words),
                '}' => open -= 1,
                c if c.is_control() => return None,
                c => {
                    words.push(c);
                    continue;
                }
            }
            if open > DEEPEST {
                return None;
            }
            words.push(if open > 1 { '{' } else { '}' });
        }
    }
}

/// What stands in `\ce`: figures after a letter are lowered, charges raised, `->` is an arrow.
fn chemistry(source: &str) -> String {
    let source = source.replace("<=>", "⇌").replace("->", "→").replace(['{', '}'], "");
    let mut row = String::new();
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        if !c.is_alphabetic() {
            let figures =
                if c.is_ascii_digit() { run(&mut rest, c, |c| c.is_ascii_digit()) } else { c.to_string() };
            row.push_str(&element(if c.is_ascii_digit() { "mn" } else { "mo" }, &figures));
            continue;
        }
        let mut base = element("mi", &run(&mut rest, c, char::is_alphabetic));
        if let Some(first) = rest.next_if(char::is_ascii_digit) {
            let figures = element("mn", &run(&mut rest, first, |c| c.is_ascii_digit()));
            base = format!("<msub>{base}{figures}</msub>");
        }
        if let Some(sign) = rest.next_if(|c| ['+', '-', '^'].contains(c)) {
            let charge = run(&mut rest, sign, |c| c.is_ascii_digit() || ['+', '-'].contains(&c));
            let charge = charge.trim_start_matches('^').replace('-', "−");
            base = format!("<msup>{base}{}</msup>", element("mn", &charge));
        }
        row.push_str(&base);
    }
    format!("<mrow>{row}</mrow>")
}

/// A character and those after it for which it holds.
fn run(rest: &mut Peekable<Chars>, first: char, goes_on: impl Fn(char) -> bool) -> String {
    let mut run = String::from(first);
    while let Some(c) = rest.next_if(|c| goes_on(*c)) {
        run.push(c);
    }
    run
}

fn element(name: &str, text: &str) -> String {
    let mut out = format!("<{name}>");
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out + "</" + name + ">"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Without the outermost tag.
    fn inside(tex: &str) -> Option<String> {
        Some(mathml(tex, false)?.strip_prefix("<math>")?.strip_suffix("</math>")?.to_string())
    }

    #[test]
    fn formulas_of_lectures() {
        for (tex, wanted) in [
            ("x", "<mi>x</mi>"),
            ("10^{-3}", "<msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup>"),
            ("PaCO_2", "<msub><mi>PaCO</mi><mn>2</mn></msub>"),
            ("Ca^{2+}", "<msup><mi>Ca</mi><mrow><mn>2</mn><mo>+</mo></mrow></msup>"),
            ("k_1^2", "<msubsup><mi>k</mi><mn>1</mn><mn>2</mn></msubsup>"),
            (
                r"Q = \frac{\Delta P}{R}",
                "<mrow><mi>Q</mi><mo>=</mo><mfrac><mrow><mi>Δ</mi><mi>P</mi></mrow><mi>R</mi></mfrac></mrow>",
            ),
            (r"\sqrt{x}", "<msqrt><mi>x</mi></msqrt>"),
            (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
            (r"\text{if } a<b", "<mrow><mtext>if </mtext><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>"),
            (
                r"5\,\mu\text{g}",
                "<mrow><mn>5</mn><mspace width=\"0.2em\"></mspace><mi>μ</mi><mtext>g</mtext></mrow>",
            ),
            (r"\ce{H2O}", "<mrow><msub><mi>H</mi><mn>2</mn></msub><mi>O</mi></mrow>"),
            (r"\ce{HCO3-}", "<mrow><msup><msub><mi>HCO</mi><mn>3</mn></msub><mn>−</mn></msup></mrow>"),
            (r"\ce{Na+}", "<mrow><msup><mi>Na</mi><mn>+</mn></msup></mrow>"),
            (r"\ce{A -> B}", "<mrow><mi>A</mi><mo>→</mo><mi>B</mi></mrow>"),
            (r"\ce{SO4^2-}", "<mrow><msup><msub><mi>SO</mi><mn>4</mn></msub><mn>2−</mn></msup></mrow>"),
            ("0.5.", "<mn>0.5</mn><mo>.</mo>"),
        ] {
            assert_eq!(inside(tex).as_deref(), Some(wanted), "{tex}");
        }
        assert!(mathml("x", true).unwrap().starts_with("<math display=\"block\">"));
    }

    #[test]
    fn what_is_not_understood_stays_as_it_is() {
        for tex in [
            "",
            "  ",
            "{",
            "}",
            "a_",
            "x^",
            r"\unknown",
            r"\frac{1}",
            "a_b_c",
            "a $ b",
            &"{".repeat(40),
            &"x".repeat(700),
            r"\",
        ] {
            assert_eq!(mathml(tex, false), None, "{tex}");
        }
        let deep = format!("{}x{}", "{".repeat(40), "}".repeat(40));
        assert_eq!(mathml(&deep, false), None);
    }

    /// Every tag is one of ours, and each one that opens closes.
    fn is_mathml(text: &str) -> bool {
        const TAGS: [&str; 14] = [
            "math", "mrow", "mi", "mn", "mo", "mtext", "msub", "msup", "msubsup", "mfrac", "msqrt", "mroot",
            "mover", "mspace",
        ];
        let mut open = vec![];
        for piece in text.split('<').skip(1) {
            let Some((tag, words)) = piece.split_once('>') else { return false };
            if words.contains(['>', '"', '\'']) {
                return false;
            }
            match tag.strip_prefix('/') {
                Some(name) if open.pop() != Some(name) => return false,
                Some(_) => {}
                None => {
                    let name = tag.split(' ').next().unwrap_or_default();
                    if !TAGS.contains(&name) {
                        return false;
                    }
                    open.push(name);
                }
            }
        }
        open.is_empty()
    }

    #[test]
    fn markup_in_a_formula_is_text() {
        for tex in [
            r"\text{<img src=x onerror=alert(1)>}",
            "<script>alert(1)</script>",
            r"\ce{<b>}",
            r#"a"b'c"#,
            r"\operatorname{</math><script>}",
        ] {
            if let Some(out) = mathml(tex, false) {
                assert!(is_mathml(&out) && !out.contains("<script") && !out.contains("<img"), "{out}");
            }
        }
        assert!(!is_mathml("<math><script></script></math>") && !is_mathml("<math><mi></math>"));
    }

    proptest! {
        #[test]
        fn whatever_comes_in_mathml_goes_out(tex in r"([a-zA-Z0-9 ^_{}<>&'=+-]|\\[a-z]{1,5}|\\frac|\\text|\\ce|\\sqrt|\PC){0,40}") {
            if let Some(out) = mathml(&tex, false) {
                prop_assert!(is_mathml(&out), "{}", out);
            }
        }
    }
}
