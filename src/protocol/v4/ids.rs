//! Ids that clients write as "" where there is none.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de};
use uuid::Uuid;

use crate::model::{IdError, decode_id};

/// Reads an id, "" or `null`.
pub(super) fn or_empty<'de, D: Deserializer<'de>, T: From<Uuid>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(deserializer)?.unwrap_or_default();
    match decode_id(&text) {
        _ if text.is_empty() => Ok(None),
        Ok(id) => Ok(Some(id.into())),
        Err(IdError::Unknown) => Ok(Some(Uuid::nil().into())),
        Err(error) => Err(de::Error::custom(error)),
    }
}
