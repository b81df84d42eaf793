import type { ClusterView } from '../facts/cluster-view.js'
import { oneLine, printable } from '../report/printable.js'

/** One VIP of a starting file. */
export interface StartingVip {
  readonly ip: string
  /** `namespace/name`; null when no Service is known. */
  readonly service: string | null
  /** Nodes that may announce it, as far as the cluster tells. */
  readonly candidates: readonly string[]
}

/** Every VIP of the cluster that a Service has, of either family. */
export function startingVips({ expected, announcers }: ClusterView): StartingVip[] {
  const answers = announcers.flatMap(({ answers }) => answers)
  return [...expected.values()].flatMap(({ ip, services, nodes }) => {
    const candidates = answers.filter((answer) => answer.ip === ip).flatMap((answer) => answer.candidates)
    const eligible = candidates.filter(({ eligible }) => eligible).map(({ node }) => node)
    const [service] = services
    const names = new Set([...eligible, ...nodes.map(({ node }) => node)])
    return service === undefined ? [] : [{ ip, service, candidates: [...names].sort() }]
  })
}

/** A check file to start from, commented; `cluster`: whether it was written from one. */
export function startingFile(vips: readonly StartingVip[], cluster: boolean): string {
  return `${HEAD}
vips:
${vips.map(vipLines).join('\n')}

# No finding at or above: error, warning, info, never.
failOn: error

# Whether the Kubernetes API is read: it says who should answer.
cluster: ${cluster}

# Interface to ask on; without it the one whose subnet holds the VIP.
# interface: eth0

# Hosts to read over SSH: their settings say why a wrong one answers.
# nodes: [node-a, node-b]

# Findings you accept, each with a reason and a last day; then they count again.
# allow:
#   - rule: answers/unwanted-responder
#     subject: 10.0.0.240
#     reason: proxies for the old printer net until it moves
#     expires: 2030-01-31

# Keeps who announced which VIP, and compares the next run with it.
# baseline: .l2doctor-baseline.json
`
}

const HEAD = `# What l2doctor check expects of this cluster: every line is one test.
# l2doctor check -f FILE exits 0 when all hold, 1 when one fails, 3 when it could not look. See docs/guides/ci.md.
version: 1
`

function vipLines({ ip, service, candidates }: StartingVip): string {
  const names = candidates.map((name) => JSON.stringify(text(name))).join(', ')
  return [
    `  - ip: ${ip}`,
    ...(service === null ? [] : [`    service: ${JSON.stringify(text(service))}`]),
    '    responders: 1',
    ...(candidates.length > 0
      ? ['    # Only these may answer (they may announce it now):', `    # nodes: [${names}]`]
      : ['    # nodes: [node-a]']),
    '    # answerWithinMs: 50',
  ].join('\n')
}

/** Names come from the cluster: on one line, without control characters. */
function text(name: string): string {
  return oneLine(printable(name))
}
