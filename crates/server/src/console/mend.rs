//! How to mend what was wrong, by where it was and what the caller was told.

use super::Line;

/// One or two sentences for whoever wrote the call; none for a call that went well.
pub(crate) fn mend(line: &Line) -> Option<&'static str> {
    if !line.failed() {
        return None;
    }
    let message = line.message.as_deref().unwrap_or_default();
    let field = message.split_once(": ").map_or("", |(field, _)| field);
    let of_surface = match line.path.as_str() {
        "/token" => of_token(line.code, field),
        path if path.starts_with("/v1/") => of_device(line.code, message),
        _ => of_server(line.code, message, field),
    };
    of_surface.or_else(|| of_any(line, message, field))
}

fn of_token(code: Option<u16>, field: &str) -> Option<&'static str> {
    Some(match (code?, field) {
        (8002, "Authorization") => {
            "HTTP Basic is the client id and the secret, each form-encoded, with a colon between, in base 64."
        }
        (8002, _) => {
            "The client id is this project’s; the secret is not its own, or it was revoked. Compare both with what the \
             back end has, without blanks or line ends, or create another credential."
        }
        (8001, "grant_type") => {
            "Send grant_type=client_credentials as a form. JSON is taken with Content-Type: application/json only."
        }
        (8001, "client_id" | "client_secret") => {
            "Send client_id and client_secret once: both in the body, or both as HTTP Basic."
        }
        (8001, "body") => {
            "Send a form, or a JSON object with Content-Type: application/json; the type and the body must match."
        }
        _ => return None,
    })
}

fn of_server(code: Option<u16>, message: &str, field: &str) -> Option<&'static str> {
    Some(match (code?, field) {
        (8002, _) => {
            "Ask POST /token for another access token and send it as Authorization: Bearer …. It is good for an hour; an \
             authToken is for the person’s device only."
        }
        (8003, _) => "These credentials may not call it, or another call has to come first.",
        (8007, _) => "Sandbox knows its personas only: take one of their numbers, together with its name.",
        (8008, _) => {
            "Take the correlationId as POST /v3/verify answered it, with credentials of the same environment. It is known \
             until its session is over."
        }
        (8011, _) => {
            "Take the identityId as the answer that enrolled it has it, with credentials of the same environment."
        }
        (8001, "phoneNumber") if message.contains("the project allows") => {
            "Only numbers of some countries are verified: name this one among them under Settings, or let the person take \
             another number."
        }
        (8429, "phoneNumber") => {
            "This number was verified as often as Settings allow. Wait for as long as Retry-After says (in sandbox, move the \
             clock), or allow more there."
        }
        (8001, "phoneNumber") => {
            "Write the number in E.164: a plus, the country code and the rest, digits only."
        }
        (8001, "finalTargetUrl") => "Give the absolute address of the page to which the person comes back.",
        (8001, "Idempotency-Key") => {
            "Make a fresh key for each new request; keep it only to repeat the very same one."
        }
        _ => return None,
    })
}

fn of_device(code: Option<u16>, message: &str) -> Option<&'static str> {
    Some(match code? {
        8002 => {
            "Hand the authToken of POST /v3/verify to the SDK as it is. It is over when its verification is; begin \
             another one. An access token does not do here."
        }
        8003 => {
            "The page is at an origin that the project does not allow. Name it under Settings, with its port, or leave the \
             list empty, and begin another verification. Pages that came over http count in sandbox only."
        }
        9201 => {
            "The person typed another code than the last one that was sent; in sandbox it is in the outbox."
        }
        9202 => {
            "The code was too old. Let the person ask for another one, or move the sandbox’s clock less far."
        }
        9203 if message.contains("country") => {
            "Only numbers of some countries are verified: Settings say which. The person has to take another number."
        }
        9203 if message.contains("too often") => {
            "The new number was verified as often as Settings allow. The person has to take another one or wait."
        }
        9203 => "The number is none that can get messages; in sandbox it must be a persona’s.",
        9204 => "Send no mobileNumber, or let the number be changed when the verification is begun.",
        9205 => "Let the person use the last message; this verification sends no more.",
        10000 => "This verification is over. Ask POST /v3/verify-status how it ended, and begin another one.",
        10001 => "The network could not say whose phone it is. Go on with a code, as the answer says.",
        10003 => {
            "The step came out of its order. Take the steps as each answer’s next names them; the SDK does so by itself."
        }
        10005 => {
            "The page asked for the same step again and again: look at what it does when a step is refused."
        }
        _ => return None,
    })
}

