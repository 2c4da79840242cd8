/** Those who wait for the next change of something in this object. */

export class Watchers {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next change, or when the time is up. */
  wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      this.#waiting.add(finish);
    });
  }

  tell(): void {
    for (const finish of [...this.#waiting]) finish();
  }
}
