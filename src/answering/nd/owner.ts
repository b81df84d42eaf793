import type { AddressFlag } from '../../node/model.js'
import type { Ipv6 } from '../../wire/ipv6.js'
import type { Held } from '../addresses.js'
import { SILENT, type Verdict } from '../asked.js'
import { vrfOf } from '../routing.js'
import { answered } from './asker.js'
import { heldElsewhere, notHeld } from './delivery.js'
import type { Solicited } from './solicited.js'
import { standIn } from './stand-in.js'

/** ndisc_recv_ns(): an address of the device, or of the VRF that it is in; else what answers in the place of another. */
export function ownerOrProxy(asked: Solicited): Verdict | null {
  const held = heldHere(asked)
  return held === undefined ? (standIn(asked) ?? absent(asked)) : byOwner(asked, held)
}

function heldHere({ view, device, request }: Solicited): Held<Ipv6> | undefined {
  const vrf = vrfOf(view, device.name)?.name
  const of = (name: string) => view.six.heldBy.get(name)?.find(({ ip }) => ip === request.target)
  return of(device.name) ?? (vrf === undefined ? undefined : of(vrf))
}

function absent(asked: Solicited): Verdict {
  if (asked.view.six.holders.has(asked.request.target)) heldElsewhere(asked)
  else notHeld(asked)
  return SILENT
}

/** A tentative address keeps silent, an optimistic one answers without the O flag (RFC 4429); a probe makes both give up. */
function byOwner(asked: Solicited, held: Held<Ipv6>): Verdict {
  const { target, isProbe, toGroup } = asked
  const optimistic = held.flags.includes('optimistic')
  const pending = optimistic || held.flags.includes('tentative')
  const value = `${target}/${held.length} dev ${held.device}${held.flags.map((flag) => ` ${flag}`).join('')}`
  const what = { setting: `address ${target}`, value, from: 'ip -6 addr' }
  if (pending && (isProbe || !optimistic)) {
    asked.note('DAD', 'stops', { ...what, text: pendingWords(asked, held.flags) })
    return SILENT
  }
  asked.note('local address', 'passes', { ...what, text: `${target} is an address of ${held.device}` })
  return answered(asked, { path: 'local', delayMs: 0, override: isProbe || (toGroup && !optimistic) })
}

function pendingWords({ target, isProbe }: Solicited, flags: readonly AddressFlag[]): string {
  if (flags.includes('dadfailed'))
    return `duplicate address detection failed for ${target}: another machine answered for it, so the kernel does not use it and never answers`
  const probe = isProbe ? ', and a probe of another machine makes it fail' : ''
  return `${target} is tentative: duplicate address detection has not ended, so the kernel does not answer for it yet${probe}`
}
