/** What the keyboard cannot get to on a page, or gets to without anybody seeing where it is. */
const MOST = 400;

export async function unreached(page) {
  const wanted = await page.evaluate(() => {
    const stops = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]');
    /** Of a group of radio buttons one is a stop. */
    const isOne = (stop) => stop.type !== 'radio' || stop.checked;
    const used = [...stops].filter((stop) => stop.checkVisibility() && !stop.matches(':disabled') && isOne(stop));
    used.forEach((stop, index) => (stop.dataset.stop = index));
    // Wherever the page was scrolled to or clicked: from its first stop on.
    used[0].focus();
    return used.map((stop) => `${stop.localName} “${(stop.textContent || stop.name || stop.id).trim().slice(0, 40)}”`);
  });
  const met = new Set(['0']);
  const unseen = [];
  for (let press = 0; press < MOST; press += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const { activeElement } = document;
      const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
      return { stop: activeElement.dataset.stop, shows: outlineStyle !== 'none' && outlineWidth !== '0px', isBody: activeElement === document.body };
    });
    if (at.isBody || met.has(at.stop)) break;
    if (at.stop === undefined) continue;
    met.add(at.stop);
    if (!at.shows) unseen.push(`${wanted[at.stop]} does not show that it has the focus`);
  }
  const missing = wanted.filter((_, index) => !met.has(String(index)));
  return [...missing.map((stop) => `the keyboard does not reach ${stop}`), ...unseen];
}
