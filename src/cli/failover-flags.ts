import * as Flags from '@oclif/core/flags'
import { TAKEOVER_NAMES } from '../cluster/announcers/takeovers.js'
import { attributionFlags, clusterFlags } from './cluster-flags.js'

/** These make sense on the wire only. */
const live = { helpGroup: 'LIVE', exclusive: ['read'] }

/** More a second than switches allow a port. */
export const HARMLESS_RATE = 15

export const failoverFlags = {
  ...clusterFlags,
  ...attributionFlags,
  kube: Flags.boolean({
    allowNo: true,
    helpGroup: 'CLUSTER',
    description: 'ask the cluster who announces; default: when there is a kubeconfig and the VIP is a Service of it',
  }),
  vip: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'address to time: IP, a,b, a-b or CIDR; repeatable',
  }),
  times: Flags.integer({ min: 1, max: 1000, default: 1, description: 'failovers to wait for, of each address' }),
  for: Flags.string({
    ...live,
    default: '2m',
    helpValue: '2m',
    description: 'give up when a failover has not happened in this time',
  }),
  'fail-above': Flags.string({ helpValue: '3s', description: 'exit 1 when nobody answered for longer than this' }),
  announcer: Flags.option({
    options: TAKEOVER_NAMES,
    description: 'whose promise to hold it against; default: as the cluster or VRRP adverts show',
  })(),
  read: Flags.string({ helpValue: 'FILE|-', description: 'time a capture instead of the wire; needs no privileges' }),
  interface: Flags.string({
    ...live,
    char: 'i',
    description: 'default: the one whose subnet holds the VIP, else the one with the default route',
  }),
  rate: Flags.integer({
    ...live,
    min: 1,
    max: 100,
    default: 10,
    description: `requests per second, over all addresses; switches may shut a port above ${HARMLESS_RATE}`,
  }),
  engine: Flags.option({
    options: ['auto', 'cap', 'tcpdump', 'socket'] as const,
    default: 'auto',
    helpGroup: 'LIVE',
    description: 'auto takes one whose times the kernel notes: tcpdump, else a packet socket',
  })(),
  json: Flags.boolean({ description: 'one JSON object on stdout' }),
  'no-color': Flags.boolean({ description: 'plain text (NO_COLOR=1 does the same)' }),
  quiet: Flags.boolean({ char: 'q', description: 'no progress' }),
}
