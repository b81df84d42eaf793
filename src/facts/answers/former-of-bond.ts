import type { Reply } from '../../answering/model.js'
import { valueOr } from '../../known.js'
import type { Host, Link } from '../../node/model.js'
import type { AddressFacts } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import type { HostAnswer } from './model.js'

/**
 * Whether a bond had this MAC while another member was its active one: with fail_over_mac=active it has the MAC of its active member
 * (Documentation/networking/bonding.rst), and by the model the host answers under the one that the bond has now.
 */
export function isFormerOfBond(
  mac: Mac,
  predicted: readonly HostAnswer[],
  seen: AddressFacts,
  hosts: readonly Host[],
): boolean {
  return predicted.some(({ host, prediction }) => {
    const found = hosts.find(({ name }) => name === host)
    return [...prediction.replies, ...prediction.possible].some(
      (reply) =>
        found !== undefined &&
        reply.mac !== null &&
        mayHaveChanged(mac, reply, seen) &&
        isOfOneBond(found, mac, reply.mac),
    )
  })
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

/**
 * A bond has one MAC at a time, so that no request is answered under two. An announcer that goes on with a MAC which the bond has lost
 * looks the same where nothing answers under the new one; the kernel does not go on with it.
 */
function mayHaveChanged(then: Mac, { mac: now, path }: Reply, { claims, exchanges, changes }: AddressFacts): boolean {
  const isBoth = ({ answers }: AddressFacts['exchanges'][number]) =>
    [then, now].every((mac) => answers.some((one) => one.mac === mac))
  if (changes > MOST_CHANGES || exchanges.some(isBoth)) return false
  return path !== 'announcer' || claims.some(({ mac }) => mac === now)
}
