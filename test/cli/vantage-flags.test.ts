import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/exit-codes.js'
import { labelOf, parseImage, parseVantages } from '../../src/cli/vantage-flags.js'

describe('--at', () => {
  it.each([
    ['local', { kind: 'local', name: 'local', interface: undefined }, 'local'],
    ['local/eth1', { kind: 'local', name: 'local', interface: 'eth1' }, 'local/eth1'],
    ['ssh:node-a', { kind: 'ssh', name: 'node-a', interface: undefined }, 'node-a'],
    ['ssh:node-a/bond0.12', { kind: 'ssh', name: 'node-a', interface: 'bond0.12' }, 'node-a/bond0.12'],
    ['ssh:root@10.0.0.11', { kind: 'ssh', name: 'root@10.0.0.11', interface: undefined }, 'root@10.0.0.11'],
    ['ssh:fd00::11/eth0', { kind: 'ssh', name: 'fd00::11', interface: 'eth0' }, 'fd00::11/eth0'],
    ['pod:node-a', { kind: 'pod', name: 'node-a', interface: undefined }, 'node-a'],
    [
      'pod:ip-10-0-0-1.ec2.internal/br-ex',
      { kind: 'pod', name: 'ip-10-0-0-1.ec2.internal', interface: 'br-ex' },
      'ip-10-0-0-1.ec2.internal/br-ex',
    ],
    ['file:port-7=a=b.pcap', { kind: 'file', name: 'port-7', file: 'a=b.pcap' }, 'port-7'],
    ['file:gw=dir/x.pcap', { kind: 'file', name: 'gw', file: 'dir/x.pcap' }, 'gw'],
  ])('%s', (text, spec, label) => {
    const [parsed] = parseVantages([text])
    expect(parsed).toEqual(spec)
    expect(labelOf(parsed!)).toBe(label)
  })

  it.each([
    '',
    'node-a',
    'ssh:',
    'ssh:/eth0',
    'ssh:node-a/',
    'ssh:node-a/eth0/eth1',
    'ssh/node-a',
    'ssh:-oProxyCommand=reboot',
    'ssh:node a',
    'file:x.pcap',
    'file:=x.pcap',
    'file:gw=',
    'file/gw=x.pcap',
    'local:eth0',
    'pod:',
    'pod:Node_A',
    'pod:node-a/',
    'pod:-node',
    'pod/node-a',
  ])('"%s" is refused with the forms that there are', (text) => {
    expect(() => parseVantages([text])).toThrow(UsageError)
    expect(() => parseVantages([text])).toThrow(/ssh:HOST|file:NAME=FILE/)
  })

  it('names each place once: two interfaces of a host are two places', () => {
    expect(parseVantages(['ssh:a/eth0', 'ssh:a/eth1', 'ssh:a'])).toHaveLength(3)
    expect(() => parseVantages(['ssh:a', 'file:a=x.pcap'])).toThrow(/a is named twice/)
  })

  it('takes 32 places at most', () => {
    const places = Array.from({ length: 33 }, (_, at) => `ssh:node-${at}`)
    expect(parseVantages(places.slice(1))).toHaveLength(32)
    expect(() => parseVantages(places)).toThrow(/more than 32/)
  })
})

describe('--vantage-image', () => {
  it.each(['l2doctor', 'registry.example:5000/ops/l2doctor:0.1.0', `l2doctor@sha256:${'0'.repeat(64)}`])(
    '%s',
    (image) => {
      expect(parseImage(image, '--at pod:node-a')).toBe(image)
    },
  )

  it('has no default: nobody but the operator knows which image to trust', () => {
    expect(() => parseImage(undefined, '--at pod:node-a')).toThrow(
      /--at pod:node-a needs an image.*--vantage-image IMAGE/,
    )
  })

  it.each(['', '-v', 'a b', 'a\nb', 'a?b'])('"%s" is none', (image) => {
    expect(() => parseImage(image, 'x')).toThrow(UsageError)
  })
})
