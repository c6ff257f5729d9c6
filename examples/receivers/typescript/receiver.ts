// Receives Ringtrue's webhooks: verifies either signature, takes each delivery once.

import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { jwtVerify } from "jose";
import { Webhook } from "standardwebhooks";

// One secret; two while it is rotated.
if (!process.env.WEBHOOK_SECRETS) throw new Error("WEBHOOK_SECRETS is not set");
const secrets = process.env.WEBHOOK_SECRETS.split(",");
// "standard", "jwt", or both. One is enough; checking both shows how.
const verify = process.env.VERIFY ?? "both";
// In earnest a table with a unique column, written together with what the events cause. Whoever verifies the JWT only
// remembers each eventId instead: that signature does not cover the webhook-id.
const seen = new Set<string>();

/** Standard Webhooks: one of our secrets made one of the signatures, at most five minutes ago. */
function verifyStandard(headers: IncomingHttpHeaders, body: Buffer): boolean {
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The JWT: one of our secrets made it, it has not expired, and it is about this body. While a secret is rotated, the
 * newer one signs `X-Prove-Authorization-Next`.
 */
async function verifyJwt(headers: IncomingHttpHeaders, body: Buffer): Promise<boolean> {
  const bodyHash = createHash("sha256").update(body).digest("base64url");
  for (const name of ["x-prove-authorization", "x-prove-authorization-next"]) {
    const token = String(headers[name] ?? "").replace(/^Bearer /, "");
    for (const secret of secrets) {
      try {
        const rules = { algorithms: ["HS256"], issuer: "Prove Identity", requiredClaims: ["exp"] };
        const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), rules);
        if (payload.bsh === bodyHash) return true;
      } catch {
        // The next secret or token may be the right one.
      }
    }
  }
  return false;
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  // The bytes as they came: JSON that was parsed and written again has another signature.
  const body = Buffer.concat(chunks);
  const good =
    (verify === "jwt" || verifyStandard(request.headers, body)) &&
    (verify === "standard" || (await verifyJwt(request.headers, body)));
  const id = request.headers["webhook-id"];
  if (!good || typeof id !== "string") {
    response.writeHead(401).end();
    return;
  }
  if (!seen.has(id)) {
    try {
      for (const event of JSON.parse(body.toString())) console.log(event.eventType, event.eventId);
    } catch {
      response.writeHead(400).end();
      return;
    }
    // Only now: what failed half way has to come again.
    seen.add(id);
  }
  response.writeHead(200).end();
});

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});
