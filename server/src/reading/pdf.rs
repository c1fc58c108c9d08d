//! PDF: placed characters for `domain::layout`. Owns: what a page shows (characters, where, how large, in which
//! type; ruled lines) and the document's title. Refuses: lines, columns, paragraphs: those are pure rules.
//!
//! Interpretation is hayro's; a page is 'drawn' onto a device that writes down instead of painting.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use domain::document::Document;
use domain::layout::{self, Glyph, Rule, Sheet};
use hayro_interpret::font::{Glyph as Shape, GlyphRun, OutlineGlyph};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Line, Point, Rect, Shape as _};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RenderContent, SoftMask, interpret_page,
};

use super::{Format, Progress, ReadError};

/// Pages after which the document so far is handed on; doubled each time.
const FIRST_PART: usize = 8;
/// More characters than any book has; beyond them a file is an attack or a drawing.
const MAX_GLYPHS: usize = 30_000_000;

/// Reads a PDF.
///
/// # Errors
/// Encrypted with a password, damaged, or without a single character of text.
pub(super) fn read(bytes: Vec<u8>, on: &mut dyn FnMut(Progress)) -> Result<Document, ReadError> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => ReadError::Encrypted,
        LoadPdfError::Decryption(_) => ReadError::Encrypted,
        LoadPdfError::Invalid => ReadError::Damaged(Format::Pdf),
    })?;
    let total = pdf.pages().len();
    if total == 0 {
        return Err(ReadError::Damaged(Format::Pdf));
    }
    let title = title(&pdf);
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings { render_content: RenderContent::PAGE, ..Default::default() };
    let mut faces = Faces::default();
    let mut raw: Vec<(Sheet, Vec<u32>)> = vec![];
    let mut seen = Seen::default();
    let mut next_part = FIRST_PART;
    let mut count = 0;
    for (index, page) in pdf.pages().iter().enumerate() {
        let (width, height) = page.render_dimensions();
        let transform = Affine::new(page.initial_transform(true).as_coeffs());
        let clip = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(transform, clip, &cache, pdf.xref(), settings.clone());
        let mut scribe =
            Scribe { faces: &mut faces, placed: vec![], rules: vec![], dots: vec![], seen: &mut seen };
        interpret_page(page, &mut context, &mut scribe);
        let Scribe { placed, rules, dots, .. } = scribe;
        count += placed.len();
        if count > MAX_GLYPHS {
            return Err(ReadError::TooComplex);
        }
        raw.push(upright(index as u32 + 1, width, height, placed, [rules, dots]));
        on(Progress::Pages { read: index as u32 + 1, total: total as u32 });
        if index + 1 == next_part && index + 1 < total {
            next_part *= 2;
            on(Progress::Part(layout::document(&sheets(&raw, &faces), title.clone())));
        }
    }
    let document = layout::document(&sheets(&raw, &faces), title);
    if document.blocks.is_empty() {
        return Err(match (seen.images, seen.unmapped) {
            (_, 1..) => ReadError::Unmapped,
            (1.., 0) => ReadError::Scanned,
            (0, 0) => ReadError::Empty,
        });
    }
    let mut document = document;
    if seen.unmapped * 50 > count {
        document.warnings.push(
            "Some characters of this PDF do not say which letter they are; words may be missing.".to_string(),
        );
    }
    let blank = raw.iter().filter(|(sheet, _)| sheet.glyphs.is_empty()).count();
    if seen.images > 0 && blank * 3 > total {
        document.warnings.push(format!(
            "{blank} of {total} pages hold no text, probably scanned pictures; they could not be read."
        ));
    }
    Ok(document)
}

