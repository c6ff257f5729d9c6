//! Two JSON schemas, seen by a client of the older one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::breaking::members;

/// Who writes what the schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The client.
    Request,
    /// The server.
    Response,
}

/// Follows `$ref` within a document; what is no reference, or points nowhere, stays as it is.
pub(super) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..16 {
        let target = value.get("$ref").and_then(Value::as_str).and_then(|pointer| pointer.strip_prefix('#'));
        match target.and_then(|pointer| document.pointer(pointer)) {
            Some(next) => value = next,
            None => break,
        }
    }
    value
}

/// A walk through two schemas at once.
pub(super) struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    direction: Direction,
    found: &'a mut Vec<String>,
    /// References that are being looked at, so that a schema may contain itself.
    open: BTreeSet<(String, String)>,
}

impl<'a> Comparison<'a> {
    /// A walk that adds what it finds.
    pub(super) fn new(
        old: &'a Value,
        new: &'a Value,
        direction: Direction,
        found: &'a mut Vec<String>,
    ) -> Self {
        Self { old, new, direction, found, open: BTreeSet::new() }
    }

    /// Compares two schemas and what they contain; `place` is where they stand.
    pub(super) fn compare(&mut self, old: &Value, new: &Value, place: &str) {
        let name = |schema: &Value| schema.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
        let pair = (name(old), name(new));
        let is_named = !pair.0.is_empty() && !pair.1.is_empty();
        if is_named && !self.open.insert(pair.clone()) {
            return;
        }
        let (old_document, new_document) = (self.old, self.new);
        let (old, new) = (resolve(old_document, old), resolve(new_document, new));
        self.kind(old, new, place);
        self.values(old, new, place);
        self.fields(old, new, place);
        for key in ["items", "additionalProperties"] {
            if let (Some(old), Some(new)) = (old.get(key), new.get(key)) {
                self.compare(old, new, &format!("{place}[]"));
            }
        }
        self.choices(old, new, place);
        if is_named {
            self.open.remove(&pair);
        }
    }

    fn kind(&mut self, old: &Value, new: &Value, place: &str) {
        let kinds = |schema: &Value| -> BTreeSet<String> {
            match schema.get("type") {
                Some(Value::String(one)) => BTreeSet::from([one.clone()]),
                Some(Value::Array(many)) => {
                    many.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
                }
                _ => BTreeSet::new(),
            }
        };
        let (old, new) = (kinds(old), kinds(new));
        let fits = match self.direction {
            Direction::Request => new.is_empty() || old.is_subset(&new),
            Direction::Response => old.is_empty() || (!new.is_empty() && new.is_subset(&old)),
        };
        if !fits {
            self.found.push(format!("{place}: type {old:?} became {new:?}"));
        }
    }

    /// A value that a client may send, or may wait for, must stay.
    fn values(&mut self, old: &Value, new: &Value, place: &str) {
        let values = |schema: &Value| schema.get("enum").and_then(Value::as_array).cloned();
        let new = values(new);
        match (values(old), new) {
            (Some(old), Some(new)) => {
                for gone in old.iter().filter(|value| !new.contains(value)) {
                    self.found.push(format!("{place}: value {gone} is gone"));
                }
            }
            (None, Some(_)) if self.direction == Direction::Request => {
                self.found.push(format!("{place}: only certain values are taken now"));
            }
            _ => {}
        }
    }

    fn fields(&mut self, old: &Value, new: &Value, place: &str) {
        let (old_fields, new_fields) = (fields(self.old, old), fields(self.new, new));
        for (name, old_field) in &old_fields.all {
            match new_fields.all.get(name) {
                Some(new_field) => self.compare(old_field, new_field, &format!("{place}.{name}")),
                None if self.direction == Direction::Response => {
                    self.found.push(format!("{place}.{name}: the field is gone"));
                }
                None => {}
            }
        }
        match self.direction {
            Direction::Request => {
                for name in new_fields.required.difference(&old_fields.required) {
                    self.found.push(format!("{place}.{name}: became required"));
                }
            }
            Direction::Response => {
                for name in old_fields.required.difference(&new_fields.required) {
                    if new_fields.all.contains_key(name) {
                        self.found.push(format!("{place}.{name}: is no longer always there"));
                    }
                }
            }
        }
    }

    /// Alternatives, compared in their order.
    fn choices(&mut self, old: &Value, new: &Value, place: &str) {
        for key in ["oneOf", "anyOf"] {
            let list =
                |schema: &Value| schema.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
            let (old, new) = (list(old), list(new));
            if old.len() > new.len() {
                self.found.push(format!("{place}: an alternative is gone"));
            }
            for (number, (old, new)) in old.iter().zip(&new).enumerate() {
                self.compare(old, new, &format!("{place}<{number}>"));
            }
        }
    }
}

/// The fields of an object schema, those of `allOf` with them.
#[derive(Default)]
struct Fields {
    all: BTreeMap<String, Value>,
    required: BTreeSet<String>,
}

fn fields(document: &Value, schema: &Value) -> Fields {
    let mut found = Fields::default();
    let mut open = vec![schema];
    // A schema whose `allOf` contains itself is nonsense, but must not hang us.
    for _ in 0..256 {
        let Some(next) = open.pop() else { break };
        let next = resolve(document, next);
        found.all.extend(members(next.get("properties")).map(|(name, field)| (name.clone(), field.clone())));
        let required = next.get("required").and_then(Value::as_array).into_iter().flatten();
        found.required.extend(required.filter_map(Value::as_str).map(ToOwned::to_owned));
        open.extend(next.get("allOf").and_then(Value::as_array).into_iter().flatten());
    }
    found
}
