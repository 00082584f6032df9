//! Typed ids: a UUIDv7 inside, 26 characters of z-base-32 outside.
//!
//! Both APIs write ids the way Mattermost's clients expect them: 16 bytes in the alphabet
//! `ybndrfg8ejkmcpqxot1uwisza345h769`, without padding.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// Length of an id as text.
pub const ID_LENGTH: usize = 26;

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 26 ASCII letters and digits: no client means an id by it.
    #[error("an id has 26 letters and digits")]
    Malformed,
    /// Looks like an id but no id is written so: nothing can exist under it.
    #[error("no such id")]
    Unknown,
}

/// Writes 16 bytes as the 26 characters of an id.
#[must_use]
pub fn encode_id(id: Uuid) -> String {
    Written::new(id).as_str().to_owned()
}

/// An id as text, without an allocation: a page of posts holds hundreds.
struct Written([u8; ID_LENGTH]);

impl Written {
    fn new(id: Uuid) -> Self {
        let mut text = [0; ID_LENGTH];
        let (bytes, mut held, mut count) = (id.into_bytes(), 0_u16, 0);
        let mut symbols = text.iter_mut();
        let mut put = |bits: u16| {
            if let (Some(place), Some(letter)) = (symbols.next(), ALPHABET.get(usize::from(bits & 31))) {
                *place = *letter;
            }
        };
        for byte in bytes {
            held = held << 8 | u16::from(byte);
            count += 8;
            while count >= 5 {
                count -= 5;
                put(held >> count);
            }
        }
        // Of 128 bits three are left.
        put(held << (5 - count));
        Self(text)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Reads the 26 characters of an id.
///
/// # Errors
/// [`IdError::Malformed`] for anything but 26 ASCII letters and digits, [`IdError::Unknown`] where the form is right
/// but no id is written so.
pub fn decode_id(text: &str) -> Result<Uuid, IdError> {
    if text.len() != ID_LENGTH || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(IdError::Malformed);
    }
    let mut value: u128 = 0;
    for (position, byte) in text.bytes().enumerate() {
        let symbol = ALPHABET.iter().position(|&letter| letter == byte).ok_or(IdError::Unknown)?;
        let symbol = u128::try_from(symbol).map_err(|_| IdError::Unknown)?;
        if position + 1 < ID_LENGTH {
            value = value << 5 | symbol;
        } else if symbol & 0b11 == 0 {
            value = value << 3 | symbol >> 2;
        } else {
            return Err(IdError::Unknown);
        }
    }
    Ok(Uuid::from_u128(value))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id. Ids made later sort later (UUIDv7).
            #[must_use]
            #[allow(clippy::new_without_default, reason = "each call makes another id")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Written::new(self.0).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                decode_id(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(Written::new(self.0).as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// An id of the right form that nothing can exist under becomes the nil id, which nothing exists under:
            /// such a body is well-formed, its object is merely not found.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                match decode_id(&text) {
                    Ok(id) => Ok(Self(id)),
                    Err(IdError::Unknown) => Ok(Self(Uuid::nil())),
                    Err(error) => Err(de::Error::custom(error)),
                }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(ID_LENGTH))
                    .max_length(Some(ID_LENGTH))
                    .description(Some("An id: 26 characters of z-base-32"))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

ids! {
    /// A person or a bot.
    UserId,
    /// One login of one user; a token names it and dies with it.
    SessionId,
    /// A team.
    TeamId,
    /// A channel: open, private, direct or group.
    ChannelId,
    /// A post or a reply.
    PostId,
    /// A role.
    RoleId,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_survives_the_round_trip(value: u128) {
            let id = Uuid::from_u128(value);
            let text = encode_id(id);
            prop_assert_eq!(text.len(), ID_LENGTH);
            prop_assert_eq!(decode_id(&text), Ok(id));
        }

        #[test]
        fn no_text_makes_the_decoder_panic(text: String) {
            let _ = decode_id(&text);
        }
    }

    #[test]
    fn knows_a_malformed_id_from_an_unknown_one() {
        assert_eq!(decode_id("short"), Err(IdError::Malformed));
        assert_eq!(decode_id("ü".repeat(13).as_str()), Err(IdError::Malformed));
        assert_eq!(decode_id(&"0".repeat(26)), Err(IdError::Unknown));
        assert_eq!(decode_id(&"9".repeat(26)), Err(IdError::Unknown), "the last two bits must be zero");
        assert_eq!(decode_id(&"y".repeat(26)), Ok(Uuid::nil()));
        assert_eq!(encode_id(Uuid::max()), format!("{}h", "9".repeat(25)), "the last two bits are zero");
    }

    #[test]
    fn a_body_with_an_impossible_id_is_read_as_nobody() {
        let id: UserId = serde_json::from_str(&format!("\"{}\"", "0".repeat(26))).unwrap();
        assert_eq!(id, UserId(Uuid::nil()));
        assert!(serde_json::from_str::<UserId>("\"short\"").is_err());
        assert!(serde_json::from_str::<UserId>("7").is_err());
    }
}
