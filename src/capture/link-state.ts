import { readFileSync } from 'node:fs'

export interface LinkState {
  /** The kernel's number of the interface; another one is another interface of that name. Null: there is none. */
  readonly index: number | null
  /** It is up and has a carrier. */
  readonly up: boolean
}

/** What the kernel says of a link now: from memory, so that a promise would cost a hundred times as much as the reading. */
export function readLinkState(name: string): LinkState {
  const index = read(name, 'ifindex')
  return { index: index === null ? null : Number(index), up: read(name, 'carrier') === '1' }
}

/** Null where it cannot be read, as the carrier of an interface that is set down. */
function read(name: string, file: string): string | null {
  try {
    return readFileSync(`/sys/class/net/${name}/${file}`, 'utf8').trim()
  } catch {
    return null
  }
}
