"""Receives Ringtrue's webhooks: verifies either signature, takes each delivery once."""

import base64
import hashlib
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from standardwebhooks import Webhook, WebhookVerificationError

# One secret; two while it is rotated.
SECRETS = os.environ["WEBHOOK_SECRETS"].split(",")
# "standard", "jwt", or both. One is enough; checking both shows how.
VERIFY = os.environ.get("VERIFY", "both")
# In earnest a table with a unique column, written together with what the events cause. Whoever verifies the JWT only
# remembers each eventId instead: that signature does not cover the webhook-id.
SEEN: set[str] = set()
# One delivery at a time: a repeat waits for the end of the first.
TURN = threading.Lock()


def verify_standard(headers: dict[str, str], body: bytes) -> bool:
    """Standard Webhooks: one of our secrets made one of the signatures, at most five minutes ago."""
    for secret in SECRETS:
        try:
            Webhook(secret).verify(body, headers)
            return True
        except WebhookVerificationError:
            pass
    return False


def verify_jwt(headers: dict[str, str], body: bytes) -> bool:
    """The JWT: one of our secrets made it, it has not expired, and it is about this body.

    While a secret is rotated, the newer one signs `X-Prove-Authorization-Next`.
    """
    body_hash = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
    for name in ("x-prove-authorization", "x-prove-authorization-next"):
        token = headers.get(name, "").removeprefix("Bearer ")
        for secret in SECRETS:
            try:
                claims = jwt.decode(
                    token,
                    secret,
                    algorithms=["HS256"],
                    issuer="Prove Identity",
                    options={"require": ["exp", "bsh"]},
                )
            except jwt.InvalidTokenError:
                continue
            if claims["bsh"] == body_hash:
                return True
    return False


def take(delivery: str, body: bytes) -> bool:
    """Acts on a delivery's events, once."""
    with TURN:
        if delivery not in SEEN:
            try:
                events = json.loads(body)
            except ValueError:
                return False
            for event in events:
                print(event["eventType"], event["eventId"], flush=True)
            # Only now: what failed half way has to come again.
            SEEN.add(delivery)
    return True


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        # The bytes as they came: JSON that was parsed and written again has another signature.
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        good = (VERIFY == "jwt" or verify_standard(headers, body)) and (
            VERIFY == "standard" or verify_jwt(headers, body)
        )
        delivery = headers.get("webhook-id")
        if good and delivery:
            self.send_response(200 if take(delivery, body) else 400)
        else:
            self.send_response(401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Requests are not logged."""


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Receiver)
print("listening on", server.server_port, flush=True)
server.serve_forever()