fn of_any(line: &Line, message: &str, field: &str) -> Option<&'static str> {
    Some(match (line.status, line.code) {
        (413, _) => "Send less, or in several calls.",
        (_, Some(8001)) if field != "body" => {
            "Mend the field that the message names; the OpenAPI document has its rule."
        }
        (_, Some(8001)) if message.contains("not valid JSON") => {
            "Look at quotes, commas and braces where the message says, or let a library write the JSON."
        }
        (_, Some(8001)) if message.contains("JSON object") => {
            "Send one JSON object as the body, and nothing after it."
        }
        (_, Some(8001)) => {
            "The body did not arrive as a whole: look at Content-Length and at proxies in between."
        }
        (404, _) => {
            "No path of the API is called that: compare it with the OpenAPI document, also for a slash at the end."
        }
        (405, _) => "The path is right, its method is not: the OpenAPI document has it, mostly POST.",
        (429, _) => {
            "Wait for as long as Retry-After says; the RateLimit header says how many calls are left."
        }
        (503, _) => "Nothing was half-done: repeat it after Retry-After, with the same Idempotency-Key.",
        (500, _) => "That was our mistake: the answer’s x-request-id finds the cause in the server’s log.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::http::Code;

    fn line(path: &str, status: u16, code: Option<u16>, message: &str) -> Line {
        Line {
            at: Timestamp::UNIX_EPOCH,
            method: "POST".to_owned(),
            path: path.to_owned(),
            status,
            micros: 1,
            code,
            message: Some(message.to_owned()),
            correlation_id: None,
        }
    }

    #[test]
    fn whatever_goes_wrong_can_be_mended() {
        for code in
            Code::ALL.into_iter().filter(|code| *code != Code::WrongType && *code != Code::BadSignature)
        {
            let (status, number) = code.wire();
            for path in ["/token", "/v3/verify", "/v1/client/status"] {
                let possible = match code {
                    Code::Forbidden => path != "/token",
                    Code::NoPersona | Code::UnknownFlow | Code::UnknownIdentity => path == "/v3/verify",
                    _ => true,
                };
                let advice = mend(&line(path, status.as_u16(), Some(number), "x: is wrong"));
                assert!(!possible || advice.is_some(), "{code:?} at {path}");
            }
        }
        for code in [9201, 9202, 9203, 9204, 9205, 10000, 10001, 10003, 10005] {
            assert!(mend(&line("/v1/client/mobile/otp/finish", 200, Some(code), "")).is_some(), "{code}");
        }
        assert_eq!(mend(&line("/v3/verify", 200, None, "")), None);
    }

    #[test]
    fn the_same_number_reads_differently_from_place_to_place() {
        let of = |path, message| mend(&line(path, 400, Some(8001), message)).expect("there is advice");
        assert!(of("/token", "grant_type: is required").contains("grant_type=client_credentials"));
        assert!(of("/v3/verify", "phoneNumber: is required").contains("E.164"));
        let country = "phoneNumber: must be of a country that the project allows";
        assert!(of("/v3/verify", country).contains("among them under Settings"));
        assert!(of("/v3/verify", "body: is not valid JSON (line 1, column 2)").contains("quotes"));
        assert!(of("/v3/verify", "body: must be a JSON object").contains("one JSON object"));
        assert!(of("/v3/verify", "firstName: is required").contains("the field that the message names"));
        let unknown = |path| mend(&line(path, 401, Some(8002), "")).expect("there is advice");
        assert!(unknown("/v3/verify").contains("POST /token"));
        assert!(unknown("/v1/client/status").contains("authToken"));
        assert!(unknown("/token").contains("secret"));
        let refused = |path| mend(&line(path, 403, Some(8003), "")).expect("there is advice");
        assert!(refused("/v3/verify").contains("credentials"));
        assert!(refused("/v1/client/mobile/otp/start").contains("origin"));
    }
}
