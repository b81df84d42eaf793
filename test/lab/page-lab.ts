import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { Done } from '../../src/lab/segment.js'
import { type Situation, situations, stand, VIP } from './situations.js'

const FORWARDS = { 'net.ipv4.ip_forward': 1 }

/** Hosts of the page about audit-node: one is fine, one has a strict filter and its way out elsewhere, one has no sshd. */
const audited: Situation = {
  name: 'three hosts to audit',
  hosts: [
    { name: 'node-a', sysctls: FORWARDS },
    {
      name: 'node-b',
      setup: [
        'ip link add eth9 type veth peer name far9',
        'ip addr add 192.0.2.9/24 dev eth9',
        'ip link set eth9 up',
        'ip link set far9 up',
        'ip route add default via 192.0.2.1 dev eth9',
      ],
      sysctls: { ...FORWARDS, 'net.ipv4.conf.eth0.rp_filter': 1 },
    },
    { name: 'node-c' },
  ],
  strangers: ['node-c'],
  cluster: 'fixtures/rules/metallb/split-status/clean-failover/cluster.yaml',
  root: null,
  symptom: null,
}

/** Hosts of the page about failovers: one holds the address, another can take it. */
const shared: Situation = {
  ...audited,
  name: 'two machines that share an address',
  hosts: [{ name: 'lb-a', vips: ['10.77.0.240'] }, { name: 'lb-b' }],
  strangers: [],
}

/** Two keepalived of one virtual router, one of which hears no adverts. */
const apart: Situation = {
  ...audited,
  name: 'two masters',
  hosts: [
    { name: 'lb-a' },
    {
      name: 'lb-b',
      setup: [
        'nft add table inet guard',
        "nft 'add chain inet guard input { type filter hook input priority 0; }'",
        'nft add rule inet guard input ip protocol vrrp drop',
      ],
    },
  ],
  masters: {
    'lb-a': { priority: 150, interval: 1, vips: [VIP] },
    'lb-b': { priority: 100, interval: 1, vips: [VIP] },
  },
  strangers: [],
}

/** A shell at the client of a situation, as the reader of a page has it: l2doctor installed, ssh and kubectl configured. */
export interface PageLab {
  /** Output and errors as a terminal shows them. */
  run(command: string): Promise<Done>
  remove(): void
}

/** Builds the situation that a page names. Throws for a name that there is not. */
export async function pageLab(name: string): Promise<PageLab> {
  const situation = [audited, shared, apart, ...situations].find((one) => one.name === name)
  if (!situation) throw new Error(`no situation "${name}"`)
  const { segment } = await stand(situation)
  const home = segment.directory('client')
  const [bin, cwd] = [join(home, 'bin'), join(home, 'work')]
  mkdirSync(bin)
  mkdirSync(cwd)
  symlinkSync(resolve('bin/run.js'), join(bin, 'l2doctor'))
  symlinkSync(resolve('deploy'), join(cwd, 'deploy'))
  // ssh finds ~/.ssh/config by the password file, whatever HOME says
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${home}/config "$@"\n`, { mode: 0o755 })
  for (const stranger of situation.strangers ?? []) {
    appendFileSync(join(home, 'config'), `Host ${stranger}\n  HostName ${segment.host(stranger).address}\n`)
  }
  const env = {
    ...process.env,
    PATH: [bin, process.env['PATH']].join(delimiter),
    HOME: home,
    KUBECONFIG: join(home, 'kubeconfig'),
    COLUMNS: '80',
    LC_ALL: 'C.UTF-8',
  }
  return {
    run: (command) => segment.exec('client', ['sh', '-c', `{ ${command}\n} 2>&1`], { cwd, env, timeoutMs: 90_000 }),
    remove: () => segment.remove(),
  }
}
