/** Runs at most `max` tasks at a time, in the order they came. */
export function limiter(max: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  const release = () => {
    running -= 1
    waiting.shift()?.()
  }
  return async (task) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    return task().finally(release)
  }
}
