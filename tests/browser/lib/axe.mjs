/** What axe finds on a page, in one line each. A dark page differs from a light one in its colours only. */
import axe from 'axe-core';

export async function violations(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  // Evaluated from outside, so the pages' content security policy need not allow it.
  if (await page.evaluate(() => !window.axe)) await page.evaluate(axe.source);
  const rules = colorScheme === 'dark' && ['color-contrast'];
  const found = await page.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'], ...(only && { runOnly: only }) });
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, failureSummary }) => `${target}: ${failureSummary}`) }));
  }, rules);
  return found.map(({ id, nodes }) => `${colorScheme}, ${id}: ${nodes.join('; ')}`);
}

/** How many pixels the page is wider than the screen. */
export const excess = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
