import type { Bonding } from '../model.js'
import { pathValues } from './path-values.js'

const ROOT = '/proc/net/bonding/'

/** The files of /proc/net/bonding, as `grep -H ''` prints them (drivers/net/bonding/bond_procfs.c). */
export function parseBonding(text: string): Bonding[] {
  const files = new Map<string, string[]>()
  for (const { path, value } of pathValues(text)) {
    if (!path.startsWith(ROOT)) continue
    const name = path.slice(ROOT.length)
    const lines = files.get(name)
    if (lines) lines.push(value)
    else files.set(name, [value])
  }
  return [...files].map(([bond, content]) => parseOne(bond, content.join('\n')))
}

/** Only the head says what holds for the bond: a part for each member follows. */
function parseOne(bond: string, content: string): Bonding {
  const [head = ''] = content.split(/^(?=Slave Interface: )/m)
  const active = field(head, 'Currently Active Slave')
  return { bond, mode: field(head, 'Bonding Mode') ?? '', activeMember: active === 'None' ? null : active }
}

function field(text: string, name: string): string | null {
  const line = text.split('\n').find((line) => line.startsWith(`${name}: `))
  return line === undefined ? null : line.slice(name.length + 2).trim()
}
