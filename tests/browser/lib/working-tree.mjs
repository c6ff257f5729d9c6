/** Serves the repository's own files in place of those inside the binary, so that a change to a page needs no build. */
import { readFile } from 'node:fs/promises';

const FOLDERS = { sdk: 'sdk/web/dist', shop: 'demos/shop', handset: 'demos/handset', static: 'portal/static' };
const PAGES = { '/shop/': 'index.html', '/shop/return': 'return.html', '/handset/': 'index.html' };

export async function serveWorkingTree(context, origin) {
  // A page that comes from no address counts as public, and this machine as its local network.
  await context.grantPermissions(['local-network-access']);
  await context.route(
    (url) => url.origin === origin && /^\/(sdk|shop|handset|static)\/(?!api\/)/.test(url.pathname),
    async (route) => {
      const { pathname } = new URL(route.request().url());
      const [, folder, name] = pathname.split('/');
      const file = new URL(`../../../${FOLDERS[folder]}/${PAGES[pathname] ?? name}`, import.meta.url);
      // The server's own headers stay, above all its content security policy.
      const response = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } }).catch(() => null);
      await (response ? route.fulfill({ response, body: await readFile(file) }) : route.abort());
    },
  );
}
