/**
 * One measured run of the cluster bench: `decode` lists everything and keeps nothing (connection, TLS and JSON alone),
 * `audit` is the whole of audit-cluster. Prints what it cost as JSON.
 */
import { KINDS } from '../../src/cluster/kinds.js'
import { CONCURRENCY, connect } from '../../src/cluster/kubernetes.js'
import { limiter } from '../../src/cluster/limiter.js'
import { listResource } from '../../src/cluster/list-resource.js'
import { readCluster } from '../../src/cluster/read-cluster.js'
import { auditCluster } from '../../src/workflows/audit-cluster.js'

/** What one run cost this process. */
export interface ClusterCost {
  readonly cpuMs: number
  readonly wallMs: number
  readonly maxRssMiB: number
  /** VIPs of which the report names the node; 0 for `decode`. */
  readonly addresses: number
}

const [mode, kubeconfig = ''] = process.argv.slice(2)
const interrupted = new AbortController().signal
const open = () => connect({ kubeconfig, context: null, timeoutMs: 60_000 })

async function decode(): Promise<number> {
  const connection = await open()
  const limit = limiter(CONCURRENCY)
  const lists = Object.values(KINDS).flatMap(({ resources }) =>
    resources.flatMap((resource) =>
      resource.queries.map((query) => limit(() => listResource(connection, resource, query, () => null, interrupted))),
    ),
  )
  await Promise.all(lists)
  connection.close()
  return 0
}

async function audit(): Promise<number> {
  const now = () => new Date()
  const report = await auditCluster(
    { question: { vips: [], expectedMacs: [], own: { macs: [], ips: [] }, probed: false }, suppressions: [] },
    {
      readCluster: async () => readCluster(await open(), { now, concurrency: CONCURRENCY, interrupted }),
      save: null,
      baseline: null,
      owners: [],
      present: async () => {},
      now,
      version: 'bench',
    },
    interrupted,
  )
  const unread = report.gaps.filter(({ subject }) => !subject.includes('election'))
  if (unread.length > 0) throw new Error(`the bench's cluster was not read whole: ${JSON.stringify(unread)}`)
  return report.addresses.filter(({ expected }) => expected?.node).length
}

const startedAt = performance.now()
const addresses = await (mode === 'decode' ? decode() : audit())
const { user, system } = process.cpuUsage()
const cost: ClusterCost = {
  cpuMs: Math.round((user + system) / 1000),
  wallMs: Math.round(performance.now() - startedAt),
  maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  addresses,
}
process.stdout.write(`${JSON.stringify(cost)}\n`)
