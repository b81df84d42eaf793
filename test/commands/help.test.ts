import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { execute } from '../collect.js'

const commands = readdirSync('commands').map((file) => basename(file, '.ts'))

/** As a terminal of 80 columns shows it, on whatever machine. */
async function help(...argv: readonly string[]): Promise<string> {
  const plain = ['env', 'COLUMNS=80', 'NO_COLOR=1', 'LC_ALL=C.UTF-8']
  const { stdout, code } = await execute([...plain, process.execPath, 'bin/run.js', ...argv, '--help'])
  expect(code).toBe(0)
  return stdout.replace(/^ {2}l2doctor\/.*$/m, '  l2doctor/VERSION')
}

describe('--help', () => {
  it('names every command, the most asked question first', async () => {
    const text = await help()
    expect(commands.filter((name) => !text.includes(`\n  ${name} `))).toEqual([])
    await expect(text).toMatchFileSnapshot('__snapshots__/help/l2doctor.txt')
  })

  it.each(commands)('of %s shows examples first', async (command) => {
    const text = await help(command)
    const headings = text.match(/^[A-Z][A-Z ]+$/gm) ?? []
    expect(headings[0]).toBe('EXAMPLES')
    await expect(text).toMatchFileSnapshot(`__snapshots__/help/${command}.txt`)
  })
})

it.each(['--help', 'scan --help', 'rules'])('%s into a pipe that closes: no complaint, exit 0', async (argv) => {
  const script = `set -o pipefail; "${process.execPath}" bin/run.js ${argv} | head -c 1 >/dev/null`
  expect(await execute(['bash', '-c', script])).toMatchObject({ code: 0, stderr: '' })
})

it.each([
  [['-h'], ['--help']],
  [
    ['scan', '-h'],
    ['scan', '--help'],
  ],
  [['version'], ['--version']],
])('%j is %j', async (short, long) => {
  const [given, meant] = await Promise.all(
    [short, long].map((argv) => execute([process.execPath, 'bin/run.js', ...argv])),
  )
  expect(given).toMatchObject({ code: 0, stderr: '' })
  expect(given).toEqual(meant)
})

it('an older Node gets one sentence, exit 2', async () => {
  const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } })'
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(older)}`]
  const { code, stdout, stderr } = await execute([process.execPath, ...preload, 'bin/run.js', 'scan'])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^l2doctor needs Node\.js 20\.19 or newer; this is 18\.20\.4 \(.*\)\n$/)
})

it.each([
  ['scan --ronds 3', 'Error: unknown flag --ronds; did you mean --rounds?\n'],
  ['diagnose --frobnicate', 'Error: unknown flag --frobnicate; --help lists the flags\n'],
  ['check 10.0.0.240', 'Error: check takes no argument "10.0.0.240"; l2doctor check --help lists its flags\n'],
  ['who here', 'Error: here is not an IP address\n'],
  ['scan 10.0.0.240 --all', 'Error: 10.0.0.240 cannot be given together with --all\n'],
  ['scan 127.0.0.1', 'Error: --vip 127.0.0.1: 127.0.0.1 cannot be a VIP: 127.0.0.0/8 is loopback\n'],
  [
    'audit-node a --timeout 2x',
    'Error: --timeout 2x: write it as 250ms, 10s, 5m or 2h; --help lists the flags and examples\n',
  ],
  [
    'audit-node a --identity /nowhere/key',
    "Error: --identity /nowhere/key: cannot read the key file: ENOENT: no such file or directory, access '/nowhere/key'\n",
  ],
])('%s: exit 2, and the next step', async (argv, stderr) => {
  const run = await execute([process.execPath, 'bin/run.js', ...argv.split(' ')])
  expect(run).toMatchObject({ code: 2, stdout: '', stderr })
})

it.each([
  ['scna', 'Error: no command "scna"; did you mean scan; l2doctor --help lists them\n'],
  ['\u001b[31m', 'Error: no command "\ufffd[31m"; l2doctor --help lists them\n'],
  ['help scna', 'Error: no command "scna"; l2doctor --help lists them\n'],
])('an unknown command %j: exit 2, and the next step', async (argv, stderr) => {
  const run = await execute([process.execPath, 'bin/run.js', ...argv.split(' ')])
  expect(run).toMatchObject({ code: 2, stdout: '', stderr })
})
