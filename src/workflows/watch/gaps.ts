import type { Gap } from '../../known.js'

/** What a watch could not see on an interface. */

export function gapOn(device: string, reason: string): Gap {
  return { subject: `capture on ${device}`, reason, hint: `look at the link of ${device}` }
}

export function sendsUnseen(device: string, sent: number): Gap {
  return gapOn(device, `none of ${sent} requests that were sent was seen on the interface`)
}

export function windowDoubts(
  device: string,
  { isUnbroken, isCutOff }: { readonly isUnbroken: boolean; readonly isCutOff: boolean },
): Gap[] {
  return [
    ...(isUnbroken ? [] : [gapOn(device, 'the link or its capture broke off in this window')]),
    ...(isCutOff ? [gapOn(device, 'nobody answers on it, nor does the gateway: this machine may be cut off')] : []),
  ]
}
