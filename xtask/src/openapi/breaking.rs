//! Which changes break a client: something it calls, sends or reads is gone or became narrower.

use serde_json::{Map, Value};

use super::schema::{self, Direction};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Everything that breaks clients of `old`, a line each.
pub(super) fn changes(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, old_item) in members(old.get("paths")) {
        let Some(new_item) = new.get("paths").and_then(|paths| paths.get(path)) else {
            found.push(format!("{path}: the path is gone"));
            continue;
        };
        for method in METHODS {
            let Some(old_operation) = old_item.get(method) else { continue };
            let place = format!("{} {path}", method.to_uppercase());
            match new_item.get(method) {
                None => found.push(format!("{place}: the operation is gone")),
                Some(new_operation) => {
                    Operation { old, new, place: &place, found: &mut found }
                        .compare(old_operation, new_operation);
                }
            }
        }
    }
    found
}

struct Operation<'a> {
    old: &'a Value,
    new: &'a Value,
    place: &'a str,
    found: &'a mut Vec<String>,
}

impl Operation<'_> {
    fn compare(&mut self, old: &Value, new: &Value) {
        self.parameters(old, new);
        self.request(old, new);
        self.responses(old, new);
    }

    fn parameters(&mut self, old: &Value, new: &Value) {
        let list = |operation: &Value, document: &Value| -> Vec<Value> {
            let listed = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
            listed.map(|parameter| schema::resolve(document, parameter).clone()).collect()
        };
        let known = list(old, self.old);
        for parameter in list(new, self.new) {
            let same = |other: &&Value| ["name", "in"].iter().all(|key| other.get(key) == parameter.get(key));
            let was_required = known.iter().find(same).is_some_and(is_required);
            if is_required(&parameter) && !was_required {
                let name = parameter.get("name").and_then(Value::as_str).unwrap_or("?");
                self.found.push(format!("{}: parameter `{name}` became required", self.place));
            }
        }
    }

    fn request(&mut self, old: &Value, new: &Value) {
        let empty = Value::Null;
        let old_body = schema::resolve(self.old, old.get("requestBody").unwrap_or(&empty));
        let new_body = schema::resolve(self.new, new.get("requestBody").unwrap_or(&empty));
        if is_required(new_body) && !is_required(old_body) {
            self.found.push(format!("{}: a body became required", self.place));
        }
        for (kind, old_media) in members(old_body.get("content")) {
            let place = format!("{} request", self.place);
            match new_body.get("content").and_then(|content| content.get(kind)) {
                None => self.found.push(format!("{place}: {kind} is no longer taken")),
                Some(new_media) => self.schema(old_media, new_media, Direction::Request, &place),
            }
        }
    }

    fn responses(&mut self, old: &Value, new: &Value) {
        for (status, old_response) in members(old.get("responses")) {
            let place = format!("{} answer {status}", self.place);
            let Some(new_response) = new.get("responses").and_then(|all| all.get(status)) else {
                self.found.push(format!("{place}: is gone"));
                continue;
            };
            let old_response = schema::resolve(self.old, old_response);
            let new_response = schema::resolve(self.new, new_response);
            for (kind, old_media) in members(old_response.get("content")) {
                match new_response.get("content").and_then(|content| content.get(kind)) {
                    None => self.found.push(format!("{place}: {kind} is gone")),
                    Some(new_media) => self.schema(old_media, new_media, Direction::Response, &place),
                }
            }
        }
    }

    fn schema(&mut self, old: &Value, new: &Value, direction: Direction, place: &str) {
        if let (Some(old_schema), Some(new_schema)) = (old.get("schema"), new.get("schema")) {
            schema::Comparison::new(self.old, self.new, direction, self.found)
                .compare(old_schema, new_schema, place);
        }
    }
}

fn is_required(thing: &Value) -> bool {
    thing.get("required") == Some(&Value::Bool(true))
}

/// The members of an object; nothing for anything else.
pub(super) fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}
