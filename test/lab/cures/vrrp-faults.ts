import { type Fault, VIP } from './faults.js'

const A = '02:00:00:00:00:11'
const hosts = (setup: readonly string[]): Fault['hosts'] => [{ name: 'node-a' }, { name: 'node-b', setup }]
const keepalived = [
  { priority: 150, vips: [VIP] },
  { priority: 100, vips: [VIP] },
]
const nft = (family: string, policy: string, ...rules: readonly string[]) => [
  `nft add table ${family} guard`,
  `nft 'add chain ${family} guard in { type filter hook input priority 0; }'`,
  ...rules.map((rule) => `nft 'add rule ${family} guard in ${rule}'`),
  `nft 'add chain ${family} guard in { policy ${policy}; }'`,
]

/** Two real keepalived of one virtual router, and what keeps them apart. */
export const VRRP_FAULTS: readonly Fault[] = [
  {
    name: 'VRRP: an nft rule drops the adverts of the master',
    hosts: hosts(nft('inet', 'accept', 'ip protocol vrrp counter drop')),
    keepalived,
    right: A,
  },
  {
    name: 'VRRP: an nft rule of family ip drops what goes to the group',
    hosts: hosts(nft('ip', 'accept', 'ip daddr 224.0.0.18 drop')),
    keepalived: keepalived.map((one) => ({ ...one, interval: 1 })),
    right: A,
  },
]
