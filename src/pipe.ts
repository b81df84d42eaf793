import { constants, openSync, statSync } from 'node:fs'
import { Socket } from 'node:net'

export function isPipe(path: string): boolean {
  try {
    return statSync(path).isFIFO()
  } catch {
    return false // whoever opens it says why it cannot be read
  }
}

/**
 * Opened without waiting for a writer, and waited for by the event loop: a thread of the pool that waits in open() or read()
 * keeps the process from ending, whatever it is told. Throws what open(2) says.
 */
export function openPipe(path: string): Socket {
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
}
