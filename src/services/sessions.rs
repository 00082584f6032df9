//! Logins: who is behind a token, for how long, and from where.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::{Core, Identity};
use crate::error::{Error, Result};
use crate::model::{Session, SessionId, now};
use crate::storage;

/// Signs and reads tokens. A token only names a session; everything else about it is in the database.
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

    fn read(&self, token: &str) -> Option<SessionId> {
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        Some(token.claims.sid)
    }
}

/// Who is behind a token. Answered from memory for as long as nothing about the session or the account changes.
///
/// # Errors
/// 401 `session.required` for a token that is not ours, or whose session has ended or whose account is deactivated.
pub async fn authenticate(core: &Core, token: &str) -> Result<Arc<Identity>> {
    let id = core.tokens.read(token).ok_or_else(Error::unauthenticated)?;
    let identity = match core.caches.identities.get(&id) {
        Some(identity) => identity,
        None => load(core, id).await?,
    };
    if is_over(&identity.session) || !identity.user.is_active() {
        return Err(Error::unauthenticated());
    }
    Ok(identity)
}

async fn load(core: &Core, id: SessionId) -> Result<Arc<Identity>> {
    let generation = core.caches.generation();
    let session = storage::sessions::get(&core.db, id).await?.ok_or_else(Error::unauthenticated)?;
    let user = storage::users::get(&core.db, session.user_id).await?.ok_or_else(Error::unauthenticated)?;
    let identity = Arc::new(Identity { user, session });
    core.caches.remember(generation, &identity);
    Ok(identity)
}

fn is_over(session: &Session) -> bool {
    session.expires_at <= now()
}
