import type { Transport } from './transport.js'

/** A host of a name that nothing is started with. */
export function refusedTransport(name: string, address: string): Transport {
  const refused = { stdout: Buffer.alloc(0), stderr: '', end: { kind: 'no-host-name' } } as const
  return { name, address, run: async () => refused }
}
