import {
  confKey,
  type Effective,
  type EffectiveName,
  type EffectiveName6,
  effective,
  effective6,
  scoped,
} from '../node/effective.js'
import type { Family } from '../node/model.js'
import type { HostView } from './host-view.js'

/** A setting as it holds on a device. */
export interface Setting {
  readonly value: number
  /** `net.ipv4.conf.eth0.arp_ignore`. */
  readonly key: string
  /** `1`, or `1 (all 1, eth0 0)` where `all` plays a part. */
  readonly shown: string
  readonly from: string
  /** What was taken for granted because the snapshot does not show it; null: it was read. */
  readonly assumed: string | null
}

/** What a kernel starts with (ipv4_devconf in net/ipv4/devinet.c); everything else is 0. */
const DEFAULTS: Partial<Record<EffectiveName, number>> = { send_redirects: 1, arp_evict_nocarrier: 1 }

/** `net.ipv4.conf.*` of a device as the kernel combines it; null when no setting of the host was read. */
export function settingOf(view: HostView, name: EffectiveName, device: string): Setting | null {
  const { sysctls } = view.host.sections
  if (!sysctls.known) return null
  const found = effective(sysctls.value, name, device)
  if (found === null) return byDefault(name, device, scoped(sysctls.value.ipv4, 'all', name))
  return asRead(found, name, device, 4)
}

/** The same of `net.ipv6.conf.*`. */
export function settingOf6(view: HostView, name: EffectiveName6, device: string): Setting | null {
  const { sysctls } = view.host.sections
  if (!sysctls.known) return null
  const found = effective6(sysctls.value, name, device)
  if (found !== null) return asRead(found, name, device, 6)
  const key = confKey(device, name, 6)
  const value = DEFAULTS_6[name] ?? 0
  // before 6.17 there was none; a kernel that has it shows it
  const assumed = name === 'force_forwarding' ? null : `${key} = ${value}`
  return { value, key, shown: `${value} (not read)`, from: "the kernel's default", assumed }
}

/** ipv6_devconf in net/ipv6/addrconf.c. */
const DEFAULTS_6: Partial<Record<EffectiveName6, number>> = {
  accept_dad: 1,
  accept_ra: 1,
  dad_transmits: 1,
  suppress_frag_ndisc: 1,
}

function asRead({ key, value, all, own }: Effective, name: string, device: string, family: Family): Setting {
  const shown = all === null ? String(value) : `${value} (all ${all}, ${device} ${own})`
  const scopes = all === null && family === 6 ? device : `{all,${device}}`
  return { value, key, shown, from: `/proc/sys/net/ipv${family}/conf/${scopes}/${name}`, assumed: null }
}

function byDefault(name: EffectiveName, device: string, all: number | null): Setting {
  const key = confKey(device, name)
  const value = Math.max(all ?? 0, DEFAULTS[name] ?? 0)
  return { value, key, shown: `${value} (not read)`, from: "the kernel's default", assumed: `${key} = ${value}` }
}

/** `proxy_delay` in milliseconds; the kernel shows hundredths of a second. */
export function proxyDelayOf(view: HostView, device: string, family: Family = 4): Setting | null {
  const { sysctls } = view.host.sections
  if (!sysctls.known) return null
  const key = `net.ipv${family}.neigh.${device.replaceAll('.', '/')}.proxy_delay`
  const read = scoped(family === 4 ? sysctls.value.neigh4 : sysctls.value.neigh6, device, 'proxy_delay')
  const value = (read ?? 80) * 10
  const from = read === null ? "the kernel's default" : `/proc/sys/net/ipv${family}/neigh/${device}/proxy_delay`
  return { value, key, shown: String(value / 10), from, assumed: read === null ? `${key} = 80` : null }
}

/** Seconds that duplicate address detection may take, with one probe in each, before somebody waits for it in vain. */
const LONGEST_DETECTION = 60

/** Whether that many dad_transmits take longer: the kernel counts its probes in eight bits (dad_probes of inet6_ifaddr). */
export function detectsForLong(dadTransmits: number): boolean {
  return (dadTransmits & 0xff) > LONGEST_DETECTION
}
