//! Licence expressions: `(MIT OR Apache-2.0) AND Unicode-3.0`, and the old `MIT/Apache-2.0`.

/// Whether an expression can be met with allowed licences alone; `None` when it cannot be read.
///
/// `A WITH B` counts as `A`: an exception only ever permits more.
pub(super) fn is_met(expression: &str, allowed: &impl Fn(&str) -> bool) -> Option<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, at: 0, allowed };
    let met = reader.any()?;
    (reader.at == words.len()).then_some(met)
}

struct Reader<'a, F> {
    words: &'a [&'a str],
    at: usize,
    allowed: &'a F,
}

impl<'a, F: Fn(&str) -> bool> Reader<'a, F> {
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let met = self.any()?;
            return self.take(")").then_some(met);
        }
        let id = self.id()?;
        if self.take("WITH") {
            self.id()?;
        }
        Some((self.allowed)(id))
    }

    fn id(&mut self) -> Option<&'a str> {
        let word = *self.words.get(self.at)?;
        self.at += 1;
        (!["(", ")", "AND", "OR", "WITH"].contains(&word)).then_some(word)
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }
}

#[cfg(test)]
mod tests {
    use super::is_met;

    fn check(expression: &str) -> Option<bool> {
        is_met(expression, &|id| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&id))
    }

    #[test]
    fn one_side_of_or_is_enough() {
        assert_eq!(check("GPL-3.0 OR MIT"), Some(true));
        assert_eq!(check("Unlicense/MIT"), Some(true));
        assert_eq!(check("GPL-3.0 OR AGPL-3.0"), Some(false));
    }

    #[test]
    fn both_sides_of_and_are_needed() {
        assert_eq!(check("(MIT OR GPL-3.0) AND Unicode-3.0"), Some(true));
        assert_eq!(check("MIT AND GPL-3.0"), Some(false));
        assert_eq!(check("GPL-3.0 AND MIT OR MIT"), Some(true), "AND binds tighter");
    }

    #[test]
    fn an_exception_permits_more() {
        assert_eq!(check("Apache-2.0 WITH LLVM-exception OR GPL-2.0"), Some(true));
    }

    #[test]
    fn nonsense_is_not_read() {
        for expression in ["", "MIT OR", "(MIT", "MIT MIT", "AND", "MIT )"] {
            assert_eq!(check(expression), None, "{expression}");
        }
    }
}
