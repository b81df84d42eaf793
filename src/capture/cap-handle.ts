import { writeSync } from 'node:fs'
import type { CapHandle } from 'cap'

/** What a child around `cap` says on its last line of stderr when it gives up. */
export interface ChildFailure {
  /** `load`: the native addon; `open`: the interface. */
  readonly step: 'load' | 'open'
  readonly message: string
}

/** One frame at a time lands here. As long as the largest frame, so that its length is never cut. */
export const packet = Buffer.alloc(65_535)

// cap keeps a raw pointer to the buffer and no reference to anything: once either is collected the heap is corrupt.
const forever: unknown[] = [packet]

/** Opens a device for the life of this process; ends the process with a ChildFailure when it cannot. */
export async function openForever(device: string, filter: string, ringBytes: number): Promise<[CapHandle, string]> {
  const { default: addon } = await import('cap').catch((cause) => fail('load', cause))
  const handle = new addon.Cap()
  forever.push(handle)
  try {
    return [handle, handle.open(device, filter, ringBytes, packet)]
  } catch (cause) {
    return fail('open', cause)
  }
}

function fail(step: ChildFailure['step'], cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause)
  writeSync(2, `\n${JSON.stringify({ step, message } satisfies ChildFailure)}\n`)
  process.exit(1)
}
