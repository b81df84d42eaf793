import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collectScript } from '../../../src/node/collect-script.js'
import { parseKeepalived, parseVrrpFilters } from '../../../src/node/parse/keepalived.js'
import { parseCollected } from '../../../src/node/probes.js'

const MARK = 'f'.repeat(32)
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-keepalived-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What the collector brings home of a configuration, by each shell that is there. */
function collected(files: Record<string, string>, shell: readonly string[] = ['sh']): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const script = collectScript({ mark: MARK, become: false }).replaceAll('/etc/keepalived', folder)
  const [program = '', ...args] = shell
  const { stdout } = spawnSync(program, [...args, '-s'], { input: script, maxBuffer: 1 << 24 })
  const probe = parseCollected(stdout, MARK).probes['keepalived']
  expect(probe).toMatchObject({ status: 0, stderr: '' })
  return probe!.stdout
}
const read = (files: Record<string, string>, shell?: readonly string[]) => parseKeepalived(collected(files, shell))

const CONFIGURATION = `
! Configuration of the pair
global_defs {
    router_id lb-a
    notification_email { admin@example.org }
    vrrp_version 3     # for all
}
vrrp_script chk {
    script "/usr/bin/curl http://user:secret@127.0.0.1/"
    interval 2
    weight -60
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0      # the uplink
    virtual_router_id 51
    priority 150
    advert_int 0.5
    nopreempt
    authentication {
        auth_type PASS
        auth_pass "ge heim}"
    }
    unicast_src_ip 10.0.0.11
    unicast_peer {
        10.0.0.12
        10.0.0.13
    }
    virtual_ipaddress {
        10.0.0.240/24 dev eth1 label eth1:0
        10.0.0.241
    }
    track_script {
        chk
    }
}
vrrp_instance VI_6
{
    interface eth0
    virtual_router_id 6
    use_vmac
    virtual_ipaddress {
        fe80::1
        2001:db8::240/64
    }
}
virtual_server 10.0.0.240 80 {
    real_server 10.0.0.9 80 { weight 1 }
    password hush
}
`

describe('keepalived.conf as the collector sends it', () => {
  for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'ash']]) {
    const there = spawnSync(shell[0]!, [...shell.slice(1), '-c', 'true']).status === 0
    if (!there) console.warn(`SKIPPED keepalived.conf in ${shell[0]}: it is not installed`)
    it.runIf(there)(`is the same in ${shell.join(' ')}, without any secret`, () => {
      const text = collected({ 'keepalived.conf': CONFIGURATION }, shell)
      for (const secret of ['heim', 'secret', 'hush', 'admin', 'curl', '10.0.0.9']) expect(text).not.toContain(secret)
      expect(parseKeepalived(text).instances).toMatchObject([
        {
          name: 'VI_1',
          interface: 'eth0',
          vrid: 51,
          family: 4,
          version: 3,
          priority: 150,
          advertMs: 500,
          authentication: 'PASS',
          unicastPeers: ['10.0.0.12', '10.0.0.13'],
          addresses: [
            { ip: '10.0.0.240', prefix: 24, device: 'eth1' },
            { ip: '10.0.0.241', prefix: null, device: null },
          ],
        },
        {
          name: 'VI_6',
          family: 6,
          version: 3,
        },
      ])
    })
  }

  it('follows includes, relative ones too, and each file once', () => {
    const { instances } = read({
      'keepalived.conf': `include conf.d/*.conf\ninclude ${folder}/more.conf\ninclude keepalived.conf\n`,
      'conf.d/a.conf': 'vrrp_instance A { interface eth0\n virtual_router_id 1\n }',
      'conf.d/b.conf':
        'vrrp_instance B {\n interface eth0\n virtual_router_id 2\n virtual_ipaddress { 10.0.0.2/24 }\n}',
      'conf.d/c.txt': 'vrrp_instance C { interface eth0 }',
      'more.conf': 'include conf.d/a.conf\nvrrp_instance D {\n}\n',
    })
    expect(instances.map(({ name, file }) => [name, file]).sort()).toEqual([
      ['A', `${folder}/conf.d/a.conf`],
      ['B', `${folder}/conf.d/b.conf`],
      ['D', `${folder}/more.conf`],
    ])
    expect(instances.find(({ name }) => name === 'B')?.addresses).toEqual([
      { ip: '10.0.0.2', prefix: 24, device: null },
    ])
  })

  it('has no instances where keepalived is not there', () => expect(read({})).toMatchObject({ instances: [] }))

  it('takes a macro for what it does not know, and an address in any spelling', () => {
    const { instances } = read({
      'keepalived.conf': `$IFACE=eth0
$ID=51
vrrp_instance "VI_1" {
  interface $IFACE
  virtual_router_id \${ID}
  @lb-a priority 150
  unicast_peer {
    2001:DB8:0::12 min_ttl 255
  }
  virtual_ipaddress {
    2001:DB8:0:0::240/64
  }
}
vrrp_instance VI_2 {
  interface "eth0"
}
`,
    })
    expect(instances).toMatchObject([
      {
        name: 'VI_1',
        interface: null,
        vrid: null,
        unicastPeers: ['2001:db8::12'],
        addresses: [{ ip: '2001:db8::240', prefix: 64 }],
      },
      { name: 'VI_2', interface: 'eth0' },
    ])
    for (const one of instances) expect(one).not.toHaveProperty('priority')
  })

  it.each([
    '}}}{{{',
    'vrrp_instance',
    'vrrp_instance X {',
    '{ { { priority',
    'vrrp_instance X {\n priority many\n advert_int x\n}',
  ])('is read whatever it holds: %s', (text) => {
    for (const one of parseKeepalived(`file x\n${text}`).instances) expect(one).toMatchObject({ advertMs: 1000 })
  })
})

it('packet filters that bear on VRRP', () => {
  const text = `nft inet filter input \t\ttype filter hook input priority filter; policy drop;
nft inet filter input \t\tip protocol vrrp accept
nft ip filter INPUT \t\tip protocol vrrp counter packets 3 bytes 120 drop
nft ip filter OUTPUT \t\ttype filter hook output priority filter; policy accept;
iptables :INPUT DROP [0:0]
iptables -A INPUT -p vrrp -j REJECT --reject-with icmp-port-unreachable
iptables -A INPUT -d 224.0.0.18/32 -j ACCEPT`
  expect(parseVrrpFilters(text).map(({ tool, chain, does }) => `${tool} ${chain}: ${does}`)).toEqual([
    'nft inet filter input: drops-all-else',
    'nft inet filter input: accepts',
    'nft ip filter INPUT: drops',
    'iptables INPUT: drops-all-else',
    'iptables INPUT: drops',
    'iptables INPUT: accepts',
  ])
})
