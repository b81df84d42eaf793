import { readFile } from 'node:fs/promises'

export interface LinkState {
  /** The kernel's number of the interface; another one is another interface of that name. Null: there is none. */
  readonly index: number | null
  /** It is up and has a carrier. */
  readonly up: boolean
}

/** What the kernel says of a link now. */
export async function readLinkState(name: string): Promise<LinkState> {
  const [index, carrier] = await Promise.all([read(name, 'ifindex'), read(name, 'carrier')])
  return { index: index === null ? null : Number(index), up: carrier === '1' }
}

/** Null where it cannot be read, as the carrier of an interface that is set down. */
async function read(name: string, file: string): Promise<string | null> {
  return readFile(`/sys/class/net/${name}/${file}`, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}
