import json
import os
import urllib.parse
import urllib.request

ORIGIN = "{{ self.0.origin }}"
CLIENT_ID = "{{ self.0.client_id }}"
CLIENT_SECRET = os.environ["RINGTRUE_CLIENT_SECRET"]


def access_token() -> str:
    """Good for expires_in seconds: keep it for as long."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    with urllib.request.urlopen(ORIGIN + "/token", urllib.parse.urlencode(form).encode()) as response:
        return json.load(response)["access_token"]


def post(path: str, token: str, body: dict) -> dict:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(ORIGIN + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


token = access_token()
person = {
    "possessionType": "mobile",
    "phoneNumber": "{{ self.0.number() }}",
    "firstName": "{{ self.0.first_name() }}",
    "lastName": "{{ self.0.last_name() }}",
}
started = post("/v3/verify", token, person)
# Send started["authToken"] to the page; keep started["correlationId"]. When the page is done:
status = post("/v3/verify-status", token, {"correlationId": started["correlationId"]})
print(status["success"])
