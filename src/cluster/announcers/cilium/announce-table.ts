import { parseBoundedJson } from '../../../bounded-json.js'
import { CannotLook } from '../../../known.js'
import type { AgentAddress, AgentState } from '../../agent-state.js'

/**
 * What the agent of a node answers for, as its own tools print it: the table `l2-announce` by `cilium-dbg shell -- db/show l2-announce` (1.17),
 * `cilium-dbg statedb l2-announce` (1.15) or in the JSON of `cilium-dbg statedb dump` (pkg/datapath/tables/l2_announce.go), or the map
 * cilium_l2_responder_v4 by `bpftool map dump` (bpf/lib/l2_responder.h), which counts answers and holds no address of IPv6. An empty
 * list is no table: nothing says what of. Throws CannotLook.
 */
export function readAnnounceTable(text: string, node: string, from: string): AgentState {
  const read = fromJson(text) ?? fromTable(text)
  if (read === null) throw new CannotLook(unknownTable(node))
  return { announcer: 'cilium', node, from, ...read, staleConfiguration: null }
}

function unknownTable(node: string) {
  return {
    subject: `announcements of ${node}`,
    reason: 'neither the table l2-announce nor the map cilium_l2_responder_v4 is in the file',
    hint: 'save what the agent prints: kubectl -n kube-system exec POD -- cilium-dbg shell -- db/show l2-announce',
  }
}

type Read = Pick<AgentState, 'addresses' | 'tellsIpv6'>

/** A heading with no row under it is a table that is empty. */
function fromTable(text: string): Read | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const at = lines.findIndex((line) => /^IP\s+NetworkInterface\b/.test(line))
  if (at < 0) return null
  const rows = lines.slice(at + 1).map((line) => /^([0-9a-f:.]{2,39})\s+\S+/i.exec(line)?.[1])
  const addresses = rows.flatMap((ip) => (ip === undefined ? [] : [{ ip, received: null, sent: null }]))
  return { addresses, tellsIpv6: true }
}

function fromJson(text: string): Read | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    const value = parseBoundedJson(text)
    if (isObject(value) && !Array.isArray(value)) return readAll(value['l2-announce'], fromStateDb, true)
    if (!Array.isArray(value) || value.length === 0) return null
    return readAll(value, fromStateDb, true) ?? readAll(value, fromMap, false)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null
    throw error
  }
}

function readAll(table: unknown, read: (one: unknown) => AgentAddress | null, tellsIpv6: boolean): Read | null {
  if (!Array.isArray(table)) return null
  const addresses = table.map(read)
  return addresses.includes(null) ? null : { addresses: addresses.filter((one) => one !== null), tellsIpv6 }
}

/** `{"IP": "10.0.0.240", "NetworkInterface": "eth0"}`. */
function fromStateDb(value: unknown): AgentAddress | null {
  if (!isObject(value) || typeof value['IP'] !== 'string' || !('NetworkInterface' in value)) return null
  return { ip: value['IP'], received: null, sent: null }
}

/** `{"key": {"ip4": 4026531850, "ifindex": 2}, "value": {"responses_sent": 20}}`: the address as it lies in memory, lowest byte first. */
function fromMap(value: unknown): AgentAddress | null {
  const [key, counts] = isObject(value) ? [value['key'], value['value']] : []
  if (!isObject(key) || !isObject(counts)) return null
  const [ip4, sent] = [key['ip4'], counts['responses_sent']]
  if (!isCount(ip4) || ip4 >= 2 ** 32 || !isCount(sent)) return null
  return { ip: [0, 8, 16, 24].map((bits) => Math.floor(ip4 / 2 ** bits) % 256).join('.'), received: null, sent }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
