import { isMulticast6 } from '../../wire/ipv6.js'
import { SILENT, type Verdict } from '../asked.js'
import type { Solicited } from './solicited.js'

/** Below it a device has no IPv6 at all (IPV6_MIN_MTU). */
const LEAST_MTU = 1280

/** ip6_rcv_core(): a device without IPv6 drops every packet of it. */
export function ipv6On(asked: Solicited): Verdict | null {
  const { device, view } = asked
  const { sysctls } = view.host.sections
  const { name, mtu } = device
  if (mtu > 0 && mtu < LEAST_MTU) {
    const text = `${name} has an MTU of ${mtu}: below ${LEAST_MTU} the kernel runs no IPv6 on it`
    asked.note('IPv6', 'stops', { setting: `MTU of ${name}`, value: String(mtu), from: 'ip link', text })
    return SILENT
  }
  if (sysctls.known && isAbsent(sysctls.value.ipv6, name) && !view.six.heldBy.has(name)) {
    const text = `the kernel runs no IPv6 on ${name}`
    asked.note('IPv6', 'stops', { setting: `net.ipv6.conf.${name}`, value: 'none', from: 'sysctl net.ipv6.conf', text })
    return SILENT
  }
  const setting = asked.setting6('disable_ipv6')
  if (setting === null || setting.value === 0) return null
  asked.decide('disable_ipv6', 'stops', setting, `IPv6 is switched off on ${name}`)
  return SILENT
}

/** Where others have settings of IPv6 and this one has none. */
function isAbsent(scopes: Readonly<Record<string, unknown>>, device: string): boolean {
  return Object.keys(scopes).length > 0 && !Object.hasOwn(scopes, device)
}

/** ip6_rcv_core(): addresses that no packet comes from, or goes to, on a wire. */
export function senderRange(asked: Solicited): Verdict | null {
  const { asker, target } = asked.request
  const stop = (setting: string, value: string, text: string) => {
    asked.note('sender', 'stops', { setting, value, from: 'the question', text })
    return SILENT
  }
  if (isMulticast6(asker) || asker === LOOPBACK)
    return stop('sender', asked.asker, `${asked.asker} cannot be a sender, so the kernel drops the packet`)
  if (!asked.toGroup && target === LOOPBACK)
    return stop('target', asked.target, 'a packet to ::1 from a wire is dropped')
  return null
}

const LOOPBACK = 1n

/** ndisc_rcv(): RFC 6980 section 5, RFC 4861 section 7.1.1. */
export function messageValid(asked: Solicited): Verdict | null {
  const { solicitation, isProbe, toGroup, request } = asked
  const stop = (check: string, value: string, text: string) => {
    asked.note(check, 'stops', { setting: check, value, from: 'the question', text })
    return SILENT
  }
  if (solicitation.fragment) {
    const setting = asked.setting6('suppress_frag_ndisc')
    if (setting === null || setting.value !== 0)
      return stop('fragment', 'fragmented', 'a solicitation behind a fragment header is dropped (suppress_frag_ndisc)')
  }
  if (solicitation.hopLimit !== 255)
    return stop('hop limit', String(solicitation.hopLimit), 'a solicitation with another hop limit than 255 is dropped')
  if (isMulticast6(request.target))
    return stop('target', asked.target, `${asked.target} is a multicast address, for which no host answers`)
  if (isProbe && !toGroup)
    return stop('probe', 'unicast', 'a solicitation from :: is heard only where it goes to the solicited-node group')
  if (isProbe && solicitation.sourceLinkAddress)
    return stop('probe', 'with a link-layer address', 'a solicitation from :: with a link-layer address is dropped')
  return null
}
