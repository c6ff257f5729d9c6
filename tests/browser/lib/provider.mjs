/** An OpenID provider in this process, by the library `oidc-provider`: whoever says who they are is believed. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const CLIENT = { client_id: 'ringtrue', client_secret: 'of-the-browser-tests' };
const SCOPES = 'openid email profile';

const signInPage = `<!doctype html><html lang="en"><title>Provider</title><main><h1>Provider</h1><form method="post">
  <label>Address <input name="login"></label><button name="do" value="sign-in">Sign in</button>
  <button name="do" value="cancel">Cancel</button></form></main>`;

export class OpenIdProvider {
  #server = createServer();
  #provider;

  /** A provider whose client comes back to `redirect`. An address that begins with `unverified` is not verified. */
  static async open(redirect) {
    const it = new OpenIdProvider();
    it.#server.listen(0, '127.0.0.1');
    await once(it.#server, 'listening');
    it.#provider = new Provider(it.issuer, {
      clients: [{ ...CLIENT, redirect_uris: [redirect] }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      cookies: { keys: ['of the browser tests'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      findAccount: (_, email) => ({
        accountId: email,
        claims: () => ({ sub: email, email, email_verified: !email.startsWith('unverified'), name: `Name of ${email}` }),
      }),
      async loadExistingGrant({ oidc }) {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope(SCOPES);
        await grant.save();
        return grant;
      },
    });
    const rest = it.#provider.callback();
    it.#server.on('request', (request, response) => {
      if (request.url.startsWith('/interaction/')) void it.#interact(request, response);
      else void rest(request, response);
    });
    return it;
  }

  get issuer() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** What the server's configuration has to say. */
  get environment() {
    return {
      RINGTRUE__PORTAL__SINGLE_SIGN_ON__ISSUER: this.issuer,
      RINGTRUE__PORTAL__SINGLE_SIGN_ON__CLIENT_ID: CLIENT.client_id,
      RINGTRUE__PORTAL__SINGLE_SIGN_ON__CLIENT_SECRET: CLIENT.client_secret,
      RINGTRUE__PORTAL__SINGLE_SIGN_ON__LABEL: 'Example ID',
    };
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #interact(request, response) {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(signInPage);
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const result = form.get('do') === 'cancel' ? { error: 'access_denied' } : { login: { accountId: form.get('login') } };
    await this.#provider.interactionFinished(request, response, result);
  }
}
