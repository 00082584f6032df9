//! `?cursor=&limit=`: each page says where the next one begins.
//!
//! A cursor is the sort key of a page's last row, so a page stays right while rows come and go before it. Clients do
//! not look into it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::model::{ID_LENGTH, SortKey, Window, decode_id, encode_id};

const DEFAULT: i64 = 60;
const MOST: i64 = 200;

/// Which page to answer with.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// `next_cursor` of the page before; absent for the first one.
    cursor: Option<String>,
    /// Most rows of the page, 1 to 200; 60 by default.
    limit: Option<i64>,
}

impl Paging {
    /// The part of the list to read.
    ///
    /// # Errors
    /// 400 `request.bad_query` for a cursor that is not ours or a limit out of bounds.
    pub(super) fn window(&self) -> Result<Window> {
        let limit = self.limit.unwrap_or(DEFAULT);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::invalid("request.bad_query", "limit", format!("A page has 1 to {MOST} rows.")));
        }
        let after = self.cursor.as_deref().map(read).transpose()?;
        Ok(Window { after, offset: 0, limit })
    }
}

/// The cursor of the page after `rows`; none where that was the last one.
pub(super) fn next_cursor<T>(rows: &[T], window: &Window, key: impl Fn(&T) -> (&str, Uuid)) -> Option<String> {
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= window.limit);
    let (text, id) = key(rows.last().filter(|_| is_full)?);
    Some(URL_SAFE_NO_PAD.encode(format!("{}{text}", encode_id(id))))
}

fn read(cursor: &str) -> Result<SortKey> {
    let key = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|key| {
        let (id, text) = key.split_at_checked(ID_LENGTH)?;
        Some(SortKey { text: text.to_owned(), id: decode_id(id).ok()? })
    });
    key.ok_or_else(|| Error::invalid("request.bad_query", "cursor", "This cursor did not come from this server."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(cursor: Option<&str>, limit: Option<i64>) -> Result<Window> {
        Paging { cursor: cursor.map(str::to_owned), limit }.window()
    }

    #[test]
    fn a_full_page_names_the_next_one() {
        let id = Uuid::now_v7();
        let window = page(None, Some(1)).unwrap();
        let cursor = next_cursor(&[("Ünï code", id)], &window, |row| *row).unwrap();
        let next = page(Some(&cursor), Some(1)).unwrap();
        assert_eq!(next.after, Some(SortKey { text: "Ünï code".to_owned(), id }));
        assert_eq!(next_cursor(&[("a", id)], &page(None, Some(2)).unwrap(), |row| *row), None);
    }

    #[test]
    fn refuses_what_it_did_not_make() {
        for cursor in ["", "!", "YWJj", "_____________________________________________"] {
            assert!(page(Some(cursor), None).is_err(), "{cursor}");
        }
        for limit in [0, -1, 201] {
            assert!(page(None, Some(limit)).is_err(), "{limit}");
        }
    }
}
