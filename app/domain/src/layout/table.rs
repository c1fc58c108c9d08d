//! Tables: ruled ones by their lines, others by pieces of text that stand in line with each other row after row.

use super::Rule;
use super::habits::Habits;
use super::lines::{Char, Line};

/// Rows of cells; a cell is its lines.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y0: f32,
    pub(super) rows: Vec<Vec<Vec<Line>>>,
}

/// Takes the lines inside ruled grids out of `lines` and gives the grids.
pub(super) fn ruled(lines: &mut Vec<Line>, rules: &[Rule], habits: &Habits) -> Vec<Table> {
    if rules.len() < 4 || rules.len() > 5000 {
        return vec![];
    }
    let mut tables = vec![];
    for group in connected(rules) {
        let near = habits.body * 0.45;
        let upright = group.iter().filter(|rule| rule.y1 - rule.y0 > rule.x1 - rule.x0);
        let level = group.iter().filter(|rule| rule.y1 - rule.y0 <= rule.x1 - rule.x0);
        let xs = steps(upright.map(|rule| (rule.x0 + rule.x1) / 2.0).collect(), near);
        let ys = steps(level.map(|rule| (rule.y0 + rule.y1) / 2.0).collect(), near);
        // a frame around text is not a table: at least two columns and two rows, or three rows
        // thousands of cells are the grid of a chart
        if xs.len() < 3 || ys.len() < 3 || xs.len() * ys.len() > 4000 {
            continue;
        }
        // a grid may be cut by the page's end: its outer uprights go on
        let top = group.iter().map(|rule| rule.y0).fold(f32::MAX, f32::min);
        let bottom = group.iter().map(|rule| rule.y1).fold(f32::MIN, f32::max);
        let mut ys = ys;
        if ys[0] - top > habits.body {
            ys.insert(0, top);
        }
        if bottom - ys[ys.len() - 1] > habits.body {
            ys.push(bottom);
        }
        for band in bands(&ys, &xs, &group, near) {
            tables.extend(fill(lines, &band.0, &band.1, near));
        }
    }
    tables
}

/// Takes tables out of `lines` that are ruled by level lines alone: above and below the headings and at the end.
pub(super) fn lined(lines: &mut Vec<Line>, rules: &[Rule], page_height: f32, habits: &Habits) -> Vec<Table> {
    let level = |rule: &&Rule| rule.x1 - rule.x0 > 80.0 && rule.x1 - rule.x0 > 8.0 * (rule.y1 - rule.y0);
    let mut level: Vec<Rule> = rules.iter().filter(level).copied().collect();
    if level.len() > 500 {
        return vec![];
    }
    level.sort_by(|a, b| a.y0.total_cmp(&b.y0));
    let mut tables = vec![];
    while let Some(first) = level.first().copied() {
        let same = |rule: &Rule| (rule.x0 - first.x0).abs() < 3.0 && (rule.x1 - first.x1).abs() < 3.0;
        let set: Vec<Rule> = level.extract_if(.., |rule| same(rule)).collect();
        let mut at = 0;
        // from each rule the nearest two below: heading between the first two, rows to the last
        while at + 2 < set.len() {
            let (top, middle) = (set[at].y0, set[at + 1].y0);
            let end = (at + 2..set.len()).take_while(|next| set[*next].y0 - top < 0.7 * page_height).last();
            let found = end.and_then(|end| {
                let heading = middle - top < 8.0 * habits.body && middle - top > 0.8 * habits.body;
                let table = heading.then(|| between(lines, &first, top, set[end].y0, habits))??;
                Some((end, table))
            });
            match found {
                Some((end, table)) => {
                    tables.push(table);
                    at = end + 1;
                }
                None => at += 1,
            }
        }
    }
    tables
}

