import { inSubnetOf } from '../../answering/addresses.js'
import { parseIp } from '../../wire/ip.js'

/** Whether an address is in the subnet of another one. */
export function covers(ip: string, prefix: number, other: string): boolean {
  const [held, asked] = [parseIp(ip), parseIp(other)]
  return held !== null && asked !== null && inSubnetOf(asked, { peer: held, length: prefix })
}
