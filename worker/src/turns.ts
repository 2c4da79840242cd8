/** Lets calls through one after the other, in the order in which they came. */

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work once all that came before has ended, also where that has failed. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
