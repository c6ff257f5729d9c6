/** The sign-up page: which screen comes next, and what reload and the back button mean. */
import { BackEndError, getResult, startVerification } from './api.js';
import { askCode, fillCode } from './code-screen.js';
import { fillForm, onJoin, setDevice, setFormBusy, showFormError } from './form-screen.js';
import { waitForLink } from './link-screen.js';
import * as membership from './membership.js';
import { askNumber, keepNumber, messageGoesTo } from './number-screen.js';
import { showResult, showTrouble } from './result-screen.js';
import { openSandbox } from './sandbox.js';
import { $, currentScreen, show } from './screens.js';
import { createAuthenticator } from './verify.js';

/** Pauses between questions about a result that is still pending, in milliseconds. */
const PENDING_PAUSES_MS = [500, 1000, 2000, 4000];

/** @type {ReturnType<ReturnType<typeof createAuthenticator>['authenticate']> | null} */
let running = null;

const authenticator = createAuthenticator(
  { askNumber, messageGoesTo, askCode, fillCode, waitForLink },
  async () => {
    // A cancelled flow runs its finish step too; by then the person is elsewhere.
    if (running) await finish();
  },
);

/** @param {import('./api.js').Result} result: the person has done their part, a check still runs */
const isUnderway = ({ success, possessionResult }) => success === 'pending' && possessionResult !== 'pending';

async function askResult() {
  let result = await getResult();
  for (const pause of PENDING_PAUSES_MS) {
    if (!isUnderway(result)) break;
    await new Promise((resume) => setTimeout(resume, pause));
    result = await getResult();
  }
  return result;
}

/** Shows what our back end found. */
async function finish() {
  const flow = running;
  try {
    const result = await askResult();
    if (running !== flow) return;
    if (result.success !== 'pending' || isUnderway(result)) showResult(result);
    else showTrouble('The confirmation broke off before it was complete.');
  } catch (error) {
    if (running === flow) showNoResult(error);
  }
  if (running !== flow) return;
  running = null;
  setFormBusy(false);
  history.replaceState(null, '', '#done');
}

/**
 * A back end that answers and has no result knows nothing of this sign-up any more.
 * @param {unknown} error
 */
function showNoResult(error) {
  const { message, status } = error instanceof BackEndError ? error : { message: String(error), status: 0 };
  if (status === 400 || status === 404) {
    showTrouble('This sign-up is over: it has to be finished within 15 minutes. Please start again.', false);
  } else {
    showTrouble(message);
  }
}

/**
 * The token's middle part names the first step. Reading it is not needed to integrate; it only
 * tells this page what to say while nothing else can be seen.
 * @param {string} authToken
 */
function beginsSilently(authToken) {
  try {
    return JSON.parse(atob(authToken.split('.')[1] ?? '')).auth.next === 'mobile/instant';
  } catch {
    return false;
  }
}

/** @param {string} authToken */
async function verify(authToken) {
  if (location.hash !== '#confirm') history.pushState(null, '', '#confirm');
  const flow = authenticator.authenticate(authToken);
  running = flow;
  try {
    await flow;
  } catch (error) {
    if (running !== flow) return;
    if (/** @type {{retryable?: boolean}} */ (error).retryable && authenticator.pendingAuthToken()) {
      running = null;
      showTrouble('The connection was lost. Everything is kept; you can go on where you were.');
    } else {
      // The flow broke off. Whether it had succeeded before that, only the back end can say.
      await finish();
    }
  }
}

/** @param {import('./api.js').Application} application */
async function join(application) {
  setFormBusy(true);
  try {
    const { authToken, phoneNumber } = await startVerification(application);
    const silent = beginsSilently(authToken);
    membership.save({ ...application, phoneNumber, silent, wrongCodes: 0 });
    if (silent) wait('Checking with your network', 'Your mobile network is asked whether this phone has the number you gave. This takes a few seconds.');
    await verify(authToken);
  } catch (error) {
    setFormBusy(false);
    showFormError(error);
  }
}

/**
 * @param {string} heading
 * @param {string} words
 */
function wait(heading, words) {
  $('[data-screen=wait] h1').textContent = heading;
  $('#wait-words').textContent = words;
  show('wait');
}

/** Ends what is under way and goes back to the form, with the answers still in it. */
function leave() {
  const flow = running;
  running = null;
  flow?.cancel();
  const known = membership.load();
  if (known) fillForm(known);
  setFormBusy(false);
  membership.forget();
  history.replaceState(null, '', location.pathname);
  show('form');
}

/** After a reload: goes on where the person was. No message is sent again. */
async function resume() {
  const authToken = authenticator.pendingAuthToken();
  if (authToken && membership.load()) {
    wait('One moment', 'Picking up where you left off.');
    await verify(authToken);
  } else if (location.hash === '#done' && membership.load()) {
    wait('One moment', 'Looking up your sign-up.');
    await finish();
  } else {
    leave();
  }
}

setDevice(authenticator.isMobileWeb() ? 'mobile' : 'desktop');
onJoin(join);

for (const button of document.querySelectorAll('[data-leave]')) button.addEventListener('click', leave);
$('#check-again').addEventListener('click', () => (authenticator.pendingAuthToken() ? resume() : finish()));

window.addEventListener('popstate', () => {
  if (currentScreen() === 'number' && keepNumber()) {
    // Back from "different number" means back to the code or the link.
    history.pushState(null, '', '#confirm');
  } else if (location.hash !== '#done') {
    leave();
  } else {
    resume();
  }
});

// The link may have been opened on this very device, where no message reaches a sleeping tab.
document.addEventListener('visibilitychange', async () => {
  const flow = running;
  if (document.hidden || !flow || currentScreen() !== 'link') return;
  const result = await getResult().catch(() => null);
  if (running !== flow || !result || result.success === 'pending') return;
  await finish();
  flow.cancel();
});

openSandbox();
resume();
