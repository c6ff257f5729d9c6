/** The end of a sign-up: what was found, in words, and a way on. */
import * as membership from './membership.js';
import { $, show } from './screens.js';

const screen = $('[data-screen=result]');

/**
 * What each part of the evaluation answers: its subject, passed, failed.
 * @type {Record<'authentication' | 'identification' | 'risk', [string, string, string]>}
 */
const findings = {
  authentication: ['The phone', 'You hold this phone right now.', 'Nobody showed that they hold this phone.'],
  identification: ['The name', 'Your name belongs to this number.', 'The name and the number don’t belong together.'],
  risk: ['The number', 'Nothing speaks against this number.', 'Something about this number asks for caution.'],
};

/**
 * Kind, heading and words.
 * @param {import('./api.js').Result} result
 * @returns {['good' | 'caution' | 'bad' | 'pending', string, string]}
 */
function verdict({ success, possessionResult, evaluation }) {
  const firstName = membership.load()?.firstName ?? '';
  if (success === 'pending') {
    return ['pending', 'Nearly there', 'You have done your part. One check is still running; look again in a moment.'];
  }
  if (success === 'true' && evaluation?.risk?.result === 'fail') {
    return ['caution', `Welcome, ${firstName}`, 'Your membership is open. A volunteer will ring you before you take the first tool home.'];
  }
  if (success === 'true') {
    return ['good', `Welcome, ${firstName}`, 'Your membership is open. Come by and take your first tool home.'];
  }
  if (possessionResult === 'success') {
    return ['bad', 'We couldn’t match your name', 'The phone is in your hand, but your name and this number don’t belong together in the records we asked.'];
  }
  return ['bad', 'We couldn’t confirm your phone', 'The link or code was not used in time, was wrong, or didn’t come from your phone.'];
}

/** @param {string} result */
const wayOut = (result) =>
  result === 'bad'
    ? 'Check the name and number and start again. Or bring an identity card to the shed on Thursday between 5 and 8 pm, and we’ll sign you up there.'
    : '';

/**
 * @param {keyof typeof findings} category
 * @param {import('./api.js').Finding} finding
 */
function findingItem(category, { result, failureReasons = {} }) {
  const template = /** @type {HTMLTemplateElement} */ ($('#finding-template'));
  const item = $('li', /** @type {DocumentFragment} */ (template.content.cloneNode(true)));
  const [subject, passed, failed] = findings[category];
  item.dataset.category = category;
  item.dataset.finding = result;
  $('.finding-subject', item).textContent = subject;
  $('.finding-verdict', item).textContent = result === 'pass' ? 'passed' : 'failed';
  $('.finding-words', item).textContent = result === 'pass' ? passed : failed;
  for (const [code, text] of Object.entries(failureReasons)) {
    const reason = document.createElement('p');
    reason.className = 'finding-reason';
    reason.textContent = `${text} (${code})`;
    item.append(reason);
  }
  return item;
}

/** @param {import('./api.js').Result} result */
export function showResult(result) {
  const [kind, heading, words] = verdict(result);
  if (result.phoneNumber) membership.update({ phoneNumber: result.phoneNumber });
  membership.showNumber();
  screen.dataset.result = kind;
  $('h1', screen).textContent = heading;
  $('#result-words').textContent = words;
  $('#result-way-out').textContent = wayOut(kind);
  $('#check-again').hidden = kind !== 'pending';
  $('#check-again').textContent = 'Look again';
  $('#start-again').className = kind === 'bad' ? 'primary' : 'secondary';
  $('#result-findings').replaceChildren(
    ...Object.entries(findings).flatMap(([name]) => {
      const category = /** @type {keyof typeof findings} */ (name);
      const finding = result.evaluation?.[category];
      return finding ? [findingItem(category, finding)] : [];
    }),
  );
  $('#result-raw').textContent = JSON.stringify(result, null, 2);
  $('details', screen).hidden = false;
  show('result');
}

/**
 * The outcome could not be asked for, or the flow broke off.
 * @param {string} message
 * @param {boolean} [mayTryAgain] whether the same question may have another answer later
 */
export function showTrouble(message, mayTryAgain = true) {
  screen.dataset.result = 'trouble';
  $('h1', screen).textContent = 'That didn’t work';
  $('#result-words').textContent = message;
  $('#result-way-out').textContent = '';
  $('#check-again').hidden = !mayTryAgain;
  $('#check-again').textContent = 'Try again';
  $('#start-again').className = mayTryAgain ? 'secondary' : 'primary';
  $('#result-findings').replaceChildren();
  $('details', screen).hidden = true;
  show('result');
}
