import { addressesByInterface } from '../../node/lookups.js'
import type { InterfaceAddress, Link, VrrpInstance } from '../../node/model.js'
import type { Fix, FixStep } from '../define.js'
import { sh } from '../shell.js'
import { covers } from './prefix.js'
import { reload, settingPlace, startAgain } from './reload.js'

/** RFC 9568 section 5.2.4. */
const OWNER = 255

export type Fault =
  /** There is no such interface. */
  | 'missing'
  /** It belongs to a bridge, a bond or an Open vSwitch now, which holds the addresses. */
  | 'port'
  /** It has no address of the family, so adverts have no source. */
  | 'no-address'
  /** None of its addresses is of the subnet of a VIP. */
  | 'no-subnet'

/** An instance that its interface cannot serve. */
export interface Misplaced {
  readonly node: string
  readonly instance: string
  /** `vrrp_instance VI_1 of /etc/keepalived/keepalived.conf`. */
  readonly place: string
  readonly vrid: number | null
  readonly interface: string
  readonly fault: Fault
  /** The master device of a port. */
  readonly master: string | null
  /** The VIPs without a subnet, or all of the instance. */
  readonly vips: readonly string[]
  /** keepalived runs. It ends where the interface is missing; or nobody ever started it, and the file came with the package. */
  readonly running: boolean
}

/** Null: the interface can serve it, or the setting names none. */
export function misplacedOn(
  node: string,
  instance: VrrpInstance,
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
  running: boolean,
): Misplaced | null {
  const { interface: name, vrid } = instance
  const fault = name === null ? null : faultOf(instance, name, links, addresses)
  if (name === null || fault === null) return null
  return {
    node,
    instance: instance.name,
    place: settingPlace(instance),
    vrid,
    interface: name,
    fault,
    master: links.find((one) => one.name === name)?.master ?? null,
    vips: fault === 'no-subnet' ? outside(instance, name, addresses) : instance.addresses.map(({ ip }) => ip),
    running,
  }
}

export function setInterface({ node, instance, place, interface: name, fault, master, running }: Misplaced): Fix {
  return {
    summary:
      fault === 'no-address'
        ? `Give ${name} its address again`
        : `Set ${instance} to the interface that has the subnet`,
    risk: 'disruptive',
    where: 'node',
    node,
    steps: [
      ...(running ? [] : [IS_IT_USED]),
      { kind: 'look', text: 'Which interface has the subnet now?', run: sh`ip -brief address` },
      {
        kind: 'look',
        text: 'What keepalived says of the instance',
        run: sh`journalctl -u keepalived --since -1h --no-pager | grep -iE 'fault|interface' | tail -n 20`,
      },
      {
        kind: 'persistent',
        text:
          fault === 'port'
            ? `In ${place}: interface ${master}, where it says interface ${name}`
            : fault === 'no-address'
              ? `Restore the address of ${name} in the file of the network manager`
              : `In ${place}: the right interface, where it says interface ${name}`,
      },
      fault === 'missing' ? startAgain(node) : reload(node, node),
    ],
    sideEffects: ['keepalived takes the instance down and up again: the address may move.'],
    verify: sh`ip -brief address`,
    undo: 'Write the setting of before, and reload keepalived.',
  }
}

const IS_IT_USED: FixStep = {
  kind: 'look',
  text: 'keepalived does not run. Should it on this host? Not enabled and never started: nothing is wrong, and nothing is to be started',
  run: sh`systemctl is-enabled keepalived; journalctl -u keepalived -n 5 --no-pager`,
}

function faultOf(
  instance: VrrpInstance,
  name: string,
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
): Fault | null {
  const link = links.find((one) => one.name === name)
  if (!link) return 'missing'
  const own = addressesByInterface(addresses, name).filter(({ family }) => family === instance.family)
  const withoutVips = own.filter(({ ip }) => !instance.addresses.some((vip) => vip.ip === ip))
  if (isPort(link)) return 'port'
  // the owner of the address advertises from it
  if (withoutVips.length === 0) return own.length > 0 && instance.priority === OWNER ? null : 'no-address'
  return outside(instance, name, addresses).length > 0 ? 'no-subnet' : null
}

/** A VRF is a master too, but takes no frames away. */
function isPort({ role, master }: Link): boolean {
  return role === 'bridge-port' || role === 'bond-member' || master === 'ovs-system'
}

/** VIPs that are to be on this interface, and in none of its subnets. */
function outside({ addresses: vips, family }: VrrpInstance, name: string, all: readonly InterfaceAddress[]): string[] {
  return vips
    .filter(({ ip, device, prefix }) => {
      // virtual_ipaddress_excluded may hold the other family
      if (ip.includes(':') !== (family === 6)) return false
      if (device !== null && device !== name) return false
      if (prefix !== null && prefix < (family === 4 ? 32 : 128)) return false
      const others = addressesByInterface(all, name).filter((held) => held.ip !== ip && held.family === family)
      return !others.some((held) => covers(held.ip, held.prefix, ip))
    })
    .map(({ ip }) => ip)
}
