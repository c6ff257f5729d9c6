# pip install standardwebhooks
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

# One secret; two while it is rotated.
SECRETS = os.environ["WEBHOOK_SECRETS"].split(",")


def verified(headers: dict[str, str], body: bytes) -> bool:
    for secret in SECRETS:
        try:
            Webhook(secret).verify(body, headers)
            return True
        except WebhookVerificationError:
            pass
    return False


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        good = verified(headers, body)
        if good:
            # Remember the webhook-id together with what the events cause, and skip one that is known.
            for event in json.loads(body):
                print(event["eventType"], event["identityId"])
        self.send_response(200 if good else 401)
        self.end_headers()


HTTPServer(("127.0.0.1", 3000), Hook).serve_forever()
