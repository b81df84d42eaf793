import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CannotLook } from '../known.js'
import { collectScript } from './collect-script.js'
import { buildingHost, type HostRecord } from './host.js'
import { hostFailure } from './host-failure.js'
import { ofNodeAlone } from './in-pod.js'
import { parseCollected } from './probes.js'
import { failureOf } from './transports/failure.js'
import type { RunLimits } from './transports/run-script.js'
import type { Transport } from './transports/transport.js'

export interface CollectLimits extends RunLimits {
  /** Hosts read at the same time. */
  readonly concurrency: number
  readonly become: boolean
}

/** Told each time a host is done. */
export type Progress = (record: HostRecord, done: number, total: number) => void

/** Reads every host, some at a time; the answers stand in the order of the hosts. A failure is a record of its own. */
export async function collectHosts(
  hosts: readonly Transport[],
  limits: CollectLimits,
  progress: Progress,
): Promise<HostRecord[]> {
  const records: HostRecord[] = []
  // one listener a host that is being read; Node would warn of a leak above ten
  setMaxListeners(limits.concurrency + 10, limits.signal)
  let [next, done] = [0, 0]
  const worker = async () => {
    while (next < hosts.length) {
      const at = next++
      const record = await collectHost(hosts[at]!, limits)
      records[at] = record
      done += 1
      progress(record, done, hosts.length)
      await buildAhead(record, limits.signal)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limits.concurrency, hosts.length) }, worker))
  return records
}

/** Makes the model now, while other hosts keep us waiting, and lets them be heard in between; a Ctrl-C leaves it for later. */
async function buildAhead(record: HostRecord, signal: AbortSignal): Promise<void> {
  const steps = buildingHost(record)
  while (!signal.aborted && !steps.next(null).done) await nextTurn()
}

async function collectHost(host: Transport, { become, timeoutMs, signal }: CollectLimits): Promise<HostRecord> {
  const { name, address } = host
  if (signal.aborted) return notAsked(host)
  const pod = host.inPod ? { pod: true as const } : {}
  const mark = randomBytes(16).toString('hex')
  const result = await host.run(collectScript({ mark, become }), { timeoutMs, signal }).catch(unreached)
  if ('gap' in result) return { name, address, probes: {}, failure: result.gap, ...pod }
  const collected = parseCollected(result.stdout, mark)
  return {
    name,
    address,
    probes: host.inPod ? ofNodeAlone(collected.probes) : collected.probes,
    failure: failureOf(result, collected, { name, address, timeoutMs }),
    ...(become ? { become } : {}),
    ...pod,
  }
}

/** A way to a host that is not there at all. */
function unreached(error: unknown): { readonly gap: CannotLook['gap'] } {
  if (error instanceof CannotLook) return error
  throw error
}

function notAsked({ name, address }: Transport): HostRecord {
  const facts = { kind: 'not-asked', said: '', partial: false, number: null } as const
  return { name, address, probes: {}, failure: hostFailure(facts, { name, address }) }
}
