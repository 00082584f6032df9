//! Bounds that several nouns share.

use std::ops::RangeInclusive;

use crate::error::{Error, Result};

/// Demands that a text has as many characters as `bounds` say.
pub(super) fn length(code: &'static str, field: &'static str, text: &str, bounds: RangeInclusive<usize>) -> Result<()> {
    if bounds.contains(&text.chars().count()) {
        return Ok(());
    }
    let (least, most) = bounds.into_inner();
    Err(Error::invalid(code, field, format!("{field} must have {least} to {most} characters.")))
}
