import * as Flags from '@oclif/core/flags'
import { nodeFlags } from './node-flags.js'
import { scanFlags } from './scan-flags.js'

const { 'hosts-file': _file, local: _local, 'address-type': _type, ...sshFlags } = nodeFlags
const { passive: _passive, write: _write, 'all-addresses': _all, read, kube: _kube, ...wireFlags } = scanFlags

export const ciliumTable = Flags.string({
  multiple: true,
  multipleNonGreedy: true,
  helpValue: 'NODE=FILE',
  helpGroup: 'CLUSTER',
  description: 'what the agent of that node prints: cilium-dbg shell -- db/show l2-announce; repeatable',
})

/** Flags of `diagnose` besides those of every report. */
export const diagnoseFlags = {
  ...wireFlags,
  read: { ...read, description: 'judge this capture instead of the wire' },
  kube: Flags.boolean({
    allowNo: true,
    helpGroup: 'CLUSTER',
    description: 'ask the cluster; default: when there is a kubeconfig',
  }),
  service: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAMESPACE/NAME',
    helpGroup: 'CLUSTER',
    description: 'the VIPs of a Service; repeatable',
  }),
  'cilium-l2-announce': ciliumTable,
  baseline: Flags.string({
    helpValue: 'FILE',
    helpGroup: 'CLUSTER',
    description: 'compare VIPs with what audit-cluster --baseline wrote',
  }),
  history: Flags.string({
    helpValue: 'FILE',
    exclusive: ['baseline'],
    description: 'what watch --history wrote: since when a machine answers, which addresses a Service had',
  }),
  ...sshFlags,
  host: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'HOSTS',
    description: 'read this host too, by name or address; repeatable',
  }),
  hosts: Flags.boolean({
    allowNo: true,
    default: true,
    helpGroup: 'HOSTS',
    description: 'read hosts over ssh: the nodes that may announce the VIP, and those that answered',
  }),
  from: Flags.string({
    helpValue: 'BUNDLE',
    helpGroup: 'BUNDLE',
    exclusive: [
      'read',
      'at',
      'neighbours',
      'cilium-l2-announce',
      'history',
      'vip',
      'all',
      'service',
      'kube',
      'cluster-from',
      'host',
      'all-nodes',
    ],
    description: 'judge what --save kept, here or anywhere',
  }),
  save: Flags.string({
    helpValue: 'BUNDLE',
    helpGroup: 'BUNDLE',
    description: 'keep all that was looked at in one file',
  }),
  redact: Flags.boolean({
    helpGroup: 'BUNDLE',
    description:
      'in that file and those of --output: pseudonyms for names, addresses and MACs; the findings stay the same',
  }),
  'fix-script': Flags.string({
    helpValue: 'FILE',
    helpGroup: 'REPORT',
    description: 'write the plan as a shell script to review; l2doctor runs none of it',
  }),
}
