const ORIGIN = "{{ self.0.origin }}";
const CLIENT_ID = "{{ self.0.client_id }}";
const CLIENT_SECRET = process.env.RINGTRUE_CLIENT_SECRET ?? "";

let token = { value: "", goodUntil: 0 };

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(ORIGIN + path, init);
  const body = await response.json();
  if (!response.ok) throw new Error(`${path}: ${body.code} ${body.message}`);
  return body as T;
}

async function accessToken(): Promise<string> {
  if (Date.now() >= token.goodUntil) {
    const form = { grant_type: "client_credentials", client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
    const got = await call<{ access_token: string; expires_in: number }>("/token", {
      method: "POST",
      body: new URLSearchParams(form),
    });
    token = { value: got.access_token, goodUntil: Date.now() + (got.expires_in - 60) * 1000 };
  }
  return token.value;
}

async function post<T>(path: string, body: object): Promise<T> {
  const headers = { authorization: `Bearer ${await accessToken()}`, "content-type": "application/json" };
  return call<T>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

const started = await post<{ correlationId: string; authToken: string }>("/v3/verify", {
  possessionType: "mobile",
  phoneNumber: "{{ self.0.number() }}",
  firstName: "{{ self.0.first_name() }}",
  lastName: "{{ self.0.last_name() }}",
});
// Send started.authToken to the page; keep started.correlationId. When the page is done:
const status = await post<{ success: "true" | "false" | "pending" }>("/v3/verify-status", {
  correlationId: started.correlationId,
});
console.log(status.success);
