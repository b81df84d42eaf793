import { Parser } from '@oclif/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CheckFile } from '../../src/check/model.js'
import { parseCheckFile } from '../../src/check/parse-check-file.js'
import { checkFlags, layOver } from '../../src/cli/check-flags.js'
import { parseOutputs } from '../../src/cli/outputs.js'

afterEach(() => vi.unstubAllEnvs())

function fileOf(text: string): CheckFile {
  const parsed = parseCheckFile(`version: 1\nvips: [{ip: 10.0.0.240}]\n${text}`)
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join('; '))
  return parsed.file
}

/** The file as the command line and the environment leave it. */
async function laid(text: string, ...argv: string[]): Promise<CheckFile> {
  const { flags } = await Parser.parse(argv, { flags: checkFlags })
  return layOver(fileOf(text), flags)
}

describe.each([
  ['interface', 'interface: eth0', 'L2DOCTOR_INTERFACE', 'eth1', ['--interface', 'eth2'], ['eth0', 'eth1', 'eth2']],
  ['failOn', 'failOn: info', 'L2DOCTOR_FAIL_ON', 'warning', ['--fail-on', 'never'], ['info', 'warning', 'never']],
  ['cluster', 'cluster: true', 'L2DOCTOR_KUBE', 'false', ['--kube'], [true, false, true]],
  ['baseline', 'baseline: a', 'L2DOCTOR_BASELINE', 'b', ['--baseline', 'c'], ['a', 'b', 'c']],
] as const)('%s', (key, text, name, value, argv, [ofFile, ofEnvironment, ofFlag]) => {
  it('flag over environment over file', async () => {
    expect((await laid(text))[key]).toBe(ofFile)
    vi.stubEnv(name, value)
    expect((await laid(text))[key]).toBe(ofEnvironment)
    expect((await laid(text, ...argv))[key]).toBe(ofFlag)
  })
})

it('takes the default of the file where nobody says anything', async () => {
  expect(await laid('')).toMatchObject({ interface: null, failOn: 'error', cluster: true, baseline: null })
})

it('finds file and wait in the environment', async () => {
  vi.stubEnv('L2DOCTOR_FILE', 'lab.yaml')
  vi.stubEnv('L2DOCTOR_WAIT', '2m')
  expect((await Parser.parse([], { flags: checkFlags })).flags).toMatchObject({ file: 'lab.yaml', wait: '2m' })
})

it('takes L2DOCTOR_OUTPUT unless a flag says otherwise', () => {
  const env = { L2DOCTOR_OUTPUT: 'github, junit=x.xml' }
  const [onStdout, inFile] = [
    { name: 'github', file: null },
    { name: 'junit', file: 'x.xml' },
  ]
  expect(parseOutputs([], false, env)).toEqual([onStdout, inFile])
  expect(parseOutputs(['sarif'], false, env)).toEqual([{ name: 'sarif', file: null }])
  expect(parseOutputs([], true, env)).toEqual([{ name: 'json', file: null }])
})
