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
  ['scna', 'Error: no command "scna"; did you mean scan; l2doctor --help lists them\n'],
  ['\u001b[31m', 'Error: no command "\ufffd[31m"; l2doctor --help lists them\n'],
  ['help scna', 'Error: no command "scna"; l2doctor --help lists them\n'],
])('an unknown command %j: exit 2, and the next step', async (argv, stderr) => {
  const run = await execute([process.execPath, 'bin/run.js', ...argv.split(' ')])
  expect(run).toMatchObject({ code: 2, stdout: '', stderr })
})
