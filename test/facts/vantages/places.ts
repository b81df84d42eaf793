import { heardIn, type VantageFacts } from '../../../src/facts/vantages/model.js'
import { known } from '../../../src/known.js'
import { Observer } from '../../../src/observe/observer.js'
import { parseIp } from '../../../src/wire/ip.js'
import { parseMac } from '../../../src/wire/mac.js'
import { traceToPcap } from '../../trace.js'

export const VIP = parseIp('10.0.0.240')!
export const mac = (last: string) => parseMac(`02:00:00:00:00:${last}`)!

/** A place with an address 10.0.0.N of its own, N as its MAC ends, that saw a trace. */
export function place(name: string, own: string, trace: string, more: Partial<VantageFacts> = {}): VantageFacts {
  const observer = new Observer({ asked: [VIP], allAddresses: false })
  observer.push(traceToPcap(trace))
  const wire = observer.finish()
  const macs = own === '' ? [] : [mac(own)]
  return {
    name,
    kind: own === '' ? 'file' : 'ssh',
    file: null,
    wire: known(wire, name),
    own: { macs, ips: [] },
    heard: heardIn(wire),
    probed: own !== '',
    ...more,
  }
}

export const unread = (name: string): VantageFacts => ({
  ...place(name, '0f', ''),
  wire: { known: false, gap: { subject: name, reason: 'it refused the connection', hint: 'start sshd' } },
})

export const addressOf = ({ wire }: VantageFacts) =>
  wire.known ? wire.value.addresses.find(({ ip }) => ip === VIP) : undefined
