// npm install standardwebhooks
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

// One secret; two while it is rotated.
const secrets = (process.env.WEBHOOK_SECRETS ?? "").split(",");

function verified(headers: Record<string, string>, body: Buffer): boolean {
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
}

createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (!verified(request.headers as Record<string, string>, body)) {
    response.writeHead(401).end();
    return;
  }
  // Remember the webhook-id together with what the events cause, and skip one that is known.
  for (const event of JSON.parse(body.toString())) console.log(event.eventType, event.identityId);
  response.writeHead(200).end();
}).listen(3000);
