//! Columns and their order. A page is cut at gutters; a line that crosses one is a barrier: what stands above it,
//! left then right, is read before it.

use super::blocks;
use super::habits::Habits;
use super::lines::Line;
use super::table::Table;

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Line(Line),
    Table(Table),
}

/// A stretch of a page read from top to bottom.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Left edge of its text.
    pub(super) left: f32,
    /// Right edge of its text.
    pub(super) right: f32,
    pub(super) entries: Vec<Entry>,
}

/// The box of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y0: f32,
    pub(super) table: bool,
    /// Begins with the sign of a list's item.
    pub(super) item: bool,
}

impl Area {
    pub(super) fn of(line: &Line) -> Self {
        Self { x0: line.x0, x1: line.x1, y0: line.y, table: false, item: blocks::marker(line).is_some() }
    }

    fn of_entry(entry: &Entry) -> Self {
        match entry {
            Entry::Line(line) => Self::of(line),
            Entry::Table(table) => {
                Self { x0: table.x0, x1: table.x1, y0: table.y0, table: true, item: false }
            }
        }
    }
}

/// The columns of a page in reading order.
pub(super) fn columns(lines: Vec<Line>, tables: Vec<Table>, width: f32, habits: &Habits) -> Vec<Column> {
    let mut entries: Vec<Entry> = lines.into_iter().map(Entry::Line).collect();
    entries.extend(tables.into_iter().map(Entry::Table));
    let mut out: Vec<Column> = vec![];
    split(entries, width, &habits.gutters, 0, &mut out);
    out.retain(|column| !column.entries.is_empty());
    out
}

fn split(mut entries: Vec<Entry>, width: f32, hints: &[f32], depth: u8, out: &mut Vec<Column>) {
    entries.sort_by(|a, b| {
        let (a, b) = (Area::of_entry(a), Area::of_entry(b));
        a.y0.total_cmp(&b.y0).then(a.x0.total_cmp(&b.x0))
    });
    let areas: Vec<Area> = entries.iter().map(Area::of_entry).collect();
    let (left, right) = edges(&areas);
    let found = if depth < 3 { gutter(&areas, width, hints) } else { None };
    let Some(x) = found else {
        out.push(Column { left, right, entries });
        return;
    };
    let sides = |keep: fn(&Area, f32) -> bool| {
        let side: Vec<Area> = areas.iter().copied().filter(|area| keep(area, x)).collect();
        edges(&side)
    };
    let (left_edges, right_edges) = (sides(|area, x| area.x1 <= x), sides(|area, x| area.x0 >= x));
    let mut band: [Vec<Entry>; 2] = [vec![], vec![]];
    let mut barrier: Vec<Entry> = vec![];
    let flush_band = |band: &mut [Vec<Entry>; 2], out: &mut Vec<Column>| {
        for (side, edges) in band.iter_mut().zip([left_edges, right_edges]) {
            let entries = std::mem::take(side);
            if entries.is_empty() {
                continue;
            }
            let from = out.len();
            split(entries, width, &[], depth + 1, out);
            if out.len() == from + 1 {
                (out[from].left, out[from].right) = edges;
            }
        }
    };
    for (entry, area) in entries.into_iter().zip(areas) {
        let side = if area.x1 <= x {
            0
        } else if area.x0 >= x {
            1
        } else {
            flush_band(&mut band, out);
            barrier.push(entry);
            continue;
        };
        if !barrier.is_empty() {
            out.push(Column { left, right, entries: std::mem::take(&mut barrier) });
        }
        band[side].push(entry);
    }
    flush_band(&mut band, out);
    if !barrier.is_empty() {
        out.push(Column { left, right, entries: barrier });
    }
}