fn between(lines: &mut Vec<Line>, rule: &Rule, top: f32, bottom: f32, habits: &Habits) -> Option<Table> {
    let inside = |line: &Line| {
        let y = line.y - 0.3 * line.size;
        y > top && y < bottom && line.x0 > rule.x0 - 4.0 && line.x1 < rule.x1 + 4.0
    };
    let views: Vec<&Line> = lines.iter().filter(|line| inside(line)).collect();
    let rows = rows(&views);
    let many = rows.iter().filter(|row| row.len() >= 2).count();
    let mut widths: Vec<f32> = views.iter().map(|line| line.x1 - line.x0).collect();
    widths.sort_by(f32::total_cmp);
    // columns of prose have two wide pieces in every row
    let narrow = widths.get(widths.len() * 3 / 4).is_some_and(|width| *width < 0.4 * (rule.x1 - rule.x0));
    if many < 2 || many * 2 < rows.len() || !narrow {
        return None;
    }
    let mut edges: Vec<(f32, usize)> = vec![];
    for line in &views {
        note(&mut edges, line.x0, 0.8 * habits.body);
    }
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let common: Vec<f32> =
        edges.iter().filter(|(_, count)| *count * 4 >= many).map(|(edge, _)| *edge).collect();
    if common.len() < 2 {
        return None;
    }
    let table = build(&views, &rows, &common);
    lines.retain(|line| !inside(line));
    Some(table)
}

/// Tables that touch: rows of the same uprights are one. Gives (uprights, borders of the rows).
fn bands(ys: &[f32], xs: &[f32], group: &[Rule], near: f32) -> Vec<(Vec<f32>, Vec<f32>)> {
    let uprights = |top: f32, bottom: f32| -> Vec<f32> {
        let middle = (top + bottom) / 2.0;
        let crosses = |x: f32| {
            group.iter().any(|rule| {
                let upright = rule.y1 - rule.y0 > rule.x1 - rule.x0;
                upright
                    && rule.y0 < middle
                    && middle < rule.y1
                    && ((rule.x0 + rule.x1) / 2.0 - x).abs() <= near * 1.5
            })
        };
        xs.iter().copied().filter(|x| crosses(*x)).collect()
    };
    let mut out: Vec<(Vec<f32>, Vec<f32>)> = vec![];
    for pair in ys.windows(2) {
        let here = uprights(pair[0], pair[1]);
        let inside = |a: &[f32], b: &[f32]| a.iter().all(|x| b.contains(x));
        match out.last_mut() {
            Some((xs, ys)) if inside(&here, xs) => ys.push(pair[1]),
            Some((xs, ys)) if inside(xs, &here) => {
                *xs = here;
                ys.push(pair[1]);
            }
            _ => out.push((here, pair.to_vec())),
        }
    }
    out.retain(|(xs, _)| xs.len() >= 2);
    out
}

/// Takes the lines inside one grid.
fn fill(lines: &mut Vec<Line>, xs: &[f32], ys: &[f32], near: f32) -> Option<Table> {
    let (x0, x1) = (xs[0], xs[xs.len() - 1]);
    let (y0, y1) = (ys[0], ys[ys.len() - 1]);
    let height = |line: &Line| line.y - 0.3 * line.size;
    let inside =
        |line: &Line| line.x0 > x0 - near && line.x1 < x1 + near && height(line) > y0 && height(line) < y1;
    if lines.iter().filter(|line| inside(line)).count() < 2 {
        return None;
    }
    let mut rows: Vec<Vec<Vec<Line>>> = vec![vec![vec![]; xs.len() - 1]; ys.len() - 1];
    for line in lines.extract_if(.., |line| inside(line)) {
        let row = ys.partition_point(|at| *at <= height(&line)).clamp(1, rows.len()) - 1;
        // a line may run over several columns where cells were joined by drawing them close
        for piece in cut(line, xs) {
            let middle = piece.x0 + near;
            let cell = xs.partition_point(|at| *at <= middle).clamp(1, xs.len() - 1) - 1;
            rows[row][cell].push(piece);
        }
    }
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    Some(Table { x0, x1, y0, rows })
}

