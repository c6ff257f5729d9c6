/** Lets a test wait for a state: whoever changes something says so, and each waiting condition is looked at again. */
export class Board {
  private waiting: { holds: () => boolean; resolve: () => void }[] = [];

  changed(): void {
    const met = this.waiting.filter(({ holds }) => holds());
    this.waiting = this.waiting.filter((one) => !met.includes(one));
    for (const { resolve } of met) resolve();
  }

  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ holds, resolve }));
  }
}
