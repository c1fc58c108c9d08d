//! Encrypts providers' keys. Owns: how the encrypting key comes from the server's secret, and what a sealed key looks like.
//! Refuses: keeping them.

use crate::config::Secret;
use anyhow::{Result, anyhow};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};

/// Bytes that no two sealings have in common.
pub(super) const NONCE: usize = 12;

/// What the encrypting key is for: another use of the same secret gives another key.
const PURPOSE: &[u8] = b"mitochi: keys of providers, 1";

/// Seals and opens keys under the server's secret.
pub(super) struct Seal(LessSafeKey);

impl Seal {
    /// From the secret that signs the sessions. AES-256-GCM; its key is derived by HKDF-SHA256 (RFC 5869).
    pub(super) fn new(secret: &[u8]) -> Result<Self> {
        let derived = Salt::new(HKDF_SHA256, &[]).extract(secret);
        let key = derived.expand(&[PURPOSE], &AES_256_GCM).map_err(|_| anyhow!("no key could be derived"))?;
        Ok(Self(LessSafeKey::new(UnboundKey::from(key))))
    }

    /// A provider's key, encrypted and bound to the provider's name: moved to another it does not open.
    pub(super) fn close(&self, endpoint: &str, key: &str, nonce: [u8; NONCE]) -> Result<Vec<u8>> {
        let mut text = key.as_bytes().to_vec();
        let bound = Aad::from(endpoint.as_bytes());
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut text)
            .map_err(|_| anyhow!("a key could not be encrypted"))?;
        Ok([nonce.as_slice(), &text].concat())
    }

    /// The key again; `None` where the secret is another, or somebody has changed what was kept.
    pub(super) fn open(&self, endpoint: &str, sealed: &[u8]) -> Option<Secret> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        let mut text = text.to_vec();
        let bound = Aad::from(endpoint.as_bytes());
        let opened = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), bound, &mut text).ok()?;
        std::str::from_utf8(opened).ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a secret of thirty-two characters";

    #[test]
    fn a_key_opens_under_the_same_secret_for_the_same_provider_alone() {
        let seal = Seal::new(SECRET).unwrap();
        let sealed = seal.close("anthropic", "sk-1", [7; NONCE]).unwrap();
        assert!(!sealed.windows(4).any(|bytes| bytes == b"sk-1"));
        let open = |seal: &Seal, endpoint, sealed: &[u8]| {
            seal.open(endpoint, sealed).map(|key| key.expose().to_string())
        };
        assert_eq!(open(&Seal::new(SECRET).unwrap(), "anthropic", &sealed).as_deref(), Some("sk-1"));
        assert_eq!(open(&seal, "openai", &sealed), None);
        let other = Seal::new(b"another secret of 32 characters!!").unwrap();
        assert_eq!(open(&other, "anthropic", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&seal, "anthropic", &changed), None, "byte {at}");
        }
        for short in [&sealed[..NONCE], &sealed[..5], &[]] {
            assert_eq!(open(&seal, "anthropic", short), None);
        }
    }

    #[test]
    fn the_same_key_is_sealed_as_the_nonce_says() {
        let seal = Seal::new(SECRET).unwrap();
        let sealed = |nonce| seal.close("openai", "sk-1", [nonce; NONCE]).unwrap();
        assert_eq!(sealed(1), sealed(1));
        assert_ne!(sealed(1)[NONCE..], sealed(2)[NONCE..]);
    }
}
