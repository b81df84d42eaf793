import { fileSource } from '../capture/file.js'
import type { FrameSource } from '../capture/source.js'
import type { Look } from './look.js'

/** A capture file, looked at from its beginning to its end. */
export function fileLook(path: string): Look {
  return lookThrough(fileSource(path))
}

/** A source that ends by itself, whose frames were captured by somebody else. */
export function lookThrough(source: FrameSource): Look {
  return {
    source,
    own: { macs: [], ips: [] },
    work: null,
    conditions: () => ({ dropped: null, clock: 'kernel', promiscuityChanged: null }),
  }
}
