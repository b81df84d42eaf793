/**
 * Work under a signal that is aborted with each of these. Nothing of it is left at them afterwards: AbortSignal.any leaves an entry at each,
 * for as long as that lives, which a run that lasts for months cannot afford.
 */
export async function abortEither<T>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const either = new AbortController()
  const abort = () => either.abort(signals.find(({ aborted }) => aborted)?.reason)
  if (signals.some(({ aborted }) => aborted)) abort()
  for (const one of signals) one.addEventListener('abort', abort, { once: true })
  try {
    return await work(either.signal)
  } finally {
    for (const one of signals) one.removeEventListener('abort', abort)
  }
}
