import { describe, expect, it } from 'vitest'
import { failureOf } from '../../../src/node/transports/failure.js'
import type { RunResult } from '../../../src/node/transports/run-script.js'
import { type SshOptions, sshArguments } from '../../../src/node/transports/ssh.js'

const plain: SshOptions = { user: null, port: null, identity: null, options: [], connectTimeoutSeconds: 10 }

describe('the ssh command line', () => {
  it('never asks, forwards nothing, and leaves host keys to ssh', () => {
    const args = sshArguments('node-a', plain)
    expect(args).toEqual(expect.arrayContaining(['-T', '-a', '-x', 'BatchMode=yes', 'ConnectTimeout=10']))
    expect(args.slice(-3)).toEqual(['--', 'node-a', 'sh -s'])
    expect(args.join(' ')).not.toMatch(/HostKey|KnownHosts/i)
  })

  it('takes options as ssh_config words or as switches, before our timeouts', () => {
    const options = ['StrictHostKeyChecking=accept-new', '-F/etc/lab']
    const args = sshArguments('node-a', { ...plain, user: 'admin', port: 2222, identity: 'key', options })
    expect(args.join(' ')).toContain('-o StrictHostKeyChecking=accept-new -F/etc/lab -o ConnectTimeout=10')
    expect(args.join(' ')).toContain('-l admin -p 2222 -i key -- node-a')
  })
})

const context = { name: 'node-a', address: '10.0.0.11', timeoutMs: 60_000 }
const nothing = { probes: {}, started: false, complete: false }
const ended = (end: RunResult['end'], stderr = ''): RunResult => ({ stdout: Buffer.alloc(0), stderr, end })
const reason = (result: RunResult, collected = nothing) => failureOf(result, collected, context)?.reason

describe('why a host was not read', () => {
  // OpenSSH 9.2; the words come from ssh itself
  it.each([
    ['ssh: connect to host 10.0.0.11 port 22: Connection refused', /^it refused the connection \("ssh: connect/],
    ['ssh: connect to host 10.0.0.11 port 22: Connection timed out', /timed out/],
    ['Connection timed out during banner exchange', /timed out/],
    ['ssh: connect to host 10.0.0.11 port 22: No route to host', /cannot be reached/],
    ['ssh: Could not resolve hostname node-a: Name or service not known', /does not resolve/],
    [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
      /^its host key has changed/,
    ],
    [
      'No ED25519 host key is known for [10.0.0.11] and you have requested strict checking.\nHost key verification failed.',
      /is not known/,
    ],
    ['root@10.0.0.11: Permission denied (publickey,password).', /refused our keys/],
    ['Received disconnect from 10.0.0.11: Too many authentication failures', /refused our keys/],
    ['kex_exchange_identification: Connection closed by remote host', /closed the connection/],
    ['command-line: line 0: Bad configuration option: nonsense', /does not accept its configuration/],
    ['Unable to negotiate with 10.0.0.11: no matching host key type found', /no common key/],
    ['something new', /^ssh failed \("something new"\)/],
  ])('%s', (stderr, expected) => {
    expect(reason(ended({ kind: 'exited', code: 255 }, stderr))).toMatch(expected)
  })

  it.each([
    [{ kind: 'timeout' } as const, 'no complete answer within 60 s'],
    [{ kind: 'flood' } as const, 'it sent more than 8 MiB and was cut off'],
    [{ kind: 'interrupted' } as const, 'interrupted before it answered'],
    [{ kind: 'killed', signal: 'SIGTERM' } as const, 'the client was ended by a signal ("SIGTERM")'],
    [
      { kind: 'exited', code: 1 } as const,
      'no POSIX shell there: "sh -s" ended with status 1 ("This account is currently not available.")',
    ],
  ])('%j', (end, expected) => {
    expect(reason(ended(end, 'This account is currently not available.\n'))).toBe(expected)
  })

  it('says that a part was read', () => {
    expect(reason(ended({ kind: 'timeout' }), { ...nothing, started: true })).toMatch(
      /only the sections before that were read$/,
    )
  })

  it('is nothing when all was read', () => {
    expect(
      failureOf(ended({ kind: 'exited', code: 0 }), { probes: {}, started: true, complete: true }, context),
    ).toBeNull()
  })
})
