import type { FailoverReport } from '../../src/failover/report.js'
import { failoverSchema } from '../../src/failover/report.js'
import { parseIp } from '../../src/wire/ip.js'
import { type FailoverAdapters, type FailoverRequest, failover } from '../../src/workflows/failover.js'
import { traceToPcap } from '../trace.js'

export const VIP = '10.0.0.240'
export const [ASKER, A, B, C] = ['01/10.0.0.1', '02', '03', '04']

/** Requests every tenth of a second of [from, to), each answered after half a millisecond by these machines. */
export function asked(from: number, to: number, by: readonly string[], ip = VIP, asker = ASKER): string {
  const count = Math.round((to - from) * 10)
  const lines = [`${from} ask ${asker} -> ${ip} repeat ${count} every 0.1`]
  for (const mac of by)
    lines.push(`${(from + 0.0005).toFixed(4)} answer ${mac}/${ip} -> ${asker} repeat ${count} every 0.1`)
  return lines.join('\n')
}

/** What `failover --read` of a trace says. */
export async function timed(
  trace: string | Uint8Array,
  request: Partial<FailoverRequest> = {},
  adapters: Partial<FailoverAdapters> = {},
): Promise<FailoverReport> {
  const pcap = typeof trace === 'string' ? traceToPcap(trace) : trace
  const source = { kind: 'file', name: 'trace.pcap', engine: 'file' } as const
  const report = await failover(
    { vips: [parseIp(VIP)!], times: 1, failAboveMs: null, ...request },
    {
      open: async () => ({
        source: {
          source,
          async *bytes() {
            yield pcap
          },
          stop: () => {},
        },
        ownMacs: [],
        rate: null,
        work: null,
        entriesOf: () => null,
        lacks: () => [],
        conditions: () => ({ dropped: null, clock: 'kernel' }),
      }),
      promiseOf: () => null,
      nodeOf: () => null,
      now: () => new Date(Date.UTC(2026, 0, 1)),
      version: '0.0.0',
      ...adapters,
    },
    new AbortController().signal,
  )
  return failoverSchema.parse(report)
}
