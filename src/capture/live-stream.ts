import { CannotLook } from '../known.js'
import { type Ending, favour, type LiveChild } from './live-child.js'

/**
 * Waits for the first bytes of a capture child, the pcap header, which it writes once it listens.
 * Throws what `explain` makes of a child that ended before; the stream throws it for one that ends unasked.
 */
export async function openStream(
  child: LiveChild,
  device: string,
  explain: (ending: Ending) => Error,
): Promise<() => AsyncGenerator<Uint8Array>> {
  favour(child)
  const first = await child.stdout.next()
  if (first.done) throw explain(await child.ended)
  return async function* bytes() {
    yield first.value
    for (let next = await child.stdout.next(); !next.done; next = await child.stdout.next()) yield next.value
    const ending = await child.ended
    if (!child.stopped()) throw endedEarly(device, explain(ending))
  }
}

function endedEarly(device: string, cause: Error): CannotLook {
  const reason = `it ended before its time: ${cause.message}; what came before is judged`
  return new CannotLook(
    { subject: `capture on ${device}`, reason, hint: `check \`ip link show ${device}\`` },
    { cause },
  )
}
