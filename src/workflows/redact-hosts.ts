import { VOCABULARY } from '../cluster/vocabulary.js'
import { redactHost } from '../node/redact.js'
import { Addresses } from '../redact/addresses.js'
import { underPseudonyms } from '../redact/pseudonyms.js'
import { formatIp, parseIp } from '../wire/ip.js'
import type { Asked } from './audit-node.js'

/** Hosts, and the VIPs asked for, under the same pseudonyms. Pure: `key` decides them. */
export function redactHosts({ records, vips }: Asked, key: Uint8Array): Asked {
  const addresses = new Addresses(key)
  const { written } = underPseudonyms(addresses, (to) => records.map((record) => redactHost(record, to)), VOCABULARY)
  return { records: written, vips: vips.map((vip) => parseIp(addresses.ip(formatIp(vip))) ?? vip) }
}
