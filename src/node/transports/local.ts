import { needsLinux } from '../../needs-linux.js'
import { runScript } from './run-script.js'
import type { Transport } from './transport.js'

/** This machine, by its own sh. Throws CannotLook where it is no Linux. */
export function localTransport(name: string): Transport {
  return {
    name,
    address: 'local',
    async run(script, limits) {
      needsLinux(name, 'this machine can be read only', 'name a Linux host in place of --local')
      return runScript('sh', ['-s'], script, limits)
    },
  }
}
