//! Files that were made to do harm, read by the real reader: text or one line that says why not, within its limits, and the
//! process that waits for it does not grow.

use domain::document::Document;
use server::reading::{
    ReadError,
    child::{Limits, read_in_child},
    confine,
};
use std::{
    io::{Cursor, Write},
    path::Path,
    time::Duration,
};
use zip::{ZipWriter, write::SimpleFileOptions};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mitochi"))
}

async fn read(name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    let limits = Limits { time: Duration::from_secs(60), ..Limits::default() };
    read_in_child(program(), &path, name, limits, &mut |_| {}).await
}

/// Text, or a refusal in one line that is no fault of the reader's.
async fn settles(name: &str, bytes: &[u8]) -> Option<Document> {
    match read(name, bytes).await {
        Ok(document) => {
            document.check().unwrap_or_else(|rule| panic!("{name}: {rule}"));
            Some(document)
        }
        Err(error @ (ReadError::Crashed | ReadError::TimedOut)) => panic!("{name}: {error}"),
        Err(error) => {
            let told = error.to_string();
            assert!(!told.contains('\n') && told.len() < 300, "{name}: {told}");
            None
        }
    }
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TYPES: &[u8] = br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELS: &[u8] = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

fn docx(document: &[u8]) -> Vec<u8> {
    zipped(&[("[Content_Types].xml", TYPES), ("_rels/.rels", RELS), ("word/document.xml", document)])
}

fn word(body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    )
}

/// Resident memory of this process, MB.
fn memory() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4 / 1024
}

#[tokio::test]
async fn a_reader_reaches_no_network_no_file_and_no_program() {
    let confined = confine::probe(program()).await;
    if cfg!(target_os = "linux") {
        assert!(confined.is_whole(), "{}", confined.told());
    } else {
        println!("skipped: {}", confined.told());
    }
    // and it reads all the same
    let document = read("heart.md", b"# The heart\n\nThe heart is a pump.").await.unwrap();
    assert!(document.text.contains("The heart is a pump."));
}

#[tokio::test]
async fn archives_that_explode_or_lead_elsewhere() {
    let before = memory();
    let good = word("<w:p><w:r><w:t>The heart is a pump.</w:t></w:r></w:p>");
    let zeros = vec![b' '; 600 << 20];
    let bomb = docx(&[word("").as_bytes(), &zeros].concat());
    assert!(bomb.len() < 2 << 20, "a small file");
    assert_eq!(read("bomb.docx", &bomb).await, Err(ReadError::TooComplex));
    drop(zeros);
    let laughs: String =
        (1..=9).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY l0 \"ha\">{laughs}]>{}",
        &word("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>")[21..]
    );
    settles("laughs.docx", &docx(laughs.as_bytes())).await;
    let outside = "<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let outside = format!("{outside}{}", &word("<w:p><w:r><w:t>seen: &x;</w:t></w:r></w:p>")[21..]);
    if let Some(document) = settles("outside.docx", &docx(outside.as_bytes())).await {
        assert!(!document.text.contains("root:"), "{}", document.text);
    }
    let climbing = zipped(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("../../../../tmp/mitochi-escaped", b"x"),
        ("/tmp/mitochi-escaped", b"x"),
        ("word/document.xml", good.as_bytes()),
    ]);
    settles("climbing.docx", &climbing).await;
    assert!(!Path::new("/tmp/mitochi-escaped").exists());
    let deep = word(&format!(
        "{}<w:p><w:r><w:t>deep</w:t></w:r></w:p>{}",
        "<w:sdt>".repeat(60_000),
        "</w:sdt>".repeat(60_000)
    ));
    settles("deep.docx", &docx(deep.as_bytes())).await;
    settles("half.docx", &docx(good.as_bytes())[..200]).await;
    assert!(memory() < before + 700, "what waits does not grow: {} MB, then {}", before, memory());
}

/// A PDF of these objects, numbered from 1; the first is its catalogue.
fn pdf(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = vec![];
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1)
            .bytes(),
    );
    out
}

#[tokio::test]
async fn pdfs_that_go_round_or_have_no_end() {
    let catalogue = "<< /Type /Catalog /Pages 2 0 R >>".to_string();
    let round =
        pdf(&[catalogue.clone(), "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>".into()]);
    settles("round.pdf", &round).await;
    let endless = pdf(&[
        catalogue.clone(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".into(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents [4 0 R 4 0 R] /Resources << /XObject << /X 4 0 R >> >> >>".into(),
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream".into(),
    ]);
    settles("endless.pdf", &endless).await;
    // ten thousand pages of one sentence
    let kids: Vec<String> = (0..10_000).map(|n| format!("{} 0 R", 5 + n)).collect();
    let mut many = vec![
        catalogue,
        format!("<< /Type /Pages /Kids [{}] /Count 10000 >>", kids.join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into(),
        "<< /Length 62 >>\nstream\nBT /F 12 Tf 50 700 Td (The heart is a pump of the blood.) Tj ET\n\nendstream".into(),
    ];
    many.extend((0..10_000).map(|_| {
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents 4 0 R >>".to_string()
    }));
    settles("many.pdf", &pdf(&many)).await;
    settles("empty.pdf", b"%PDF-1.7\n").await;
    settles("huge-object.pdf", b"%PDF-1.7\n1 0 obj << /Length 99999999999 >> stream\nx").await;
}

#[tokio::test]
async fn pages_with_scripts_and_nests_without_end() {
    let page = br#"<!DOCTYPE html><html><head><title>Heart</title><script>alert(1)</script><style>p{x:expression(alert(2))}</style></head>
        <body onload="alert(3)"><p>The heart is a pump.</p><img src=x onerror="alert(4)"><a href="javascript:alert(5)">a link</a>
        <iframe src="https://evil.example"></iframe><svg><script>alert(6)</script></svg><template><p>alert(7)</p></template></body></html>"#;
    let document = settles("page.html", page).await.unwrap();
    assert!(document.text.contains("The heart is a pump."));
    assert!(!document.text.contains("alert("), "{}", document.text);
    let text = b"# Heart\n\n<script>alert(1)</script>\n\nThe heart is a pump. <img src=x onerror=alert(2)>\n\n[a](javascript:alert(3))\n";
    let document = settles("page.md", text).await.unwrap();
    assert!(document.text.contains("The heart is a pump."));
    assert!(!document.text.contains("javascript:"), "{}", document.text);
    let nest = format!("{}<p>deep</p>", "<div>".repeat(200_000));
    assert_eq!(read("nest.html", nest.as_bytes()).await, Err(ReadError::TooComplex));
    let rows = format!("<table>{}</table>", "<tr><td>one<td>two".repeat(6_000));
    assert!(settles("rows.html", rows.as_bytes()).await.is_some(), "a long table has no end tags");
    settles("nest.md", format!("{}deep", "> ".repeat(100_000)).as_bytes()).await;
    settles(
        "lists.md",
        (0..3_000).map(|n| format!("{}- x\n", "  ".repeat(n))).collect::<String>().as_bytes(),
    )
    .await;
    settles("brackets.md", "[".repeat(500_000).as_bytes()).await;
    settles("attribute.html", format!("<p title=\"{}\">x</p>", "a".repeat(5 << 20)).as_bytes()).await;
    settles("odd.txt", &(0..=255u8).cycle().take(1 << 20).collect::<Vec<u8>>()).await;
    settles("nothing.txt", b"").await;
}
