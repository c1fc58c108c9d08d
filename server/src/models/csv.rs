//! The sums of the book for a spreadsheet (RFC 4180). Owns: its columns. Refuses: what was asked and answered; the book does not
//! have it either.

use super::store::SumRow;
use crate::clock::date_of;

const HEAD: &str =
    "day,task,provider,model,calls,kept,shared,failed,input_tokens,input_tokens_cached,output_tokens,usd\r\n";

/// A head and a line for each sum.
pub(super) fn written(rows: &[SumRow]) -> String {
    rows.iter().fold(HEAD.into(), |text, row| text + &line(row))
}

fn line(row: &SumRow) -> String {
    let day = date_of(i32::try_from(row.day).unwrap_or_default());
    let names = [day.as_str(), &row.task, &row.endpoint, &row.model].map(field);
    let counts = [row.calls, row.cached, row.shared, row.failed, row.input, row.kept_input, row.output]
        .map(|n| n.to_string());
    format!("{},{},{}\r\n", names.join(","), counts.join(","), dollars(row.nanodollars))
}

/// In quotation marks where it must be; what a spreadsheet would take for a formula is text.
fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.into() };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// To the billionth, so that sums of sums are right.
fn dollars(nanodollars: i64) -> String {
    let sign = if nanodollars < 0 { "-" } else { "" };
    let (whole, rest) =
        (nanodollars.unsigned_abs() / 1_000_000_000, nanodollars.unsigned_abs() % 1_000_000_000);
    format!("{sign}{whole}.{rest:09}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_whatever_a_model_is_called() {
        let row = SumRow {
            day: 20_000,
            task: "tutor".into(),
            endpoint: "=own".into(),
            model: "a \"big\", new one".into(),
            calls: 7,
            cached: 1,
            shared: 2,
            failed: 3,
            input: 1_000,
            kept_input: 200,
            output: 50,
            nanodollars: 1_234_500_000,
        };
        let line = "2024-10-04,tutor,'=own,\"a \"\"big\"\", new one\",7,1,2,3,1000,200,50,1.234500000\r\n";
        assert_eq!(written(&[row]), format!("{HEAD}{line}"));
        assert_eq!((dollars(0), dollars(-5)), ("0.000000000".into(), "-0.000000005".into()));
        assert_eq!(written(&[]), HEAD);
        assert_eq!(HEAD.matches(',').count(), line.replace(", new", " new").matches(',').count());
    }
}
