//! Files over a list of numbers, three of which are read at once.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use ringtrue_engine::Error;
use tokio_util::sync::CancellationToken;

use super::{
    List, Rows,
    key::Key,
    stream::{BrokenOff, Lines},
    walk,
};

const PAGE: usize = 3;
const MOST: usize = 5;

#[derive(Clone, Default)]
struct Numbers<const NEWEST_FIRST: bool>(Arc<Mutex<Vec<u64>>>);

impl<const NEWEST_FIRST: bool> Numbers<NEWEST_FIRST> {
    fn of(numbers: impl Iterator<Item = u64>) -> Self {
        Self(Arc::new(Mutex::new(numbers.collect())))
    }

    fn add(&self, number: u64) {
        self.0.lock().unwrap().push(number);
    }
}

#[async_trait]
impl<const NEWEST_FIRST: bool> List for Numbers<NEWEST_FIRST> {
    type Key = u64;
    type Row = u64;
    const NAME: &'static str = "numbers";
    const NEWEST_FIRST: bool = NEWEST_FIRST;

    fn head(&self) -> Vec<String> {
        vec!["Number".to_owned()]
    }

    async fn page(&self, behind: Option<u64>) -> Result<Rows<u64, u64>, Error> {
        let mut all = self.0.lock().unwrap().clone();
        all.sort_unstable();
        if NEWEST_FIRST {
            all.reverse();
        }
        let is_behind =
            |key: u64| behind.is_none_or(|behind| if NEWEST_FIRST { key < behind } else { key > behind });
        let rows = all.into_iter().filter(|key| is_behind(*key)).map(|key| (key, key)).take(PAGE + 1);
        Ok(Rows::cut(rows.collect(), PAGE))
    }

    fn cells(&self, row: &u64) -> Vec<String> {
        vec![row.to_string()]
    }
}

/// The numbers of a file.
async fn read<L: List>(lines: Lines<L>) -> Result<Vec<u64>, BrokenOff> {
    let bytes: Vec<_> = lines.into_stream().try_collect().await?;
    let text = String::from_utf8(bytes.concat()).unwrap();
    let (head, rest) = text.split_once("\r\n").unwrap();
    assert_eq!(head, "Number");
    Ok(rest.split_terminator("\r\n").map(|line| line.parse().unwrap()).collect())
}

fn lines<const NEWEST_FIRST: bool>(
    list: &Numbers<NEWEST_FIRST>,
    behind: Option<u64>,
    until: Option<u64>,
) -> Lines<Numbers<NEWEST_FIRST>> {
    Lines::new(list.clone(), behind, until, MOST, CancellationToken::new())
}

/// All parts, one after the other; `meanwhile` happens between a walk and its file.
async fn parts<const NEWEST_FIRST: bool>(
    list: &Numbers<NEWEST_FIRST>,
    meanwhile: impl Fn(),
) -> Vec<Vec<u64>> {
    let (mut parts, mut behind) = (Vec::new(), None);
    loop {
        let walked = walk::along(list, behind, MOST).await.unwrap();
        meanwhile();
        let begin = if NEWEST_FIRST { walked.first.map(Key::following) } else { behind };
        parts.push(read(lines(list, begin, walked.last)).await.unwrap());
        if !walked.more {
            return parts;
        }
        behind = walked.last;
    }
}

#[tokio::test]
async fn parts_are_the_whole_list_and_no_larger_than_a_file() {
    for count in 0..=3 * MOST as u64 + 1 {
        let oldest = Numbers::<false>::of(1..=count);
        let newest = Numbers::<true>::of(1..=count);
        let (up, down) = (parts(&oldest, || ()).await, parts(&newest, || ()).await);
        assert_eq!(up.concat(), (1..=count).collect::<Vec<_>>(), "{count}");
        assert_eq!(down.concat(), (1..=count).rev().collect::<Vec<_>>(), "{count}");
        for parts in [up, down] {
            assert_eq!(parts.len(), (usize::try_from(count).unwrap()).div_ceil(MOST).max(1), "{count}");
            assert!(parts.iter().all(|part| part.len() <= MOST), "{count}");
        }
    }
}

#[tokio::test]
async fn what_comes_meanwhile_moves_no_line_out_of_its_part() {
    let newest = Numbers::<true>::of(1..=12);
    let next = Mutex::new(100);
    let come = || {
        let mut next = next.lock().unwrap();
        newest.add(*next);
        *next += 1;
    };
    let all = parts(&newest, come).await;
    assert_eq!(all.concat(), (1..=12).rev().collect::<Vec<_>>());
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 2]);
}

#[tokio::test]
async fn a_file_that_cannot_be_whole_is_broken_off() {
    let list = Numbers::<false>::of(1..=9);
    let all = read(lines(&list, None, Some(9))).await;
    assert!(matches!(all, Err(BrokenOff::TooLong)), "{all:?}");
    let closed = CancellationToken::new();
    let mut file = Box::pin(Lines::new(list.clone(), None, Some(5), MOST, closed.clone()).into_stream());
    for _ in 0..2 {
        assert!(file.next().await.unwrap().is_ok());
    }
    closed.cancel();
    assert!(matches!(file.next().await, Some(Err(BrokenOff::Stopping))));
    assert!(file.next().await.is_none());
}
