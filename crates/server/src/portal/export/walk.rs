//! How far a file goes, before it is begun.

use ringtrue_engine::Error;

use super::List;

/// What there is behind a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Walked<K> {
    /// The first key; none: nothing is there.
    pub(super) first: Option<K>,
    /// The last one that fits.
    pub(super) last: Option<K>,
    /// Whether there are more behind it.
    pub(super) more: bool,
}

/// Goes along the keys until there are no more, or more than `most`.
pub(super) async fn along<L: List>(
    list: &L,
    behind: Option<L::Key>,
    most: usize,
) -> Result<Walked<L::Key>, Error> {
    let (mut walked, mut count, mut place) = (Walked { first: None, last: None, more: false }, 0, behind);
    loop {
        let page = list.keys(place).await?;
        for (key, ()) in page.rows {
            if count == most {
                return Ok(Walked { more: true, ..walked });
            }
            count += 1;
            walked.first.get_or_insert(key);
            walked.last = Some(key);
        }
        if page.next.is_none() {
            return Ok(walked);
        }
        place = page.next;
    }
}
