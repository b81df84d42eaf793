import { VOCABULARY } from '../cluster/vocabulary.js'
import { redactHost } from '../node/redact.js'
import { Addresses } from '../redact/addresses.js'
import { type Pseudonyms, writingPseudonyms } from '../redact/pseudonyms.js'
import { ofEach, type Steps } from '../steps.js'
import { formatIp, parseIp } from '../wire/ip.js'
import type { Asked } from './audit-node.js'

/** Hosts, and the VIPs asked for, under the same pseudonyms. Pure: `key` decides them. */
export function* redactingHosts({ records, vips }: Asked, key: Uint8Array): Steps<Asked> {
  const addresses = new Addresses(key)
  const write = (to: Pseudonyms) => ofEach(records, (record) => redactHost(record, to))
  const { written } = yield* writingPseudonyms(addresses, write, VOCABULARY)
  return { records: written, vips: vips.map((vip) => parseIp(addresses.ip(formatIp(vip))) ?? vip) }
}
