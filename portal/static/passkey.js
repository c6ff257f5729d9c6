// Passkeys: a form asks the server for a question, the browser answers it, and the form goes off with the answer.

/** @param {HTMLFormElement} form @param {string} text */
function tell(form, text) {
  const place = form.querySelector('[role="alert"]');
  if (!(place instanceof HTMLElement)) return;
  place.hidden = text === '';
  place.textContent = text;
}

/** What became of a ceremony that failed. @param {unknown} error */
function words(error) {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
      return 'No passkey was used: the browser says that it was cancelled, or took too long.';
    case 'InvalidStateError':
      return 'This device has a passkey of yours already.';
    case 'TooManyRequests':
      return 'Too many attempts to sign in come from your network. Wait a minute and try it again.';
    default:
      return 'That did not work. Reload the page and try it again.';
  }
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLInputElement ? found : null;
}

/** Has the question answered and sends the answer. @param {HTMLFormElement} form @param {string} ask */
async function hold(form, ask) {
  const csrf = field(form, 'csrf')?.value;
  const asked = await fetch(ask, { method: 'POST', body: new URLSearchParams(csrf ? { csrf } : {}) });
  if (!asked.ok) {
    const refused = new Error(`${ask}: ${asked.status}`);
    if (asked.status === 429) refused.name = 'TooManyRequests';
    throw refused;
  }
  const { token, options } = await asked.json();
  const given = JSON.parse(options);
  const credential = form.dataset.passkey === 'create'
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(given) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(given) });
  const [tokenField, answerField] = [field(form, 'token'), field(form, 'answer')];
  if (!(credential instanceof PublicKeyCredential) || !tokenField || !answerField) throw new Error('no credential');
  tokenField.value = token;
  answerField.value = JSON.stringify(credential.toJSON());
  form.submit();
}

/** Forms appear where the browser has what they need. */
function offer() {
  if (!window.PublicKeyCredential || !('parseRequestOptionsFromJSON' in PublicKeyCredential)) return;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (!(form instanceof HTMLFormElement)) continue;
    const { ask } = form.dataset;
    if (!ask) continue;
    form.hidden = false;
    for (const sorry of document.querySelectorAll('[data-no-passkey]')) sorry.remove();
    let isBusy = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      tell(form, '');
      await hold(form, ask).catch((error) => tell(form, words(error)));
      isBusy = false;
    });
  }
}

offer();
