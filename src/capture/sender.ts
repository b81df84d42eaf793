import { explainCap } from './live-cap.js'
import { type Ending, type LiveChild, ownProgram, startChild } from './live-child.js'
import { PERL_SENDER, PYTHON_SENDER } from './packet-senders.js'
import { noPermission } from './permission.js'

/** Puts frames on the wire, from a process of its own: a storm that keeps the capture busy cannot hold a probe back. */
export interface FrameSender {
  readonly via: Via
  send(frame: Uint8Array): void
  /** Sends what is left and ends. Answers with what the kernel said of frames it refused, each reason once. */
  close(): Promise<readonly string[]>
}

/** `cap` makes the interface promiscuous, the others do not. */
export type Via = 'cap' | 'perl' | 'python3'

export interface Device {
  readonly name: string
  readonly index: number
}

/** Tries the ways in this order. Throws the last one's error, or CannotLook at once when the kernel refuses raw sockets. */
export async function openSender(device: Device, ways: readonly Via[]): Promise<FrameSender> {
  let failure: Error = new Error('no way of sending was given')
  for (const via of ways) {
    const child = startChild(program(via, device))
    const first = await child.stdout.next()
    if (!first.done) return frameSender(child, via)
    const ending = await child.ended
    failure = explain(via, device.name, ending)
    if (/permi(ssion|tted)/i.test(ending.stderr)) throw failure
  }
  throw failure
}

function program(via: Via, { name, index }: Device): readonly string[] {
  if (via === 'cap') return ownProgram('cap-sender-child', name)
  return via === 'perl' ? ['perl', '-e', PERL_SENDER, String(index)] : ['python3', '-c', PYTHON_SENDER, String(index)]
}

function explain(via: Via, device: string, ending: Ending): Error {
  if (via === 'cap') return explainCap(device, ending)
  const complaint = ending.stderr.trim() || ending.error?.message || `${via} ended with code ${ending.code}`
  return noPermission(`sending on ${device}`, complaint, 'tcpdump')
}

function frameSender(child: LiveChild, via: Via): FrameSender {
  const said = readAll(child.stdout)
  const { stdin } = child.process
  return {
    via,
    send: (frame) => stdin?.write(`${Buffer.from(frame).toString('hex')}\n`),
    close: async () => {
      child.stop()
      const reasons = [...(await said).matchAll(/^failed (.*)$/gm)].map((match) => match[1] ?? '')
      return [...new Set(reasons)]
    },
  }
}

async function readAll(chunks: AsyncIterator<Uint8Array>): Promise<string> {
  let text = ''
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    text = (text + Buffer.from(next.value).toString()).slice(-65_536)
  }
  return text
}
