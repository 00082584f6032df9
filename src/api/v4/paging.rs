//! `?page=&per_page=`: pages are counted from 0.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::Window;

const DEFAULT: i64 = 60;
const MOST: i64 = 200;
/// Keeps `page * per_page` far from overflow; no list is that long.
const LAST_PAGE: i64 = 1_000_000;

/// Which page to answer with. More than 200 a page are cut to 200, as clients expect.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Paging {
    #[serde(default)]
    page: i64,
    #[serde(default = "default_size")]
    per_page: i64,
}

impl Paging {
    /// The part of the list to read.
    ///
    /// # Errors
    /// 400 `request.bad_query` for a negative page or size.
    pub(super) fn window(self) -> Result<Window> {
        if !(0..=LAST_PAGE).contains(&self.page) || self.per_page < 0 {
            return Err(Error::invalid("request.bad_query", "page", "Pages are counted from 0."));
        }
        let limit = if self.per_page == 0 { DEFAULT } else { self.per_page.min(MOST) };
        Ok(Window { after: None, offset: self.page * limit, limit })
    }
}

fn default_size() -> i64 {
    DEFAULT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_bounded() {
        let window = |page, per_page| Paging { page, per_page }.window().map(|window| (window.offset, window.limit));
        assert_eq!(window(0, 60).unwrap(), (0, 60));
        assert_eq!(window(3, 1_000).unwrap(), (600, 200));
        assert_eq!(window(2, 0).unwrap(), (120, 60));
        assert!(window(-1, 60).is_err());
        assert!(window(0, -1).is_err());
        assert!(window(i64::MAX, 60).is_err());
    }
}
