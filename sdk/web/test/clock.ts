import type { Board } from './board.js';

/** Time that moves only when a test says so. */
export class Clock {
  nowMs = 1_000_000;
  /** How many timers were started so far. */
  armings = 0;
  private timers: { atMs: number; delayMs: number; run: () => void }[] = [];

  constructor(private readonly board: Board) {}

  startTimer = (run: () => void, delayMs: number): (() => void) => {
    const timer = { atMs: this.nowMs + delayMs, delayMs, run };
    this.timers.push(timer);
    this.armings += 1;
    this.board.changed();
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
      this.board.changed();
    };
  };

  /** Resolves once a timer of this length runs. */
  armed(delayMs: number): Promise<void> {
    return this.board.until(() => this.timers.some((timer) => timer.delayMs === delayMs));
  }

  /** Waits for a timer of this length, then lets that much time pass. */
  async pass(delayMs: number): Promise<void> {
    await this.armed(delayMs);
    this.advance(delayMs);
  }

  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (;;) {
      const due = this.timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.nowMs = due.atMs;
      due.run();
    }
    this.nowMs = untilMs;
    this.board.changed();
  }

  running(): number[] {
    return this.timers.map((timer) => timer.delayMs);
  }
}
