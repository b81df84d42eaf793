import type { NeighbourTable, PortEntry } from '../../neighbours/model.js'
import { formatMac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { possible } from '../certainty.js'
import { defineRule } from '../define.js'
import { addressSubject, listed, place, type Where, where } from '../wire/evidence.js'

interface MacOnTwoPorts extends Where {
  readonly table: string
  readonly mac: string
  readonly vlan: number | null
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
              name: `${table}: ${formatMac(mac)}${vlan === null ? '' : ` in VLAN ${vlan}`}`,
              value: port,
            })),
          }
        }
      }
    }
  },
  message: ({ table, mac, vlan, ports, ...at }: MacOnTwoPorts) =>
    `${table} has learnt ${mac}, which answers for ${place(at)}, at ${listed(ports)}${vlan === null ? '' : ` of VLAN ${vlan}`}`,
  fixes: () => [],
})

/** The VLANs in which a table has the MAC at several ports. */
function moved({ name, ports }: NeighbourTable, mac: number) {
  const learnt = ports.filter((one) => one.mac === mac && one.kind === 'dynamic')
  const vlans = [...new Set(learnt.map(({ vlan }) => vlan))]
  return vlans
    .map((vlan) => ({ table: name, vlan, ports: portsIn(learnt, vlan) }))
    .filter(({ ports: all }) => all.length > 1)
}

function portsIn(learnt: readonly PortEntry[], vlan: number | null): string[] {
  return [...new Set(learnt.filter((one) => one.vlan === vlan).map(({ port }) => port))]
}
