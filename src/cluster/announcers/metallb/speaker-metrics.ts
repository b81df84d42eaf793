import type { AgentState } from '../../agent-state.js'

interface Sample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

/**
 * What a speaker's metrics say (`internal/layer2/stats.go`, `speaker/main.go`, `internal/k8s/k8s.go` of MetalLB). A counter of an address
 * is there from its first frame on. Null for a text without metrics of MetalLB.
 */
export function readSpeakerMetrics(text: string, node: string, from: string): AgentState | null {
  const samples = text.split('\n').flatMap((line) => sampleIn(line) ?? [])
  const stale = samples.find(({ name }) => name === 'metallb_k8s_client_config_stale_bool')
  const announced = samples.filter(
    ({ name, labels, value }) =>
      name === 'metallb_speaker_announced' && labels.get('protocol') === 'layer2' && value > 0,
  )
  if (!stale && announced.length === 0) return null
  const sums = new Map<string, number>()
  for (const { name, labels, value } of samples) {
    const key = `${name} ${labels.get('ip')}`
    sums.set(key, (sums.get(key) ?? 0) + value)
  }
  const count = (name: string, ip: string) => sums.get(`${name} ${ip}`) ?? 0
  const ips = new Set(announced.flatMap(({ labels }) => labels.get('ip') ?? []))
  return {
    announcer: 'metallb',
    node,
    from,
    addresses: [...ips].map((ip) => ({
      ip,
      received: count('metallb_layer2_requests_received', ip),
      sent: count('metallb_layer2_responses_sent', ip),
    })),
    tellsIpv6: true,
    staleConfiguration: stale ? stale.value > 0 : null,
  }
}

/** `name{ip="10.0.0.240"} 12`, the text format of Prometheus. */
function sampleIn(line: string): Sample | null {
  const [, name, labels = '', digits] =
    /^(metallb_\w+)(?:\{(.*)\})? (\d+(?:\.\d+)?(?:e\+?\d+)?)(?: \d+)?$/.exec(line.trim()) ?? []
  if (name === undefined) return null
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, key = '', value = '']) => [key, value] as const,
  )
  return { name, labels: new Map(pairs), value: Number(digits) }
}