fn title(pdf: &Pdf) -> Option<String> {
    let bytes = pdf.metadata().title.as_deref()?;
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_string(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // what programs write there by themselves names the file, not the lecture
    let names_file = text.starts_with("Microsoft ") || text.to_lowercase().starts_with("untitled") || {
        let lower = text.to_lowercase();
        [".doc", ".docx", ".ppt", ".pptx", ".tex", ".dvi", ".qxd", ".indd", ".pdf"]
            .iter()
            .any(|ending| lower.ends_with(ending))
    };
    (!text.is_empty() && !names_file).then_some(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

fn sheets(raw: &[(Sheet, Vec<u32>)], faces: &Faces) -> Vec<Sheet> {
    raw.iter()
        .map(|(sheet, fonts)| {
            let mut sheet = sheet.clone();
            for (glyph, font) in sheet.glyphs.iter_mut().zip(fonts) {
                let (bold, italic) = faces.style(*font);
                glyph.bold |= bold;
                glyph.italic |= italic;
            }
            sheet
        })
        .collect()
}

/// What was met over all pages beside text.
#[derive(Default)]
struct Seen {
    images: usize,
    unmapped: usize,
}

/// A character with the direction of its line.
struct Placed {
    c: char,
    from: Point,
    to: Point,
    size: f32,
    font: u32,
    stroked: bool,
}

/// The device that writes down.
struct Scribe<'s> {
    faces: &'s mut Faces,
    placed: Vec<Placed>,
    rules: Vec<Rule>,
    dots: Vec<Rule>,
    seen: &'s mut Seen,
}

impl<'a> Device<'a> for Scribe<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if self.rules.len() > 20_000 {
            return;
        }
        let stroke = matches!(mode, DrawMode::Stroke(_) | DrawMode::FillAndStroke(..));
        if !stroke {
            // a filled path is a rule where it is thin
            let bounds = (props.transform * path.clone()).bounding_box();
            self.rule(bounds);
            self.dot(bounds);
            return;
        }
        self.dot((props.transform * path.clone()).bounding_box());
        for segment in path.segments() {
            if let hayro_interpret::kurbo::PathSeg::Line(line) = segment {
                let line = props.transform * line;
                self.rule(Rect::from_points(line.p0, line.p1));
            }
        }
    }
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.seen.images += 1;
    }
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let Some(first) = run.glyphs().first() else { return };
        if self.placed.len() > MAX_GLYPHS {
            return;
        }
        let font = self.faces.of(first);
        let stroked = matches!(mode, DrawMode::Stroke(_));
        for glyph in run.glyphs() {
            self.faces.look(font, glyph);
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(text)) => text,
                None => {
                    self.seen.unmapped += 1;
                    continue;
                }
            };
            let place = props.transform * glyph.transform();
            let advance = match &**glyph {
                Shape::Outline(outline) => outline.advance_width(),
                Shape::Type3(drawn) => drawn.advance_width(),
            };
            let advance = f64::from(advance.unwrap_or(500.0));
            let size = (place * Point::new(0.0, 1000.0) - place * Point::ZERO).hypot() as f32;
            // one code may stand for several letters (a ligature): they share its box
            let parts = text.chars().count().max(1) as f64;
            for (index, c) in text.chars().enumerate() {
                let x = |part: usize| Point::new(advance * part as f64 / parts, 0.0);
                let (from, to) = (place * x(index), place * x(index + 1));
                self.placed.push(Placed { c, from, to, size, font, stroked });
            }
        }
    }
}

impl Scribe<'_> {
    fn rule(&mut self, bounds: Rect) {
        const THIN: f64 = 2.5;
        let (width, height) = (bounds.width(), bounds.height());
        let long = width.max(height) >= 8.0;
        if long && width.min(height) <= THIN && bounds.is_finite() {
            self.rules.push(ruled(bounds));
        }
    }

    fn dot(&mut self, bounds: Rect) {
        let (width, height) = (bounds.width(), bounds.height());
        let small = (1.0..=9.0).contains(&width) && (width - height).abs() < 0.25 * width;
        if small && self.dots.len() < 2_000 {
            self.dots.push(ruled(bounds));
        }
    }
}

fn ruled(bounds: Rect) -> Rule {
    Rule { x0: bounds.x0 as f32, y0: bounds.y0 as f32, x1: bounds.x1 as f32, y1: bounds.y1 as f32 }
}

/// Turns a page so that most of its text runs from left to right, and leaves out what then does not (stamps in
/// the margin, labels of axes) and what lies outside the page.
fn upright(
    number: u32,
    width: f32,
    height: f32,
    placed: Vec<Placed>,
    drawn: [Vec<Rule>; 2],
) -> (Sheet, Vec<u32>) {
    let quarter = |p: &Placed| {
        let way = p.to - p.from;
        if way.x.abs() >= 3.0 * way.y.abs() {
            if way.x >= 0.0 { Some(0) } else { Some(2) }
        } else if way.y.abs() >= 3.0 * way.x.abs() {
            if way.y >= 0.0 { Some(1) } else { Some(3) }
        } else {
            None
        }
    };
    let mut votes = [0usize; 4];
    for p in &placed {
        if let Some(q) = quarter(p)
            && !p.c.is_whitespace()
        {
            votes[q] += 1;
        }
    }
    let main = (0..4).max_by_key(|q| (votes[*q], 3 - q)).unwrap_or(0);
    let turn = |x: f32, y: f32| match main {
        0 => (x, y),
        1 => (y, width - x),
        2 => (width - x, height - y),
        _ => (height - y, x),
    };
    let (page_width, page_height) = if main % 2 == 0 { (width, height) } else { (height, width) };
    let mut sheet = Sheet { number, width: page_width, height: page_height, ..Sheet::default() };
    let mut fonts = vec![];
    for p in &placed {
        let still = (p.to - p.from).hypot() < 1e-6; // without an advance there is no direction
        if !still && quarter(p) != Some(main) {
            continue;
        }
        let (x0, y) = turn(p.from.x as f32, p.from.y as f32);
        let (x1, _) = turn(p.to.x as f32, p.to.y as f32);
        let inside = x0 > -5.0 && x0 < page_width + 5.0 && y > -5.0 && y < page_height + 5.0;
        if !(inside && x1.is_finite() && p.size.is_finite()) || p.size < 0.5 {
            continue;
        }
        sheet.glyphs.push(Glyph { c: p.c, x0, x1, y, size: p.size, bold: p.stroked, italic: false });
        fonts.push(p.font);
    }
    let turned = |rule: Rule| {
        let (ax, ay) = turn(rule.x0, rule.y0);
        let (bx, by) = turn(rule.x1, rule.y1);
        Rule { x0: ax.min(bx), y0: ay.min(by), x1: ax.max(bx), y1: ay.max(by) }
    };
    let [rules, dots] = drawn.map(|drawn| drawn.into_iter().map(turned).collect());
    (sheet.rules, sheet.dots) = (rules, dots);
    (sheet, fonts)
}

