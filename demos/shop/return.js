/** Where the link ends, on the phone. It only closes the loop: the other screen is told by the server. */
import { AuthenticatorBuilder } from '/sdk/ringtrue.js';
import { $ } from './screens.js';

/** @param {'done' | 'lost'} name */
function showPart(name) {
  const part = $(`[data-part="${name}"]`);
  $('[data-part=wait]').hidden = true;
  part.hidden = false;
  $('h1', part).focus();
  document.title = `${$('h1', part).textContent} – ${document.title}`;
}

const authenticator = new AuthenticatorBuilder()
  .withAuthFinishStep(async () => showPart('done'))
  .build();

try {
  await authenticator.finishInstantLink(location.href);
} catch {
  // Opened by hand, or cut off on the way: the address lacks what Ringtrue adds to it.
  showPart('lost');
}
