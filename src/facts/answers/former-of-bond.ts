import type { Reply } from '../../answering/model.js'
import { valueOr } from '../../known.js'
import type { Host, Link } from '../../node/model.js'
import type { AddressFacts } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import type { HostAnswer } from './model.js'

/** A host with a bond that had a MAC before. */
interface FormerOfBond {
  readonly host: string
  /** An announcer goes on with it, and nothing answers under the one that the bond has now. */
  readonly goesOn: boolean
}

/**
 * Whose bond had this MAC while another member was its active one: with fail_over_mac=active it has the MAC of its active member
 * (Documentation/networking/bonding.rst), and by the model the host answers under the one that the bond has now. Null: nobody's.
 */
export function formerOfBond(
  mac: Mac,
  predicted: readonly HostAnswer[],
  seen: AddressFacts,
  hosts: readonly Host[],
): FormerOfBond | null {
  for (const { host, prediction } of predicted) {
    const found = hosts.find(({ name }) => name === host)
    for (const reply of [...prediction.replies, ...prediction.possible]) {
      if (!found || reply.mac === null || !mayHaveChanged(mac, reply.mac, seen)) continue
      if (isOfOneBond(found, mac, reply.mac)) return { host, goesOn: goesOn(reply, seen) }
    }
  }
  return null
}

function isOfOneBond({ sections: { links, bonding } }: Host, then: Mac, now: Mac): boolean {
  const all = valueOr(links, [])
  const driver = valueOr(bonding, []).filter(({ mode }) => mode.includes('fail_over_mac active'))
  const changes = ({ name, bond }: Link) => bond?.failOverMac === 'active' || driver.some((one) => one.bond === name)
  const bonds = all.filter((link) => link.mac === now && changes(link)).map(({ name }) => name)
  return all.some(
    ({ master, mac, permanentMac }) => bonds.some((name) => name === master) && [mac, permanentMac].includes(then),
  )
}

/** A bond that goes on and on between its members is a fault of its own, and two machines look the same. */
const MOST_CHANGES = 4

/** A bond has one MAC at a time, so that no request is answered under two. */
function mayHaveChanged(then: Mac, now: Mac, { exchanges, changes }: AddressFacts): boolean {
  const isBoth = ({ answers }: AddressFacts['exchanges'][number]) =>
    [then, now].every((mac) => answers.some((one) => one.mac === mac))
  return changes <= MOST_CHANGES && !exchanges.some(isBoth)
}

/** The kernel answers under the MAC of now; MetalLB under the one that it read at its start (internal/layer2/arp.go, newARPResponder). */
function goesOn({ mac: now, path }: Reply, { claims }: AddressFacts): boolean {
  return path === 'announcer' && claims.every(({ mac }) => mac !== now)
}
