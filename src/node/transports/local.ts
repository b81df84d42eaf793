import { runScript } from './run-script.js'
import type { Transport } from './transport.js'

/** This machine, by its own sh. */
export function localTransport(name: string): Transport {
  return { name, address: 'local', run: (script, limits) => runScript('sh', ['-s'], script, limits) }
}
