//! Which move made the views differ. A table over code, state and live, for a thing as a whole and for one of its attributes.

/// Whether a view holds a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    /// It does.
    Yes,
    /// It does not, and would have seen it.
    No,
    /// No source for this view, or a gap in it.
    Unknown,
}

/// What a view says of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// A value; equal values have equal numbers.
    Value(usize),
    /// The thing is there, and the value is not known; or nobody knows whether the thing is there.
    Unknown,
    /// The thing is not in this view.
    Absent,
}

/// The sentence about a thing that one view holds and another does not; `None` when they agree, or too little is known.
pub(super) fn of_thing(code: There, state: There, live: There) -> Option<&'static str> {
    use There::{No, Unknown, Yes};
    match (code, state, live) {
        (Yes | Unknown, Yes, No) => Some("deleted by hand: the Terraform state still has it"),
        (No, Yes, No) => Some("gone from code and live, and the state is stale: refresh"),
        (Yes, No, No) => Some("in code, never applied"),
        (Yes, Unknown, No) => Some("in code, but not there: never applied, or deleted by hand"),
        (Yes, No, Yes) => Some("in code and live, but not in the state: import it"),
        (Yes, No, Unknown) => Some("in code, not in the state: not applied"),
        (No, Yes, Yes | Unknown) => Some("removed from code, not applied: the next apply deletes it"),
        (No, No | Unknown, Yes) | (Unknown, No, Yes) => Some("not managed by code: a rebuild loses it"),
        (Yes | Unknown, Yes, Yes | Unknown)
        | (Yes | Unknown, Unknown, Yes | Unknown)
        | (No, No | Unknown, No | Unknown)
        | (Unknown, No, No | Unknown)
        | (Unknown, Unknown, No) => None,
    }
}

/// The sentence about an attribute; `None` when the known values agree, or fewer than two are known.
pub(super) fn of_attribute(code: Says, state: Says, live: Says) -> Option<&'static str> {
    use Says::{Absent, Unknown, Value};
    match (code, state, live) {
        (Value(code), Value(state), Value(live)) => match (code == state, state == live, code == live) {
            (true, true, _) => None,
            (true, false, _) => Some("changed by hand; the next apply reverts it"),
            (false, true, _) => Some("code changed, not applied"),
            (false, false, true) => Some("state is stale: refresh"),
            (false, false, false) => Some("changed by hand, and the code changed too, not applied: the next apply overwrites both"),
        },
        (Value(code), Value(state), Unknown | Absent) => (code != state).then_some("code changed, not applied"),
        (Unknown, Value(state), Value(live)) => (state != live).then_some("changed by hand since the last apply"),
        (Absent, Value(state), Value(live)) => {
            (state != live).then_some("changed by hand, and removed from code: the next apply deletes it")
        }
        (Value(code), Unknown, Value(live)) => {
            (code != live).then_some("live differs from the code: changed by hand, or the code is not applied")
        }
        (Value(code), Absent, Value(live)) => {
            (code != live).then_some("live differs from the code, and it is not in the state: import it before the next apply")
        }
        (Value(_) | Unknown | Absent, Unknown | Absent, Unknown | Absent)
        | (Unknown | Absent, Value(_), Unknown | Absent)
        | (Unknown | Absent, Unknown | Absent, Value(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every combination of a view that holds it, does not, or is not known.
    #[test]
    fn the_table_of_things() {
        use There::{No, Unknown, Yes};
        let table = [
            ("yyy", ""),
            ("yyn", "deleted by hand"),
            ("yy?", ""),
            ("yny", "import it"),
            ("ynn", "never applied"),
            ("yn?", "not applied"),
            ("y?y", ""),
            ("y?n", "never applied, or deleted by hand"),
            ("y??", ""),
            ("nyy", "removed from code"),
            ("nyn", "gone from code and live"),
            ("ny?", "removed from code"),
            ("nny", "not managed by code"),
            ("nnn", ""),
            ("nn?", ""),
            ("n?y", "not managed by code"),
            ("n?n", ""),
            ("n??", ""),
            ("?yy", ""),
            ("?yn", "deleted by hand"),
            ("?y?", ""),
            ("?ny", "not managed by code"),
            ("?nn", ""),
            ("?n?", ""),
            ("??y", ""),
            ("??n", ""),
            ("???", ""),
        ];
        let there = |letter: Option<char>| match letter {
            Some('y') => Yes,
            Some('n') => No,
            _ => Unknown,
        };
        assert_eq!(table.iter().map(|(case, _)| case).collect::<std::collections::BTreeSet<_>>().len(), 27);
        for (case, expected) in table {
            let letter = |at| there(case.chars().nth(at));
            let said = of_thing(letter(0), letter(1), letter(2)).unwrap_or_default();
            assert!(if expected.is_empty() { said.is_empty() } else { said.contains(expected) }, "{case}: {said}");
        }
    }

    /// Every combination of three values, an unknown one and an absent thing, against what must be said of it.
    #[test]
    fn the_table_of_attributes() {
        use Says::{Absent, Unknown, Value};
        let sides = [Value(0), Value(1), Value(2), Unknown, Absent];
        let mut seen = 0;
        for code in sides {
            for state in sides {
                for live in sides {
                    seen += 1;
                    let said = of_attribute(code, state, live);
                    let values: Vec<usize> =
                        [code, state, live].iter().filter_map(|says| if let Value(value) = says { Some(*value) } else { None }).collect();
                    let differ = values.iter().any(|value| *value != values[0]);
                    assert_eq!(said.is_some(), differ, "{code:?} {state:?} {live:?}: {said:?}");
                    let words = said.unwrap_or_default();
                    let by_hand = matches!((state, live), (Value(a), Value(b)) if a != b) && code != live;
                    assert_eq!(words.starts_with("changed by hand"), by_hand, "{code:?} {state:?} {live:?}: {words}");
                    let not_applied = matches!((code, state), (Value(a), Value(b)) if a != b) && code != live;
                    let says_so = words.contains("code changed");
                    assert_eq!(says_so, not_applied, "{code:?} {state:?} {live:?}: {words}");
                }
            }
        }
        assert_eq!(seen, 125);
    }

    #[test]
    fn the_rows_of_the_design() {
        let of = |code, state, live| of_attribute(Says::Value(code), Says::Value(state), Says::Value(live));
        assert_eq!(of(1, 1, 1), None);
        assert_eq!(of(1, 1, 2), Some("changed by hand; the next apply reverts it"));
        assert_eq!(of(1, 2, 1), Some("state is stale: refresh"));
        assert_eq!(of(1, 2, 2), Some("code changed, not applied"));
    }
}
