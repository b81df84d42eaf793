import * as Flags from '@oclif/core/flags'
import { attributionFlags, clusterFlags } from './cluster-flags.js'
import { scanFlags } from './scan-flags.js'

const repeatable = { multiple: true, multipleNonGreedy: true } as const
const asking = { helpGroup: 'ASKING' } as const
const telling = { helpGroup: 'TELLING' } as const

/** Flags of `watch`. */
export const watchFlags = {
  vip: Flags.string({
    ...repeatable,
    description: 'address to watch: IP, a,b, a-b or CIDR; repeatable; default: all of the cluster',
  }),
  check: Flags.string({
    helpValue: 'FILE',
    description:
      'watch the addresses of this file too, and hold each window against what it expects; SIGHUP reads it again',
  }),
  interface: Flags.string({
    ...repeatable,
    ...asking,
    char: 'i',
    description: 'where to listen and ask; repeatable, each address at the one whose subnet holds it; default: as scan',
  }),
  probe: Flags.option({
    ...asking,
    options: ['leader', 'always', 'never'] as const,
    description:
      'who asks: leader: one for each segment, by a Lease of the cluster; never: only listen; silence is then not judged; default: leader in a pod, else always',
  })(),
  'lease-namespace': Flags.string({
    ...asking,
    helpValue: 'NAME',
    description: "where the Leases of --probe leader are; default: the pod's own, else l2doctor",
  }),
  rate: Flags.integer({
    ...asking,
    min: 1,
    max: 10_000,
    default: 10,
    description: 'maximum frames per second, over all addresses and interfaces (switches may shut a port above 15)',
  }),
  interval: Flags.string({
    ...asking,
    helpValue: '10s',
    default: '10s',
    description: 'from one broadcast for an address to the next; longer where --rate does not allow it',
  }),
  window: Flags.string({
    ...asking,
    helpValue: '60s',
    default: '60s',
    description: 'how long to listen before judging; at least one round over all addresses',
  }),
  engine: scanFlags.engine,
  log: Flags.option({
    ...telling,
    options: ['text', 'json'] as const,
    default: 'text',
    description: 'how to print what changed: a line each, or JSON objects',
  })(),
  listen: Flags.string({
    ...telling,
    helpValue: 'HOST:PORT',
    description:
      'where /metrics is served for Prometheus, and / for people (default 127.0.0.1:9797, where that is free); off: nowhere',
  }),
  history: Flags.string({
    ...telling,
    helpValue: 'FILE',
    description:
      'write each change there, a JSON line each; at 16 MiB it becomes FILE.1; diagnose --history reads both',
  }),
  events: Flags.boolean({
    ...telling,
    description:
      'write Kubernetes Events on the Services of what is found (deploy/rbac-watch.yaml has the right to it)',
  }),
  ignore: Flags.string({
    ...repeatable,
    ...telling,
    helpValue: 'RULE[=SUBJECT]',
    description: 'say nothing of a rule, on one subject or on all',
  }),
  quiet: Flags.boolean({ ...telling, char: 'q', description: 'no notes on stderr' }),
  kube: Flags.boolean({
    allowNo: true,
    helpGroup: 'CLUSTER',
    description: 'read the cluster; default: where one is named, or no address is and there is a kubeconfig',
  }),
  ...clusterFlags,
  ...attributionFlags,
}
