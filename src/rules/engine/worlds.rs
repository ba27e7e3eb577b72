//! What code says where it hangs on a condition that nobody can decide: the rule is asked again, once as if the condition held and once
//! as if it did not. Only what both worlds answer alike is an answer.

use std::cell::OnceCell;

use super::code::differing;
use crate::estate::{Alternative, Cause, Estate, Gap, Locus, Resource, View, ViewEstate};
use crate::rules::prelude::{Answer, Judgement, Ruling, Scene, Setting};

/// Most resources that all worlds together hold, which bounds their memory.
const MOST: usize = 50_000;

/// The worlds of the declared view, each made when it is first asked for.
#[derive(Default)]
pub(super) struct Worlds<'a> {
    declared: Option<&'a ViewEstate>,
    made: Vec<(&'a Alternative, OnceCell<[ViewEstate; 2]>)>,
}

impl<'a> Worlds<'a> {
    /// The worlds of an estate.
    pub(super) fn of(estate: &'a Estate) -> Self {
        let Some(declared) = estate.view(View::Declared) else { return Self::default() };
        let most = MOST / (2 * declared.len().max(1));
        let made = declared.alternatives.iter().take(most).map(|alternative| (alternative, OnceCell::new())).collect();
        Self { declared: Some(declared), made }
    }

    /// What a rule says of a declared resource: what it said at once, unless that hangs on a condition.
    pub(super) fn settle(&self, resource: &Resource, scene: &Scene<'_>, said: Ruling, run: fn(&Resource, &Scene<'_>) -> Ruling) -> Ruling {
        if !matches!(&said, Err(gap) if gap.cause == Cause::Undecided) || scene.view.view != View::Declared {
            return said;
        }
        let mut differing = None;
        for (alternative, sides) in self.both(resource, scene) {
            let [then, otherwise] = sides.map(|(resource, scene)| run(resource, &scene));
            let (Ok(then), Ok(otherwise)) = (then, otherwise) else { continue };
            if then.answer == otherwise.answer {
                return Ok(either(then, otherwise, alternative));
            }
            differing.get_or_insert_with(|| depends(&then, &otherwise, alternative));
        }
        differing.map_or(said, Err)
    }

    /// Whether the promise speaks of a declared resource whose own header hangs on a condition; `None` where the worlds do not agree.
    pub(super) fn selects(&self, resource: &Resource, scene: &Scene<'_>, selects: fn(&Resource, &Scene<'_>) -> bool) -> Option<bool> {
        if self.made.is_empty() {
            return None;
        }
        scene.undecided(resource.meta()).filter(|gap| gap.cause == Cause::Undecided)?;
        self.both(resource, scene).find_map(|(_, sides)| {
            let certain = |(resource, scene): (&Resource, Scene<'_>)| match selects(resource, &scene) {
                true => Some(true),
                false => scene.undecided(resource.meta()).is_none().then_some(false),
            };
            let [then, otherwise] = sides.map(certain);
            then.filter(|then| otherwise == Some(*then))
        })
    }

    /// The resource in both worlds of every condition.
    fn both<'s>(
        &'s self,
        resource: &Resource,
        scene: &Scene<'s>,
    ) -> impl Iterator<Item = (&'a Alternative, [(&'s Resource, Scene<'s>); 2])> {
        let kind = resource.kind();
        let declared = self.declared.filter(|declared| std::ptr::eq(*declared, scene.view));
        let place = declared.and_then(|declared| declared.of_kind(kind).iter().position(|held| std::ptr::eq(held, resource)));
        let scene = *scene;
        let all = declared.zip(place).into_iter().flat_map(move |found| self.made.iter().map(move |made| (found, made)));
        all.filter_map(move |((declared, place), (alternative, made))| {
            let views = made.get_or_init(|| [0, 1].map(|side| declared.in_world(alternative, side)));
            let [then, otherwise] = views.each_ref().map(|view| Some((view.of_kind(kind).get(place)?, Scene { view, ..scene })));
            Some((*alternative, [then?, otherwise?]))
        })
    }
}

/// The answer that both worlds give.
fn either(then: Judgement, otherwise: Judgement, alternative: &Alternative) -> Judgement {
    if then.found == otherwise.found {
        return Judgement { setting: then.setting.filter(|setting| Some(setting) == otherwise.setting.as_ref()), ..then };
    }
    let other = differing(&otherwise.found, &then.found).unwrap_or(&otherwise.found);
    let found = format!("{} or {other}, depending on {}", then.found, alternative.condition);
    let setting = then.setting.zip(otherwise.setting).filter(|(then, otherwise)| then.attribute == otherwise.attribute);
    let setting = setting.map(|(then, otherwise)| match then.value == otherwise.value {
        true => then,
        false => Setting { value: format!("{} or {}", then.value, otherwise.value), ..then },
    });
    Judgement { answer: then.answer, found, at: then.at.or(otherwise.at), setting }
}

/// Why there is no answer: the worlds differ.
fn depends(then: &Judgement, otherwise: &Judgement, alternative: &Alternative) -> Gap {
    let Alternative { condition, settle, .. } = alternative;
    let is_figure = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    let figures = differing(&then.found, &otherwise.found).filter(is_figure);
    let figures = figures.zip(differing(&otherwise.found, &then.found).filter(is_figure));
    let (yes, no) = (word(then.answer), word(otherwise.answer));
    let worlds = match figures {
        Some((then, otherwise)) => format!("{yes} with {then} when it holds, {no} with {otherwise} when not"),
        None => format!("{yes} when it holds ({}), {no} when not ({})", then.found, otherwise.found),
    };
    let place = match then.at.as_ref().or(otherwise.at.as_ref()) {
        Some(Locus::Code { file, line, .. }) => format!(" ({file}:{line})"),
        Some(Locus::Api(_) | Locus::State { .. }) | None => String::new(),
    };
    let settle = if settle.is_empty() { String::new() } else { format!(": {settle}") };
    Gap::new(Cause::Undecided, format!("depends on {condition}{place}: {worlds}{settle}"))
}

fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Kept => "kept",
        Answer::Broken => "broken",
        Answer::NotApplicable => "not applicable",
    }
}

#[cfg(test)]
mod tests;
