/**
 * A page that uses the SDK as a customer's page would, with the test in the place of the person: each question shows as
 * `body[data-asking]`, and the test answers it by `window.answer`.
 *
 * Query: `way` desktop or mobile, `number`, `name` (the number of the persona whose name is given, if not that one's),
 * `retry` true when the page offers another try, `role`, `carrier` fetch or pixel, `sdk` global for the plain script.
 */
const query = new URLSearchParams(location.search);
const { server } = await (await fetch('/where')).json();

async function loadSdk() {
  if (query.get('sdk') !== 'global') return import(`${server}/sdk/ringtrue.js`);
  const script = Object.assign(document.createElement('script'), { src: `${server}/sdk/ringtrue.global.js` });
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return window.Ringtrue;
}

const { AuthenticatorBuilder, InstantLinkResultType, OtpFinishResultType } = await loadSdk();

/** Every question so far, and how the flow ended. */
window.log = [];
function note(what, more = {}) {
  window.log.push({ what, ...more });
  document.body.dataset.seen = String(window.log.length);
}

/** Leaves a question to the test; an abort takes it back. */
function ask(kind, details, signal) {
  note(kind, details);
  document.body.dataset.asking = kind;
  document.body.dataset.problem = details.code ?? '';
  return new Promise((resolve) => {
    const close = () => delete document.body.dataset.asking;
    signal?.addEventListener('abort', close);
    window.answer = (value) => {
      close();
      resolve(value);
    };
  });
}

const problemOf = (error) => (error ? { code: error.code, message: error.message } : {});
const startStep = async (phoneNumberNeeded, error, signal) =>
  phoneNumberNeeded || error ? { phoneNumber: await ask('number', problemOf(error), signal) } : null;
const codeStep = async (error, signal) => {
  const answer = await ask('code', problemOf(error), signal);
  if (answer === 'resend') return { resultType: OtpFinishResultType.OnResendOtp };
  if (answer === 'change') return { resultType: OtpFinishResultType.OnMobileNumberChange };
  return { resultType: OtpFinishResultType.OnSuccess, input: { otp: answer } };
};
const retryStep = async (error, signal) => {
  const answer = await ask('link', problemOf(error), signal);
  return { resultType: answer === 'resend' ? InstantLinkResultType.OnResend : InstantLinkResultType.OnMobileNumberChange };
};

const hasRetry = query.get('retry') === 'true';
const authenticator = new AuthenticatorBuilder()
  .withRole(query.get('role') ?? 'primary')
  .withMobileAuthImplementation(query.get('carrier') ?? 'fetch')
  .withOtpFallback(startStep, codeStep)
  .withInstantLinkFallback(startStep, hasRetry ? retryStep : undefined)
  .withAuthFinishStep(async ({ authId }) => {
    note('finish', { authId });
    const result = await (await fetch(`/result?authId=${encodeURIComponent(authId)}`)).json();
    window.result = result;
    note('result', result);
  })
  .build();

async function run(authToken) {
  document.body.dataset.state = 'running';
  const flow = authenticator.authenticate(authToken);
  window.cancel = () => flow.cancel();
  try {
    await flow;
    document.body.dataset.state = 'resolved';
  } catch (error) {
    note('rejected', { code: error.code, serverCode: error.serverCode, message: error.message, retryable: error.retryable });
    document.body.dataset.state = 'rejected';
  }
}

/** Starts another verification; `window.begin` so that a test can run two in one page. */
window.begin = async () => {
  const { authToken } = await (await fetch(`/start?${query}`, { method: 'POST' })).json();
  await run(authToken);
};

if (location.pathname === '/return') {
  try {
    await authenticator.finishInstantLink(location.href);
    document.body.dataset.state = 'resolved';
  } catch (error) {
    note('rejected', { code: error.code });
    document.body.dataset.state = 'rejected';
  }
} else {
  const kept = authenticator.pendingAuthToken();
  document.body.dataset.kept = String(kept !== null);
  await (kept ? run(kept) : window.begin());
}
