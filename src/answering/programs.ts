import type { Link, TrafficProgram } from '../node/model.js'
import { type Ip, isIpv4 } from '../wire/ip.js'
import type { Trace } from './asked.js'
import type { HostView } from './host-view.js'

/** XDP and tc run before the stack, and do what their code says: they may drop, change or answer a frame. */
export function doubtPrograms(
  view: HostView,
  device: Link,
  direction: 'ingress' | 'egress',
  target: Ip,
  trace: Trace,
): void {
  if (direction === 'ingress' && device.xdp !== undefined) {
    trace.doubt('XDP', `what the XDP program ${device.xdp} on ${device.name} does`, true)
  }
  const { programs } = view.host.sections
  const found = programs.known
    ? programs.value.find((one) => one.device === device.name && one.direction === direction && sees(one, target))
    : undefined
  if (found)
    trace.doubt(
      'tc',
      `what the tc filter on ${device.name} (${direction}: ${found.text}) does`,
      direction === 'ingress',
    )
}

function sees({ seesArp, text }: TrafficProgram, target: Ip): boolean {
  return isIpv4(target) ? seesArp : /\bprotocol (?:ipv6|all)\b/.test(text)
}

/** Without a look at tc, none is what a kernel starts with. */
export function assumePrograms(view: HostView, trace: Trace): void {
  const { programs } = view.host.sections
  if (!programs.known) trace.assumed.add(`no tc filter (${programs.gap.subject}: ${programs.gap.reason})`)
}
