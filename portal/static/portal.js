// What pages gain where a browser runs scripts. Nothing needs it.

/** Copy buttons appear where the browser lets a page write to the clipboard. */
function offerCopies() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll('button.copy')) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const label = [...button.childNodes];
    button.hidden = false;
    button.addEventListener('click', async () => {
      const from = button.dataset.copyFrom;
      const text = from ? document.getElementById(from)?.textContent : button.dataset.copy;
      await navigator.clipboard.writeText(text ?? '');
      button.textContent = 'Copied';
      announce('Copied');
      setTimeout(() => {
        button.replaceChildren(...label);
      }, 2000);
    });
  }
}

/** Says something to those who listen to the page. @param {string} text */
function announce(text) {
  let region = document.getElementById('announced');
  if (!region) {
    region = document.createElement('div');
    region.id = 'announced';
    region.className = 'unseen';
    region.setAttribute('role', 'status');
    document.body.append(region);
  }
  region.textContent = text;
}

/** The device knows its time zone. */
function offerOwnZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const button of document.querySelectorAll('button[data-own-zone]')) {
    if (!(button instanceof HTMLButtonElement) || !zone) continue;
    const field = document.getElementById(button.dataset.ownZone ?? '');
    if (!(field instanceof HTMLInputElement) || field.value === zone) continue;
    button.textContent = `Take this device’s: ${zone}`;
    button.hidden = false;
    button.addEventListener('click', () => {
      field.value = zone;
      field.focus();
    });
  }
}

/** A menu closes with Escape, and when something else is used. */
function closeMenus() {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const menus = document.querySelectorAll('details.menu');
  document.addEventListener('click', (event) => {
    for (const menu of menus) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of menus) {
      if (!menu.open) continue;
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
  });
}

/** A form that says so shows how its texts arrive while they are typed. Without a script that is seen once it is saved. */
function previewForms() {
  /** @type {NodeListOf<HTMLFormElement>} */
  const forms = document.querySelectorAll('form[data-preview]');
  for (const form of forms) {
    const into = document.getElementById(form.dataset.previewInto ?? '');
    if (!into) continue;
    let asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let waiting;
    form.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const mine = ++asked;
        const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
        const answer = await fetch(form.dataset.preview ?? '', { method: 'POST', body }).catch(() => undefined);
        // A later answer may have come first.
        if (answer?.ok && mine === asked) into.innerHTML = await answer.text();
      }, 250);
    });
  }
}

/** A file goes into the field that takes its text. Without a script the text is pasted. */
function takeFiles() {
  for (const input of document.querySelectorAll('input[type="file"][data-into]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    const into = document.getElementById(input.dataset.into ?? '');
    const field = input.closest('.field');
    if (!(into instanceof HTMLTextAreaElement) || !(field instanceof HTMLElement)) continue;
    field.hidden = false;
    input.addEventListener('change', async () => {
      const file = input.files?.[0];
      if (!file) return;
      into.value = await file.text();
      announce(`${file.name} was read`);
    });
  }
}

/** On a narrow screen the parts of a project are wider than it: the present one comes into sight. */
function showSection() {
  const here = document.querySelector('.sections [aria-current]');
  const strip = here?.closest('.sections');
  if (!(here instanceof HTMLElement) || !strip) return;
  strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}

/** A second click must not send a form again: its answer would take the place of the first, with what only that shows. */
function sendOnce() {
  const sent = new WeakSet();
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    // Where the answer is a file, the page stays and the form may be wanted again.
    setTimeout(() => sent.delete(form), 5000);
  });
  // A page that comes back from the history is to be used again.
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) sent.delete(form);
  });
}

sendOnce();
offerCopies();
previewForms();
takeFiles();
offerOwnZone();
showSection();
closeMenus();