/// Where the text of these boxes usually begins and how far right it reaches.
fn edges(areas: &[Area]) -> (f32, f32) {
    let mut starts: Vec<(i32, usize)> = vec![];
    let mut ends: Vec<f32> = vec![];
    for area in areas {
        ends.push(area.x1);
        let key = area.x0.round() as i32;
        match starts.iter_mut().find(|(start, _)| (*start - key).abs() <= 1) {
            Some((_, count)) => *count += 1,
            None => starts.push((key, 1)),
        }
    }
    ends.sort_by(f32::total_cmp);
    let most = starts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    // the leftmost edge that is common, not the indent of a long list
    let left = starts.iter().filter(|(_, count)| *count * 4 >= most).map(|(start, _)| *start).min();
    (left.unwrap_or(0) as f32, ends.get(ends.len().saturating_sub(1)).copied().unwrap_or(0.0))
}

/// The place of a gutter: few boxes cross it, both sides hold prose. Where the document has one usually (`hints`)
/// less is asked.
pub(super) fn gutter(areas: &[Area], width: f32, hints: &[f32]) -> Option<f32> {
    let count = |x: f32| {
        let (mut left, mut right, mut cross) = (0usize, 0usize, 0usize);
        for area in areas {
            if area.x1 <= x {
                left += 1;
            } else if area.x0 >= x {
                right += 1;
            } else {
                cross += 1;
            }
        }
        (left, right, cross)
    };
    for hint in hints {
        let near = (-6..=6).map(|step| hint + step as f32 * 2.0);
        let best =
            near.map(|x| (count(x), x)).min_by_key(|((_, _, cross), x)| (*cross, (x - hint).abs() as i32));
        if let Some(((left, right, cross), x)) = best
            && left > 0
            && right > 0
            && cross < left + right
        {
            return Some(x);
        }
    }
    let (from, to) = areas.iter().fold((f32::MAX, f32::MIN), |(a, b), area| (a.min(area.x0), b.max(area.x1)));
    if to - from < 0.25 * width {
        return None;
    }
    let steps = ((to - from) / 2.0) as i32;
    (0..steps)
        .map(|step| from + step as f32 * 2.0)
        .filter(|x| *x - from > 0.15 * (to - from) && to - *x > 0.15 * (to - from))
        .map(|x| (count(x), x))
        .filter(|((left, right, cross), _)| {
            *left >= 2 && *right >= 2 && cross * 5 < left + right && left.min(right) * 6 > *left.max(right)
        })
        .filter(|((left, right, _), x)| {
            // a slide's two lists need fewer lines than two columns of prose
            let lists = listed(areas, from, *x) && listed(areas, *x, to);
            lists || *left >= 4 && *right >= 4 && prose(areas, from, *x) && prose(areas, *x, to)
        })
        .min_by_key(|((left, right, cross), x)| {
            (*cross, left.abs_diff(*right), (x - (from + to) / 2.0).abs() as i32)
        })
        .map(|(_, x)| x)
}

/// Whether most of the text between two edges is items of a list.
fn listed(areas: &[Area], from: f32, to: f32) -> bool {
    let inside = || areas.iter().filter(|area| area.x0 >= from - 0.5 && area.x1 <= to + 0.5);
    let items = inside().filter(|area| area.item).count();
    items >= 2 && items * 5 >= inside().count() * 2
}

/// Whether lines between two edges fill the width, as prose does and the cells of a table do not.
fn prose(areas: &[Area], from: f32, to: f32) -> bool {
    let inside = areas.iter().filter(|area| area.x0 >= from - 0.5 && area.x1 <= to + 0.5);
    let (mut low, mut high) = (f32::MAX, f32::MIN);
    let mut widths: Vec<f32> = vec![];
    for area in inside {
        low = low.min(area.x0);
        high = high.max(area.x1);
        widths.push(if area.table { f32::MAX } else { area.x1 - area.x0 });
    }
    widths.sort_by(f32::total_cmp);
    widths.get(widths.len() / 2).is_some_and(|middle| *middle >= 0.6 * (high - low))
}