/// Cuts a line where a gap of it lies over a ruled upright.
fn cut(line: Line, xs: &[f32]) -> Vec<Line> {
    let crossed: Vec<f32> =
        xs.iter().copied().filter(|x| *x > line.x0 + line.size && *x < line.x1 - line.size).collect();
    if crossed.is_empty() {
        return vec![line];
    }
    let mut pieces: Vec<Vec<Char>> = vec![vec![]];
    let mut at = 0;
    for char in &line.chars {
        while at < crossed.len() && char.x0 >= crossed[at] - 0.5 {
            let fresh = pieces.last().is_some_and(|piece| piece.last().is_none_or(|last| last.c == ' '));
            if fresh {
                pieces.push(vec![]);
            }
            at += 1;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(*char);
        }
    }
    pieces
        .into_iter()
        .filter_map(|mut chars| {
            while chars.last().is_some_and(|last| last.c == ' ') {
                chars.pop();
            }
            let (first, last) = (chars.first()?.x0, chars.last()?.x1);
            Some(Line { x0: first, x1: last, y: line.y, size: line.size, beside: line.beside, chars })
        })
        .collect()
}

/// Rules that touch each other, directly or through others.
fn connected(rules: &[Rule]) -> Vec<Vec<Rule>> {
    const REACH: f32 = 4.0;
    let mut group: Vec<usize> = (0..rules.len()).collect();
    fn root(group: &mut [usize], mut at: usize) -> usize {
        while group[at] != at {
            group[at] = group[group[at]];
            at = group[at];
        }
        at
    }
    // sorted by their left end, only neighbours need be compared
    let mut order: Vec<usize> = (0..rules.len()).collect();
    order.sort_by(|a, b| rules[*a].x0.total_cmp(&rules[*b].x0));
    for (place, a) in order.iter().enumerate() {
        for b in &order[place + 1..] {
            let (first, second) = (&rules[*a], &rules[*b]);
            if second.x0 > first.x1 + REACH {
                break;
            }
            if first.y0 <= second.y1 + REACH && second.y0 <= first.y1 + REACH {
                let (a, b) = (root(&mut group, *a), root(&mut group, *b));
                group[a] = b;
            }
        }
    }
    let mut out: Vec<(usize, Vec<Rule>)> = vec![];
    for (at, rule) in rules.iter().enumerate() {
        let key = root(&mut group, at);
        match out.iter_mut().find(|(other, _)| *other == key) {
            Some((_, members)) => members.push(*rule),
            None => out.push((key, vec![*rule])),
        }
    }
    out.retain(|(_, members)| members.len() >= 4);
    out.sort_by(|a, b| a.1[0].y0.total_cmp(&b.1[0].y0));
    out.into_iter().map(|(_, members)| members).collect()
}

/// Distinct values, those closer than `near` taken as one.
fn steps(mut values: Vec<f32>, near: f32) -> Vec<f32> {
    values.sort_by(f32::total_cmp);
    let mut out: Vec<f32> = vec![];
    for value in values {
        if out.last().is_none_or(|last| value - last > near) {
            out.push(value);
        }
    }
    out
}

