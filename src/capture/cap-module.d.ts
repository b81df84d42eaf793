/** The part of npm `cap` 0.2.1 that is used here; it has no types of its own. It is CommonJS: only `default` exists at run time. */
declare module 'cap' {
  import type { EventEmitter } from 'node:events'

  export interface CapHandle extends EventEmitter {
    /** Opens a device; `packet` receives each frame. Answers with the link type's name. */
    open(device: string, filter: string, bufferBytes: number, packet: Buffer): string
    send(frame: Buffer, length: number): void
  }
  const cap: { readonly Cap: new () => CapHandle }
  export default cap
}
