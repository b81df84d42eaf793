/** Child process that sends frames through a `cap` handle of its own: hex, one a line on stdin. Argument: the interface. */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openForever } from './cap-handle.js'

/** Matches nothing that exists, so that no storm ever wakes this process. */
const NOTHING = 'ether proto 0xffff'

const [handle] = await openForever(process.argv[2] ?? '', NOTHING, 1024 * 1024)
writeSync(1, 'ready\n')
for await (const line of createInterface({ input: process.stdin })) send(Buffer.from(line, 'hex'))
process.exit(0)

function send(frame: Buffer): void {
  try {
    handle.send(frame, frame.length)
  } catch (cause) {
    writeSync(1, `failed ${(cause as Error).message}\n`)
  }
}
