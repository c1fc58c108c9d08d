//! Vectors of short texts. Owns: hashed character trigrams, cosine. Refuses: models (a caller may pass its own
//! embedder to `generate_with`).

/// Numbers of a vector of [`trigrams`].
pub const DIMENSIONS: usize = 1024;

/// Turns a short text into a vector of length one.
pub type Embed<'e> = &'e dyn Fn(&str) -> Vec<f32>;

/// FNV-1a: the same on every machine.
pub(crate) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Counts of character trigrams of the text in lower case, hashed into [`DIMENSIONS`] places, of length one.
pub fn trigrams(text: &str) -> Vec<f32> {
    let chars: Vec<char> = format!(" {} ", text.to_lowercase()).chars().collect();
    let mut vector = vec![0.0; DIMENSIONS];
    for window in chars.windows(3) {
        let place = hash(window.iter().flat_map(|c| (*c as u32).to_le_bytes())) % DIMENSIONS as u64;
        vector[place as usize] += 1.0;
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}

/// Cosine of two vectors of length one; 0 where their lengths differ.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() {
        return 0.0;
    }
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// A small generator of numbers from a seed (SplitMix64): shuffling must be the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    /// From a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Fisher-Yates.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = (self.next() % (at as u64 + 1)) as usize;
            list.swap(at, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_ordered() {
        let [a, b, c] = ["mitral valve", "mitral valves", "renin"].map(trigrams);
        assert!(cosine(&a, &b) > 0.8 && cosine(&a, &c) < 0.2);
        assert!((cosine(&a, &a) - 1.0).abs() < 1e-5);
        assert!(trigrams("").iter().all(|x| x.is_finite()));
    }
}
