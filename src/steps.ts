/** Why work is to end before it is done; null: it may go on. */
export type Stop = string | null

/** Long work in steps: it hands back control after each one, hears whether to stop, and ends with what it has by then. */
export type Steps<T> = Generator<undefined, T, Stop>

/** All of it at once, for whoever need not hear anything meanwhile. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next(null)
    if (step.done) return step.value
  }
}
