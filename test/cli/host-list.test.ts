import { describe, expect, it } from 'vitest'
import { hostsOfFile, parseHosts } from '../../src/cli/host-list.js'

describe('hosts on the command line', () => {
  it.each(['node-a', 'admin@node-a.example', '10.0.0.11', 'fe80::1%eth0', '[2001:db8::1]'])('%s', (host) => {
    expect(parseHosts([host, host])).toEqual([host])
  })

  it.each(['-oProxyCommand=id', '', 'a b', 'a;b', '$(id)', 'a\nb', '\u001b[31m'])('%j is none', (text) => {
    expect(() => parseHosts([text])).toThrow('is not a host')
  })
})

describe('a file of hosts', () => {
  it('has one a line, with comments and more columns beside it', () => {
    expect(hostsOfFile('# workers\nnode-a\n\n  node-b rack=2 # spare\n#node-c\r\n')).toEqual(['node-a', 'node-b'])
  })
})
