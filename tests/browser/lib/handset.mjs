/** The virtual handset as a person uses it. */
export async function openHandset(scene, address, number) {
  const page = await scene.page('desk');
  await page.goto(address);
  await page.selectOption('#number', number);
  return {
    page,
    async switchNetwork(on) {
      const is = await page.getAttribute('#network', 'aria-checked');
      if (is !== String(on)) await page.click('#network');
      await page.waitForSelector(`#network[aria-checked="${on}"]`);
    },
  };
}
