import type { Ipv4 } from '../../wire/ipv4.js'
import { type Held, inSubnetOf } from '../addresses.js'
import type { Asked } from '../asked.js'
import { type Setting, settingOf } from '../settings.js'

/** arp_ignore() in net/ipv4/arp.c: whether the device keeps silent about an address that is local. Null: not known. */
export function isIgnored(asked: Asked): boolean | null {
  const setting = asked.setting('arp_ignore')
  if (setting === null) return null
  const { target, asker } = asked.request
  const { device, view } = asked
  switch (setting.value) {
    case 1:
      return judge(asked, setting, confirms(asked, view.heldBy.get(device.name) ?? [], 0, target, HOST))
    case 2:
      return judge(asked, setting, confirms(asked, view.heldBy.get(device.name) ?? [], asker, target, HOST))
    case 3:
      return judge(asked, setting, somewhere(asked))
    case 8:
      return judge(asked, setting, false)
    default:
      return judge(asked, setting, true)
  }
}

function judge(asked: Asked, setting: Setting, confirmed: boolean): boolean {
  const { name } = asked.device
  const text = `${asked.target} ${MEANINGS[setting.value]?.(name, confirmed) ?? 'is answered on every device'}`
  asked.decide('arp_ignore', confirmed ? 'passes' : 'stops', setting, text)
  return !confirmed
}

const MEANINGS: Readonly<Record<number, (device: string, confirmed: boolean) => string>> = {
  1: (device, confirmed) => `is ${confirmed ? '' : 'not '}an address of ${device}, and arp_ignore 1 asks for that`,
  2: (device, confirmed) =>
    `and the sender are ${confirmed ? '' : 'not '}in one subnet of ${device}, and arp_ignore 2 asks for that and for the address on ${device}`,
  3: (_, confirmed) => `has ${confirmed ? 'a wider scope than' : 'only'} "host", and arp_ignore 3 refuses scope host`,
  8: () => 'is local, but arp_ignore 8 answers for no local address',
}

function somewhere(asked: Asked): boolean {
  const { heldBy } = asked.view
  return [...heldBy.values()].some((held) => confirms(asked, held, 0, asked.request.target, LINK))
}

/** include/uapi/linux/rtnetlink.h: the smaller, the wider. */
const [LINK, HOST] = [253, 254]
const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: LINK, host: HOST, nowhere: 255 }

function scopeOf({ scope }: Held): number {
  return SCOPES[scope] ?? (Number(scope) || 0)
}

/** confirm_addr_indev() in net/ipv4/devinet.c: held with this scope or a wider one, and in a subnet with the sender, if it counts. */
function confirms(asked: Asked, held: readonly Held[], sender: Ipv4, target: Ipv4, scope: number): boolean {
  const device = held[0]?.device
  if (device === undefined) return false
  // route_localnet of the holder lets an address of scope host pass as one of scope link
  const widest = scope === LINK && settingOf(asked.view, 'route_localnet', device)?.value ? LINK : HOST
  const isHeld = held.some((one) => one.ip === target && Math.min(scopeOf(one), widest) <= scope)
  return isHeld && held.some((one) => inSubnetOf(target, one) && (sender === 0 || inSubnetOf(sender, one)))
}
