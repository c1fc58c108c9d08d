//! Bytes to characters. Owns: encodings. Refuses: what the characters mean.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text of a plain file: a byte order mark decides, else UTF-16 by its zeros, else UTF-8 where it is valid, else
/// Windows-1252 (every byte of which is a character).
pub(super) fn decode(bytes: &[u8]) -> String {
    decode_as(bytes, None)
}

/// Text of a web page: a byte order mark, then what the page says of itself, then as for plain text.
pub(super) fn decode_html(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let label = head.split_once("charset=").or_else(|| head.split_once("encoding=")).map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        rest.split(['"', '\'', ' ', ';', '>', '/', '?']).next().unwrap_or_default().to_string()
    });
    // a page that can be read as ASCII to its label is not UTF-16, whatever it says
    let named = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    decode_as(bytes, named.filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE))
}

fn decode_as(bytes: &[u8], named: Option<&'static Encoding>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    if let Some(encoding) = wide(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && named.is_none_or(|encoding| encoding == UTF_8 || text.is_ascii() || encoding == WINDOWS_1252)
    {
        return text.to_string();
    }
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
        && !bytes[..error.valid_up_to()].is_ascii()
    {
        // UTF-8 whose last character was cut
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let encoding = named.filter(|encoding| *encoding != UTF_8).unwrap_or(WINDOWS_1252);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-16 without a mark: every second byte of western text is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    if sample.len() < 8 {
        return None;
    }
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let half = sample.len() / 2;
    if odd * 10 > half * 7 && even * 10 < half {
        Some(UTF_16LE)
    } else if even * 10 > half * 7 && odd * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether bytes are text of some encoding: hardly any control characters.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    if Encoding::for_bom(bytes).is_some() || wide(bytes).is_some() {
        return true;
    }
    let sample = &bytes[..bytes.len().min(64 * 1024)];
    let odd = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    sample.iter().filter(odd).count() * 200 < sample.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let text = "naïve α-cells";
        assert_eq!(decode(text.as_bytes()), text);
        assert_eq!(decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
        assert_eq!(decode(&[b"\xff\xfe".to_vec(), wide(text)].concat()), text);
        assert_eq!(decode(&[b"\xfe\xff".to_vec(), big(text)].concat()), text);
        assert_eq!(decode(&wide(text)), text);
        assert_eq!(decode(b"na\xefve \x96 caf\xe9"), "naïve – café");
        assert_eq!(decode_html(b"<meta charset=\"iso-8859-2\"><p>\xb1"), "<meta charset=\"iso-8859-2\"><p>ą");
        assert!(!is_text(b"\x00\x01\x02\x03"));
    }
}
