import { groupBy } from '../../cluster/group-by.js'
import type { NeighbourTable } from '../../neighbours/model.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { possible } from '../certainty.js'
import { defineRule } from '../define.js'
import { addressSubject, listed, place, type Where, where } from '../wire/evidence.js'
import { portsByMac } from './upstream-parts.js'

interface MacOnTwoPorts extends Where {
  readonly table: string
  readonly mac: string
  readonly vlan: number
  readonly ports: readonly string[]
}

export const macOnTwoPorts = defineRule({
  id: 'neighbour/mac-on-two-ports',
  title: 'A switch has learnt the MAC that answers at more than one port',
  severity: 'info',
  needs: ['wire', 'neighbours'],
  docs: {
    what: 'A table of --neighbours has the MAC of a machine that answers for the address at two ports of one VLAN: the table was saved more than once, and the MAC moved in between.',
    why: 'Frames to the machine leave by the port where it was heard last. A MAC that moves back and forth is a loop, a bond whose switch does not know of it, or two machines with one MAC, and loses frames at each move.',
    confirm:
      'Show the MAC on the switch several times (`show mac address-table address MAC`); its log names a MAC that flaps.',
    falseAlarms:
      'A machine that was moved to another port between two savings of the table: live migration, new cable.',
    references: ['IEEE 802.1Q section 8.7', 'IEEE 802.1AX'],
  },
  *check({ wire, neighbours }) {
    for (const address of wire.addresses.filter(({ asked }) => asked)) {
      const macs = address.claims.map(({ mac }) => mac).filter((mac) => virtualRouterName(mac) === null)
      for (const mac of macs) {
        for (const { table, vlan, ports } of neighbours.flatMap((table) => moved(table, mac))) {
          yield {
            subject: addressSubject(address),
            ...possible('the table may be of two times, and the machine moved in between'),
            data: { ...where(address), table, mac: formatMac(mac), vlan, ports },
            evidence: ports.map((port) => ({
              kind: 'measure' as const,
              name: `${table}: ${formatMac(mac)} in VLAN ${vlan}`,
              value: port,
            })),
          }
        }
      }
    }
  },
  message: ({ table, mac, vlan, ports, ...at }: MacOnTwoPorts) =>
    `${table} has learnt ${mac}, which answers for ${place(at)}, at ${listed(ports)} of VLAN ${vlan}`,
  fixes: () => [],
})

/** The VLANs in which a table has the MAC at several ports; entries without one may be of several VLANs, bridges or VNIs. */
function moved(table: NeighbourTable, mac: Mac) {
  const learnt = (portsByMac(table).get(mac) ?? []).filter(({ kind }) => kind === 'dynamic')
  return [...groupBy(learnt, ({ vlan }) => vlan)].flatMap(([vlan, all]) => {
    const ports = new Map(all.map(({ port }) => [shortPort(port), port]))
    return vlan !== null && ports.size > 1 ? [{ table: table.name, vlan, ports: [...ports.values()] }] : []
  })
}

/** `GigabitEthernet1/0/3`, `Gi1/0/3` and `gi1/0/3` are one port. */
function shortPort(port: string): string {
  return port.toLowerCase().replace(/^([a-z]{2})[a-z-]*(?=\d)/, '$1')
}
