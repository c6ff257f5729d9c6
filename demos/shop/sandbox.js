/** The two aids of the sandbox: people to sign up as, and the virtual handset that gets their messages. */
import { getConfig, getPersonas } from './api.js';
import { fillForm, joinButton } from './form-screen.js';
import * as membership from './membership.js';
import { setPause } from './resend.js';
import { $, announce } from './screens.js';

const panel = $('#personas');

/** @param {import('./api.js').Persona} persona */
function personaItem({ phoneNumber, name, outcome }) {
  const template = /** @type {HTMLTemplateElement} */ ($('#persona-template'));
  const item = $('li', /** @type {DocumentFragment} */ (template.content.cloneNode(true)));
  const button = $('button', item);
  button.dataset.phoneNumber = phoneNumber;
  $('.persona-name', item).textContent = name;
  $('.persona-number', item).textContent = phoneNumber;
  $('.persona-outcome', item).textContent = outcome;
  button.addEventListener('click', () => {
    const [firstName, ...rest] = name.split(' ');
    fillForm({ firstName, lastName: rest.join(' '), phoneNumber });
    joinButton.focus();
    joinButton.scrollIntoView({ block: 'center' });
    announce(`The form is filled in for ${name}.`);
  });
  return item;
}

/** @param {string} handsetUrl */
function linkHandset(handsetUrl) {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('[data-handset]'))) {
    link.href = handsetUrl;
    link.closest('[data-sandbox]')?.removeAttribute('hidden');
    // Which number is meant is only known when the link is followed.
    link.addEventListener('click', () => {
      const url = new URL(handsetUrl, location.href);
      const to = membership.load()?.phoneNumber;
      if (to?.startsWith('+')) url.searchParams.set('to', to);
      link.href = url.href;
    });
  }
}

/** Outside the sandbox the back end answers neither call, and nothing of this shows. */
export async function openSandbox() {
  const [personas, config] = await Promise.all([getPersonas().catch(() => []), getConfig().catch(() => null)]);
  if (config?.handsetUrl) linkHandset(config.handsetUrl);
  setPause(config?.resendPauseSeconds);
  if (personas.length === 0) return;
  $('ul', panel).replaceChildren(...personas.map(personaItem));
  panel.hidden = false;
}