/// Finds tables without rules in lines of one column, in order of reading: runs of rows with pieces side by side.
/// Gives the first line and one past the last of each, with the table.
pub(super) fn aligned(lines: &[&Line], habits: &Habits) -> Vec<(usize, usize, Table)> {
    let rows = rows(lines);
    let mut out = vec![];
    let mut at = 0;
    while at < rows.len() {
        if rows[at].len() < 2 {
            at += 1;
            continue;
        }
        let mut end = at;
        let mut last_many = at;
        let mut edges: Vec<(f32, usize)> = vec![];
        while end < rows.len() {
            let row = &rows[end];
            let (first, previous) = (lines[row[0]], lines[rows[end.saturating_sub(1).max(at)][0]]);
            if end > at && first.y - previous.y > 2.6 * habits.body {
                break;
            }
            if row.len() >= 2 {
                last_many = end;
                for piece in row {
                    note(&mut edges, lines[*piece].x0, 3.0);
                }
            } else {
                // a cell's further lines begin where its first did; in the first column they are few
                let first_edge = edges.iter().map(|(edge, _)| *edge).fold(f32::MAX, f32::min);
                let known = edges.iter().any(|(edge, _)| (edge - first.x0).abs() < 3.0);
                if !known || end - last_many > 2 && first.x0 < first_edge + 3.0 {
                    break;
                }
            }
            end += 1;
        }
        let mut end = end.min(last_many + 1);
        // further lines of the last row's cells, not in the first column
        while end < rows.len()
            && rows[end].len() == 1
            && edges.iter().any(|(edge, _)| (edge - lines[rows[end][0]].x0).abs() < 3.0)
            && lines[rows[end][0]].x0 > edges.iter().map(|(edge, _)| *edge).fold(f32::MAX, f32::min) + 3.0
            && lines[rows[end][0]].y - lines[rows[end - 1][0]].y < 1.6 * habits.body
        {
            end += 1;
        }
        // a title row above: not here; it reads well as a paragraph
        let many = (at..end).filter(|row| rows[*row].len() >= 2).count();
        edges.sort_by(|a, b| a.0.total_cmp(&b.0));
        let common: Vec<f32> =
            edges.iter().filter(|(_, count)| *count * 3 >= many).map(|(edge, _)| *edge).collect();
        if many >= 3 && common.len() >= 2 && common.len() <= 12 {
            out.push((
                rows[at][0],
                rows[end - 1].iter().max().map_or(rows[at][0], |last| last + 1),
                build(lines, &rows[at..end], &common),
            ));
        }
        at = end.max(at + 1);
    }
    out
}

fn note(edges: &mut Vec<(f32, usize)>, x: f32, near: f32) {
    match edges.iter_mut().find(|(edge, _)| (*edge - x).abs() < near) {
        Some((_, count)) => *count += 1,
        None => edges.push((x, 1)),
    }
}

/// Lines grouped by baseline.
fn rows(lines: &[&Line]) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = vec![];
    for (at, line) in lines.iter().enumerate() {
        let same = rows.last().is_some_and(|row| (lines[row[0]].y - line.y).abs() < 0.35 * line.size);
        match rows.last_mut() {
            Some(row) if same => row.push(at),
            _ => rows.push(vec![at]),
        }
    }
    rows
}

fn build(lines: &[&Line], rows: &[Vec<usize>], edges: &[f32]) -> Table {
    let mut out: Vec<Vec<Vec<Line>>> = vec![];
    let mut previous: Option<&Vec<usize>> = None;
    for row in rows {
        let cell_of = |piece: usize| edges.partition_point(|edge| *edge <= lines[piece].x0 + 3.0).max(1) - 1;
        let begins = row.iter().any(|piece| cell_of(*piece) == 0);
        // two lines of the first column alone, one under the other, are one heading cell
        let goes_on = row.len() == 1
            && previous
                .is_some_and(|previous| previous.len() == 1 && cell_of(previous[0]) == cell_of(row[0]));
        if (begins && !goes_on) || out.is_empty() {
            out.push(vec![vec![]; edges.len()]);
        }
        if let Some(cells) = out.last_mut() {
            for piece in row {
                cells[cell_of(*piece)].push(lines[*piece].clone());
            }
        }
        previous = Some(row);
    }
    let all = || rows.iter().flatten().map(|piece| lines[*piece]);
    Table {
        x0: all().map(|line| line.x0).fold(f32::MAX, f32::min),
        x1: all().map(|line| line.x1).fold(f32::MIN, f32::max),
        y0: all().map(Line::top).fold(f32::MAX, f32::min),
        rows: out,
    }
}