/// The typefaces of a file: which are bold, which slant. Fonts that carry their name or weight are believed;
/// of the others (Type 1, the standard fonts) the stems of a few letters are measured.
#[derive(Default)]
struct Faces {
    known: HashMap<u128, u32>,
    faces: Vec<Face>,
}

#[derive(Default)]
struct Face {
    named: Option<(bool, bool)>,
    /// (thickness, slope) of upright strokes, in thousandths of the type's size.
    stems: Vec<(f64, f64)>,
    /// Characters shown, to know the text's own face.
    shown: usize,
}

/// Records the first 128-bit number that a value hashes: of a glyph's identifier, that of its font program.
#[derive(Default)]
struct Program(Option<u128>);

impl Hasher for Program {
    fn finish(&self) -> u64 {
        0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u128(&mut self, value: u128) {
        self.0.get_or_insert(value);
    }
}

impl Faces {
    fn of(&mut self, glyph: &Shape<'_>) -> u32 {
        let Shape::Outline(outline) = glyph else { return u32::MAX };
        let mut program = Program::default();
        outline.identifier().hash(&mut program);
        let Some(key) = program.0 else { return u32::MAX };
        if let Some(found) = self.known.get(&key) {
            return *found;
        }
        let index = self.faces.len() as u32;
        self.known.insert(key, index);
        let named = outline.font_data().and_then(|font| {
            let name = font.postscript_name.unwrap_or_default().to_lowercase();
            let heavy = ["bold", "black", "heavy", "demi"].iter().any(|word| name.contains(word));
            let slanted = ["italic", "oblique"].iter().any(|word| name.contains(word));
            // a name or a weight beyond the default says something; else measure
            let telling = !name.is_empty() || font.weight.is_some() || font.is_italic;
            telling.then_some((
                heavy || font.weight.is_some_and(|weight| weight >= 600),
                slanted || font.is_italic,
            ))
        });
        self.faces.push(Face { named, ..Face::default() });
        index
    }

    fn look(&mut self, font: u32, glyph: &Shape<'_>) {
        let Some(face) = self.faces.get_mut(font as usize) else { return };
        face.shown += 1;
        if face.named.is_some() || face.stems.len() >= 8 {
            return;
        }
        if let Shape::Outline(outline) = glyph
            && let Some(BfString::Char(c)) = outline.as_unicode()
            && "lIhkbHLEFDPRBKinmrpt1".contains(c)
        {
            face.stems.extend(stem(outline));
        }
    }

    fn style(&self, font: u32) -> (bool, bool) {
        let Some(face) = self.faces.get(font as usize) else { return (false, false) };
        if let Some(named) = face.named {
            return named;
        }
        let Some((thickness, slope)) = face.measure() else { return (false, false) };
        let body = self.faces.iter().max_by_key(|face| face.shown).and_then(Face::measure);
        let regular = body.map_or(80.0, |(thickness, _)| thickness.min(100.0));
        (thickness > 95.0 && thickness > 1.3 * regular, slope > 0.09)
    }
}

impl Face {
    fn measure(&self) -> Option<(f64, f64)> {
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        let thickness = median(self.stems.iter().map(|stem| stem.0).collect())?;
        let slope = median(self.stems.iter().map(|stem| stem.1).collect())?;
        Some((thickness, slope))
    }
}

/// Thickness of a letter's leftmost upright stroke and its slope (0 = upright).
fn stem(glyph: &OutlineGlyph) -> Option<(f64, f64)> {
    let path = glyph.outline();
    let bounds = path.bounding_box();
    if !(bounds.is_finite() && bounds.height() > 100.0) {
        return None;
    }
    let cut = |fraction: f64| {
        let y = bounds.y0 + bounds.height() * fraction;
        let line = Line::new((bounds.x0 - 50.0, y), (bounds.x1 + 50.0, y));
        let length = line.p1.x - line.p0.x;
        let mut at: Vec<f64> = path
            .segments()
            .flat_map(|segment| segment.intersect_line(line).into_iter().map(|hit| hit.line_t * length))
            .collect();
        at.sort_by(f64::total_cmp);
        (at.len() >= 2).then(|| (at[0], at[1] - at[0], y))
    };
    // between serifs, below any bow
    let (low, high) = (cut(0.28)?, cut(0.46)?);
    let slope = (high.0 - low.0) / (high.2 - low.2);
    let thickness = low.1.min(high.1);
    (thickness > 10.0 && thickness < 400.0).then_some((thickness, slope))
}
