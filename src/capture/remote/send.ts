import { CannotLook } from '../../known.js'
import { EngineMissing } from '../live.js'
import { withinTime } from '../live-stream.js'
import { PERL_SENDER, PYTHON_SENDER } from '../packet-senders.js'
import { type Device, type FrameSender, frameSender, hexLine } from '../sender.js'
import { explainRemote } from './explain.js'
import { PATIENCE_S, type RemoteHost, startRemote } from './host.js'
import { isPlainForSocat, octalLine, SOCAT_SENDER } from './watched.js'

type RemoteVia = 'perl' | 'python3' | 'socat'

const WAYS: readonly RemoteVia[] = ['perl', 'python3', 'socat']

/** Whether the host has a program that can send on this interface. */
export function canSendThere({ programs }: RemoteHost, { name }: Device): boolean {
  return WAYS.some((via) => programs.has(via) && (via !== 'socat' || isPlainForSocat(name)))
}

/** Sends from an interface of the host, by the first way that works there. Throws CannotLook. */
export async function sendThere(host: RemoteHost, device: Device): Promise<FrameSender> {
  const subject = `sending on ${host.name}/${device.name}`
  let failure: Error | null = null
  for (const via of WAYS) {
    if (!host.programs.has(via) || (via === 'socat' && !isPlainForSocat(device.name))) continue
    const child = startRemote(host, argvOf(via, device))
    const first = await withinTime(child.stdout.next(), host.startMs)
    if (first?.done === false) return frameSender(child, via, via === 'socat' ? octalLine : hexLine)
    child.stop()
    const error = first === null ? silent(subject, via) : explainRemote(host, subject, via, await child.ended)
    failure ??= error instanceof EngineMissing ? error.reason : error
  }
  throw failure ?? new CannotLook({ subject, reason: 'nothing there can send frames', hint: 'install perl there' })
}

function argvOf(via: RemoteVia, { name, index }: Device): readonly string[] {
  if (via === 'socat') return ['sh', '-c', SOCAT_SENDER, 'sh', name]
  const [option, text] = via === 'perl' ? ['-e', PERL_SENDER] : ['-c', PYTHON_SENDER]
  return [via, option, text, String(index), String(PATIENCE_S)]
}

function silent(subject: string, via: RemoteVia): CannotLook {
  return new CannotLook({ subject, reason: `${via} there did not begin in time`, hint: 'run it again' })
}
