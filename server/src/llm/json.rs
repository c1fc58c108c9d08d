//! JSON in what a model wrote. Owns: finding it and reading it although it is fenced, surrounded by words, cut off or torn in
//! the usual ways. Refuses: guessing at contents; what is mended is form alone, and a string that was cut off says so.
//!
//! Read strictly first: whole JSON is never touched.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// Whether its form had to be mended.
    pub mended: bool,
    /// Whether the text ended before the value did: what came last may be missing or half.
    pub cut: bool,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoJson {
    /// No `{` or `[` in it.
    #[error("the answer is no JSON")]
    None,
    /// It is no JSON that can be mended.
    #[error("the answer's JSON is broken: {0}")]
    Broken(String),
    /// It ends before anything of the form asked for.
    #[error("the answer ends too early")]
    Cut,
    /// It is JSON and not of the form asked for.
    #[error("the answer's JSON has another form: {0}")]
    Form(String),
}

/// The value of a type in a model's text.
///
/// # Errors
/// [`NoJson`].
pub fn read<T: DeserializeOwned>(text: &str) -> Result<Read<T>, NoJson> {
    let Read { value, mended, cut } = value(text)?;
    let value = serde_json::from_value(value).map_err(|error| match cut {
        true => NoJson::Cut,
        false => NoJson::Form(error.to_string()),
    })?;
    Ok(Read { value, mended, cut })
}

/// The first object or list in a model's text.
///
/// # Errors
/// [`NoJson`].
pub fn value(text: &str) -> Result<Read<Value>, NoJson> {
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text.trim()) {
        return Ok(Read { value, mended: false, cut: false });
    }
    let start = text.find(['{', '[']).ok_or(NoJson::None)?;
    let mut broken = NoJson::None;
    // a bracket in the words before it is none
    for (at, _) in text[start..].match_indices(['{', '[']).take(8) {
        let rest = &text[start + at..];
        if let Some(Ok(value @ (Value::Object(_) | Value::Array(_)))) =
            serde_json::Deserializer::from_str(rest).into_iter::<Value>().next()
        {
            return Ok(Read {
                value,
                mended: start + at > 0 || !rest.trim_end().ends_with(['}', ']']),
                cut: false,
            });
        }
        let mut mender = Mender::new(rest);
        match mender.value(0) {
            Ok(value @ Value::Object(_)) | Ok(value @ Value::Array(_)) if mender.found => {
                return Ok(Read { value, mended: true, cut: mender.cut });
            }
            Ok(_) => {}
            Err(what) => {
                broken = NoJson::Broken(what);
                // it was the beginning of an answer, and a list within it is none
                if mender.found {
                    break;
                }
            }
        }
    }
    Err(broken)
}

/// Deeper nesting is nobody's answer.
const DEEPEST: usize = 64;

/// Reads JSON that is torn: commas that are missing or too many, quotes of other kinds, line breaks and quotes within
/// strings, `True` and `None`, comments, an end that is missing.
struct Mender<'t> {
    rest: &'t str,
    cut: bool,
    /// Whether a value with something in it was read.
    found: bool,
}

impl<'t> Mender<'t> {
    fn new(text: &'t str) -> Self {
        Self { rest: text, cut: false, found: false }
    }

