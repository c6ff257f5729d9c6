/**
 * The pause between two messages. The server sends nothing when asked too early; here the
 * person sees why nothing would come.
 */
import { $ } from './screens.js';

let pauseSeconds = 10;

/** @param {number | undefined} seconds */
export function setPause(seconds) {
  if (seconds !== undefined) pauseSeconds = seconds;
}

/** @param {string} screen whose "send again" button is meant */
export function resendButton(screen) {
  const button = $('[data-resend]', $(`[data-screen="${screen}"]`));
  const hint = $('[data-resend-hint]', $(`[data-screen="${screen}"]`));
  let timer = 0;

  /** @param {boolean} ready */
  function setReady(ready) {
    button.setAttribute('aria-disabled', String(!ready));
    hint.hidden = ready;
  }

  /**
   * The pause's length is looked at each time: after a reload it may become known only now.
   * @param {number} since in the time of performance.now(), milliseconds
   */
  function tick(since) {
    const left = Math.ceil(pauseSeconds - (performance.now() - since) / 1000);
    setReady(left <= 0);
    hint.textContent = `Nothing yet? You can ask again in ${left} s.`;
    if (left > 0) timer = window.setTimeout(tick, 250, since);
  }

  return {
    /** A message has just been sent. */
    pause() {
      clearTimeout(timer);
      tick(performance.now());
    },
    /** No waiting: the last message is of no use any more. */
    allow() {
      clearTimeout(timer);
      setReady(true);
    },
    /** @param {string} why no further message will be sent */
    refuse(why) {
      clearTimeout(timer);
      setReady(false);
      hint.textContent = why;
    },
    /** @param {() => void} action */
    onPress(action) {
      button.addEventListener('click', () => {
        if (button.getAttribute('aria-disabled') !== 'true') action();
      });
    },
  };
}
