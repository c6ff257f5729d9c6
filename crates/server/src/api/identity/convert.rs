//! From the contract's strings to values that carry their rules, and back.

use ringtrue_domain::{
    FieldError, IdentityId,
    identity::{Attribute, Details, Identity, MAX_ATTRIBUTES},
};
use ringtrue_engine::Enrolment;
use ringtrue_wire::identity::{EnrollRequest, IdentityAttribute, IdentityReference, IdentityResponse};

use crate::api::caller_text;

pub(super) fn enrolment(request: EnrollRequest) -> Result<Enrolment, FieldError> {
    let attributes = request.identity_attributes.unwrap_or_default();
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(FieldError::new("identityAttributes", "must be at most 20"));
    }
    let attribute = |attribute: IdentityAttribute| {
        let kind = attribute.attribute_type.unwrap_or_default();
        Attribute::parse(&kind, &attribute.attribute_value.unwrap_or_default())
    };
    Ok(Enrolment {
        phone: request.phone_number.ok_or_else(|| FieldError::new("phoneNumber", "is required"))?,
        client_customer_id: caller_text("clientCustomerId", request.client_customer_id)?,
        details: Details {
            device_id: caller_text("deviceId", request.device_id)?,
            client_human_id: caller_text("clientHumanId", request.client_human_id)?,
            client_request_id: caller_text("clientRequestId", request.client_request_id)?,
            attributes: attributes.into_iter().map(attribute).collect::<Result<_, _>>()?,
        },
    })
}

pub(super) fn reference(id: IdentityId) -> IdentityReference {
    IdentityReference { identity_id: id.to_string(), prove_id: id.to_string() }
}

pub(super) fn response(identity: Identity) -> IdentityResponse {
    let details = identity.details;
    IdentityResponse {
        identity_id: identity.id.to_string(),
        prove_id: identity.id.to_string(),
        phone_number: identity.phone.expose().to_owned(),
        active: identity.active,
        carrier: identity.line.carrier,
        line_type: identity.line.line_type.map(|kind| kind.as_str().to_owned()),
        country_code: identity.line.country,
        client_customer_id: identity.client_customer_id.map(|text| text.as_str().to_owned()),
        client_human_id: details.client_human_id.map(|text| text.as_str().to_owned()),
        device_id: details.device_id.map(|text| text.as_str().to_owned()),
        identity_attributes: details
            .attributes
            .iter()
            .map(|attribute| IdentityAttribute {
                attribute_type: Some(attribute.kind.as_str().to_owned()),
                attribute_value: Some(attribute.value.as_str().to_owned()),
            })
            .collect(),
        created_at: identity.created_at.as_second(),
        creation_string: identity.created_at.to_string(),
    }
}