    fn space(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix("//") {
                Some(comment) => self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest),
                None => return,
            }
        }
    }

    fn take(&mut self, c: char) -> bool {
        self.space();
        self.rest.strip_prefix(c).inspect(|rest| self.rest = rest).is_some()
    }

    fn peek(&mut self) -> Option<char> {
        self.space();
        self.rest.chars().next()
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err("it is nested too deeply".into());
        }
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some(quote @ ('"' | '\'' | '“' | '”')) => Ok(Value::String(self.string(quote))),
            Some(_) => self.word(),
            None => {
                self.cut = true;
                Ok(Value::Null)
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        self.take('{');
        let mut object = serde_json::Map::new();
        loop {
            while self.take(',') {}
            match self.peek() {
                Some('}') => {
                    self.take('}');
                    return Ok(Value::Object(object));
                }
                None => {
                    self.cut = true;
                    return Ok(Value::Object(object));
                }
                Some(quote @ ('"' | '\'' | '“' | '”')) => {
                    let key = self.string(quote);
                    if !self.take(':') {
                        if self.peek().is_none() {
                            // a key that was cut off has no value, and perhaps not its whole name
                            self.cut = true;
                            return Ok(Value::Object(object));
                        }
                        return Err(format!("no ':' after {key:?}"));
                    }
                    if self.peek().is_none() {
                        self.cut = true;
                        return Ok(Value::Object(object));
                    }
                    let value = self.value(depth + 1)?;
                    self.found = true;
                    object.insert(key, value);
                }
                Some(c) if c.is_alphabetic() || c == '_' => {
                    let end =
                        self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
                    let key = self.rest[..end].to_string();
                    self.rest = &self.rest[end..];
                    if !self.take(':') {
                        return Err(format!("{key:?} where a property was expected"));
                    }
                    let value = self.value(depth + 1)?;
                    self.found = true;
                    object.insert(key, value);
                }
                Some(c) => return Err(format!("{c:?} where a property was expected")),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        self.take('[');
        let mut list = vec![];
        loop {
            while self.take(',') {}
            match self.peek() {
                Some(']') => {
                    self.take(']');
                    return Ok(Value::Array(list));
                }
                None => {
                    self.cut = true;
                    return Ok(Value::Array(list));
                }
                // the list's own end was forgotten
                Some('}') => return Ok(Value::Array(list)),
                Some(_) => {
                    list.push(self.value(depth + 1)?);
                    self.found = true;
                }
            }
        }
    }

    /// A number, `true`, `null` and what other languages write for them.
    fn word(&mut self) -> Result<Value, String> {
        let end = self.rest.find([',', '}', ']', '\n']).unwrap_or(self.rest.len());
        let end = self.rest[..end].find("//").unwrap_or(end);
        let word = self.rest[..end].trim();
        let value = match word {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            "null" | "None" | "NaN" | "undefined" => Value::Null,
            start
                if end == self.rest.len()
                    && ["true", "false", "null"].iter().any(|word| word.starts_with(start)) =>
            {
                Value::Null
            }
            number => match serde_json::from_str::<serde_json::Number>(number.trim_start_matches('+')) {
                Ok(number) => Value::Number(number),
                Err(_) => return Err(format!("{:?} where a value was expected", head(word))),
            },
        };
        // a number at the end of what was cut off may have more digits
        self.cut |= end == self.rest.len();
        self.rest = &self.rest[end..];
        Ok(value)
    }

    /// A string; a quote within it that no comma, colon, bracket or end follows belongs to it.
    fn string(&mut self, quote: char) -> String {
        let ends = |c: char| {
            if matches!(quote, '“' | '”') { matches!(c, '“' | '”' | '"') } else { c == quote }
        };
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        chars.next();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r' | 'b' | 'f')) => text.push(' '),
                    Some((at, 'u')) => {
                        let (c, taken) = escaped(&self.rest[at + 1..]);
                        text.push(c);
                        for _ in 0..taken {
                            chars.next();
                        }
                    }
                    Some((_, other)) => text.push(other),
                    None => {}
                },
                c if ends(c) && closes(&self.rest[at + c.len_utf8()..]) => {
                    self.rest = &self.rest[at + c.len_utf8()..];
                    return text;
                }
                c => text.push(c),
            }
        }
        self.rest = "";
        self.cut = true;
        text
    }
}

/// The character of `\uXXXX` behind the `u`, and how many characters were taken for it; a pair is one.
fn escaped(rest: &str) -> (char, usize) {
    let unit = |text: &str| text.get(..4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let Some(first) = unit(rest) else { return (char::REPLACEMENT_CHARACTER, 0) };
    let second = rest.get(4..).and_then(|rest| rest.strip_prefix("\\u")).and_then(unit);
    match (char::from_u32(first.into()), second) {
        (Some(c), _) => (c, 4),
        (None, Some(second)) => match char::decode_utf16([first, second]).next() {
            Some(Ok(c)) => (c, 10),
            _ => (char::REPLACEMENT_CHARACTER, 4),
        },
        (None, None) => (char::REPLACEMENT_CHARACTER, 4),
    }
}

/// Whether a quote with this behind it ends its string.
fn closes(behind: &str) -> bool {
    let next = behind.trim_start();
    match next.chars().next() {
        None | Some(':' | '}' | ']') => true,
        // `"a", "b"`, but not `he said "a", and`
        Some(',') => {
            let after = next[1..].trim_start();
            after.is_empty()
                || after.starts_with([',', '"', '\'', '{', '[', '}', ']', '“'])
                || after.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                || ["true", "false", "null", "True", "False", "None"]
                    .iter()
                    .any(|word| after.starts_with(word))
        }
        // a forgotten comma: the next property follows
        Some('"') => property(next),
        _ => false,
    }
}

/// Whether a text begins with `"name":`.
fn property(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('"') else { return false };
    let Some(end) = rest.find('"') else { return false };
    end < 60 && rest[end + 1..].trim_start().starts_with(':')
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(30)]
}

#[cfg(test)]
mod tests;
