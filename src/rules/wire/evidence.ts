import type { AddressFacts, Micros } from '../../observe/model.js'
import { formatIpv4 } from '../../wire/ipv4.js'
import { isoFromMicros } from '../../wire/iso-time.js'
import type { Evidence, Subject } from '../define.js'

/** The address as a subject; tagged ones carry their VLAN stack, as the same IP on two VLANs is two addresses. */
export function addressSubject({ ip, vlans }: Pick<AddressFacts, 'ip' | 'vlans'>): Subject {
  const id = formatIpv4(ip)
  return { kind: 'ip', id: vlans.length > 0 ? `${id} (VLAN ${vlans.join('.')})` : id }
}

export function frameEvidence(frame: number, at: Micros, summary: string): Evidence {
  return { kind: 'frame', frame, at: isoFromMicros(at), summary }
}
