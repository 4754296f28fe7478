/** One after the other, in the order of asking: what reads and what writes the same things never overlap. */
export class Turns {
  private tail: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const next = this.tail.then(work);
    this.tail = next.catch(() => undefined); // a failure is told to who asked, and does not stop the next
    return next;
  }
}
