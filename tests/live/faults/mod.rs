//! Single faults, each of which must turn exactly the line of the document that promised otherwise, and no other.

mod cluster;
mod database;
mod edge;
mod network;
mod storage;

use std::time::Duration;

use lastro::report::model::Verdict;

use crate::audit::{SHOWN, audit, explain, lines, sound_lines};
use crate::estate::World;

/// What a fault makes of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turns {
    /// It was seen, and it is not as promised.
    Broken,
    /// What would settle it cannot be seen.
    Unknown,
    /// Either is honest; kept is not.
    NotKept,
}

impl Turns {
    fn admits(self, verdict: Verdict) -> bool {
        match self {
            Self::Broken => verdict == Verdict::Broken,
            Self::Unknown => verdict == Verdict::Unknown,
            Self::NotKept => matches!(verdict, Verdict::Broken | Verdict::Unknown),
        }
    }
}

/// Defines one test for each fault: `name: LINES => Broken, |world| { harm }`; and `NAMES`, which lists them.
macro_rules! faults {
    ($($name:ident: $lines:expr => $turns:ident, |$world:ident| $harm:block)+) => {
        /// The faults of this file.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),+];

        $(
            #[test]
            fn $name() {
                fn harm($world: &mut $crate::estate::World) $harm
                super::judge(concat!(module_path!(), "::", stringify!($name)), &$lines, super::Turns::$turns, harm);
            }
        )+
    };
}
use faults;

/// Defines one test for each harmless change: nothing may turn.
macro_rules! harmless {
    ($($name:ident: |$world:ident| $change:block)+) => {
        $(
            #[test]
            fn $name() {
                fn change($world: &mut $crate::estate::World) $change
                super::judge(concat!(module_path!(), "::", stringify!($name)), &[], super::Turns::Broken, change);
            }
        )+
    };
}
use harmless;

fn judge(test: &str, turned: &[u32], turns: Turns, harm: fn(&mut World)) {
    let Some(mut world) = World::sound(test) else { return };
    harm(&mut world);
    let Some(sound) = sound_lines() else { return };
    let report = audit(&world).report();
    let now = lines(&report);
    for (line, before) in sound {
        let verdict = now.get(line).copied().unwrap_or_else(|| panic!("line {line} got lost"));
        if turned.contains(line) {
            assert!(turns.admits(verdict), "line {line} must turn ({turns:?}):\n{}", explain(&report, *line));
        } else {
            assert_eq!(verdict, *before, "line {line} is not the fault's:\n{}", explain(&report, *line));
        }
    }
    for line in turned {
        assert!(sound.contains_key(line), "the plan promises nothing on line {line}");
    }
}

#[test]
fn the_sound_estate_is_kept_on_every_line_that_can_be_shown() {
    let Some(world) = World::sound(concat!(module_path!(), "::sound")) else { return };
    let report = audit(&world).report();
    let lines = lines(&report);
    for line in SHOWN {
        assert_eq!(lines.get(&line), Some(&Verdict::Kept), "line {line}:\n{}", explain(&report, line));
    }
}

#[test]
fn there_are_enough_faults_and_no_two_alike() {
    let all = [cluster::NAMES, database::NAMES, edge::NAMES, network::NAMES, storage::NAMES].concat();
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.len() >= 40, "{} faults", all.len());
}

/// The time this long ago, as AWS writes it. The emulator runs on the machine's clock, and so must its faults.
#[expect(clippy::disallowed_methods, reason = "what is back-dated is relative to the emulator's clock")]
fn ago(time: Duration) -> String {
    let then = jiff::Timestamp::now().checked_sub(time).expect("not before time began");
    then.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// Gives every `<name>` element this text.
pub(crate) fn set_element(body: &str, name: &str, text: &str) -> String {
    each_element(body, name, |_| Some(format!("<{name}>{text}</{name}>")))
}

/// Replaces every `<name>…</name>` by what the closure makes of it; `None` removes it.
fn each_element(body: &str, name: &str, mut with: impl FnMut(&str) -> Option<String>) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let (mut made, mut rest) = (String::new(), body);
    while let Some(begin) = rest.find(&open) {
        let Some(length) = rest[begin..].find(&close) else { break };
        let end = begin + length + close.len();
        made.push_str(&rest[..begin]);
        made.push_str(&with(&rest[begin..end]).unwrap_or_default());
        rest = &rest[end..];
    }
    made + rest
}

#[test]
fn elements_are_rewritten_and_removed() {
    let body = "<L><S><T>1</T></S><S><T>2</T></S></L>";
    assert_eq!(set_element(body, "T", "x"), "<L><S><T>x</T></S><S><T>x</T></S></L>");
    assert_eq!(each_element(body, "S", |element| element.contains('2').then(|| element.to_owned())), "<L><S><T>2</T></S></L>");
    assert_eq!(set_element("<L><T>cut", "T", "x"), "<L><T>cut");
}
