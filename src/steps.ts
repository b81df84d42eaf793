/** Why work is to end before it is done; null: it may go on. */
export type Stop = string | null

/** Long work in steps: it hands back control after each one, hears whether to stop, and ends with what it has by then. */
export type Steps<T> = Generator<undefined, T, Stop>

/** Something of each item, an item a step; never stopped, for what would be wrong if it were not whole. */
export function* ofEach<A, B>(items: readonly A[], make: (item: A, at: number) => B): Steps<B[]> {
  const made: B[] = []
  for (const [at, item] of items.entries()) {
    made.push(make(item, at))
    yield
  }
  return made
}

/** All of it at once, for whoever need not hear anything meanwhile. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next(null)
    if (step.done) return step.value
  }
}
