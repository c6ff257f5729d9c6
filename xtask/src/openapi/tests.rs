use serde_json::{Value, json};

use super::breaking::changes;

/// A document with one operation that takes and answers these schemas.
fn document(request: &Value, response: &Value) -> Value {
    json!({
        "paths": { "/v3/verify": { "post": {
            "requestBody": { "required": true, "content": { "application/json": { "schema": request } } },
            "responses": { "200": { "content": { "application/json": { "schema": response } } } }
        } } },
        "components": { "schemas": {
            "Node": { "type": "object", "properties": { "next": { "$ref": "#/components/schemas/Node" } } }
        } }
    })
}

fn request(schema: &Value) -> Value {
    document(schema, &json!({}))
}

fn response(schema: &Value) -> Value {
    document(&json!({}), schema)
}

fn one(old: &Value, new: &Value) -> String {
    let found = changes(old, new);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn the_same_document_breaks_nobody() {
    let schema = json!({ "type": "object", "properties": { "a": { "$ref": "#/components/schemas/Node" } } });
    let same = document(&schema, &schema);
    assert!(changes(&same, &same).is_empty());
}

#[test]
fn paths_and_operations_stay() {
    let old = request(&json!({}));
    assert_eq!(one(&old, &json!({ "paths": {} })), "/v3/verify: the path is gone");
    let without = json!({ "paths": { "/v3/verify": { "get": {} } } });
    assert_eq!(one(&old, &without), "POST /v3/verify: the operation is gone");
    assert!(changes(&without, &json!({ "paths": { "/v3/verify": { "get": {}, "post": {} } } })).is_empty());
}

#[test]
fn response_fields_stay_and_may_grow() {
    let small = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let large = json!({ "allOf": [small.clone(), { "properties": { "b": { "type": "string" } } }], "type": "object" });
    assert!(changes(&response(&small), &response(&large)).is_empty());
    assert!(one(&response(&large), &response(&small)).ends_with("answer 200.b: the field is gone"));
}

#[test]
fn response_fields_stay_required() {
    let schema = |required: &Value| json!({ "type": "object", "required": required, "properties": { "a": { "type": "string" } } });
    let (sure, unsure) = (response(&schema(&json!(["a"]))), response(&schema(&json!([]))));
    assert!(one(&sure, &unsure).ends_with(".a: is no longer always there"));
    assert!(changes(&unsure, &sure).is_empty());
}

#[test]
fn request_fields_may_go_but_not_become_required() {
    let schema = |required: &Value| json!({ "type": "object", "required": required, "properties": { "a": { "type": "string" } } });
    let (free, strict) = (request(&schema(&json!([]))), request(&schema(&json!(["a"]))));
    assert!(one(&free, &strict).ends_with("request.a: became required"));
    assert!(changes(&strict, &free).is_empty());
    assert!(changes(&free, &request(&json!({ "type": "object" }))).is_empty());
}

#[test]
fn values_and_types_are_not_narrowed() {
    let values = |list: &Value| json!({ "type": "string", "enum": list });
    let (two, one_value) = (values(&json!(["a", "b"])), values(&json!(["a"])));
    assert!(one(&request(&two), &request(&one_value)).ends_with("value \"b\" is gone"));
    assert!(one(&response(&two), &response(&one_value)).ends_with("value \"b\" is gone"));
    assert!(changes(&request(&one_value), &request(&two)).is_empty());
    assert!(one(&request(&json!({ "type": "string" })), &request(&two)).ends_with("values are taken now"));
    let (text, either) = (json!({ "type": "string" }), json!({ "type": ["string", "integer"] }));
    assert!(changes(&request(&text), &request(&either)).is_empty());
    assert_eq!(changes(&response(&text), &response(&either)).len(), 1);
}

#[test]
fn a_new_parameter_must_be_optional() {
    let with = |required: bool| {
        json!({ "paths": { "/a": { "get": {
            "parameters": [{ "name": "to", "in": "query", "required": required }], "responses": {}
        } } } })
    };
    let without = json!({ "paths": { "/a": { "get": { "responses": {} } } } });
    assert!(changes(&without, &with(false)).is_empty());
    assert_eq!(one(&without, &with(true)), "GET /a: parameter `to` became required");
}

#[test]
fn a_schema_that_contains_itself_ends() {
    let node = json!({ "$ref": "#/components/schemas/Node" });
    assert!(changes(&response(&node), &response(&node)).is_empty());
}
