import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Segment } from '../../src/lab/segment.js'

/** Who has asked by broadcast for an address, as a host of the segment hears it that asks nothing itself. */
export class ArpRequests {
  /** In their order: the MAC that asked, and for what. */
  readonly all: { readonly by: string; readonly ip: string }[] = []
  private readonly child: ChildProcess

  constructor(segment: Segment, host = 'client') {
    const argv = ['tcpdump', '--immediate-mode', '-l', '-n', '-e', '-i', 'eth0', 'arp[6:2] = 1 and ether broadcast']
    this.child = segment.spawn(host, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    this.child.stdout!.on('data', (chunk) => {
      const lines = `${text}${chunk}`.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const [, by, ip] = / ([\da-f:]{17}) > .* who-has ([\d.]+) /.exec(line) ?? []
        if (by !== undefined && ip !== undefined) this.all.push({ by, ip })
      }
    })
  }

  /** Waits until it listens. */
  async ready(): Promise<void> {
    for (let said = ''; !said.includes('listening on'); ) said += String((await once(this.child.stderr!, 'data'))[0])
    this.child.stderr!.resume()
  }

  /** Who asked for it, one after the other: a name twice in it took turns with another. */
  askers(ip: string): string[] {
    const macs = this.all.filter((one) => one.ip === ip).map(({ by }) => by)
    return macs.filter((mac, at) => mac !== macs[at - 1])
  }
}
