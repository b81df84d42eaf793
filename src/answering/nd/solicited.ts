import type { Link } from '../../node/model.js'
import { formatIpv6, type Ipv6 } from '../../wire/ipv6.js'
import { solicitedNodeOf } from '../../wire/write-discovery.js'
import { Asked, type Request, type Trace, type Verdict } from '../asked.js'
import type { HostView } from '../host-view.js'
import type { Solicitation } from '../model.js'

/** A neighbour solicitation on its way through the checks of one device. */
export class Solicited extends Asked<Ipv6> {
  readonly solicitation: Solicitation

  constructor(view: HostView, device: Link, request: Request<Ipv6>, solicitation: Solicitation, trace: Trace) {
    super(view, device, request, trace)
    this.solicitation = solicitation
  }

  /** Sent to the solicited-node group of the target; else to the target itself. */
  get toGroup(): boolean {
    return this.request.packet === 'broadcast'
  }

  /** From ::, as duplicate address detection asks. */
  get isProbe(): boolean {
    return this.request.asker === 0n
  }

  /** The group, as text. */
  get group(): string {
    return formatIpv6(solicitedNodeOf(this.request.target))
  }
}

export type NdCheck = (asked: Solicited) => Verdict | null
