//! Tokens: a token only names a session; everything else about it is in the database.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::SessionId;

/// Signs and reads tokens.
pub struct TokenKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sid: SessionId,
}

impl TokenKeys {
    /// Keys from the installation's secret (HS256).
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // A session's end moves with its use, so it is kept in the session, not in the token.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret), validation }
    }

    /// The token that names this session.
    ///
    /// # Errors
    /// 500 if signing fails.
    pub fn issue(&self, session: SessionId) -> Result<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &Claims { sid: session }, &self.encoding)
            .map_err(Error::internal)
    }

    /// The session a token names; none for a token that is not ours.
    pub(super) fn read(&self, token: &str) -> Option<SessionId> {
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        Some(token.claims.sid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_session_to_whoever_signed_it() {
        let (ours, theirs) = (TokenKeys::new(&[1; 32]), TokenKeys::new(&[2; 32]));
        let session = SessionId::new();
        let token = ours.issue(session).unwrap();
        assert_eq!(ours.read(&token), Some(session));
        assert_eq!(theirs.read(&token), None);
        assert_eq!(ours.read(&session.to_string()), None);
        let unsigned = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &Claims { sid: session }, &ours.encoding);
        assert_eq!(ours.read(&unsigned.unwrap()), None, "another algorithm is not ours");
    }
}
