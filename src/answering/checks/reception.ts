import type { Ip } from '../../wire/ip.js'
import { isLoopback, isMulticast } from '../addresses.js'
import { type Asked, macText, SILENT, type Verdict } from '../asked.js'
import { isDown } from '../frame.js'

/** A device that is down, or has no carrier, receives nothing. */
export function deviceUp(asked: Asked<Ip>): Verdict | null {
  const { name, flags } = asked.device
  if (!isDown(asked.device)) return null
  const down = flags.includes('UP') ? 'has no carrier' : 'is down'
  const text = `${name} ${down}, so it receives no frame`
  asked.note('device up', 'stops', { setting: `flags of ${name}`, value: flags.join(','), from: 'ip link', text })
  return SILENT
}

/** arp_rcv: IFF_NOARP. */
export function arpEnabled(asked: Asked): Verdict | null {
  const { name, flags } = asked.device
  if (!flags.includes('NOARP')) return null
  const text = `${name} has the flag NOARP, so it ignores every ARP frame`
  asked.note('NOARP', 'stops', { setting: `flags of ${name}`, value: flags.join(','), from: 'ip link', text })
  return SILENT
}

/** arp_rcv, ip6_rcv_core: PACKET_OTHERHOST, also where the device is promiscuous. */
export function frameForUs(asked: Asked<Ip>): Verdict | null {
  if (asked.request.packet !== 'other') return null
  const { name, mac } = asked.device
  const text = `the frame is for another MAC than that of ${name}`
  asked.note('destination MAC', 'stops', { setting: `MAC of ${name}`, value: macText(mac), from: 'ip link', text })
  return SILENT
}

/** arp_process: no multicast target; no loopback target unless route_localnet. */
export function targetRange(asked: Asked): Verdict | null {
  const { target } = asked.request
  if (isMulticast(target)) {
    const text = `${asked.target} is a multicast address, for which no host answers`
    asked.note('target', 'stops', { setting: 'target', value: asked.target, from: 'the question', text })
    return SILENT
  }
  if (!isLoopback(target)) return null
  const setting = asked.setting('route_localnet')
  if (setting === null || setting.value !== 0) return null
  asked.decide('route_localnet', 'stops', setting, `${asked.target} is a loopback address and route_localnet is off`)
  return SILENT
}

/** arp_process: drop_gratuitous_arp. */
export function gratuitous(asked: Asked): Verdict | null {
  const { target, asker } = asked.request
  if (target !== asker) return null
  const setting = asked.setting('drop_gratuitous_arp')
  if (setting === null || setting.value === 0) return null
  const text = 'sender and target are the same address, and drop_gratuitous_arp drops such frames'
  asked.decide('drop_gratuitous_arp', 'stops', setting, text)
  return SILENT
}
